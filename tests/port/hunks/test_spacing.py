"""Blank lines where a merge brings lines together, and around what stood alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks import resolve as hunks
from patchseries.port.hunks.lines import Lines, split_lines
from patchseries.port.hunks.spacing import close_gaps

LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", "  \n"])).map(tuple)


def _merge(base: str, ours: str, theirs: str) -> str:
    sides = split_lines(base), split_lines(ours), split_lines(theirs)
    return "".join(hunks.resolve(*sides).lines)


def test_gaps_that_came_together_are_as_wide_as_one_of_them() -> None:
    ours, theirs = split_lines("a\n\n\nb\n"), split_lines("a\n\nx\n\nb\n")
    assert close_gaps(["a\n", "\n", "\n", "\n", "b\n"], ours, theirs) == ["a\n", "\n", "\n", "b\n"]


def test_a_text_that_neither_side_ends_in_blank_lines_does_not_either() -> None:
    assert close_gaps(["a\n", "\n"], ("a\n",), ("b\n",)) == ["a\n"]
    assert close_gaps(["a\n", "\n"], ("a\n", "\n"), ("b\n",)) == ["a\n", "\n"]


BASE = "head\n}\n\nif door {\n\tshut()\n}\n\ntail\n"


def test_an_added_block_keeps_its_blank_line_where_the_target_lacks_what_follows() -> None:
    ours = "head\n}\ntail\n"
    theirs = BASE.replace("\nif door", "\nif roof {\n\tmend()\n}\n\nif door")
    merged = "head\n}\n\nif roof {\n\tmend()\n}\n\ntail\n"
    assert _merge(BASE, ours, theirs) == merged


def test_it_gets_no_second_one() -> None:
    ours = "head\n}\n\ntail\n"
    theirs = BASE.replace("\nif door", "\nif roof {\n\tmend()\n}\n\nif door")
    merged = "head\n}\n\nif roof {\n\tmend()\n}\n\ntail\n"
    assert _merge(BASE, ours, theirs) == merged


@given(LINES, LINES, LINES)
def test_blank_lines_go_and_nothing_else(merged: Lines, ours: Lines, theirs: Lines) -> None:
    made = close_gaps(merged, ours, theirs)
    assert [line for line in made if line.strip()] == [line for line in merged if line.strip()]
    assert len(made) <= len(merged)
    assert list(close_gaps(made, ours, theirs)) == list(made)


@given(LINES, LINES)
def test_what_a_side_has_may_stay(ours: Lines, theirs: Lines) -> None:
    assert list(close_gaps(ours, ours, theirs)) == list(ours)
