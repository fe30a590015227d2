"""Blank lines where a merge brings lines together, and around what stood alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks import resolve as hunks
from patchseries.port.hunks.lines import Lines, split_lines
from patchseries.port.hunks.spacing import close_gaps, own_gaps

LINES = st.lists(st.sampled_from(["a\n", "  b\n", "c\n", "\n", "  \n"])).map(tuple)


def _merge(base: str, ours: str, theirs: str) -> str:
    sides = split_lines(base), split_lines(ours), split_lines(theirs)
    return "".join(hunks.resolve(*sides).lines)


def test_gaps_that_came_together_are_as_wide_as_one_of_them() -> None:
    ours, theirs = split_lines("a\n\n\nb\n"), split_lines("a\n\nx\n\nb\n")
    assert close_gaps(["a\n", "\n", "\n", "\n", "b\n"], ours, theirs) == ["a\n", "\n", "\n", "b\n"]
    narrow = split_lines("a\n\nb\n")
    assert close_gaps(["a\n", "\n", "\n", "b\n"], narrow, narrow) == list(narrow)
    assert close_gaps(list(narrow), ("a\n", "b\n"), ("a\n", "b\n")) == list(narrow)
    wide = ["a\n", "\n", "\n", "b\n"]
    assert close_gaps(wide, ("a\n", "\n", "\n", "c\n"), ("x\n", "b\n")) == wide


def test_a_text_that_neither_side_ends_in_blank_lines_does_not_either() -> None:
    assert close_gaps(["a\n", "\n"], ("a\n",), ("b\n",)) == ["a\n"]
    assert close_gaps(["a\n", "\n"], ("a\n", "\n", "b\n"), ("b\n",)) == ["a\n"]
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


def test_a_method_at_the_end_of_a_class_leaves_the_gap_to_the_next_class() -> None:
    theirs = split_lines(
        "class A:\n    def a():\n        1\n\n    def b():\n        2\n\n\nend()\n"
    )
    ours = split_lines("class A:\n    def a():\n        1\n\n\nclass C:\n    pass\n")
    merged = [*ours[:3], "\n", "\n", *theirs[4:6], "\n", *ours[5:]]
    assert own_gaps(merged, ours, theirs) == [*ours[:3], "\n", *theirs[4:6], "\n", "\n", *ours[5:]]
    assert own_gaps([*ours[:3], *theirs[4:6], *ours[5:]], ours, theirs) == own_gaps(
        merged, ours, theirs
    )


def test_lines_that_meet_upstream_are_as_far_apart_as_there() -> None:
    theirs, ours = ("    b\n", "\n", "c\n"), ("    x\n", "c\n", "\n", "\n", "c\n")
    assert own_gaps(["    b\n", "c\n"], ours, theirs) == list(theirs)
    longer = (*theirs, "z\n")  # where no block ends, and hides no place above it
    assert own_gaps(["    b\n", "c\n", "z\n"], ours, longer) == list(longer)


def test_added_blank_lines_end_as_the_lines_of_the_file_do() -> None:
    theirs, ours = ("  b\r\n", "\r\n", "c\r\n"), ("  x\r\n",)
    assert own_gaps(["  x\r\n", "c\r\n"], ours, theirs) == ["  x\r\n", "\r\n", "c\r\n"]


def test_no_gap_gets_narrower_alone() -> None:
    theirs, ours = ("  a\n", "\n", "c\n"), ("  x\n", "b\n")
    merged = ["  a\n", "\n", "b\n"]
    assert own_gaps(merged, ours, theirs) == merged
    merged = ["  x\n", "\n", "c\n"]
    assert own_gaps(merged, ours, ("  a\n", "c\n")) == merged


def test_gaps_within_a_block_and_gaps_that_differ_stay() -> None:
    for merged, ours, theirs in (
        (["a\n", "b\n"], ("a\n", "\n", "c\n"), ("x\n", "\n", "b\n")),
        (
            ["  a\n", "b\n"],
            ("  a\n", "\n", "c\n"),
            ("x\n", "\n", "b\n", "y\n", "\n", "\n", "b\n"),
        ),
        (["  a\n", "b\n"], ("  a\n", "b\n"), ("x\n", "\n", "b\n")),
        (["  a\n", "b\n"], ("c\n",), ("  a\n", "\n", "b\n")),  # both new
        (["b\n", "  a\n"], ("  a\n",), ("x\n", "\n", "b\n")),  # nothing above
    ):
        assert own_gaps(merged, ours, theirs) == merged


@given(LINES, LINES, LINES)
def test_gaps_change_and_nothing_else(merged: Lines, ours: Lines, theirs: Lines) -> None:
    made = own_gaps(merged, ours, theirs)
    assert [line for line in made if line.strip()] == [line for line in merged if line.strip()]
    assert own_gaps(made, ours, theirs) == made


@given(LINES, LINES, LINES)
def test_blank_lines_go_and_nothing_else(merged: Lines, ours: Lines, theirs: Lines) -> None:
    made = close_gaps(merged, ours, theirs)
    assert [line for line in made if line.strip()] == [line for line in merged if line.strip()]
    assert len(made) <= len(merged)
    assert list(close_gaps(made, ours, theirs)) == list(made)


@given(LINES, LINES)
def test_what_a_side_has_may_stay(ours: Lines, theirs: Lines) -> None:
    assert list(close_gaps(ours, ours, theirs)) == list(ours)
