"""Imports on one line: a block of them is a sorted set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchseries.port.hunks.lines import Lines, compare

_IMPORT = re.compile(r"(?:import|from)\s+[\w.]+(?!.*[(\\]\s*$)")


def is_import(line: str) -> bool:
    """Whether *line* is an import on module level, all of it.

    >>> is_import("from a import b"), is_import("import os"), is_import("  import os")
    (True, True, False)
    """
    return _IMPORT.match(line) is not None


def without_known(ancestor: Lines, ours: Lines, theirs: Lines) -> Lines:
    """*theirs* without the imports that it adds, on lines of their own, and ours has already."""
    brought = (line for e in compare(ancestor, theirs) for line in theirs[e.start : e.end])
    known = set(filter(is_import, brought)).intersection(ours).difference(ancestor)
    if not known:
        return theirs
    kept = list(theirs)
    shared = {(e.low, e.high, tuple(ours[e.start : e.end])) for e in compare(ancestor, ours)}
    for edit in reversed(compare(ancestor, theirs)):
        added = theirs[edit.start : edit.end]
        if (edit.low, edit.high, tuple(added)) in shared:
            continue
        if edit.low == edit.high and all(is_import(line) or not line.strip() for line in added):
            kept[edit.start : edit.end] = [line for line in added if line not in known]
    return tuple(kept)


def with_gap(ancestor: Lines, ours: Lines, theirs: Lines) -> Lines:
    """*theirs* with the blank line that it takes away along with a whole block of imports.

    Only where ours has imports of its own in that block: they would run into the next.
    """
    kept = list(theirs)
    for edit in reversed(compare(ancestor, theirs)):
        gone = [line for line in ancestor[edit.low : edit.high] if line.strip()]
        gap = [line for line in ancestor[edit.low : edit.high] if not line.strip()]
        if edit.start == edit.end and gone and gap and all(map(is_import, gone)):
            here = ours.index(gone[0]) if gone[0] in ours else None
            if here is not None and set(_block(ours, here)).difference(ancestor):
                kept[edit.start : edit.end] = gap
    return tuple(kept)


def in_order(merged: list[str], ours: Lines, theirs: Lines) -> list[str]:
    """*merged* with the imports that theirs brought in on their sorted places.

    Only where all else in the block is sorted in ours, and theirs kept its own block sorted: what
    an addition stood next to there, ours may not have.
    """
    new = set(theirs).difference(ours)
    for line in (line for line in theirs if line in new and is_import(line)):
        if merged.count(line) != 1 or not _sorted(_block(theirs, theirs.index(line))):
            continue
        at = merged.index(line)
        block = _block(merged, at)
        rest = [other for other in block if other != line]
        if not _sorted(block) and _sorted(rest):
            merged = [*merged[:at], *merged[at + 1 :]]
            merged.insert(merged.index(rest[0]) + place(rest, line), line)
    return merged


def with_import(ours: Lines, line: str, theirs: Lines) -> Lines:
    """*ours* with one more import, in the block that has most in common with theirs around it.

    Where none has, it follows the import that it follows in theirs.
    """
    beside = set(_block(theirs, theirs.index(line))) if line in theirs else set[str]()
    starts = [
        at
        for at, other in enumerate(ours)
        if is_import(other) and not (at and is_import(ours[at - 1]))
    ]
    if not starts:
        return ours
    start = max(starts, key=lambda at: len(beside.intersection(_block(ours, at))))
    block = _block(ours, start)
    at = start + place(block, line)
    if beside.isdisjoint(block):
        before = _before(theirs, line)
        whole = list(ours[starts[0] : starts[-1]]) + _block(ours, starts[-1])
        at = starts[0] + (whole.index(before) + 1 if before in whole else place(whole, line))
    return (*ours[:at], line, *ours[at:])


def exchanged_import(lines: Lines, line: str, other: str) -> Lines:
    """*lines* with the import *other* for *line*: on its place, unless its own is elsewhere.

    That is where imports of its package stand, or where it is in order.
    """
    at = lines.index(line)
    rest = without_import(lines, line)
    exchanged = (*lines[:at], other, *lines[at + 1 :])
    block, known = (
        set(map(_package, filter(is_import, some))) for some in (_block(lines, at), rest)
    )
    is_apart = _package(other) in known.difference(block)
    is_disorder = _sorted(_block(lines, at)) and not _sorted(_block(exchanged, at))
    return with_import(rest, other, ()) if is_apart or is_disorder else exchanged


def without_import(lines: Lines, line: str) -> Lines:
    """*lines* without the import *line*; blank lines around it are not left doubled."""
    at = lines.index(line)
    rest = (*lines[:at], *lines[at + 1 :])
    if at and at < len(rest) and not rest[at - 1].strip() and not rest[at].strip():
        return (*rest[:at], *rest[at + 1 :])
    return rest


def _before(lines: Lines, line: str) -> str:
    """The import before the import *line*, blank lines apart; empty if there is none."""
    at = lines.index(line) if line in lines else 0
    above = (other for other in reversed(lines[:at]) if other.strip())
    found = next(above, "")
    return found if is_import(found) else ""


def _block(lines: Sequence[str], at: int) -> list[str]:
    """The run of imports that ``lines[at]`` stands in."""
    low = high = at
    while low and is_import(lines[low - 1]):
        low -= 1
    while high < len(lines) and is_import(lines[high]):
        high += 1
    return list(lines[low:high])


def _sorted(lines: Sequence[str]) -> bool:
    keys = [_key(line) for line in lines]
    return keys == sorted(keys)


def place(lines: Sequence[str], new: str) -> int:
    """Where *new* goes among the imports of *lines*: to those of its package, in order."""
    imports = [at for at, line in enumerate(lines) if is_import(line)]
    among = [at for at in imports if _package(lines[at]) == _package(new)] or imports
    later = [at for at in among if _key(lines[at]) > _key(new)]
    return later[0] if later else among[-1] + 1 if among else len(lines)


def _key(line: str) -> str:
    """The full dotted name that is imported, as style guides sort it."""
    return re.sub(r"^(?:import|from)\s+([\w.]+)(?:\s+import\s+)?", r"\1.", line).lower()


def _package(line: str) -> str:
    return _key(line).partition(".")[0]
