"""Which rules fit a region: each branch on the smallest region that takes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks import rules
from patchseries.port.hunks.ranking import order

ONE = ["a = 1\n", "b = 2\n"]
NEW = "while strange(this, line, has, many, words): return None\n"

LINES = st.lists(st.sampled_from(["a = 1\n", "b = 2\n", "c(d, e)\n", "\n"]), max_size=6)


@pytest.mark.parametrize(
    ("ancestor", "ours", "theirs", "ranked"),
    [
        ([], ["f(a, b)\n"], ["f(a, b)\n"], ["dropped"]),
        ([], ["f(a, b)\n"], ["x = 1\n"], []),
        (["f(a, b)\n"], [], ["f(a, b, c)\n"], ["missing-neighbour"]),
        (["f(a, b)\n"], ["\n"], ["x = 1\n", "y = 2\n"], ["missing-neighbour", "theirs"]),
        (ONE[:1], [], [*ONE[:1], NEW], ["missing-neighbour", "theirs"]),
        (ONE, [], [*ONE, NEW, "\n", "\n"], ["missing-neighbour"]),  # most of it is only kept
        (ONE[:1], [NEW, "\n"], [NEW, "return None\n"], ["theirs"]),  # ours has no more
        (["f(a, b, c, d)\n"], ["f(a, b, c, e)\n"], [], ["weave"]),
        (["f(a, b)\n"], ["f(a, z(c))\n"], [], ["theirs"]),
        (["f(a, b)\n"], ["while True: pass\n"], [], ["dropped"]),
        (
            ["one = 1\n", "keep(it)\n", "two = 2\n"],  # one line that theirs keeps: written anew
            ["keep(it)\n", "strange[7] += x\n"],
            ["keep(it)\n", "while True: pass\n", "return None\n"],
            ["already-in", "theirs"],
        ),
        (["f('a')\n"], ['f( "a" )\n'], ["f('a', b)\n"], ["theirs"]),  # another style
        (
            ["f('a')\n", "\n", "g()\n"],
            ['f( "a" )\n', "\n", "g( )\n"],
            ["f(b)\n", "\n", "g()\n"],
            ["theirs"],
        ),  # half of it
        (
            ["f('a')\n", "g()\n", "h()\n"],
            ['f( "a" )\n', "g( )\n", "h( )\n"],
            ["f(b)\n", "g()\n", "h()\n"],
            [],  # less than half
        ),
        (
            ["f('a')\n", "\n", "\n"],
            ['f( "a" )\n', "\n", "\n"],
            ["f('a')\n", "g()\n"],
            ["already-in", "words", "theirs"],  # all of it, since blank lines say nothing
        ),
        (  # theirs only takes a line away: the other is as ours has it
            ["f(a, b)\n", "keep(it)\n"],
            ["g[x] = 7\n", "hold(it, 7, x)\n"],
            ["keep(it)\n", "\n"],
            ["weave"],
        ),
        (["f(a, b)\n"], ["g[x] = 7\n"], ["while True: pass\n"], ["already-in", "theirs"]),
        (
            ["a = 1\n", "b = 2\n", "c = 3\n"],
            ["a = 1\n", "b = 2\n", "x = 3\n"],
            ["a = 1\n", "b = 2\n", "y = 3\n"],
            [],
        ),
    ],
)
def test_a_region_gets_its_rules(
    ancestor: list[str], ours: list[str], theirs: list[str], ranked: list[str]
) -> None:
    assert order(ancestor, ours, theirs) == ranked


@given(LINES, LINES, LINES)
def test_no_rule_is_named_twice_and_each_is_one(
    ancestor: list[str], ours: list[str], theirs: list[str]
) -> None:
    ranked = order(ancestor, ours, theirs)
    assert len(ranked) == len(set(ranked))
    assert set(ranked) <= KNOWN


KNOWN = {name for name, _ in rules.RULES} | {"dropped"}
