"""Their edits of a region, each at the counterpart of its lines in ours."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.model import Sides
from patchseries.port.hunks.interleave import Interleaving, align
from patchseries.port.hunks.merge3 import Span
from patchseries.port.hunks.regions import Dispute, Texts

LINES = st.lists(
    st.sampled_from(["a = 1\n", "a = 2\n", "b(c, d)\n", "b(c, e)\n", "\n"]), max_size=7
).map(tuple)


def interleaved(
    ancestor: tuple[str, ...],
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    ours_first: bool = True,
    lows: tuple[int, int, int] = (0, 0, 0),
) -> list[str] | None:
    """The texts from *lows* on as one region, interleaved."""
    texts = ancestor, ours, theirs
    region = Sides(*(Span(low, len(text)) for low, text in zip(lows, texts, strict=True)))
    dispute = Dispute(Texts.of(ancestor, ours, theirs), region)
    return Interleaving(dispute, ours_first).lines()


def lines(*words: str) -> tuple[str, ...]:
    return tuple(f"{word}\n" for word in words)


def test_two_edits_of_neighbouring_lines_are_both_made() -> None:
    found = interleaved(
        lines("heat = 180", "time = 40"),
        lines("heat = 220", "time = 40"),
        lines("heat = 180", "time = 60"),
    )
    assert found == list(lines("heat = 220", "time = 60"))


def test_two_edits_of_one_word_are_not_decided() -> None:
    assert interleaved(lines("heat = 180"), lines("heat = 220"), lines("heat = 200")) is None


@pytest.mark.parametrize(("ours_first", "added"), [(True, "mine yours"), (False, "yours mine")])
def test_what_both_add_on_one_spot_stands_in_the_order_asked_for(
    ours_first: bool, added: str
) -> None:
    base, mine, theirs = lines("x = 1", "z = 3"), "mine()", "yours[0]"
    found = interleaved(
        base, lines("x = 1", mine, "z = 3"), lines("x = 1", theirs, "z = 3"), ours_first
    )
    names = {"mine": f"{mine}\n", "yours": f"{theirs}\n"}
    assert found == [base[0], *(names[word] for word in added.split()), base[1]]


HEAD, FIRST, LAST = "def bake(oven):\n", "    oven.open()\n", "    oven.close()\n"
NEW = "    oven.heat_up(220)\n"
NEXT = "def cool(oven):\n"


@pytest.mark.parametrize(
    ("ancestor", "ours", "theirs", "lows", "found"),
    [
        # upstream changes the head that the target lacks
        (
            [HEAD, FIRST, LAST, NEXT],
            [NEXT],
            [HEAD.replace("oven", "oven, hot"), FIRST, NEW, LAST, NEXT],
            (0, 0, 0),
            [NEXT],
        ),
        # the head stands above the region, and is there
        ([HEAD, FIRST, LAST], [HEAD, LAST], [HEAD, FIRST, NEW, LAST], (1, 1, 1), [NEW, LAST]),
        # or is not
        ([NEXT, HEAD, LAST], [NEXT, LAST], [NEXT, HEAD, NEW, LAST], (2, 1, 2), [LAST]),
        # a blank line goes with what follows it
        ([HEAD, FIRST], [], [HEAD, FIRST, "\n", NEXT, FIRST], (0, 0, 0), ["\n", NEXT, FIRST]),
    ],
)
def test_what_is_new_in_a_block_goes_where_the_block_is(
    ancestor: list[str],
    ours: list[str],
    theirs: list[str],
    lows: tuple[int, int, int],
    found: list[str],
) -> None:
    assert interleaved(tuple(ancestor), tuple(ours), tuple(theirs), lows=lows) == found


@given(LINES, LINES)
def test_without_edits_of_theirs_ours_stays(
    ancestor: tuple[str, ...], ours: tuple[str, ...]
) -> None:
    assert interleaved(ancestor, ours, ancestor) == list(ours)


@given(LINES, LINES)
def test_without_edits_of_ours_theirs_comes(
    ancestor: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    assert interleaved(ancestor, ancestor, theirs) == list(theirs)


@given(LINES, LINES)
def test_the_counterparts_rise(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    found = sorted(align(old, new).items())
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(found))
    assert all(at < len(old) and to < len(new) for at, to in found)


@given(LINES)
def test_a_text_is_its_own_counterpart(text: tuple[str, ...]) -> None:
    assert align(text, text) == {at: at for at in range(len(text))}
