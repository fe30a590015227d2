"""Which options a Python source registers with oslo.config: read from its syntax, never run.

What is understood: ``cfg.IntOpt('workers', default=1)`` in a call of ``register_opt`` or in a list
that ``register_opts`` is called with in the same file, and keystone's ``register_int('workers',
group='x')``. A group that is no text, no ``OptGroup`` and no name for one is not known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_KINDS = {
    "Str": "string",
    "Int": "integer",
    "Bool": "boolean",
    "Multi": "MultiStr",
    "Multistr": "MultiStr",
}
_OPT = re.compile(r"(Str|Int|Bool|Float|List|Dict|Multi|MultiStr|SubCommand)Opt")
_REGISTERS = re.compile(r"register_(?:cli_)?opts?")
_REGISTERS_ONE = re.compile(r"register_(?:cli_)?(str|int|bool|list|float|multi)")
_LONGEST_LITERAL = 10_000
_LITERALS = ("string", "concatenated_string", "integer", "true", "false", "none", "unary_operator")

Default = bool | int | str | None


@dataclass(frozen=True, slots=True)
class Registration:
    """An option that a source registers, in which line (from 1).

    ``group`` is None when it cannot be told. ``default`` is its value where ``is_literal``, else
    the expression's text. ``kind`` is ``string``, ``integer``, ``boolean``, or oslo.config's word.
    """

    option: str
    group: str | None
    kind: str
    default: Default
    is_literal: bool
    line: int


def registrations(source: bytes, options: Set[str]) -> list[Registration]:
    """Where *source* registers some of *options*; nothing of what cannot be parsed.

    >>> source = b"CONF.register_opt(cfg.IntOpt('fans', default=2), group='oven')"
    >>> [(one.group, one.kind, one.default) for one in registrations(source, {"fans"})]
    [('oven', 'integer', 2)]
    """
    from tree_sitter import Parser

    from patchseries.port.verify.queries import language  # the parsers: long to import

    found = _SourceFile(Parser(language()).parse(source).root_node).registrations(options)
    return sorted(found, key=lambda one: (one.line, one.group or ""))


class _SourceFile:
    """One parsed file."""

    def __init__(self, root: Node) -> None:
        from patchseries.port.verify.queries import captured

        self._captured = captured
        self._calls = captured(root, "(call) @call", "call")
        self._root = root

    def registrations(self, options: Set[str]) -> Iterator[Registration]:
        for call in self._calls:
            name = _called(call)
            helper = _REGISTERS_ONE.fullmatch(name)
            kind = helper or _OPT.fullmatch(name)
            if not kind:
                continue
            option = _literal(_argument(call, 0, "name"))
            if not isinstance(option, str) or option not in options:
                continue
            groups = [self._group(call, None)] if helper else self._groups(call)
            for group in groups:
                yield _registration(call, option, group, _KINDS.get(kind[1].title(), kind[1]))

    @cached_property
    def _values(self) -> dict[str, Node]:
        """What is assigned to each name, the last of all."""
        values = {}
        for node in self._captured(self._root, "(assignment) @one", "one"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and left.type == "identifier":
                values[_text(left)] = right
        return values

    @cached_property
    def _lists(self) -> dict[str, list[str | None]]:
        """The groups that the list of each name is registered in."""
        lists: dict[str, list[str | None]] = {}
        for call in self._calls:
            given = _argument(call, 0, "opts") if _REGISTERS.fullmatch(_called(call)) else None
            if given is not None and given.type == "identifier":
                lists.setdefault(_text(given), []).append(self._group(call, 1))
        return lists

    def _groups(self, call: Node) -> list[str | None]:
        """The groups that the option made by *call* is registered in; none: it is nowhere."""
        node = call.parent
        while node is not None:
            if node.type == "call" and _REGISTERS.fullmatch(_called(node)):
                return [self._group(node, 1)]
            if node.type == "assignment":
                left = node.child_by_field_name("left")
                name = _text(left) if left is not None else ""
                return list(dict.fromkeys(self._lists.get(name, [None])))
            node = node.parent
        return [None]

    def _group(self, call: Node, place: int | None) -> str | None:
        """The group that *call* registers in: by its argument at *place*, or by name."""
        given = _argument(call, place, "group")
        if given is not None and given.type == "identifier":
            given = self._values.get(_text(given), given)
        if given is None or given.type == "none":
            return "DEFAULT"
        if given.type == "call" and _called(given) == "OptGroup":
            given = _argument(given, 0, "name")
        value = _literal(given)
        return value if isinstance(value, str) else None


def _registration(call: Node, option: str, group: str | None, kind: str) -> Registration:
    given = _argument(call, None, "default")
    line = call.start_point[0] + 1
    if given is None:
        return Registration(option, group, kind, None, True, line)
    value = _literal(given)
    if value is None and given.type != "none":
        return Registration(option, group, kind, _text(given), False, line)
    return Registration(option, group, kind, value, True, line)


def _called(call: Node) -> str:
    """The last name of what is called: ``IntOpt`` of ``cfg.IntOpt(…)``."""
    function = call.child_by_field_name("function")
    if function is not None and function.type == "attribute":
        function = function.child_by_field_name("attribute")
    return _text(function) if function is not None and function.type == "identifier" else ""


def _argument(call: Node, place: int | None, name: str) -> Node | None:
    """The argument of *call* at *place*, or called *name*."""
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    for one in given:
        key = one.child_by_field_name("name") if one.type == "keyword_argument" else None
        if key is not None and _text(key) == name:
            return one.child_by_field_name("value")
    by_place = [one for one in given if one.type not in ("keyword_argument", "comment")]
    return by_place[place] if place is not None and place < len(by_place) else None


def _literal(node: Node | None) -> Default:
    """The value of a text, number, truth value or None; None for whatever else."""
    if node is None or node.type not in _LITERALS:
        return None
    text = _text(node)
    if len(text) > _LONGEST_LITERAL:
        return None
    try:
        value = ast.literal_eval(f"({text})")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, bool | int | str) else None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
