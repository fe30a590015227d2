"""The patch × base table, for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchseries.report.table import TextTable

_STYLES = {
    "clean": "green",
    "applies": "green",
    "adapted": "yellow",
    "already-applied": "cyan",
    "not-applicable": "dim",
    "empty": "dim",
    "conflict": "bold red",
    "fails": "bold red",
}


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One cell of the table: the patch, its project, the base and a word for it."""

    patch: str
    project: str
    base: str
    word: str
    mark: str = ""


def matrix(cells: Sequence[MatrixCell]) -> TextTable:
    """The cells as a table: a row for each patch, a column for each base."""
    bases = tuple(dict.fromkeys(cell.base for cell in cells))
    words: dict[tuple[str, str], dict[str, str]] = {}
    for cell in cells:
        words.setdefault((cell.patch, cell.project), {})[cell.base] = cell.word + cell.mark
    rows = [(*name, *(mine.get(base, "") for base in bases)) for name, mine in words.items()]
    return TextTable(("patch", "project", *bases), rows, names=2, styles=_STYLES)


def counts(words: Sequence[str]) -> str:
    """How often each word stands, in words: ``57 clean, 3 conflict``."""
    number = {word: words.count(word) for word in dict.fromkeys(words)}
    return ", ".join(f"{n} {word}" for word, n in sorted(number.items(), key=lambda i: -i[1]))
