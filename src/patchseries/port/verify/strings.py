"""The strings of a Python text that go over several lines, such as templates in tests.

What stands in one in the first column is no code, whatever it looks like.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

_TOKEN = re.compile(
    rb"#[^\n]*|(?<!\\)(?P<triple>\"\"\"|''')(?:[^\\]|\\.)*?(?P=triple)"
    rb"|(?<!\\)\"(?:[^\"\\\n]|\\.)*\"|(?<!\\)'(?:[^'\\\n]|\\.)*'",
    re.DOTALL,
)


def in_string(text: bytes, at: int) -> bool:
    """Whether the byte at *at* stands in a string of *text* that goes over several lines."""
    spans = _spans(text)
    before = bisect_left(spans, (at,))
    return before > 0 and at < spans[before - 1][1]


@lru_cache(maxsize=8)
def _spans(text: bytes) -> list[tuple[int, int]]:
    """Where such strings begin and end, in order."""
    return [token.span() for token in _TOKEN.finditer(text) if b"\n" in token[0]]
