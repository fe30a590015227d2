"""Words in texts, and what two texts share, found by plain search.

A regex for each word takes ten times longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, AnyStr

_SIGNS: dict[type, re.Pattern[Any]] = {
    str: re.compile(r"\w"),
    bytes: re.compile(rb"[\w\x80-\xff]"),
}
"""What a word goes on with; a byte above 127 is part of some letter."""


def occurrences(text: AnyStr, word: AnyStr) -> Iterator[int]:
    """Where *word* stands in *text*, as a word or within one."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def says(text: AnyStr, word: AnyStr) -> bool:
    """Whether *word* stands in *text* as a whole word."""
    sign = _SIGNS[type(text)]
    return any(
        not (at and sign.match(text, at - 1)) and not sign.match(text, at + len(word))
        for at in occurrences(text, word)
    )


def lines_with(text: AnyStr, word: AnyStr) -> Iterator[int]:
    """Where the lines begin in which *word* stands, as a word or within one."""
    end = "\n" if isinstance(text, str) else b"\n"
    low, at = 0, text.find(word)
    while at >= 0:
        yield max(low, text.rfind(end, low, at) + 1)
        low = text.find(end, at) + 1
        at = text.find(word, low) if low else -1


def shown(text: bytes) -> str:
    """*text* for a message, whatever its bytes."""
    return text.decode("utf-8", "replace")


def line_start(text: bytes, at: int) -> int:
    r"""Where the line begins that the byte *at* stands in.

    >>> line_start(b"a\nbc", 3), line_start(b"\nb", 1), line_start(b"ab", 1)
    (2, 1, 0)
    """
    return text.rfind(b"\n", 0, at) + 1


def shared_ends(one: AnyStr, other: AnyStr) -> tuple[int, int]:
    """How many characters (or bytes) of whole lines two texts begin and end with alike."""
    end = "\n" if isinstance(one, str) else b"\n"
    head = one.rfind(end, 0, _alike(one, other)) + 1
    one, other = one[head:], other[head:]
    tail = _alike(one[::-1], other[::-1])
    starts = (text[: len(text) - tail] for text in (one, other))
    if not all(before.endswith(end) or not before for before in starts):
        whole = one.find(end, len(one) - tail) + 1  # a line that is cut in two is not alike
        tail = len(one) - whole if whole else 0
    return head, tail


def _alike(one: AnyStr, other: AnyStr) -> int:
    """How many signs two texts begin with alike; found by the block, as most are."""
    shortest = min(len(one), len(other))
    same, step = 0, 1
    while same < shortest and step:
        end = same + step
        if end <= shortest and one[same:end] == other[same:end]:
            same, step = end, 2 * step
        else:
            step //= 2
    return same
