"""One look for every table that people read: wide, narrow, and in a pipe.

Where room is short the names are shortened in their middle, and then the table goes on below with
the names again. What a cell says is never cut: if it is too wide, it is wrapped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patchseries.visible import printable_line

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

_GAP = 2
"""Blanks between two columns."""
_READABLE = 20
"""Columns to which a name is shortened before the table is divided."""
_PROSE = 24
"""Columns in which the last cell of a row can be read when it is wrapped."""
_SHORTEST = 10
"""Columns that a name keeps in any case."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of words.

    :param head: the titles; no line is printed for them if all are empty
    :param names: how many columns, from the left, hold the names of what a row is about
    :param styles: the style of a cell, by its word without a mark (``adapted*``)
    """

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    names: int = 1
    styles: Mapping[str, str] = field(default_factory=dict)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text | str]:
        shown = [tuple(map(printable_line, row)) for row in (self.head, *self.rows)]
        rows = shown if any(shown[0]) else shown[1:]
        if not rows:
            return
        for number, block in enumerate(blocks(rows, self.names, options.max_width)):
            if number:
                yield ""
            short = [short_names([row[n] for row in rows], block[n]) for n in range(self.names)]
            for row in rows:
                names = [short[n][row[n]] for n in range(self.names)]
                styles = {} if row is shown[0] else self.styles
                yield from self._lines(console, [*names, *row[self.names :]], block, styles)

    def _lines(
        self,
        console: Console,
        row: Sequence[str],
        block: Mapping[int, int],
        styles: Mapping[str, str],
    ) -> Iterator[Text]:
        """The lines of one row: more than one where a cell has to be wrapped."""
        from rich.text import Text

        cells = []
        for column, width in block.items():
            style = "" if column < self.names else styles.get(row[column].rstrip("*"), "")
            wrapped = Text(row[column], style=style).wrap(console, width, overflow="fold")
            cells.append((list(wrapped), width))
        for index in range(max(len(lines) for lines, _ in cells)):
            line = Text(no_wrap=True, overflow="ignore", end="\n")
            for lines, width in cells:
                cell = lines[index] if index < len(lines) else Text()
                line.append_text(cell)
                line.append(" " * (width - cell.cell_len + _GAP))
            line.rstrip()
            yield line


def blocks(rows: Sequence[Sequence[str]], names: int, width: int) -> list[dict[int, int]]:
    """The tables below each other that are at most *width* wide: of each, column → its width."""
    from rich.cells import cell_len

    wide = [max(cell_len(row[n]) for row in rows) for n in range(len(rows[0]))]
    left, data = wide[:names], wide[names:]
    rest = width - _total(wide[:-1]) - _GAP
    if data and _PROSE <= rest < data[-1]:
        data[-1] = rest
    room = width - sum(_GAP + w for w in data)
    if not data or _total(_narrowed(left, room, _READABLE)) <= room:
        return [dict(enumerate(_narrowed(left, room, _READABLE) + data))]
    left = _narrowed(left, width - _GAP - max(data), _SHORTEST)
    room = max(width - _total(left) - _GAP, 1)
    made: list[dict[int, int]] = []
    used = width
    for column, w in enumerate((min(w, room) for w in data), names):
        if not made or used + _GAP + w > width:
            made.append(dict(enumerate(left)))
            used = _total(left)
        made[-1][column] = w
        used += _GAP + w
    return made


def short_names(names: Sequence[str], width: int) -> dict[str, str]:
    """Each name in at most *width* columns, cut where most of the cut ones can be told apart.

    That is in the middle, if it makes no difference.

    >>> list(short_names(["cve-2024-32498-1-nova", "cve-2024-32498-2-nova"], 15).values())
    ['cve-202…-1-nova', 'cve-202…-2-nova']
    """
    heads = sorted(range(width), key=lambda head: abs(head - width // 2))
    found: dict[str, str] = {}
    for head in heads:
        cut = {name: _shortened(name, width, head) for name in names}
        if len(set(cut.values())) > len(set(found.values())):
            found = cut
        if len(set(found.values())) == len(found):
            break
    return found


def _shortened(name: str, width: int, head: int) -> str:
    """*name* in *width* columns, with about *head* of them before what is left out."""
    from rich.cells import cell_len

    if cell_len(name) <= width:
        return name
    first, last = "", ""
    while cell_len(first + name[len(first)]) <= head:
        first += name[len(first)]
    while cell_len(first + name[-len(last) - 1] + last) < width:
        last = name[-len(last) - 1] + last
    return f"{first}…{last}"


def _narrowed(widths: Sequence[int], room: int, least: int) -> list[int]:
    """*widths* with the widest narrowed, none below *least*, until they fit into *room*."""
    narrow = list(widths)
    while _total(narrow) > room and max(narrow, default=0) > least:
        narrow[narrow.index(max(narrow))] -= 1
    return narrow


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)
