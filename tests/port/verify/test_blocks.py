"""Which lines are parsed for a change: the block around it, by indentation."""

from __future__ import annotations

import pytest

from patchseries.port.verify.blocks import blocks_around

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
        ([(12, 13)], [(11, 15)]),
        ([(6, 7), (4, 5), (12, 13)], [(2, 10), (11, 15)]),
        ([(10, 10)], [(10, 11)]),
        ([(0, 0)], [(0, 2)]),
        ([(14, 15)], [(14, 15)]),
    ],
)
def test_a_block_is_whole(runs: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert blocks_around(TEXT, runs) == expected


def test_of_no_lines_there_is_no_block_but_an_empty_one() -> None:
    assert blocks_around([], [(0, 0)]) == [(0, 0)]
