"""The laws of the three-way merge and of the hunk resolver, on random texts."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.model import Sides
from patchseries.port.hunks.lines import Lines, split_lines
from patchseries.port.hunks.merge3 import Overlap, merge3
from patchseries.port.hunks.resolve import MergedText, resolve

WORDS = st.sampled_from(["a", "b = 1", "    c(x, y)", "", "import d", "def f():", "    return e"])
TEXT = st.lists(WORDS, max_size=14).map(lambda lines: tuple(line + "\n" for line in lines))
ANY = st.text(max_size=60).map(split_lines)


def settled(pieces: list[list[str] | Overlap]) -> Lines | None:
    """The merge when it has no region, else None."""
    lines: list[str] = []
    for piece in pieces:
        if isinstance(piece, Sides):
            return None
        lines += piece
    return tuple(lines)


def text(resolution: MergedText) -> Lines:
    """The lines of a resolution, cut afresh: a rule may give several as one."""
    return split_lines("".join(resolution.lines))


@given(TEXT, TEXT)
def test_a_side_that_changed_nothing_gives_the_other(base: Lines, side: Lines) -> None:
    assert settled(merge3(base, base, side)) == side
    assert settled(merge3(base, side, base)) == side


@given(TEXT, TEXT)
def test_the_same_change_on_both_sides_is_taken_once(base: Lines, side: Lines) -> None:
    assert settled(merge3(base, side, side)) == side


@given(TEXT, TEXT, TEXT)
def test_regions_are_symmetric(base: Lines, ours: Lines, theirs: Lines) -> None:
    one, other = merge3(base, ours, theirs), merge3(base, theirs, ours)
    assert [isinstance(p, Sides) for p in one] == [isinstance(p, Sides) for p in other]
    if settled(one) is not None:
        assert settled(one) == settled(other)


@given(TEXT, TEXT, TEXT)
def test_every_line_of_the_texts_is_settled_or_in_a_region(
    base: Lines, ours: Lines, theirs: Lines
) -> None:
    kept: Counter[str] = Counter()
    for piece in merge3(base, ours, theirs):
        if isinstance(piece, Sides):
            kept += Counter(piece.ours.of(ours)) + Counter(piece.theirs.of(theirs))
        else:
            kept += Counter(piece)
    assert not (Counter(ours) - Counter(base)) - kept
    assert not (Counter(theirs) - Counter(base)) - kept


@settings(max_examples=60)
@given(TEXT, TEXT)
def test_porting_onto_the_own_parent_gives_the_own_text(base: Lines, after: Lines) -> None:
    assert text(resolve(base, base, after)) == after


@settings(max_examples=60)
@given(TEXT, TEXT)
def test_porting_onto_itself_changes_nothing(base: Lines, after: Lines) -> None:
    assert text(resolve(base, after, after)) == after


@settings(max_examples=100)
@given(TEXT, TEXT, TEXT)
def test_a_lost_line_is_always_told(base: Lines, ours: Lines, theirs: Lines) -> None:
    resolution = resolve(base, ours, theirs)
    told = Counter(
        line
        for choice in resolution.choices
        for line in (
            *choice.taken.dropped(choice.dispute),
            *choice.taken.overridden(choice.dispute),
        )
    )
    result = Counter(text(resolution))
    one_sided = {line for line in ours if line not in base and line not in theirs}
    for line in one_sided:
        if line.strip():
            assert result[line] or told[line] or _reworded(resolution, line), line


def _reworded(resolution: MergedText, line: str) -> bool:
    """Whether a merge of words put the line into another."""
    return any(
        choice.taken.rule in ("words", "weave") and line in choice.dispute.ours
        for choice in resolution.choices
    )


@settings(max_examples=80)
@given(ANY, ANY, ANY)
def test_any_text_is_resolved(base: Lines, ours: Lines, theirs: Lines) -> None:
    assert resolve(base, ours, theirs).sound
