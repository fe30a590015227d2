"""The patch × base table, for people (rich) and as rows of the JSON contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

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


def matrix_table(cells: Sequence[MatrixCell], title: str | None = None) -> RenderableType:
    """The cells as a table: a row for each patch, a column for each base."""
    from rich.table import Table
    from rich.text import Text

    bases = list(dict.fromkeys(cell.base for cell in cells))
    table = Table(title=title, title_justify="left", pad_edge=False, box=None, padding=(0, 2, 0, 0))
    table.add_column("patch", no_wrap=True)
    table.add_column("project", no_wrap=True)
    for base in bases:
        table.add_column(base, no_wrap=True)
    for (patch, project), words in _rows(cells).items():
        shown = [words.get(base, "") for base in bases]
        table.add_row(
            patch, project, *(Text(w, style=_STYLES.get(w.rstrip("*"), "")) for w in shown)
        )
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
