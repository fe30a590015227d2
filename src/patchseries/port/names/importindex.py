"""What the modules of a tree import: an index that grows as trees are asked about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchseries.git import Repository
from patchseries.port.hunks.imports import is_import
from patchseries.port.hunks.lines import decode, encode
from patchseries.port.names.homes import Import, imported
from patchseries.port.names.treefiles import NamedFiles, text_of, texts

_LINE = re.compile(rb"^(?:import|from)[ \t][^\n]*", re.MULTILINE)

MAX_FILES = 40_000
"""How many versions of files the index holds before it starts anew (about 1 kB each)."""


class ImportIndex:
    """The imports on module level of each version of a file that was asked about."""

    def __init__(self) -> None:
        """Start with no file."""
        self._lines: dict[str, bytes] = {}
        self._modules = NamedFiles(lambda name: name.endswith(b".py"))

    def like(
        self, repository: Repository, tree: str, wanted: Import, directory: str = ""
    ) -> Iterator[Import]:
        """What modules of *tree* below *directory* import as *wanted* is, or from where it is.

        Only imports of one thing each, all of it on one line.
        """
        top = repository.entry(tree, directory) if directory else None
        if directory and (top is None or not top.is_tree):
            return
        for lines in self._lines_in(repository, top.oid if top else tree):
            yield from _like(lines, wanted)

    def pairs(
        self, repository: Repository, trees: tuple[str, str], wanted: Import
    ) -> Iterator[tuple[set[Import], set[Import]]]:
        """What each module that differs between two *trees* imports like *wanted*, in both."""
        for path, sides in repository.changes(*trees).items():
            if path.endswith(".py") and all(side and side.is_file for side in sides):
                both = (self._of(repository, side.oid) for side in sides if side)
                before, after = (set(_like(lines, wanted)) for lines in both)
                yield before, after

    def _of(self, repository: Repository, oid: str) -> bytes:
        """The lines that begin an import, of one module."""
        return self._lines[oid] if oid in self._lines else self._add(oid, text_of(repository, oid))

    def _add(self, oid: str, text: bytes) -> bytes:
        if len(self._lines) >= MAX_FILES:
            self._lines.clear()
        self._lines[oid] = _imports(text)
        return self._lines[oid]

    def _lines_in(self, repository: Repository, tree: str) -> Iterator[bytes]:
        """The lines that begin an import, of each module of *tree*; known ones first."""
        oids = self._modules.oids(repository, tree)
        unread = [oid for oid in oids if oid not in self._lines]
        yield from [self._lines[oid] for oid in oids if oid in self._lines]
        for oid, text in texts(repository, unread):
            yield self._add(oid, text)


def _imports(text: bytes) -> bytes:
    return b"\n".join(_LINE.findall(text))


def _like(lines: bytes, wanted: Import) -> Iterator[Import]:
    if encode(wanted.local) in lines or encode(wanted.module or wanted.name) in lines:
        some = filter(is_import, decode(lines).split("\n"))
        yield from (one for one in map(imported, some) if one and wanted.is_like(one))
