"""Lines that are aligned with an open bracket, where a name before the bracket gets longer."""

from __future__ import annotations

import re
from typing import NamedTuple

_SIGN = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|([(\[{])|([)\]}])")
"""A bracket that opens or closes, or a text, which may have brackets of its own."""


class _Bracket(NamedTuple):
    """An open bracket: the column of the text after it, and by how much that moved."""

    column: int
    by: int


class Alignment:
    """The brackets that are open, as one line after the other is read."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._open: list[_Bracket] = []

    @property
    def is_moved(self) -> bool:
        """Whether the next line may have to move."""
        return any(bracket.by for bracket in self._open)

    def aligned(self, old: str, new: str) -> str:
        """*new*, which is the next line *old* with other names, below the bracket that it is in."""
        indent = len(old) - len(old.lstrip(" "))
        depth = len(self._open)  # a line may close those that it ends by its indentation, too
        while self._open and indent < self._open[-1].column:  # a hanging indent, or the end
            self._open.pop()
        by = self._open[-1].by if self._open else 0
        closed, was = _brackets(old)
        same, now = _brackets(new)
        del self._open[max(depth - closed, 0) :]
        if closed == same and len(was) == len(now):
            last = len(old.rstrip()) - 1  # below a bracket at the end nothing is aligned
            self._open += [
                _Bracket(a + 1, by + b - a) if a < last else _Bracket(indent, by)
                for a, b in zip(was, now, strict=True)
            ]
        else:
            self._open.clear()
        return " " * by + new[max(-by, 0) :]


def _brackets(line: str) -> tuple[int, list[int]]:
    """How many brackets of lines before *line* closes, and the columns of those it leaves open."""
    closed, opened = 0, list[int]()
    for found in _SIGN.finditer(line):
        if found[1]:
            opened.append(found.start())
        elif found[2]:
            if opened:
                opened.pop()
            else:
                closed += 1
    return closed, opened
