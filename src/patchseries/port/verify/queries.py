"""tree-sitter's grammar of Python, and queries of its trees: loaded once, when first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from tree_sitter import Language, Node, Query, QueryCursor


@cache
def language() -> Language:
    """The grammar of Python 2 and 3."""
    import tree_sitter_python

    return Language(tree_sitter_python.language())


@cache
def query(text: str) -> Query:
    """A query of Python's syntax trees."""
    return Query(language(), text)


def captures(
    node: Node, text: str, rows: tuple[int, int] | None = None
) -> Mapping[str, Sequence[Node]]:
    """The nodes below *node* that the query *text* captures, by name, in no certain order.

    :param rows: only those on these lines, the last excluded
    """
    cursor = QueryCursor(query(text))
    if rows is not None:
        cursor.set_point_range((rows[0], 0), (rows[1], 0))
    return cursor.captures(node)


def captured(
    node: Node, text: str, name: str, rows: tuple[int, int] | None = None
) -> Sequence[Node]:
    """Those that it captures as *name*."""
    return captures(node, text, rows).get(name, [])


def node_text(node: Node) -> bytes:
    """The bytes that *node* of a text stands for."""
    text = node.text
    assert text is not None
    return text


def around(node: Node) -> Node:
    """The node right around *node*, which is not the root."""
    parent = node.parent
    assert parent is not None
    return parent


def child_named(node: Node, name: str) -> Node:
    """What *node* has as *name*, which the grammar gives to each of its kind."""
    child = node.child_by_field_name(name)
    assert child is not None
    return child
