"""Small faults put into Python source: where one can be, and what the text is with it.

A comparison, condition, flag, number, sum or exception is another one; a call, `raise`, `continue`
or `+=` is left out. Left alone are texts (their words are nobody's law), annotations, f-strings
(whose places Python 3.11 does not know), `assert`, `@dataclass`, `if TYPE_CHECKING`, and how much
an `lru_cache` keeps. A number that is a constant of the module or a default becomes 0 and not one
more: any near one would be as right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


@dataclass(frozen=True, slots=True)
class Mutation:
    """One fault: its place in the bytes of a file, its first line, and what stands there then.

    :ivar at_import: whether its line runs at the import of the module, not when a function does
    """

    start: int
    end: int
    line: int
    at_import: bool
    before: str
    after: str

    def applied(self, source: bytes) -> bytes:
        """*source* with this fault."""
        return source[: self.start] + self.after.encode() + source[self.end :]


def mutations(source: bytes) -> list[list[Mutation]]:
    """Every place in *source* that can have a fault, and the faults that it can have."""
    return list(_Places(source).found)


class _Places:
    """Walks a module and collects its places."""

    def __init__(self, source: bytes) -> None:
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._source = source
        self.found: list[list[Mutation]] = []
        self._walk(ast.parse(source), inside=False)

    def _walk(self, node: ast.AST, *, inside: bool) -> None:
        """*inside*: of a function, where a number is more than a constant of the module."""
        if _has_none(node):
            return
        inside = inside or isinstance(node, ast.FunctionDef | ast.Lambda)
        place = [self._mutation(old, new, inside) for old, new in _faults(node, inside=inside)]
        if place:
            self.found.append(place)
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "returns"):
                default = name in ("defaults", "kw_defaults")
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        self._walk(child, inside=inside and not default)

    def _mutation(self, old: ast.expr | ast.stmt, new: str, inside: bool) -> Mutation:
        assert old.end_lineno is not None
        assert old.end_col_offset is not None
        start = self._starts[old.lineno - 1] + old.col_offset
        end = self._starts[old.end_lineno - 1] + old.end_col_offset
        before = self._source[start:end].decode()
        return Mutation(start, end, old.lineno, not inside, before, new)


def _has_none(node: ast.AST) -> bool:
    """Whether no fault is put into *node*: it is for a checker of types, for us, or for speed."""
    if isinstance(node, ast.JoinedStr | ast.Assert):
        return True
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in ("dataclass", "TypeVar", "lru_cache")
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"


def _faults(node: ast.AST, *, inside: bool) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """What of *node* becomes what."""
    if isinstance(node, ast.stmt):
        yield from _left_out(node)
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield from _negated(node.test)
    elif isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield from _negated(test)
    elif isinstance(node, ast.ExceptHandler) and node.type is not None:
        yield node.type, "()"
    elif isinstance(node, ast.Constant):
        yield from _another(node, inside=inside)
    elif isinstance(node, ast.expr):
        for text in _otherwise(node, inside=inside):
            yield node, f"({text})"


def _left_out(node: ast.stmt) -> Iterator[tuple[ast.stmt, str]]:
    if (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)) or isinstance(
        node, ast.Raise | ast.AugAssign | ast.Delete
    ):
        yield node, "pass"
    elif isinstance(node, ast.Continue):
        yield node, "pass"
        yield node, "break"
    elif isinstance(node, ast.Break):
        yield node, "pass"
        yield node, "continue"


def _negated(test: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """A comparison and a `not` have their own faults; an assignment stays where it was."""
    if not isinstance(test, ast.Compare | ast.UnaryOp | ast.Constant):
        yield test, f"(not ({ast.unparse(test)}))"


def _another(node: ast.Constant, *, inside: bool) -> Iterator[tuple[ast.expr, str]]:
    if isinstance(node.value, bool):
        yield node, str(not node.value)
    elif isinstance(node.value, int | float):
        yield node, f"({node.value + 1})" if inside or node.value == 0 else "(0)"


def _otherwise(node: ast.expr, *, inside: bool) -> Iterator[str]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield ast.unparse(node.operand)
    elif isinstance(node, ast.BoolOp):
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield ast.unparse(ast.BoolOp(other, node.values))
        for index in range(len(node.values)):
            rest = node.values[:index] + node.values[index + 1 :]
            yield ast.unparse(ast.BoolOp(node.op, rest) if rest[1:] else rest[0])
    elif isinstance(node, ast.Compare):
        for index, op in enumerate(node.ops):
            ops = [*node.ops[:index], _COMPARED[type(op)](), *node.ops[index + 1 :]]
            yield ast.unparse(ast.Compare(node.left, ops, node.comparators))
    elif isinstance(node, ast.BinOp) and inside and type(node.op) in _COMPUTED:
        yield ast.unparse(ast.BinOp(node.left, _COMPUTED[type(node.op)](), node.right))
