"""``series test-apply``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import SERIES_OPTIONS, Given, options
from patchseries.cli.terminal import Progress, show, show_json
from patchseries.counting import counted

if TYPE_CHECKING:
    from patchseries.pipeline.applying import AppliedCell


@click.command("test-apply")
@options(*(o for o in SERIES_OPTIONS if o not in ("locked", "dry_run")))
def command(**given: Any) -> int:
    """Apply the patch files of NAME on their bases as dpkg-source would, without fuzz.

    Offsets are reported. The exit status is 1 if a patch does not apply.
    """
    from patchseries.pipeline.applying import ApplyInputs, apply_series

    asked = Given(**given)
    series, selection = asked.open()
    with Progress(asked) as progress:
        session = asked.session(progress)
        pins = session.at_hand(series, selection)
        with session.objects(pins) as repository:
            cells = apply_series(ApplyInputs(series, repository, pins), selection, progress.update)
    failed = [cell for cell in cells if cell.result == "fails"]
    if asked.as_json:
        show_json({"cells": apply_rows(cells)}, ok=not failed)
    else:
        show_applied(cells, asked)
    return 1 if failed else 0


def show_applied(cells: list[AppliedCell], asked: Given) -> None:
    """The table, the offsets, and why a patch fails."""
    from patchseries.report.matrix import MatrixCell, counts, matrix

    rows = [MatrixCell(c.patch, c.project, c.base, c.result) for c in cells]
    show(matrix(rows), asked)
    show("", asked)
    show(f"{counted(len(rows), 'cell')}: {counts([str(row.word) for row in rows])}", asked)
    moved = [(cell, offset) for cell in cells for offset in cell.offsets]
    for cell, offset in moved:
        where = f"{offset.path}, hunk {offset.hunk}"
        show(f"offset: {cell.patch} on {cell.base}: {where}: {offset.lines:+d} lines", asked)
    show_failures(cells, asked)


def show_failures(cells: list[AppliedCell], asked: Given) -> None:
    """A line for each patch that does not apply, with the reason."""
    for cell in cells:
        if cell.result == "fails":
            show(f"fails: {cell.patch} on {cell.base}: {cell.reason}", asked)


def apply_rows(cells: list[AppliedCell]) -> list[dict[str, Any]]:
    """Cells as rows of the JSON contract."""
    return [_row(cell) for cell in cells]


def _row(cell: AppliedCell) -> dict[str, Any]:
    return {
        "patch": cell.patch,
        "project": cell.project,
        "base": cell.base,
        "result": str(cell.result),
        "reason": cell.reason,
        "offsets": [{"path": o.path, "hunk": o.hunk, "lines": o.lines} for o in cell.offsets],
    }
