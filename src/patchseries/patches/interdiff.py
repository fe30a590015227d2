"""What differs between two patches that make the same change in two places.

Both are texts: nothing is applied, and no repository is needed. A patch that merely stands
elsewhere in its files is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from patchseries.port.hunks.lines import Replacement, edits

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
_BLOBS = re.compile(r"index [0-9a-f]{4,64}\.\.[0-9a-f]{4,64}(?: \d+)?")
_FILE = re.compile(r"(?:\+\+\+|---) (?!/dev/null)([^\t]+)")
_NUMBERS = re.compile(rb"^(?:index [0-9a-f]+\.\.[0-9a-f]+|@@ -[0-9,]+ \+[0-9,]+ @@)", re.MULTILINE)
_CONTEXT = 3
"""Lines before and after a difference that are shown."""


def without_numbers(diff: bytes) -> bytes:
    """*diff* without numbers of lines and ids of blobs; what function a hunk is in stays.

    >>> without_numbers(b"index 12ab..34cd 100644\\n--- a/x\\n@@ -1 +1 @@ def f():\\n-a\\n")
    b' 100644\\n--- a/x\\n def f():\\n-a\\n'
    """
    return _NUMBERS.sub(b"", diff)


def without_places(diff: str) -> tuple[str, ...]:
    """The lines of *diff* without what only says where: numbers of lines, functions, ids of blobs.

    >>> without_places("index 12ab..34cd 100644\\n--- a/x\\n+++ b/x\\n@@ -1 +1 @@ def f():\\n-a\\n")
    ('--- a/x', '+++ b/x', '@@', '-a')
    """
    lines = diff.removesuffix("\n").split("\n")
    return tuple(
        "@@" if _HUNK.match(line) else line for line in lines if not _BLOBS.fullmatch(line)
    )


def interdiff(old: str, new: str) -> str:
    """What turns the patch *old* into *new*, as a diff of their lines; empty: nothing does.

    Each line begins with a blank, ``-`` (only in *old*) or ``+`` (only in *new*), and then is the
    patch's own line; ``@@`` and a path stand before each group.

    >>> old = "+++ b/x\\n@@ -1 +1 @@\\n-a\\n+b"
    >>> print(interdiff(old, old.replace("1", "9").replace("+b", "+c")))
    @@ x
     +++ b/x
     @@
     -a
    -+b
    ++c
    """
    before, after = without_places(old), without_places(new)
    paths = list(_paths(before))
    shown: list[str] = []
    for group in _groups(edits(before, after)):
        first = max(0, group[0].low - _CONTEXT)
        shown.append(f"@@ {paths[min(first + 1, len(paths) - 1)]}".rstrip())
        shown += _shown(group, first, before, after)
    return "\n".join(shown)


def _groups(changes: Sequence[Replacement]) -> Iterator[list[Replacement]]:
    """Edits with so little between them that their surroundings meet, together."""
    group: list[Replacement] = []
    for edit in changes:
        if group and edit.low - group[-1].high > 2 * _CONTEXT:
            yield group
            group = []
        group.append(edit)
    if group:
        yield group


def _shown(
    group: Sequence[Replacement], first: int, before: Sequence[str], after: Sequence[str]
) -> Iterator[str]:
    """:param first: the line of *before* with which the group's surroundings begin, from 0"""
    at = first
    for edit in group:
        yield from (f" {line}" for line in before[at : edit.low])
        yield from (f"-{line}" for line in before[edit.low : edit.high])
        yield from (f"+{line}" for line in after[edit.start : edit.end])
        at = edit.high
    yield from (f" {line}" for line in before[at : at + _CONTEXT])


def _paths(lines: Sequence[str]) -> Iterator[str]:
    """For each line of a patch, the file that it is about."""
    path = ""
    for line in lines:
        if found := _FILE.match(line):
            path = found[1].partition("/")[2] or found[1]
        yield path
