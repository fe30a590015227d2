"""Blank lines: where lines come together that stood apart, the gaps of both may add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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
