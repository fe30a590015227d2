"""Imports on one line: a block of them is a sorted set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchseries.port.lines import edits

_IMPORT = re.compile(r"(?:import|from)\s+[\w.]+")


def is_import(line: str) -> bool:
    """Whether *line* is an import on module level."""
    return _IMPORT.match(line) is not None


def without_known(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """*theirs* without the imports that it adds, on lines of their own, and ours has already."""
    known = {line for line in ours if is_import(line)} - set(base)
    if not known.intersection(theirs):
        return theirs
    kept = list(theirs)
    shared = {(e.low, e.high, tuple(ours[e.start : e.end])) for e in edits(base, ours)}
    for edit in reversed(edits(base, theirs)):
        added = theirs[edit.start : edit.end]
        if (edit.low, edit.high, tuple(added)) in shared:
            continue
        if edit.low == edit.high and all(is_import(line) or not line.strip() for line in added):
            kept[edit.start : edit.end] = [line for line in added if line not in known]
    return kept


def place(lines: Sequence[str], new: str) -> int:
    """Where *new* goes among the imports of *lines*: to those of its package, in order."""
    imports = [at for at, line in enumerate(lines) if is_import(line)]
    package = _key(new).partition(".")[0]
    among = [at for at in imports if _key(lines[at]).partition(".")[0] == package] or imports
    later = [at for at in among if _key(lines[at]) > _key(new)]
    return later[0] if later else among[-1] + 1 if among else len(lines)


def _key(line: str) -> str:
    """The full dotted name that is imported, as style guides sort it."""
    return re.sub(r"^(?:import|from)\s+([\w.]+)(?:\s+import\s+)?", r"\1.", line).lower()
