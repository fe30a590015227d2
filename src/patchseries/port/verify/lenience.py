"""Text that tree-sitter accepts as Python and Python does not.

Its grammar is made for code that is being written: a block may be empty yet, and where a statement
cannot end, a line break is passed over, in brackets or not. A merge makes just such code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from patchseries.port.verify.queries import around, captured, child_named

_OPEN_END = re.compile(rb"(?:[.,+\-*/%&|^<>=~]|(?<![\w.])(?:and|or|not|in|is))(?=[ \t]*$)")
"""What no statement ends with, at the end of a line; but for some commas and stars."""

_BRACKETED = frozenset(
    (
        "argument_list",
        "parenthesized_expression",
        "dictionary",
        "list",
        "tuple",
        "parameters",
        "set",
        "string",
        "comment",
    )
)
_AFTER_NAMED = ("comment", "list_splat", "dictionary_splat")
_OPENING = ("(", "[", "{")
_ENDS_WELL = ("expression_list", "expression_statement", "print_statement")
"""What may end with a comma: ``x = 1,``."""


def lenience(
    root: Node, lines: Sequence[bytes], first: int = 0, last: int | None = None
) -> Iterator[Node]:
    """The places in a syntax tree without errors which are no Python.

    :param lines: the text of the tree
    :param first, last: look at these lines only, the last excluded
    """
    last = len(lines) if last is None else last
    for block in captured(root, "(block) @block", "block", (first, last)):
        if block.start_byte == block.end_byte:  # "if a:" before a line that is not deeper
            yield block
    for call in captured(root, "(argument_list (keyword_argument)) @call", "call", (first, last)):
        yield from _misplaced_arguments(call)
    for parameters in captured(root, "(parameters) @all", "all", (first, last)):
        yield from _twice(parameters)
    for row in range(first, last):
        if end := _OPEN_END.search(lines[row]):
            leaf = root.descendant_for_point_range((row, end.start()), (row, end.start() + 1))
            if leaf is not None and leaf.type == end[0].decode() and _goes_on(leaf):
                yield leaf


def _twice(parameters: Node) -> Iterator[Node]:
    """The parameters of a function that have the name of one before."""
    names: set[bytes | None] = set()
    for parameter in parameters.named_children:
        name = parameter.child_by_field_name("name") or parameter
        if name.type == "identifier" and name.text in names:
            yield parameter
        names.add(name.text)


def _misplaced_arguments(call: Node) -> Iterator[Node]:
    """The arguments that stand after a named one without a name, or have a name given before."""
    names: set[bytes | None] = set()
    for argument in call.named_children:
        if argument.type == "keyword_argument":
            name = child_named(argument, "name").text
            if name in names:
                yield argument
            names.add(name)
        elif names and argument.type not in _AFTER_NAMED:
            yield argument


def _goes_on(leaf: Node) -> bool:
    """Whether a statement goes on after *leaf*, though its line ends there outside brackets."""
    node = around(leaf)
    if node.type == "wildcard_import":
        return False
    if leaf.type == "," and node.type in _ENDS_WELL and node.end_byte == leaf.end_byte:
        return False
    while node.type not in ("block", "module"):
        if node.type in _BRACKETED or any(c.type in _OPENING for c in node.children):
            return False
        if node.parent is None:  # of a text that cannot be read at all the root is an error
            break
        node = node.parent
    return True
