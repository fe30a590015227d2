"""Which words stand anywhere in a tree's source files: an index that grows as words are asked for.

The trees of one history share nearly all their files, so each version of a file is read at most
once for a whole batch of ports. A word is mostly found in a file that was read before: only one
that is not makes the index read more, and only one that stands nowhere makes it read all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patchseries.git import Repository, TreeEntry
from patchseries.port.names.textsearch import says

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

_AT_ONCE = 64
"""How many files are read together."""


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
    """The words of each version of a file that was asked about."""

    def __init__(self) -> None:
        """Start with no file."""
        self._words: dict[str, bytes] = {}

    def absent(self, repository: Repository, tree: str, words: Iterable[bytes]) -> set[bytes]:
        """Those of *words* that stand in no source file of *tree*."""
        left = set(words)
        if not left:
            return left
        files = list(_source_files(repository, tree))
        left = self._absent_from(repository, (f for f in files if f.oid in self._words), left)
        unread = [f for f in files if f.oid not in self._words] if left else []
        for at in range(0, len(unread), _AT_ONCE):
            some = unread[at : at + _AT_ONCE] if left else []
            repository.prefetch(entry.oid for entry in some)
            left = self._absent_from(repository, some, left)
        return left

    def _absent_from(
        self, repository: Repository, files: Iterable[TreeEntry], left: set[bytes]
    ) -> set[bytes]:
        for entry in files:
            if not left:
                break
            there = self._words_in(repository, entry.oid)
            left = {word for word in left if b"\n%b\n" % word not in there}
        return left

    def _words_in(self, repository: Repository, oid: str) -> bytes:
        """The words of a file, each between two line feeds; a set of them takes six times more."""
        known = self._words.get(oid)
        if known is None:
            if len(self._words) >= MAX_FILES:
                self._words.clear()
            known = b"\n%b\n" % b"\n".join(words_of(_text(repository, oid)))
            self._words[oid] = known
        return known


def _source_files(repository: Repository, tree: str) -> Iterator[TreeEntry]:
    entries = list(repository.tree(tree).items())
    repository.prefetch(entry.oid for _, entry in entries if entry.is_tree)
    for name, entry in entries:
        if entry.is_tree:
            yield from _source_files(repository, entry.oid)
        elif entry.is_file and is_source(name):
            yield entry


def absent_at(
    repository: Repository, tree: str, paths: Iterable[str], words: Iterable[bytes]
) -> set[bytes]:
    """Those of *words* that stand in none of the source files *paths* of *tree*.

    For a few files it is not worth the while to make an index of them.
    """
    left = set(words)
    for path in paths:
        name = path.rpartition("/")[2].encode("utf-8", "surrogateescape")
        entry = repository.entry(tree, path) if left and is_source(name) else None
        if entry is not None and entry.is_file:
            text = _text(repository, entry.oid)
            left = {word for word in left if not says(text, word)}
    return left


def _text(repository: Repository, oid: str) -> bytes:
    data = repository.blob(oid)
    return data if len(data) <= MAX_BYTES and b"\0" not in data else b""
