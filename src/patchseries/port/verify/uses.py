"""What the lines that a port adds to a Python file use: names, attributes, keywords, imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node, QueryCursor

from patchseries.port.verify.bindings import Bindings, bindings
from patchseries.port.verify.definitions import imported
from patchseries.port.verify.queries import around, child_named, node_text, query
from patchseries.port.verify.syntax import Chunk

_USED = """
(attribute) @attribute
(identifier) @name
(keyword_argument name: (identifier) @keyword)
(string) @string
(import_statement) @import
(import_from_statement) @import
"""

_SET = ("assignment", "augmented_assignment")


@dataclass(slots=True)
class Uses:
    """What some added lines use, each with its 0-based line in the file.

    ``names``: plain names that the lines read and the function around them does not bind.
    ``chains``: ``a.b.c`` from a plain name on, as a tuple, unless the function binds ``a``; with
    every line that says it.
    ``pairs``: ``a.b`` from any plain name on, a variable too, but for ``self`` and ``cls``.
    ``own``: attributes of ``self`` or ``cls``, with every such line.
    ``attributes``: every attribute that is read.
    ``imports``: the dotted names that are imported. ``bound``: every name that the lines give
    a meaning to, as a variable, a parameter, a definition or an attribute that is set.
    """

    names: dict[bytes, int] = field(default_factory=dict)
    chains: dict[tuple[bytes, ...], list[int]] = field(default_factory=dict)
    pairs: dict[tuple[bytes, bytes], int] = field(default_factory=dict)
    own: dict[bytes, list[int]] = field(default_factory=dict)
    attributes: dict[bytes, int] = field(default_factory=dict)
    keywords: dict[bytes, int] = field(default_factory=dict)
    strings: dict[bytes, int] = field(default_factory=dict)
    imports: dict[bytes, int] = field(default_factory=dict)
    bound: set[bytes] = field(default_factory=set)


def uses(parts: Sequence[Chunk], runs: Sequence[tuple[int, int]], package: bytes) -> Uses:
    """What the lines *runs* (first, one past the last) use, which the chunks *parts* cover."""
    found = Uses()
    for part in parts:
        local = bindings(part)
        for first, last in runs:
            low, high = max(first, part.start), min(last, part.end)
            if low < high:
                _collect(found, _Captured(part, low, high), local, package)
    return found


def _collect(collected: Uses, nodes: _Captured, local: Bindings, package: bytes) -> None:
    """Add to *collected* what *nodes*, those of some lines of a chunk, use."""
    for node, line in nodes.of("import"):
        for name, dotted in imported(b"\n" + node_text(node), package):
            collected.bound.add(name)
            collected.imports.setdefault(dotted, line)
    for node, line in nodes.of("attribute"):
        _attribute(collected, node, line, local)
    for node, line in nodes.of("name"):
        _name(collected, node, line, local)
    collected.keywords.update((node_text(node), line) for node, line in nodes.of("keyword"))
    collected.strings.update(
        (node_text(node), line) for node, line in nodes.of("string") if not _is_docstring(node)
    )


class _Captured:
    """The nodes of a chunk that stand in some of its lines (first, one past the last)."""

    def __init__(self, part: Chunk, first: int, last: int) -> None:
        self._low, self._high = first - part.offset, last - part.offset
        self._offset = part.offset
        cursor = QueryCursor(query(_USED))
        cursor.set_point_range((self._low, 0), (self._high, 0))
        self._found = cursor.captures(part.tree.root_node)

    def of(self, kind: str) -> Iterator[tuple[Node, int]]:
        """The nodes of one kind, in order, each with its 0-based line in the file."""
        # tree-sitter gives them in the order of their addresses, which no two runs share.
        for node in sorted(self._found.get(kind, []), key=lambda n: (n.start_byte, n.end_byte)):
            # An attribute is where its name is; an import counts if any of its lines does.
            row = node.end_point.row if kind == "attribute" else node.start_point.row
            if kind == "import" or self._low <= row < self._high:
                yield node, row + self._offset


def _attribute(collected: Uses, node: Node, line: int, local: Bindings) -> None:
    name = node_text(child_named(node, "attribute"))
    if _is_set(node):
        collected.bound.add(name)
        return
    collected.attributes.setdefault(name, line)
    chain = chain_of(node)
    if not chain:
        return
    if chain[0] in (b"self", b"cls"):
        if len(chain) == 2:
            collected.own.setdefault(name, []).append(line)
        return
    collected.pairs.setdefault((chain[0], chain[1]), line)
    if not local.is_local(chain[0], node.start_byte):
        collected.chains.setdefault(chain, []).append(line)


def chain_of(node: Node) -> tuple[bytes, ...]:
    """``a.b.c`` as a tuple; empty when it does not start with a plain name."""
    parts: list[bytes] = []
    while node.type == "attribute":
        parts.append(node_text(child_named(node, "attribute")))
        node = child_named(node, "object")
    return (node_text(node), *reversed(parts)) if node.type == "identifier" else ()


def _name(collected: Uses, node: Node, line: int, local: Bindings) -> None:
    parent = around(node)
    if parent.type in ("dotted_name", "aliased_import", "global_statement"):
        return
    if parent.child_by_field_name("attribute") == node:
        return
    if parent.type == "keyword_argument" and parent.child_by_field_name("name") == node:
        return
    text = node_text(node)
    if _is_set(node) or local.sees(text, node.start_byte):
        collected.bound.add(text)
    else:
        collected.names.setdefault(text, line)


def _is_set(node: Node) -> bool:
    parent = around(node)
    if parent.type in ("pattern_list", "tuple_pattern"):
        return True
    return parent.type in _SET and parent.child_by_field_name("left") == node


def _is_docstring(node: Node) -> bool:
    return around(node).type == "expression_statement"
