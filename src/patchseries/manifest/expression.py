"""The value of a setting as a sum: whole numbers, ``vms``, ``cores`` and ``memory``, and no more.

    sum     = product (("+" | "-") product)*
    product = atom (("*" | "/") atom)*
    atom    = number | name | ("min" | "max") "(" sum ("," sum)+ ")" | "(" sum ")"

``/`` rounds down. Every number, on the way too, is bounded, and so are length and depth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

NAMES = ("vms", "cores", "memory")
"""What an expression may name: instances to start at once, processor cores, MiB of memory."""
_FUNCTIONS = ("min", "max")
_LONGEST = 200
_DEEPEST = 16
_LARGEST = 10**12
_TOKEN = re.compile(r"[ ]*(?:([0-9]+)|([a-z]+)|([-+*/(),]))[ ]*")


class ExpressionError(ValueError):
    """Words on an expression that cannot be read, or has no value."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A number, a name, or an operator or function with its operands."""

    head: int | str
    operands: tuple[Expression, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Those of :data:`NAMES` that it needs."""
        own = {self.head} if isinstance(self.head, str) and not self.operands else set()
        return frozenset(own).union(*(one.names for one in self.operands))

    def value(self, sizes: Mapping[str, int]) -> int:
        """Its value, with *sizes* for the names.

        :raises ExpressionError: a size is missing, a division by zero, a number out of bounds
        """
        if isinstance(self.head, int):
            return self.head
        if not self.operands:
            if self.head not in sizes:
                raise ExpressionError(f"it needs {self.head}")
            return _bounded(sizes[self.head])
        values = [one.value(sizes) for one in self.operands]
        if self.head in _FUNCTIONS:
            return min(values) if self.head == "min" else max(values)
        return _bounded(_calculate(self.head, values[0], values[1]))


def parse_expression(text: str) -> Expression:
    """*text* as an expression.

    :raises ExpressionError: it is none, or longer or deeper than anybody needs

    >>> parse_expression("min(vms, 2 * cores)").value({"vms": 40, "cores": 4})
    8
    """
    if len(text) > _LONGEST:
        raise ExpressionError(f"an expression has at most {_LONGEST} characters")
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise ExpressionError(f"{text[at]!r} cannot be in an expression")
        tokens.append(found[1] or found[2] or found[3])
        at = found.end()
    return tokens


class _Parser:
    """Recursive descent over *tokens*; each level of brackets counts as depth."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Expression:
        result = self._sum()
        if self._at < len(self._tokens):
            raise ExpressionError(f"{self._tokens[self._at]!r} is not expected there")
        return result

    def _sum(self) -> Expression:
        result = self._product()
        while (operator := self._next("+", "-")) is not None:
            result = Expression(operator, (result, self._product()))
        return result

    def _product(self) -> Expression:
        result = self._atom()
        while (operator := self._next("*", "/")) is not None:
            result = Expression(operator, (result, self._atom()))
        return result

    def _atom(self) -> Expression:
        token = self._take()
        if token.isdigit():
            return Expression(_bounded(int(token)))
        if token in NAMES:
            return Expression(token)
        if token in _FUNCTIONS:
            self._expect("(")
            return Expression(token, self._operands(token))
        if token == "(":
            return self._operands("")[0]
        if token.isalpha():
            known = ", ".join((*NAMES, *_FUNCTIONS))
            raise ExpressionError(f"{token!r} is not known; expected one of {known}")
        raise ExpressionError(f"{token!r} is not expected there")

    def _operands(self, function: str) -> tuple[Expression, ...]:
        """What stands in brackets, up to the closing one."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(f"brackets are nested more than {_DEEPEST} deep")
        operands = [self._sum()]
        while function and self._next(",") is not None:
            operands.append(self._sum())
        self._expect(")")
        self._depth -= 1
        if function and len(operands) < 2:
            raise ExpressionError(f"{function} needs two values or more")
        return tuple(operands)

    def _next(self, *wanted: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at] in wanted:
            return self._take()
        return None

    def _take(self) -> str:
        if self._at == len(self._tokens):
            raise ExpressionError("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise ExpressionError(f"expected {token!r} before {self._tokens[self._at - 1]!r}")


def _calculate(operator: str, left: int, right: int) -> int:
    if operator == "/" and right == 0:
        raise ExpressionError("it divides by zero")
    if operator == "/":
        return left // right
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


def _bounded(number: int) -> int:
    if abs(number) > _LARGEST:
        raise ExpressionError(f"a number is larger than {_LARGEST}")
    return number
