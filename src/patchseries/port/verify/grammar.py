"""A language as its tree-sitter grammar and three queries describe it.

A module of ``languages`` makes such a value; all that is done with it is in ``treechecks``. A
grammar is loaded when a file of its language is first looked at.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import import_module
from typing import NamedTuple

from tree_sitter import Language as TreeLanguage
from tree_sitter import Node, Parser, Point, Query, QueryCursor, Tree

from patchseries.port.hunks.lines import Run
from patchseries.port.names.textsearch import line_start, says
from patchseries.port.verify.required import Requirement

MAX_BYTES = 1_000_000
"""Larger files are generated; so much takes a seventh of a second to parse."""

_STEPS = 500
_BYTES_PER_STEP = 60
"""A step is a hundred operations of the parser. Real files need one for each 90 bytes or more; text
that is made to keep a parser busy takes a millisecond for each.
"""

_WORD = f"{string.ascii_letters}{string.digits}_".encode()
_MOST_CHILDREN = 2000
"""An error of more parts is no program: a query would take the square of their time."""


Captures = Mapping[str, Sequence[Node]]
"""The nodes that a query found, by the name it gives them."""


class UnparsedError(Exception):
    """A text has no syntax tree: the message says why."""


def _as_written(name: bytes) -> bytes:
    return name


def _none(_: bytes) -> Sequence[int]:
    return ()


@dataclass(frozen=True, eq=False)
class Grammar:
    """What is known of a language.

    :ivar name: what people call it
    :ivar package: the Python module that has the grammar, and ``function`` what gives it there
    :ivar suffixes: how the names of its files end
    :ivar interpreters: what the first line of a script names
    :ivar definitions: a query: ``@name`` is what is defined, and may be so only once in the
        innermost ``@scope`` around it, unless ``@key`` of the same match is another
    :ivar bindings: a query: ``@import`` is what an import names in this file, ``@local`` a variable
        or a parameter
    :ivar uses: a query: ``@name`` is a plain name that is read
    :ivar imported: from the text of an ``@import`` to the name that it gives
    :ivar requirement: how a line says that it needs another file of the project
    :ivar is_closed: whether a file reads no plain name of another file that it does not import
    :ivar unpaired: the lines (from 0) of a text that open or close something alone, which the
        grammar does not see or forgives
    """

    name: str
    package: str
    suffixes: tuple[str, ...]
    definitions: str
    bindings: str
    uses: str
    function: str = "language"
    interpreters: tuple[bytes, ...] = ()
    imported: Callable[[bytes], bytes] = field(default=_as_written)
    requirement: Requirement | None = None
    is_closed: bool = False
    unpaired: Callable[[bytes], Sequence[int]] = field(default=_none)

    @cached_property
    def language(self) -> TreeLanguage | None:
        """The grammar; None when it is not installed, or not for this tree-sitter."""
        try:
            return TreeLanguage(getattr(import_module(self.package), self.function)())
        except (ImportError, AttributeError, ValueError):
            return None

    def read(self, text: bytes) -> SyntaxTree:
        """The syntax tree of *text*; UnparsedError when there is none."""
        return _read(self, text)


@cache
def _query(language: TreeLanguage, text: str) -> Query:
    return Query(language, text)


@lru_cache(maxsize=16)
def _read(grammar: Grammar, text: bytes) -> SyntaxTree:
    if grammar.language is None:
        raise UnparsedError(f"{grammar.package.replace('_', '-')} is not installed")
    if len(text) > MAX_BYTES:
        raise UnparsedError("it is too large to parse")
    left = _STEPS + len(text) // _BYTES_PER_STEP

    def part(start: int, _: Point) -> bytes:
        return text[start : start + 4096]

    def is_too_much(_: int, __: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    try:
        tree = Parser(grammar.language).parse(part, progress_callback=is_too_much)
    except ValueError:  # it was stopped
        raise UnparsedError("it takes too long to parse") from None
    return SyntaxTree(grammar, grammar.language, text, tree)


def _error_rows(root: Node) -> Iterator[Run]:
    """The lines of each error below *root*: the first, and one past the last."""
    left = [root]
    while left:
        node = left.pop()
        if node.is_error or node.is_missing:
            yield node.start_point.row, node.end_point.row + 1
            if node.child_count > _MOST_CHILDREN:
                raise UnparsedError("too much of it does not parse")
        left += (child for child in node.children if child.has_error)


class Definition(NamedTuple):
    """What is defined: its name, what tells it from others of that name, where.

    :ivar lead: the word or sign before the name on its line
    :ivar line: from 0
    """

    name: bytes
    key: bytes
    lead: bytes
    line: int


class SyntaxTree:
    """A text, and what the queries of its grammar find in it."""

    def __init__(self, grammar: Grammar, language: TreeLanguage, text: bytes, tree: Tree) -> None:
        """The *tree* of *text*, made by *language*."""
        self.text = text
        self._grammar = grammar
        self._language = language
        self._root = tree.root_node
        self._errors = sorted(_error_rows(self._root)) if self._root.has_error else []

    @property
    def parses(self) -> bool:
        """Whether there is no error anywhere."""
        return not self._errors

    def errors(self, runs: Iterable[Run] | None = None) -> list[int]:
        """The lines (from 0) where errors begin, of those that reach into *runs* or beside them."""
        if runs is None:
            return [first for first, _ in self._errors]
        near = [(first - 1, last + 1) for first, last in runs]
        return [a for a, b in self._errors if any(a < last and first < b for first, last in near)]

    def definitions(self, runs: Iterable[Run]) -> Iterator[Definition]:
        """What is defined on the lines *runs*."""
        for run in runs:
            for node, key in self._defined(run):
                if run[0] <= node.start_point.row < run[1]:
                    start = line_start(self.text, node.start_byte)
                    sign = _last_word(self.text[start : node.start_byte])
                    yield Definition(_text(node), key, sign, node.start_point.row)

    def most(self, name: bytes, key: bytes) -> int:
        """How often *name* with that key is defined in one scope, at most."""
        counted = Counter(self._scopes(sorted(self._starts.get((name, key), ()))))
        return max(counted.values(), default=0)

    def imports(self, runs: Iterable[Run]) -> set[bytes]:
        """The names that imports give on the lines *runs*."""
        found = (self._captures(self._grammar.bindings, run) for run in runs)
        return {name for captures in found for name in self._imported(captures)}

    def uses(self, runs: Iterable[Run]) -> dict[bytes, int]:
        """The plain names that the lines *runs* read, with the line of each."""
        found: dict[bytes, int] = {}
        for first, last in runs:
            nodes = self._captures(self._grammar.uses, (first, last)).get("name", ())
            for node in nodes:
                row = node.start_point.row
                if first <= row < last:
                    name = _text(node)
                    found[name] = min(row, found.get(name, row))
        return found

    def where_used(self, name: bytes) -> int | None:
        """The first line (from 0) that reads the plain name *name*; None if none does."""
        if not says(self.text, name):
            return None
        lines = self.text.split(b"\n")
        rows = (row for row, line in enumerate(lines) if name in line)
        return next((row for row in rows if name in self.uses([(row, row + 1)])), None)

    def binds(self, name: bytes) -> bool:
        """Whether anything in the text gives *name* a meaning."""
        return says(self.text, name) and name in self._bound

    @cached_property
    def all_imports(self) -> Set[bytes]:
        """The names that imports give anywhere."""
        return self._imported(self._bindings)

    @cached_property
    def _bound(self) -> Set[bytes]:
        """The names of definitions, imports, variables and parameters."""
        defined = {name for name, _ in self._starts}
        return defined | self.all_imports | set(map(_text, self._bindings.get("local", ())))

    @cached_property
    def _bindings(self) -> Captures:
        return self._captures(self._grammar.bindings)

    @cached_property
    def _starts(self) -> Mapping[tuple[bytes, bytes], Sequence[int]]:
        """The bytes at which each name is defined, by name and key."""
        found: dict[tuple[bytes, bytes], list[int]] = {}
        for node, key in self._defined():
            found.setdefault((_text(node), key), []).append(node.start_byte)
        return found

    def _imported(self, captures: Captures) -> Set[bytes]:
        return {self._grammar.imported(_text(node)) for node in captures.get("import", ())}

    @cached_property
    def _scopes_backwards(self) -> Sequence[tuple[int, int]]:
        """The bytes at which each scope starts and ends, the last first."""
        nodes = self._captures(self._grammar.definitions).get("scope", ())
        return sorted(((n.start_byte, n.end_byte) for n in nodes), reverse=True)

    def _scopes(self, places: Sequence[int]) -> Iterator[int | None]:
        """For each of *places*, in order, the byte at which its scope starts; None in none."""
        left = list(self._scopes_backwards)
        around: list[tuple[int | None, int]] = [(None, len(self.text))]
        for place in places:
            while left and left[-1][0] <= place:
                around.append(left.pop())
            while around[-1][1] <= place:
                around.pop()
            yield around[-1][0]

    def _defined(self, run: Run | None = None) -> Iterator[tuple[Node, bytes]]:
        """The names that are defined, on the lines *run* or anywhere, and the key of each."""
        for _, match in self._cursor(self._grammar.definitions, run).matches(self._root):
            for node in match.get("name", ()):
                yield node, b" ".join(map(_text, match.get("key", ())))

    def _captures(self, query: str, run: Run | None = None) -> Captures:
        return self._cursor(query, run).captures(self._root)

    def _cursor(self, text: str, run: Run | None) -> QueryCursor:
        cursor = QueryCursor(_query(self._language, text))
        if run is not None:
            cursor.set_point_range((run[0], 0), (run[1], 0))
        return cursor


def _text(node: Node) -> bytes:
    return node.text or b""


def _last_word(text: bytes) -> bytes:
    """The last word of *text*, or the sign that it ends with.

    >>> _last_word(b"static int "), _last_word(b"x = *")
    (b'int', b'*')
    """
    text = text.rstrip()
    return text[len(text.rstrip(_WORD)) :] or text[-1:]
