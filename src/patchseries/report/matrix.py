"""The patch × base table, for people (rich) and as rows of the JSON contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from patchseries.visible import printable_line

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.table import Table

_GAP = 2
"""Blanks between two columns."""

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


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells as a table: a row for each patch, a column for each base.

    On a terminal that is too narrow for all bases it is several tables below each other.
    """

    cells: Sequence[MatrixCell]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Table | str]:
        for number, bases in enumerate(_blocks(self.cells, options.max_width)):
            if number:
                yield ""
            yield _table(self.cells, bases)


def _blocks(cells: Sequence[MatrixCell], width: int) -> list[list[str]]:
    """The bases in groups whose tables are at most *width* columns wide, if one base can be."""
    names = max((len(c.patch) for c in cells), default=0)
    projects = max((len(c.project) for c in cells), default=0)
    left = max(names, len("patch")) + max(projects, len("project")) + 2 * _GAP
    blocks: list[list[str]] = [[]]
    used = left
    for base in dict.fromkeys(cell.base for cell in cells):
        wide = max(len(base), *(len(c.word + c.mark) for c in cells if c.base == base))
        if blocks[-1] and used + wide > width:
            blocks.append([])
            used = left
        blocks[-1].append(base)
        used += wide + _GAP
    return blocks


def _table(cells: Sequence[MatrixCell], bases: Sequence[str]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(pad_edge=False, box=None, padding=(0, _GAP, 0, 0))
    for title in ("patch", "project", *bases):
        table.add_column(Text(printable_line(title)), no_wrap=True)
    for (patch, project), words in _rows(cells).items():
        shown = [printable_line(words.get(base, "")) for base in bases]
        names = (Text(printable_line(name)) for name in (patch, project))
        table.add_row(*names, *(Text(w, style=_STYLES.get(w.rstrip("*"), "")) for w in shown))
    return table


def counts(words: Sequence[str]) -> str:
    """How often each word stands, in words: ``57 clean, 3 conflict``."""
    number = {word: words.count(word) for word in dict.fromkeys(words)}
    return ", ".join(f"{n} {word}" for word, n in sorted(number.items(), key=lambda i: -i[1]))


def _rows(cells: Sequence[MatrixCell]) -> Mapping[tuple[str, str], dict[str, str]]:
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for cell in cells:
        rows.setdefault((cell.patch, cell.project), {})[cell.base] = cell.word + cell.mark
    return rows
