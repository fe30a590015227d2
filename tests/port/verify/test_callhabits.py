"""Calls with a number of arguments that the file never gives on this base."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.model import Finding
from patchseries.port.verify.callhabits import _arguments

Examined = Callable[..., tuple[Finding, ...]]

HEAD = "def f(shop):\n"
TOLD = "shop.till.put is given {}; the target's file never does that"


def told(examined: Examined, upstream: str, target: str, call: str) -> list[str]:
    """What is said of *call*, added between the lines of either side."""
    tail = "    return shop\n"
    old, onto = HEAD + upstream + tail, HEAD + target + tail
    new, result = (text.replace(tail, f"    {call}\n{tail}") for text in (old, onto))
    found = examined({"a.py": old}, {"a.py": new}, {"a.py": onto}, {"a.py": result})
    return [one.message for one in found if one.code == "port-unknown-habit"]


ONE = "    shop.till.put(1)\n    a = shop.till.put([1, 2])\n"
TWO = "    shop.till.put(1, 2)\n    a = shop.till.put((1, 2), b={3: 4})\n"


@pytest.mark.parametrize(
    ("upstream", "target", "call", "said"),
    [
        (ONE, TWO, "shop.till.put(3)", "1 argument"),
        (TWO, ONE, "x = shop.till.put(3, key=4)", "2 arguments"),
        (ONE, TWO, "shop.till.put(\n        3,  # three\n    )", "1 argument"),
        (ONE.replace("(1)", "()").replace("([1, 2])", "()"), TWO, "shop.till.put()", "0 arguments"),
        (ONE, TWO.replace("(1, 2)", "(',', # )\n1)"), "shop.till.put(3)", "1 argument"),
        (ONE, TWO.replace("(1, 2)", "('''(','''\n, \"\\\"(\")"), "shop.till.put(3)", "1 argument"),
    ],
)
def test_a_number_that_only_upstreams_file_gives(
    examined: Examined, upstream: str, target: str, call: str, said: str
) -> None:
    assert told(examined, upstream, target, call) == [TOLD.format(said)]


@pytest.mark.parametrize(
    ("upstream", "target", "call", "why"),
    [
        (ONE, TWO, "shop.till.put(3, 4)", "it does so too"),
        (ONE, TWO, "shop.till.put(3, 4, 5)", "nor does upstream's"),
        (ONE, TWO, "shop.till.put(*shop)", "only run time knows how many"),
        (ONE, TWO, "my.shop.till.put(3)", "another object"),
        (ONE + TWO, TWO, "shop.till.put(3)", "upstream's file gives either"),
        (ONE, TWO + "    shop.till.put(6)\n", "shop.till.put(3)", "so does the target's"),
        (ONE, "    shop.till.put(1, 2)\n", "shop.till.put(3)", "once is no habit"),
        ("    shop.till.put(1)\n", TWO, "shop.till.put(3)", "nor upstream"),
        (ONE, TWO.replace("shop", "my.shop"), "shop.till.put(3)", "another's member is not it"),
        (ONE, TWO.replace("2)", "*shop)"), "shop.till.put(3)", "that may be any number"),
    ],
)
def test_what_may_well_be_right(
    examined: Examined, upstream: str, target: str, call: str, why: str
) -> None:
    assert told(examined, upstream, target, call) == [], why


@pytest.mark.parametrize(("often", "said"), [(49, []), (50, [TOLD.format("1 argument")])])
def test_so_many_calls_are_enough(examined: Examined, often: int, said: list[str]) -> None:
    """Text that is made to keep the reader busy has a million of them."""
    target = "    shop.till.put(1, 2)\n" * often + "    shop.till.put(6)\n"
    assert told(examined, ONE, target, "shop.till.put(3)") == said


@pytest.mark.parametrize(("others", "is_told"), [(299, True), (300, False)])
def test_so_many_different_calls_are_looked_at(
    examined: Examined, others: int, is_told: bool
) -> None:
    many = "".join(f"f{n}()\n    " for n in range(others))
    found = told(examined, ONE, TWO, f"{many}shop.till.put(3)")
    assert bool(found) is is_told


NAMED = "    shop.till.put(1, at=2)\n    a = shop.till.put(3, at = f(4))\n"
SECOND = "    shop.till.put(1, 2)\n    a = shop.till.put(3, now=4)\n"


@pytest.mark.parametrize(
    ("upstream", "target", "call", "is_told"),
    [
        (NAMED, SECOND, "shop.till.put(5, at=6)", True),
        (NAMED, ONE, "shop.till.put(5, 6, at=7)", True),
        (NAMED, SECOND + "    shop.till.take(at=1)\n", "shop.till.put(5, at=6)", False),
        (NAMED, "    shop.till.put(1, 2)\n", "shop.till.put(5, at=6)", False),
        (NAMED[: NAMED.index("\n") + 1], SECOND, "shop.till.put(5, at=6)", False),
        (NAMED + SECOND, SECOND, "shop.till.put(5, at=6)", False),
        (NAMED, SECOND, "shop.till.put(5, to=6)", False),
        (NAMED.replace("at", "flat"), SECOND, "shop.till.put(5, at=6)", False),
        (NAMED.replace("=", "=="), SECOND, "shop.till.put(5, at=6)", False),
        *(
            (NAMED.replace("till.put", name), SECOND.replace("till.put", name), call, False)
            for name, call in [("patch", "shop.patch(5, at=6)"), ("AMock", "shop.AMock(5, at=6)")]
        ),
    ],
)
def test_a_named_argument_that_only_upstreams_file_gives(
    examined: Examined, upstream: str, target: str, call: str, is_told: bool
) -> None:
    """It does so in all of its calls; that the target's says the name anywhere is enough."""
    said = [TOLD.format("the argument at")] if is_told else []
    assert told(examined, upstream, target, call) == said


ARGUMENTS = st.lists(
    st.sampled_from(
        ["1", "a.b", "f(1, 2)", "[1, (2, 3)]", "{4: 5}", "','", '")"', "k=1", "b * c", "'''('''"]
    )
)


@given(ARGUMENTS, st.sampled_from([", ", ",\n    ", ",  # (, )\n"]), st.booleans())
def test_what_is_counted_is_what_was_written(given: list[str], comma: str, is_ended: bool) -> None:
    text = comma.join(given) + ("," if is_ended and given else "") + ")"
    found = _arguments(text.encode(), 0)
    assert found is not None
    assert len(found) == len(given)
    assert all(want.encode() in one for want, one in zip(given, found, strict=True))
    assert _arguments(text[:-1].encode(), 0) is None


@given(st.binary())
def test_any_bytes_can_be_counted(text: bytes) -> None:
    assert len(_arguments(text, 0) or ()) <= text.count(b",") + 1
