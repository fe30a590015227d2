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
    found: list[Run] = []
    for run in sorted(runs):
        if found and found[-1][0] < run[0] and run[1] < found[-1][1]:
            continue
        start, end = _block_around(lines, run)
        while found and start <= found[-1][1]:
            first, last = found.pop()
            start, end = min(start, first), max(end, last)
        found.append((start, end))
    return found


def _block_around(lines: Sequence[bytes], run: Run) -> Run:
    start, end = max(run[0] - 1, 0), min(run[1] + 1, len(lines))
    if start < run[0] < end and _CLOSES.match(lines[start]):
        start += 1
    depths = (_depth(line) for line in lines[start:end])
    level = min((depth for depth in depths if depth is not None), default=0)
    while start and (level or not _begins(lines, start)):
        start -= 1
        depth = _depth(lines[start])
        if depth is not None and depth < level:
            level = depth
            if level and not _GOES_ON.match(lines[start]):
                break
    while end < len(lines):
        depth = _depth(lines[end])
        if depth is not None and depth <= level:
            return start, end + bool(_CLOSES.match(lines[end]))
        end += 1
    return start, end


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
