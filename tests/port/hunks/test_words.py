"""Laws of comparing and merging words inside lines."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks.words import counterparts, likeness, merge_words, survival, words

LINE = st.text("ab1_ (),=\u00e9", max_size=12)
LINES = st.lists(LINE, max_size=6)


@given(st.text(max_size=30))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(words(text)) == text


@given(LINE, LINE)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1


@given(LINE, LINE)
def test_what_is_added_takes_nothing_away(old: str, more: str) -> None:
    assert survival(old, f"{old} {more}") == 1


@given(LINE, LINE)
def test_an_edit_of_one_side_is_taken(ancestor: str, edited: str) -> None:
    assert merge_words(ancestor, edited, ancestor) == edited
    assert merge_words(ancestor, ancestor, edited) == edited
    assert merge_words(ancestor, edited, edited) == edited


def test_a_named_argument_comes_after_a_positional_one() -> None:
    assert merge_words("f(a)", "f(a, b=1)", "f(a, c)") == "f(a, c, b=1)"


def test_a_line_of_immense_length_is_not_merged() -> None:
    long = "x " * 3000
    assert merge_words(long, f"a {long}", f"{long} b") is None


@given(LINES, LINES)
def test_pairs_rise_and_are_alike(old: list[str], new: list[str]) -> None:
    pairs = sorted(counterparts(old, new).items())
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    for at, to in pairs:
        blank = not old[at].strip() or not new[to].strip()
        assert blank or likeness(old[at], new[to]) >= 0.6


def test_too_many_pairs_are_not_compared() -> None:
    assert counterparts(["a"] * 200, ["a"] * 200) == {}


def test_a_blank_line_stands_for_a_blank_line() -> None:
    lines = ["x = 1\n", "\n", "y = 2\n"]
    assert counterparts(lines, lines) == {0: 0, 1: 1, 2: 2}
    assert counterparts(["\n"], ["x = 1\n"]) == {}
