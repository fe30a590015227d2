"""Comparing lines: the edits rebuild the text, and blocks fall where a person would cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from patiencediff import PatienceSequenceMatcher

from patchseries.port.hunks.lines import _anchors, decode, edits, encode, matches, split_lines

LINES = st.lists(st.sampled_from(["a\n", "b\n", "    c\n", "\n", "d\n", "def f():\n"]), max_size=24)


@given(st.binary())
def test_decode_and_encode_are_inverse(data: bytes) -> None:
    assert encode(decode(data)) == data


@given(st.text())
def test_lines_join_to_the_text(text: str) -> None:
    assert "".join(split_lines(text)) == text


@given(LINES, LINES)
def test_edits_turn_the_old_into_the_new(old: list[str], new: list[str]) -> None:
    rebuilt: list[str] = []
    at = 0
    for edit in edits(old, new):
        assert edit.low >= at
        rebuilt += old[at : edit.low] + new[edit.start : edit.end]
        at = edit.high
    assert rebuilt + old[at:] == new


@given(LINES, LINES)
def test_matches_rise_on_both_sides(old: list[str], new: list[str]) -> None:
    pairs = matches(old, new)
    assert all(old[a] == new[b] for a, b in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def test_an_added_function_is_cut_at_its_head() -> None:
    old = split_lines("def a():\n    return 1\n\n\ndef c():\n    return 1\n")
    new = split_lines(
        "def a():\n    return 1\n\n\ndef b():\n    return 1\n\n\ndef c():\n    return 1\n"
    )
    (edit,) = edits(old, new)
    assert new[edit.start] == "def b():\n"


def test_lines_that_stand_twice_are_matched_where_nothing_else_is_alike() -> None:
    found = edits(["p", "a", "a", "q"], ["r", "a", "a", "s"], slide=False)
    assert [(edit.low, edit.high) for edit in found] == [(0, 1), (3, 4)]


# a text of so few lines has no more levels than the library's own matcher goes down
@given(
    st.lists(st.sampled_from("abcdef"), max_size=10),
    st.lists(st.sampled_from("abcdef"), max_size=10),
)
def test_anchors_are_those_of_the_library(old: list[str], new: list[str]) -> None:
    expected = [
        tuple(block) for block in PatienceSequenceMatcher(None, old, new).get_matching_blocks()
    ]
    assert [*_anchors(old, new), (len(old), len(new), 0)] == expected


def test_texts_whose_anchors_lie_one_within_the_other() -> None:
    old, new = ["x"], ["x", "y"]
    for level in range(14):  # in each half of old, but only the first of new, lines are unique
        old, new = [f"<{level}", *old, *old, f">{level}"], [f"<{level}", *new, *old, f">{level}"]
    rebuilt: list[str] = []
    at = 0
    for edit in edits(old, new):
        rebuilt += old[at : edit.low] + new[edit.start : edit.end]
        at = edit.high
    assert rebuilt + old[at:] == new
