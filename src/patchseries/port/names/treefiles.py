"""The files of a tree by their names, for what indexes their texts.

The trees of one history share nearly all their directories and files, so what is kept of each
version of one is read once for a whole batch of ports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from patchseries.git import Repository

MAX_BYTES = 600_000
"""Larger files are data or generated."""

MAX_TREES = 10_000
"""Of so many versions of directories it is known what is in them, before all is forgotten."""

_AT_ONCE = 64
"""How many files are read together."""


class _Directory(NamedTuple):
    """The ids of the wanted files right in a directory, and of its directories."""

    files: tuple[str, ...]
    below: tuple[str, ...]


class NamedFiles:
    """Finds files in trees by their names; one for all trees."""

    def __init__(self, is_wanted: Callable[[bytes], bool]) -> None:
        """Find those of whose name (no path) *is_wanted* says so."""
        self._is_wanted = is_wanted
        self._known: dict[str, _Directory] = {}

    def oids(self, repository: Repository, tree: str) -> Sequence[str]:
        """The ids of the files in *tree*, at any depth.

        A directory that stands in it more than once counts once, and no depth is too much: a
        hostile tree has millions of either.
        """
        found: list[str] = []
        seen = {tree}
        level = [tree]
        while level:
            inside = self._read(repository, level)
            found += (oid for directory in inside for oid in directory.files)
            below = dict.fromkeys(oid for directory in inside for oid in directory.below)
            level = [oid for oid in below if oid not in seen]
            seen.update(level)
        return found

    def _read(self, repository: Repository, trees: Sequence[str]) -> list[_Directory]:
        unknown = [oid for oid in trees if oid not in self._known]
        repository.prefetch(unknown)
        if len(self._known) + len(unknown) > MAX_TREES:
            self._known.clear()
            unknown = list(trees)
        for oid in unknown:
            entries = list(repository.tree(oid).items())
            files = (e.oid for name, e in entries if e.is_file and self._is_wanted(name))
            self._known[oid] = _Directory(
                tuple(files), tuple(entry.oid for _, entry in entries if entry.is_tree)
            )
        return [self._known[oid] for oid in trees]


def texts(repository: Repository, oids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The ids and texts of files, read some at a time; empty where it is no text of a source."""
    for at in range(0, len(oids), _AT_ONCE):
        some = oids[at : at + _AT_ONCE]
        repository.prefetch(some)
        yield from ((oid, text_of(repository, oid)) for oid in some)


def text_of(repository: Repository, oid: str) -> bytes:
    """The text of a file; empty where it is none, or no source that a person wrote."""
    data = repository.blob(oid)
    return data if len(data) <= MAX_BYTES and b"\0" not in data else b""
