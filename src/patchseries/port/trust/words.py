"""Which words stand anywhere in a tree's source files: an index that grows as trees are asked for.

The trees of one history share nearly all their files, so each version of a file is read once for
a whole batch of ports: after the first tree, a question costs the few files that are new in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from patchseries.git import Repository, TreeEntry

_SUFFIXES = b"""
py pyx pyi c h cc cpp cxx hpp hh go rs java js ts jsx tsx rb pl pm php sh bash lua m mm swift
kt scala cs filters conf ini cfg toml
"""
SOURCE_SUFFIXES = frozenset(_SUFFIXES.split())
"""The suffixes of files in which names are defined; files without any suffix count too."""

MAX_BYTES = 600_000
"""Larger files are data or generated."""

_WORD_BYTES = b"-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SPACES = bytes(c if c in _WORD_BYTES or c > 127 else 32 for c in range(256))

MAX_FILES = 40_000
"""How many versions of files the index holds before it starts anew (about 3 kB each)."""


def words_of(text: bytes) -> set[bytes]:
    """The words of *text*: identifiers, and runs of them joined by hyphens (``fake-ds``)."""
    found = set(text.translate(_SPACES).split())
    for joined in [word for word in found if b"-" in word]:
        found.update(joined.split(b"-"))
    return found


def is_source(name: bytes) -> bool:
    """Whether a file of this name (no path) is indexed."""
    stem, _, suffix = name.rpartition(b".")
    return not stem or suffix in SOURCE_SUFFIXES


class WordIndex:
    """For each word, the numbers of the file versions that have it."""

    def __init__(self) -> None:
        """Start with no file."""
        self._numbers: dict[str, int] = {}
        self._where: dict[bytes, array[int]] = {}
        self._trees: dict[str, frozenset[int]] = {}

    def absent(self, repository: Repository, tree: str, words: Iterable[bytes]) -> set[bytes]:
        """Those of *words* that stand in no source file of *tree*."""
        if len(self._numbers) > MAX_FILES:
            self._clear()
        files = self._files(repository, tree)
        return {w for w in words if not self._stands(w, files)}

    def _clear(self) -> None:
        for table in (self._numbers, self._where, self._trees):
            table.clear()

    def _stands(self, word: bytes, files: frozenset[int]) -> bool:
        return any(number in files for number in self._where.get(word, ()))

    def _files(self, repository: Repository, tree: str) -> frozenset[int]:
        known = self._trees.get(tree)
        if known is None:
            known = self._trees[tree] = self._index(repository, tree)
        return known

    def _index(self, repository: Repository, tree: str) -> frozenset[int]:
        found: set[int] = set()
        for name, entry in repository.tree(tree).items():
            if entry.is_tree:
                found |= self._files(repository, entry.oid)
            elif entry.is_file and is_source(name):
                found.add(self._number(repository, entry))
        return frozenset(found)

    def _number(self, repository: Repository, entry: TreeEntry) -> int:
        number = self._numbers.get(entry.oid)
        if number is None:
            number = self._numbers[entry.oid] = len(self._numbers)
            data = repository.blob(entry.oid)
            if len(data) <= MAX_BYTES and b"\0" not in data:
                for word in words_of(data):
                    self._where.setdefault(word, array("I")).append(number)
        return number
