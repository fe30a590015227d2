"""The files of a tree by their names, for what indexes their texts.

The trees of one history share nearly all their directories and files, so what is kept of each
version of one is read once for a whole batch of ports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from patchseries.git import Repository

MAX_BYTES = 600_000
"""Larger files are data or generated."""

MAX_TREES = 10_000
"""Of so many versions of directories it is known what is in them, before all is forgotten."""

_AT_ONCE = 64
"""How many files are read together."""


class NamedFiles:
    """Finds files in trees by their names; one for all trees."""

    def __init__(self, is_wanted: Callable[[bytes], bool]) -> None:
        """Find those of whose name (no path) *is_wanted* says so."""
        self._is_wanted = is_wanted
        self._inside: dict[str, tuple[str, ...]] = {}

    def oids(self, repository: Repository, tree: str) -> Sequence[str]:
        """The ids of the files in *tree*, at any depth, in git's order."""
        if len(self._inside) >= MAX_TREES:
            self._inside.clear()
        return self._oids(repository, tree)

    def _oids(self, repository: Repository, tree: str) -> tuple[str, ...]:
        if tree not in self._inside:
            entries = list(repository.tree(tree).items())
            below = (entry.oid for _, entry in entries if entry.is_tree)
            repository.prefetch(oid for oid in below if oid not in self._inside)
            found: list[str] = []
            for name, entry in entries:
                if entry.is_tree:
                    found += self._oids(repository, entry.oid)
                elif entry.is_file and self._is_wanted(name):
                    found.append(entry.oid)
            self._inside[tree] = tuple(found)
        return self._inside[tree]


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
