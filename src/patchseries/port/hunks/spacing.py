"""Blank lines: where lines come together that stood apart, the gaps of both may add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set

_END = ""
"""What a gap at the end of a text stands before; at its beginning, what it stands behind."""


def close_gaps(merged: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> Sequence[str]:
    """*merged* with no more blank lines in a gap than the lines at it have in ours or theirs."""
    gaps = [gap for gap in _gaps(merged) if gap[1] - gap[0] > 1 or gap[1] == len(merged)]
    if not gaps:
        return merged
    behind: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for side in (ours, theirs):
        for start, end in _gaps(side):
            above, below = _at(side, start, end)
            behind[above] = max(behind[above], end - start)
            before[below] = max(before[below], end - start)
    kept = list(merged)
    for start, end in reversed(gaps):
        above, below = _at(merged, start, end)
        most = before[below] if below == _END else max(behind[above], before[below])
        del kept[start + most : end]
    return kept


def own_gaps(merged: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """*merged*, in which lines of ours and new ones that meet are as far apart as they were.

    Only where a block ends. As in theirs, if they meet there; else a gap belongs to the line below
    it: a method has one blank line above it, a class two, whatever comes before. Left alone are
    lines whose gap is not the same at each place. A gap gets narrower only where the next one gets
    wider: the blank lines were on the wrong side of what is new.
    """
    here = set(ours)
    kept = list(merged)
    is_wider = False
    for start, end in sorted(set(_edges(merged, here)), reverse=True):
        above, below = merged[start - 1], merged[end]
        if _indent(above) <= _indent(below):
            continue
        side = ours if below in here else theirs
        widths = set(_widths(theirs, below, above)) or set(_widths(side, below))
        width = widths.pop() if len(widths) == 1 else end - start
        if width > end - start or (width < end - start and is_wider):
            kept[start:end] = [below[len(below.rstrip("\r\n")) :]] * width
            is_wider = width > end - start
    return kept


def _edges(merged: Sequence[str], here: Set[str]) -> Iterator[tuple[int, int]]:
    """The gaps (first line, and one past the last) between a line of *here* and one that is new."""
    for at in [at for at, line in enumerate(merged) if line not in here and not line.isspace()]:
        for start, end in (_gap(merged, at, -1), _gap(merged, at, 1)):
            if start and end < len(merged) and (merged[start - 1] in here) != (merged[end] in here):
                yield start, end


def _gap(lines: Sequence[str], at: int, way: int) -> tuple[int, int]:
    """The blank lines above (way -1) or below (1) the line *at*: the first, and one past it."""
    other = at + way
    while 0 <= other < len(lines) and lines[other].isspace():
        other += way
    return (other + 1, at) if way < 0 else (at + 1, other)


def _widths(lines: Sequence[str], below: str, above: str | None = None) -> Iterator[int]:
    """How many blank lines are above *below* (those that follow *above* alone), at each place."""
    at = -1
    for _ in range(lines.count(below)):
        at = lines.index(below, at + 1)
        start, end = _gap(lines, at, -1)
        if start and above in (None, lines[start - 1]):
            yield end - start


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _gaps(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The runs of blank lines: the first, and one past the last."""
    runs: list[tuple[int, int]] = []
    for at in [at for at, line in enumerate(lines) if line.isspace()]:
        start = runs.pop()[0] if runs and runs[-1][1] == at else at
        runs.append((start, at + 1))
    return runs


def _at(lines: Sequence[str], start: int, end: int) -> tuple[str, str]:
    """The lines above and below a gap."""
    return lines[start - 1] if start else _END, lines[end] if end < len(lines) else _END
