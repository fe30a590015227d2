"""Which words stand anywhere in a tree's source files: an index that grows as words are asked for.

A word is mostly found in a file that was read before: only one that is not makes the index read
more, and only one that stands nowhere makes it read all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain

from patchseries.git import Repository
from patchseries.port.names.textsearch import says
from patchseries.port.names.treefiles import NamedFiles, text_of, texts

_SUFFIXES = b"""
py pyx pyi c h cc cpp cxx hpp hh go rs java js ts jsx tsx rb pl pm php sh bash lua m mm swift
kt scala cs filters conf ini cfg toml
"""
SOURCE_SUFFIXES = frozenset(_SUFFIXES.split())
"""The suffixes of files in which names are defined; files without any suffix count too."""

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
    """The words of each version of a file that was asked about."""

    def __init__(self) -> None:
        """Start with no file."""
        self._words: dict[str, bytes] = {}
        self._sources = NamedFiles(is_source)

    def absent(self, repository: Repository, tree: str, words: Iterable[bytes]) -> set[bytes]:
        """Those of *words* that stand in no source file of *tree*."""
        left = set(words)
        oids = self._sources.oids(repository, tree) if left else ()
        known = [self._words[oid] for oid in oids if oid in self._words]
        unread = [oid for oid in oids if oid not in self._words]
        return _left(left, chain(known, self._read(repository, unread)))

    def _read(self, repository: Repository, oids: Sequence[str]) -> Iterator[bytes]:
        """The words of each file between line feeds: a set of them takes six times more room."""
        for oid, text in texts(repository, oids):
            if len(self._words) >= MAX_FILES:
                self._words.clear()
            self._words[oid] = b"\n%b\n" % b"\n".join(words_of(text))
            yield self._words[oid]


def _left(words: Set[bytes], files: Iterable[bytes]) -> set[bytes]:
    """Those of *words* that stand in none of *files*, which are looked at until all were seen."""
    left = {b"\n%b\n" % word for word in words}
    for there in files:
        if seen := [word for word in left if word in there]:
            left.difference_update(seen)
            if not left:
                break
    return {word[1:-1] for word in left}


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
            text = text_of(repository, entry.oid)
            left = {word for word in left if not says(text, word)}
    return left
