"""Breaking a line that a merge of words made too long, as a person would."""

from __future__ import annotations

from collections.abc import Iterable

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
    depth: list[int] = []
    best: tuple[int, int] | None = None
    for at, sign in enumerate(line[:LIMIT]):
        if sign in "([{":
            depth.append(at + 1)
        elif sign in ")]}" and depth:
            depth.pop()
        elif sign == "," and depth and line[at + 1 : at + 2] == " ":
            best = at + 1, depth[-1]
    if best is None:
        return line
    cut, column = best
    rest = " " * column + line[cut + 1 :]
    return line[:cut] + "\n" + rest if len(rest) <= LIMIT else line
