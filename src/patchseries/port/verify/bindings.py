"""Which plain names have a meaning at a place in a Python text, by Python's rules of scope.

A function sees its own names, bound further up, and those of the functions and the module around
it; a class body its own too, which its methods do not. The variable of a comprehension counts as
one of the function around it, as in Python 2.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from tree_sitter import Node

from patchseries.port.verify.queries import around, captures, node_text
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.syntax import Chunk, chunks

_SCOPES = """
(function_definition parameters: (_) @f) (lambda) @lambda (class_definition body: (_) @class)
"""

_BOUND = """
[(parameters (identifier) @here) (lambda_parameters (identifier) @here)
 (default_parameter name: (identifier) @here) (typed_parameter (identifier) @here)
 (typed_default_parameter name: (identifier) @here)
 (list_splat_pattern (identifier) @here) (dictionary_splat_pattern (identifier) @here)
 (tuple_pattern (identifier) @here) (pattern_list (identifier) @here)
 (list_pattern (identifier) @here)
 (assignment left: (identifier) @after) (augmented_assignment left: (identifier) @here)
 (for_statement left: (identifier) @here)
 (as_pattern_target (identifier) @here) (as_pattern_target (tuple (identifier) @here))
 (named_expression name: (identifier) @here) (case_pattern (dotted_name (identifier) @here))
 (function_definition name: (identifier) @here) (class_definition name: (identifier) @here)
 (aliased_import alias: (identifier) @here)
 (import_statement (dotted_name . (identifier) @here))
 (import_from_statement name: (dotted_name (identifier) @here))
 (for_in_clause left: (identifier) @before) (for_in_clause left: (_ (identifier) @before))
 (for_in_clause left: (_ (_ (identifier) @before)))
 (global_statement (identifier) @before) (nonlocal_statement (identifier) @before)]
"""
"""What binds a name from here on, from before, or after its statement."""

_READ = """
(identifier) @name
(attribute attribute: (identifier) @other)
(keyword_argument name: (identifier) @other)
(dotted_name (identifier) @other)
(assignment left: (identifier) @other)
"""

_OLD_EXCEPT = re.compile(rb"except[^\n:]*,[ \t]*(\w+)[ \t]*:")
"""``except Error, e:`` of Python 2, which the grammar takes for a tuple."""

MOST_NAMES = 50
"""So many names of a file are looked for: each takes its time in all of the lines."""
_MANY = 50
"""So many lines that mention a name are looked at."""


class _ScopeBytes(NamedTuple):
    """The bytes of a function with its parameters, or of a class's body."""

    start: int
    end: int
    is_class: bool


class Bindings:
    """The scopes of a parsed text, and the names that each of them binds."""

    def __init__(self, root: Node) -> None:
        """Read the text that *root* is the tree of."""
        found = captures(root, _SCOPES)
        spans = [_ScopeBytes(n.start_byte, around(n).end_byte, False) for n in found.get("f", ())]
        spans += [_ScopeBytes(n.start_byte, n.end_byte, False) for n in found.get("lambda", ())]
        spans += [_ScopeBytes(n.start_byte, n.end_byte, True) for n in found.get("class", ())]
        whole = _ScopeBytes(0, root.end_byte, False)
        self._spans = [whole, *sorted(spans, key=lambda span: (span.start, -span.end))]
        self._starts = [span.start for span in self._spans]
        self._parents = _parents(self._spans)
        self._names: list[dict[bytes, int]] = [{} for _ in self._spans]
        bound = captures(root, _BOUND)
        for node in bound.get("here", ()):
            self._bind(node_text(node), node.start_byte, node.start_byte)
        for node in bound.get("after", ()):
            self._bind(node_text(node), node.start_byte, around(node).end_byte)
        for node in bound.get("before", ()):
            self._bind(node_text(node), node.start_byte, 0)
        for old in _OLD_EXCEPT.finditer(node_text(root)):
            place = root.start_byte + old.start(1)
            self._bind(old[1], place, place)

    def _bind(self, name: bytes, place: int, since: int) -> None:
        names = self._names[self._innermost(place)]
        names[name] = min(names.get(name, since), since)

    def sees(self, name: bytes, place: int) -> bool:
        """Whether *name* is bound in the scope at the byte *place*, or around it in this text.

        In a function of its own it must be bound further up, whatever is around; when the ones
        around it are called is not known.
        """
        inner = self._innermost(place)
        since = self._names[inner].get(name)
        if since is not None:
            return since <= place or not inner or self._spans[inner].is_class
        outer = self._around(place, inner - 1)
        return any(name in self._names[n] for n in outer if not self._spans[n].is_class)

    def is_late(self, name: bytes, place: int) -> bool:
        """Whether the function right around the byte *place* binds *name*, but further down."""
        if name not in self._of_functions:  # as nearly all that are asked for
            return False
        inner = self._innermost(place)
        since = self._names[inner].get(name, 0)
        return since > place and inner > 0 and not self._spans[inner].is_class

    @cached_property
    def _of_functions(self) -> set[bytes]:
        """The names that functions bind."""
        scopes = zip(self._spans[1:], self._names[1:], strict=True)
        return {name for span, names in scopes if not span.is_class for name in names}

    def is_local(self, name: bytes, place: int) -> bool:
        """Whether a function or the body of a class around the byte *place* binds *name*."""
        around = self._around(place, bisect_right(self._starts, place) - 1)
        return any(name in self._names[scope] for scope in around if scope)

    def _innermost(self, place: int) -> int:
        return next(self._around(place, bisect_right(self._starts, place) - 1))

    def _around(self, place: int, scope: int) -> Iterator[int]:
        """The scopes around a place, from *scope* outwards."""
        while scope >= 0:
            if place < self._spans[scope].end:
                yield scope
            scope = self._parents[scope]


