"""Blank lines: where lines come together that stood apart, the gaps of both may add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

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
    lines whose gap is not the same at each place.
    """
    here = set(ours)
    known = {True: _widths(ours), False: _widths(theirs)}
    kept = list(merged)
    for above, below, gap in reversed(list(_meetings(merged))):
        if (above in here) is (below in here) or _indent(above) <= _indent(below):
            continue
        widths = known[False].get((above, below)) or known[below in here].get((_END, below), set())
        start, end = gap
        if len(widths) == 1 and (width := next(iter(widths))) != end - start:
            kept[start:end] = ["\n"] * width
    return kept


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _widths(lines: Sequence[str]) -> dict[tuple[str, str], set[int]]:
    """How many blank lines are between two lines, and above one (after ``_END``), at each place."""
    found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for above, below, (start, end) in _meetings(lines):
        for pair in ((above, below), (_END, below)):
            found[pair].add(end - start)
    return found


def _meetings(lines: Sequence[str]) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Two lines with nothing but blank ones between them, and where these are."""
    said = [at for at, line in enumerate(lines) if not line.isspace()]
    for at, then in pairwise(said):
        yield lines[at], lines[then], (at + 1, then)


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
