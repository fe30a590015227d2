"""Edits to lines that ours has, unchanged, at another place of the file."""

from __future__ import annotations

from collections.abc import Sequence

from patchseries.port.hunks.lines import Replacement, indent
from patchseries.port.hunks.regions import Texts

_CONTEXT = 3
"""At most so many lines around it are compared (`make bench-thresholds`: 1 to 6 are as good)."""
_TELLING = 24
"""A removed text of at least this many characters is found without its context (12 to
48 are as good)."""
_MOST = 20_000_000
"""So many times a line of ours is looked at for an edit (some seconds); a hostile text has more."""


def follow_moves(texts: Texts) -> Texts:
    """*texts* with their edits to code that stands elsewhere in ours made there already.

    Ours then has those edits, and theirs has them no more. Texts that are too long stay.
    """
    if len(texts.ours) * len(texts.their_edits) > _MOST:
        return texts
    ancestor, ours, theirs = texts.ancestor, texts.ours, texts.theirs
    shared = {(e.low, e.high, tuple(ours[e.start : e.end])) for e in texts.our_edits}
    moved_ours, left = list(ours), list(theirs)
    for edit in reversed(texts.their_edits):
        if (edit.low, edit.high, tuple(theirs[edit.start : edit.end])) in shared:
            continue
        touched = range(edit.low, edit.high) or range(edit.low - 1, edit.high + 1)
        if any(texts.to_ours(at) is not None for at in touched):
            start = _along(texts, moved_ours, edit)
        else:
            start = _place(ancestor, moved_ours, edit)
        if start is not None:
            moved_ours[start : start + edit.high - edit.low] = theirs[edit.start : edit.end]
            left[edit.start : edit.end] = ancestor[edit.low : edit.high]
    made = tuple(left)
    return texts if made == theirs else Texts.of(ancestor, tuple(moved_ours), made)


def _place(ancestor: Sequence[str], ours: Sequence[str], edit: Replacement) -> int | None:
    """Where ours has, once, what the edit replaces, with its surroundings."""
    removed = "".join(ancestor[edit.low : edit.high])
    least = 0 if len(removed.strip()) >= _TELLING else 2
    for context in range(_CONTEXT, least - 1, -1):
        low, high = edit.low - context, edit.high + context
        if low < 0 or high > len(ancestor):
            continue
        needle = list(ancestor[low:high])
        starts = [at for at in _starts(ours, needle[0]) if ours[at : at + len(needle)] == needle]
        if starts:
            return starts[0] + context if len(starts) == 1 else None
    return None


def _along(texts: Texts, ours: Sequence[str], edit: Replacement) -> int | None:
    """Where an addition goes that belongs to one line, which ours has at another place.

    It goes on with the line above, indented deeper, or is a comment on the line below.
    """
    added = texts.theirs[edit.start : edit.end]
    if edit.low != edit.high or not all(line.strip() for line in added):
        return None
    above, below = edit.low - 1, edit.high
    if above >= 0 and all(indent(line) > indent(texts.ancestor[above]) for line in added):
        at = _elsewhere(texts, ours, above)
        if at is not None:
            return at + 1
    if below < len(texts.ancestor) and all(line.lstrip().startswith("#") for line in added):
        at = _elsewhere(texts, ours, below)
        if at is not None:
            return at
    return None


def _elsewhere(texts: Texts, ours: Sequence[str], at: int) -> int | None:
    """Where ours has the line ``ancestor[at]``, which is not on its place; None unless once."""
    line = texts.ancestor[at]
    if texts.to_ours(at) is not None or len(line.strip()) < _TELLING or ours.count(line) != 1:
        return None
    return ours.index(line)


def _starts(lines: Sequence[str], first: str) -> list[int]:
    return [at for at, line in enumerate(lines) if line == first]
