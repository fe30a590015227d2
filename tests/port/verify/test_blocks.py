"""Which lines are parsed for a change: the block around it, by indentation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.port.verify.blocks import IndentedText, blocks_around

TEXT = b"""\
package oven

func bake() {
	if hot {
		wait()

		eat()
	}
	rest()
}

func cool() {
	open()
}
""".split(b"\n")


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([(4, 5)], [(2, 10)]),
        ([(6, 7)], [(2, 10)]),  # the bracket after it closes what a line further up opens
        ([(8, 9)], [(2, 11)]),
        ([(4, 5), (8, 9)], [(2, 10)]),  # the other lies in it
        ([(4, 5), (9, 10)], [(2, 11)]),  # and here it ends it
        ([(12, 13)], [(11, 15)]),
        ([(6, 7), (4, 5), (12, 13)], [(2, 10), (11, 15)]),
        ([(10, 10)], [(10, 11)]),
        ([(0, 0)], [(0, 2)]),
        ([(14, 15)], [(14, 15)]),
    ],
)
def test_a_block_is_whole(runs: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert blocks_around(TEXT, runs) == expected


BRANCHES = b"""\
func bake() {
	if hot {
		a()
		b()
		c()
	} else {
		d()
		e()
		f()
	}
	g()
}
""".split(b"\n")


def test_a_block_that_goes_on_is_whole_from_its_first_line() -> None:
    """What stands in an `if` needs no more than it; an `else` needs its `if`, so all around it."""
    assert blocks_around(BRANCHES, [(3, 4)]) == [(1, 6)]
    assert blocks_around(BRANCHES, [(7, 8)]) == [(0, 12)]


def test_what_stands_above_a_definition_without_a_blank_line_belongs_to_it() -> None:
    lines = b"import oven\n\n@warm\ndef bake():\n\ta()\n\tb()\n\tc()\n".split(b"\n")
    assert blocks_around(lines, [(5, 6)]) == [(2, 8)]


def test_lines_that_nothing_is_around_are_one_block() -> None:
    assert blocks_around([b"\ta", b"\tb", b"\tc", b"\td"], [(2, 3)]) == [(0, 4)]


def test_of_no_lines_there_is_no_block_but_an_empty_one() -> None:
    assert blocks_around([], [(0, 0)]) == [(0, 0)]


LINES = st.lists(
    st.sampled_from([b"", b"a", b"}", b"#if", b"\ta {", b"\t}", b"\t} else {", b"\t\tb", b"\t\t}"]),
    max_size=20,
)


@settings(max_examples=300)
@given(LINES, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=5))
def test_blocks_are_in_order_apart_and_hold_what_was_asked_for(
    lines: list[bytes], asked: list[tuple[int, int]]
) -> None:
    runs = [(min(a, len(lines)), min(a + n, len(lines))) for a, n in asked]
    found = blocks_around(lines, runs)
    assert all(end < start for (_, end), (start, _) in pairwise(found))
    assert blocks_around(lines, runs[::-1] + runs) == found
    for first, last in runs:
        start, end = next((a, b) for a, b in found if a <= first and last <= b)
        [own] = blocks_around(lines, [(first, last)])
        assert (start < first and last < end) or (start <= own[0] and own[1] <= end)
    assert all(any(start <= first <= end for first, _ in runs) for start, end in found)


@settings(max_examples=1000)
@given(LINES, st.data())
def test_a_block_is_the_same_whatever_was_searched_before(
    lines: list[bytes], data: st.DataObject
) -> None:
    places = st.integers(0, len(lines))
    ends = data.draw(st.lists(st.tuples(places, st.integers(0, 2)), min_size=2, max_size=6))
    runs = [(first, min(first + count, len(lines))) for first, count in ends]
    text = IndentedText(lines)
    found = [text.block_around(run) for run in runs]
    assert found == [IndentedText(lines).block_around(run) for run in runs]
