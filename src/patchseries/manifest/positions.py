"""On which line of a TOML text each key stands: ``("patch", 2, "source", "commit") -> 31``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

Path = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path, int]:
    """The line (from 1) of each key and array element of *text*; later tables win nothing.

    Works on any text: what cannot be parsed is left out.
    """
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    root = Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node
    lines: dict[Path, int] = {}
    arrays: dict[Path, int] = {}
    for node in root.named_children:
        if node.type == "pair":
            _pair(node, (), lines)
        elif node.type in ("table", "table_array_element"):
            _table(node, arrays, lines)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of *path*, or of its nearest container that has one, or 1."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _table(node: Node, arrays: dict[Path, int], lines: dict[Path, int]) -> None:
    names = _names(node.named_children[0])
    path: Path = ()
    is_element = node.type == "table_array_element"
    for number, name in enumerate(names, 1):
        path += (name,)
        if path in arrays and not (is_element and number == len(names)):
            path += (arrays[path],)
    if is_element:
        arrays[path] = arrays.get(path, -1) + 1
        lines.setdefault(path, _line(node))
        path += (arrays[path],)
    lines.setdefault(path, _line(node))
    for child in node.named_children[1:]:
        if child.type == "pair":
            _pair(child, path, lines)


def _pair(node: Node, path: Path, lines: dict[Path, int]) -> None:
    key, value = node.named_children[0], node.named_children[-1]
    for name in _names(key):
        path += (name,)
        lines.setdefault(path, _line(node))
    _value(value, path, lines)


def _value(node: Node, path: Path, lines: dict[Path, int]) -> None:
    if node.type == "inline_table":
        for child in node.named_children:
            if child.type == "pair":
                _pair(child, path, lines)
    elif node.type == "array":
        elements = [child for child in node.named_children if child.type != "comment"]
        for index, child in enumerate(elements):
            lines.setdefault((*path, index), _line(child))
            _value(child, (*path, index), lines)


def _names(node: Node) -> tuple[str, ...]:
    if node.type == "dotted_key":
        return tuple(name for child in node.named_children for name in _names(child))
    return ((node.text or b"").decode().strip("\"'"),)


def _line(node: Node) -> int:
    return node.start_point[0] + 1
