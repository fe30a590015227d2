"""Whether a new file fits its place: its directory, its number, the migration it follows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from patchseries.git import TreeEntry
from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.ported import Port, PortedFile

_NUMBERED = re.compile(rb"(\d{2,})[_-]")
_FOLLOWS = re.compile(rb"^down_revision\b[^=\n]*=[ \t]*(.+)$", re.MULTILINE)
_REVISION = re.compile(rb"^revision\b[^=\n]*=[ \t]*[\"']([^\"'\n]+)", re.MULTILINE)
_QUOTED = re.compile(rb"[\"']([^\"'\n]+)[\"']")


def check_new_file(port: Port, file: PortedFile) -> Iterator[Finding]:
    """A new file in a directory that the target lacks, or out of the directory's numbering.

    Numbered files (database migrations) run in order: one whose predecessor is missing, or
    whose number is taken, fails when it runs.
    """
    if not file.is_new:
        return
    directory, _, name = file.path.rpartition("/")
    upstream = _names(port, port.before, file.upstream.rpartition("/")[0])
    here = _names(port, port.onto, directory)
    if upstream and not here and not _names(port, port.onto, directory.rpartition("/")[0]):
        yield Finding(
            PortCode.UNKNOWN_FOLDER,
            Severity.WARNING,
            f"the target has no directory like {directory}",
            file=file.path,
            hint="find where similar files are here",
        )
        return
    yield from _check_number(file, name.encode("utf-8", "surrogateescape"), upstream, here)
    yield from _check_migration(port, file, directory)


def _check_number(
    file: PortedFile, name: bytes, upstream: set[bytes], here: set[bytes]
) -> Iterator[Finding]:
    match = _NUMBERED.match(name)
    if not match:
        return
    number = int(match[1])
    there, taken = _numbers(upstream), _numbers(here)
    if number in taken and number not in there:
        yield Finding(
            PortCode.NUMBER_TAKEN,
            Severity.ERROR,
            f"the target has another file with the number {number}",
            file=file.path,
        )
    elif number - 1 in there and number - 1 not in taken:
        yield Finding(
            PortCode.NUMBER_GAP,
            Severity.WARNING,
            f"the file numbered {number - 1} is missing in the target",
            file=file.path,
            hint="port the earlier file too, or renumber",
        )


def _check_migration(port: Port, file: PortedFile, directory: str) -> Iterator[Finding]:
    """The migration that an Alembic migration follows: without it, none of them can be run."""
    text = file.result
    wanted = {name for said in _FOLLOWS.findall(text) for name in _QUOTED.findall(said)}
    if not wanted or not _REVISION.search(text):
        return
    for name in sorted(wanted.difference(_revisions(port, directory))):
        found = _FOLLOWS.search(text)
        yield Finding(
            PortCode.MIGRATION_MISSING,
            Severity.ERROR,
            f"the migration {name.decode('utf-8', 'replace')}, which this one follows, is missing",
            file=file.path,
            line=text.count(b"\n", 0, found.start()) + 1 if found else None,
            hint="port that migration first, or name the last one that is here",
        )


def _revisions(port: Port, directory: str) -> set[bytes]:
    """The migrations that a directory of the result has."""
    entries = _entries(port, port.result, directory).items()
    files = [e.oid for name, e in entries if e.is_file and name.endswith(b".py")]
    port.repository.prefetch(files)
    found = (_REVISION.search(port.repository.blob(oid)) for oid in files)
    return {match[1] for match in found if match}


def _numbers(names: set[bytes]) -> set[int]:
    return {int(m[1]) for name in names if (m := _NUMBERED.match(name))}


def _names(port: Port, tree: str, directory: str) -> set[bytes]:
    return set(_entries(port, tree, directory))


def _entries(port: Port, tree: str, directory: str) -> Mapping[bytes, TreeEntry]:
    """What a directory of a tree holds; nothing if there is no such directory."""
    entry = port.repository.entry(tree, directory) if directory else None
    if directory and (entry is None or not entry.is_tree):
        return {}
    return port.repository.tree(entry.oid if entry else tree)
