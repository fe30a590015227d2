"""The innermost block around some lines, by indentation alone: what is parsed of a large file.

It may be cut wrongly, and then it does not parse: who asks parses the whole file in that case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchseries.port.hunks.lines import Run

_CLOSES = re.compile(rb"\s*(?:[)\]}]|(?:end|fi|done|esac)\b)")
_GOES_ON = re.compile(
    rb"\s*(?:[)\]}{.&|?:#]|(?:else|elsif|elif|when|case|default|rescue|ensure|then|do|in|catch"
    rb"|finally|public|private|protected)\b[^(]*$)"
)
"""A line that stands at the depth of its block's first line, and is not the first."""

_ANYWHERE = (b"", b"#", b'"')
"""Lines that stand at any depth: blank ones, directives, comments, strings that go on."""


def blocks_around(lines: Sequence[bytes], runs: Sequence[Run]) -> list[Run]:
    """The blocks around *runs* (first line, one past the last), in order, none in another."""
    text = IndentedText(lines)
    found: list[Run] = []
    for run in sorted(runs):
        if found and found[-1][0] < run[0] and run[1] < found[-1][1]:
            continue
        start, end = text.block_around(run)
        while found and start <= found[-1][1]:
            first, last = found.pop()
            start, end = min(start, first), max(end, last)
        found.append((start, end))
    return found


class IndentedText:
    """Lines, and how far the last search at each depth went: the next one stops there."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self._upwards: dict[int, Run] = {}
        self._downwards: dict[int, Run] = {}

    def block_around(self, run: Run) -> Run:
        """The block that the lines *run* are in."""
        lines = self._lines
        start, end = max(run[0] - 1, 0), min(run[1] + 1, len(lines))
        if start < run[0] < end and _CLOSES.match(lines[start]):
            start += 1
        depths = (_depth(line) for line in lines[start:end])
        level = min((depth for depth in depths if depth is not None), default=0)
        start, level = self._begin(start, level)
        end = self._end(end, level)
        return start, end + (end < len(lines) and bool(_CLOSES.match(lines[end])))

    def _begin(self, start: int, level: int) -> tuple[int, int]:
        """The first line of the block that *start*, of depth *level*, is in, and its depth."""
        while start and level:
            start = self._above(start - 1, level)
            depth = _depth(self._lines[start])
            if depth is None or depth >= level:
                return 0, level
            level = depth
            if level and not _GOES_ON.match(self._lines[start]):
                return start, level
        return self._above(start, 0), level

    def _above(self, row: int, level: int) -> int:
        """The last line up to *row* that is less deep or, of depth 0, begins something; else 0."""
        top, bottom = self._upwards.get(level, (0, -1))
        if row < top:
            bottom = -1
        at = row
        while at > bottom and at and not self._is_above(at, level):
            at -= 1
        if at <= bottom:
            at = top
        self._upwards[level] = at, row
        return at

    def _is_above(self, row: int, level: int) -> bool:
        if not level:
            return _begins(self._lines, row)
        depth = _depth(self._lines[row])
        return depth is not None and depth < level

    def _end(self, row: int, level: int) -> int:
        """The first line from *row* on that is not deeper than *level*."""
        first, last = self._downwards.get(level, (0, -1))
        if first <= row <= last:
            return last
        at = row
        while at < len(self._lines):
            depth = _depth(self._lines[at])
            if depth is not None and depth <= level:
                break
            at += 1
        self._downwards[level] = row, at
        return at


def _begins(lines: Sequence[bytes], at: int) -> bool:
    """Whether what is above a line has ended: by its last bracket, or by a blank line."""
    above = lines[at - 1]
    if not above.strip():
        return _depth(lines[at]) == 0
    return _depth(above) == 0 and _CLOSES.match(above) is not None


def _depth(line: bytes) -> int | None:
    """By how many characters a line is indented; None for one that says nothing of its block."""
    rest = line.lstrip()
    return None if rest[:1] in _ANYWHERE else len(line) - len(rest)
