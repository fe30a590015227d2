"""Words found in texts, and what two texts share: laws, for text and for bytes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.names.textsearch import lines_with, says, shared_ends

LINES = st.text("ab\n")
WORDY = st.text("ab_1 .é\n")


@given(LINES, LINES)
def test_what_two_texts_share_at_their_ends_is_whole_lines(one: str, other: str) -> None:
    head, tail = shared_ends(one, other)
    assert (head, tail) == shared_ends(one.encode(), other.encode())
    assert head + tail <= min(len(one), len(other))
    assert one[:head] == other[:head]
    assert one[len(one) - tail :] == other[len(other) - tail :]
    for text in (one, other):
        assert head == 0 or text[head - 1] == "\n"
        assert tail in (0, len(text)) or text[len(text) - tail - 1] == "\n"


def test_a_line_that_ends_alike_is_not_cut() -> None:
    assert shared_ends("x\nsize = a\ny\n", "x\nsize = get_a\ny\n") == (2, 2)
    assert shared_ends("a\nb\n", "a\nx\nb\n") == (2, 2)


@given(WORDY, st.text("ab_", min_size=1))
def test_a_word_is_said_where_a_regex_would_find_it(text: str, word: str) -> None:
    found = re.search(rf"(?<!\w){word}(?!\w)", text)
    assert says(text, word) == (found is not None)
    assert says(text.encode(), word.encode()) == (found is not None)


@given(LINES, st.text("ab", min_size=1))
def test_the_lines_of_a_word_begin_where_lines_begin(text: str, word: str) -> None:
    starts = [0, *(at.end() for at in re.finditer("\n", text))]
    held = [start for start in starts if word in text[start:].split("\n", 1)[0]]
    assert list(lines_with(text, word)) == held
