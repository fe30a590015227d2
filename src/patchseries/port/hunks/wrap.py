"""Laying out the lines that a merge of words changed, as a person would."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

LIMIT = 79
"""What PEP 8 allows, without the line feed."""


def fit(merged: str, before: Iterable[str]) -> str:
    """*merged* with its too long lines broken after a comma, aligned with the open bracket.

    :param before: the lines that it was merged from: when one of them is too long as well,
        nothing is broken, for then the text has no such limit
    """
    if any(len(line.rstrip("\n")) > LIMIT for line in before):
        return merged
    return "\n".join(_broken(line) for line in merged.split("\n"))


def _broken(line: str) -> str:
    if len(line) <= LIMIT:
        return line
    best: tuple[int, int] | None = None
    for at, column in enumerate(_columns(line[:LIMIT])):
        if column and line[at : at + 2] == ", ":
            best = at + 1, column
    if best is None:
        return line
    cut, column = best
    rest = " " * column + line[cut + 1 :]
    return line[:cut] + "\n" + rest if len(rest) <= LIMIT else line


def aligned(merged: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """*merged* with the lines that theirs aligned with an open bracket aligned with it again.

    The bracket stands elsewhere when the line above was merged with ours.
    """
    place = {line: at for at, line in enumerate(theirs)}
    out = list(merged)
    was = now = 0
    for at in range(1, len(merged)):
        line = merged[at]
        above = place.get(line, 0) - 1
        if above >= 0 and merged[at - 1] != theirs[above]:
            was, now = _bracket(theirs[above]), _bracket(merged[at - 1])
            was = was if now and _spaces(line) == was else 0
        if above < 0 or _spaces(line) < was:
            was = 0
        if was:
            out[at] = " " * (_spaces(line) + now - was) + line.lstrip(" ")
    return out


def _bracket(line: str) -> int:
    """The column after the innermost bracket that *line* leaves open; 0 for none."""
    return max(deque(_columns(line), maxlen=1), default=0)


def _columns(line: str) -> Iterator[int]:
    """Behind each sign of *line*: the column after the innermost open bracket; 0 for none."""
    opened: list[int] = []
    for at, sign in enumerate(line, 1):
        if sign in "([{":
            opened.append(at)
        elif sign in ")]}" and opened:
            opened.pop()
        yield opened[-1] if opened else 0


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