def _parents(spans: Sequence[_ScopeBytes]) -> list[int]:
    """For each of *spans*, which are in order, the one right around it; -1 for the first."""
    parents: list[int] = []
    for span in spans:
        parent = len(parents) - 1
        while parent >= 0 and spans[parent].end <= span.start:
            parent = parents[parent]
        parents.append(parent)
    return parents


def often_bound(node: Node) -> Counter[bytes]:
    """How often each name is bound below *node*."""
    return Counter(node_text(each) for nodes in captures(node, _BOUND).values() for each in nodes)


@lru_cache(maxsize=64)
def bindings(part: Chunk) -> Bindings:
    """What the scopes of a chunk bind."""
    return Bindings(part.tree.root_node)


def unbound(part: Chunk, defined: Set[bytes]) -> dict[bytes, int]:
    """The plain names that a chunk reads, and neither it nor *defined* binds, with a first line.

    The lines are those of the file, from 0.
    """
    return {name: line for name, line, _ in _unseen(part) if name not in defined}


def free_names(part: Chunk) -> dict[bytes, int]:
    """All that it does not bind itself, likewise."""
    return unbound(part, set())


def bound_late(part: Chunk) -> dict[bytes, int]:
    """The names that a function of a chunk reads before it binds them itself, likewise."""
    return {name: line for name, line, is_late in _unseen(part) if is_late}


@lru_cache(maxsize=64)
def _unseen(part: Chunk) -> list[tuple[bytes, int, bool]]:
    """The names that a chunk reads where it does not bind them, the last first.

    Each with its line in the file, and whether its function binds it further down.
    """
    if not part.parses:
        return []
    bound = bindings(part)
    nodes = captures(part.tree.root_node, _READ)
    free: dict[int, Node] = {}
    for node in nodes.get("name", ()):
        if not bound.sees(node_text(node), node.start_byte):
            free[node.start_byte] = node
    not_read = {node.start_byte for node in nodes.get("other", ())} if free else set()
    found = ((at, free[at]) for at in sorted(free.keys() - not_read, reverse=True))
    named = ((at, node_text(node), node.start_point.row + part.offset) for at, node in found)
    return [(name, line, bound.is_late(name, at)) for at, name, line in named]


def where_unbound(
    scopes: Scopes, name: bytes, read: Callable[[Chunk], dict[bytes, int]] = free_names
) -> int | None:
    """A line (from 0) of a text that reads *name* where no function or class binds it.

    :param read: other names of a chunk that are asked for
    """
    word = re.compile(rb"\b%b\b" % re.escape(name))
    saying = (line for line, text in enumerate(scopes.lines) if name in text and word.search(text))
    parts = chunks(scopes, ((line, line) for line in islice(saying, _MANY)))
    return next((where[name] for part in parts if name in (where := read(part))), None)
