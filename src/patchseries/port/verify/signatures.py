"""What a function takes, read off its head, and whether a call fits it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from patchseries.port.names.textsearch import line_start, lines_with, shown
from patchseries.port.verify.queries import child_named, node_text
from patchseries.port.verify.syntax import parse

_MOST_LINES = 60
"""A head that is longer is not read."""
_KEPT_BY = re.compile(
    rb"@(staticmethod|classmethod|(?:abc\.)?abstractmethod|(?:contextlib\.)?contextmanager)\s*$"
)
"""Decorators of which is known what they do to a signature."""
_HEAD = re.compile(rb"[ \t]*+(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(")
_SET = re.compile(rb"[ \t]*+(?:self\.)?(\w+)[ \t]*=(?!=)")
_COMMENT = re.compile(rb"[ \t]#[^\n]*$")


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of a call: how many without a name, and the names of the others.

    :ivar plain: of those without a name, the plain variables, each with its place
    """

    positional: int
    keywords: tuple[bytes, ...]
    plain: tuple[tuple[int, bytes], ...] = ()

    @classmethod
    def of(cls, call: Node) -> Call | None:
        """What is given in the syntax node *call*; None where it is known at run time only."""
        arguments = child_named(call, "arguments")
        if arguments.has_error:
            return None
        if arguments.type == "generator_expression":
            return cls(1, ())
        given = [node for node in arguments.named_children if node.type != "comment"]
        if any(node.type in ("list_splat", "dictionary_splat") for node in given):
            return None
        named = [node for node in given if node.type == "keyword_argument"]
        keywords = (node_text(child_named(node, "name")) for node in named)
        plain = ((n, node_text(a)) for n, a in enumerate(given) if a.type == "identifier")
        return cls(len(given) - len(named), tuple(keywords), tuple(plain))


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a function.

    :ivar names: those that are filled in order
    :ivar optional: those of all that may be left out
    :ivar by_name: those that only a name fills
    :ivar more: whether it takes any number of arguments in order
    :ivar any_name: whether it takes arguments of any name
    :ivar kind: ``staticmethod``, ``classmethod``, or nothing
    """

    names: tuple[bytes, ...]
    optional: frozenset[bytes]
    by_name: tuple[bytes, ...]
    more: bool
    any_name: bool
    kind: str

    def without_first(self) -> Parameters:
        """The same for a call on an object, which fills the first parameter."""
        return Parameters(
            self.names[1:], self.optional, self.by_name, self.more, self.any_name, self.kind
        )

    def misfit(self, call: Call) -> str:
        """Why *call* cannot be made, in words; empty where it can."""
        if call.positional > len(self.names) and not self.more:
            return f"takes {len(self.names)} arguments in order, not {call.positional}"
        filled, given = set(self.names[: call.positional]), set(call.keywords)
        known = {*self.names, *self.by_name}
        for name in call.keywords:
            if name in filled:
                return f"gets {shown(name)} twice"
            if name not in known and not self.any_name:
                return f"has no parameter {shown(name)}"
        for name in (*self.names[call.positional :], *self.by_name):
            if name not in self.optional and name not in given:
                return f"needs the argument {shown(name)}"
        return ""

    def strays(self, call: Call) -> Iterator[tuple[int, bytes]]:
        """The variables of *call*, with their places, that have the name of another parameter."""
        for place, name in call.plain:
            if name in self.names and self.names[place : place + 1] != (name,):
                yield place, name


def signature_in(text: bytes, name: bytes, *, in_class: bool) -> Parameters | None:
    """The parameters of the function *name* that *text* defines, a module or the body of a class.

    None where it defines none or several, or gives the name another meaning, or a decorator does.
    """
    lines = [
        start for start in lines_with(text, name) if in_class or text[start : start + 1] > b" "
    ]
    heads = [start for start in lines if _named(_HEAD.match(text, start), name)]
    if len(heads) != 1 or any(_named(_SET.match(text, start), name) for start in lines):
        return None
    kind = _kind(text, heads[0])
    parameters = _parameters(text, heads[0])
    return None if kind is None or parameters is None else parameters_of(parameters, kind)


def _named(head: re.Match[bytes] | None, name: bytes) -> bool:
    return head is not None and head[1] == name


def _kind(text: bytes, head: int) -> str | None:
    """What the decorators above a head make of the function; None where that is not known."""
    indent = _indent(text[head : text.find(b"\n", head)])
    found = ""
    for line in _lines_above(text, head):
        if not line.lstrip().startswith(b"@"):
            goes_on = _indent(line) > indent or line.lstrip().startswith(b")")
            if goes_on and line.rstrip().endswith(b")"):  # a decorator of several lines
                return None
            break
        decorator = _KEPT_BY.match(line.strip())
        if decorator is None:
            return None
        word = decorator[1].decode()
        found = word if word.endswith("method") and "." not in word else found
    return found if found != "abstractmethod" else ""


def _lines_above(text: bytes, end: int) -> Iterator[bytes]:
    """The lines before the one that begins at the byte *end*, upwards."""
    while end:
        start = line_start(text, end - 1)
        yield text[start : end - 1]
        end = start


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _parameters(text: bytes, head: int) -> Node | None:
    """The syntax node of the parameters in the head that starts at the byte *head*."""
    lines: list[bytes] = []
    for line in text[head:].split(b"\n", _MOST_LINES)[:_MOST_LINES]:
        lines.append(line)
        if _COMMENT.sub(b"", line).rstrip().endswith(b":"):
            break
    root = parse(b"\n".join(lines).strip() + b" pass\n").root_node
    return None if root.has_error else root.named_children[0].child_by_field_name("parameters")


def parameters_of(parameters: Node, kind: str = "") -> Parameters:
    """What the syntax node *parameters* names."""
    names: list[bytes] = []
    by_name: list[bytes] = []
    optional: set[bytes] = set()
    more = any_name = is_after_star = False
    for node in parameters.named_children:
        inner = node.named_children[0].type if node.type == "typed_parameter" else node.type
        if inner in ("list_splat_pattern", "keyword_separator"):
            more, is_after_star = inner == "list_splat_pattern", True
        elif inner == "dictionary_splat_pattern":
            any_name = True
        elif node.type not in ("comment", "positional_separator"):
            name = _name(node)
            (by_name if is_after_star else names).append(name)
            if node.type in ("default_parameter", "typed_default_parameter"):
                optional.add(name)
    return Parameters(tuple(names), frozenset(optional), tuple(by_name), more, any_name, kind)


def _name(node: Node) -> bytes:
    """The name of a parameter; of a tuple (Python 2), its text."""
    named = node.child_by_field_name("name")
    first = node.named_children[0] if node.type == "typed_parameter" else node
    return node_text(named or first)
