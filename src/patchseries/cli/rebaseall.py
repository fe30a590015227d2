"""``series rebase --all``: every series of the project, with one summary."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import (
    Given,
    changed_words,
    held_project,
    recovered_state,
    state_directory,
)
from patchseries.cli.failure import error_document, tell
from patchseries.cli.rebase import series_document, show_findings, show_notes
from patchseries.cli.terminal import show, show_json
from patchseries.errors import MachineError, SeriesError, UpstreamError, UsageError
from patchseries.pipeline.rebaseall import OpenSeries, SeriesRebase, rebase_all
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.settled import SettledTargets
from patchseries.report.matrix import counts
from patchseries.report.table import TextTable

if TYPE_CHECKING:
    from patchseries.pipeline.rebased import RebasedCell

_EVERYTHING = Selection()


def all_rebased(asked: Given, settled: SettledTargets, *, overwrite: bool) -> list[SeriesRebase]:
    """Every series of the project, rebased, by name.

    :raises UsageError: a part of them is named too
    """
    if asked.name or asked.onto or asked.project or asked.patch:
        raise UsageError(
            "--all takes every series whole",
            hint="leave out NAME, --onto, --project and --patch, or leave out --all",
        )
    opened, failed = _opened(asked, settled)
    return sorted(
        (*rebase_all(settled, opened, overwrite=overwrite), *failed), key=lambda one: one.name
    )


def _opened(asked: Given, settled: SettledTargets) -> tuple[list[OpenSeries], list[SeriesRebase]]:
    """Every series, read while the project is held to the end of the command; those that fail.

    What must be fetched is fetched before it is held.
    """
    state = recovered_state()
    unreached: dict[str, SeriesError] = {}
    for fetched in (False, True):
        with ExitStack() as stack:
            if not asked.dry_run:
                stack.enter_context(held_project(state))
            opened, failed = _read(settled, _every_series(state.root))
            absent = [one for one, error in failed.items() if isinstance(error, UpstreamError)]
            if fetched or asked.offline or not absent:
                click.get_current_context().with_resource(stack.pop_all())
                failed |= {one: unreached[one.name] for one in failed if one.name in unreached}
                return opened, [SeriesRebase(one.name, error=e) for one, e in failed.items()]
        unreached = _fetched(settled.session, absent)
    raise AssertionError("the second time returns")


def _every_series(root: Path) -> list[Series]:
    names = sorted(path.stem for path in (root / "series").glob("*.toml"))
    return [Series(root, name, state_directory()) for name in names]


def _read(
    settled: SettledTargets, every: Sequence[Series]
) -> tuple[list[OpenSeries], dict[Series, SeriesError]]:
    """Those that can be read, and of which nothing must be fetched; what the others lack."""
    opened: list[OpenSeries] = []
    failed: dict[Series, SeriesError] = {}
    for series in every:
        try:
            pins = settled.pins(series, _EVERYTHING)
            pins = settled.session.cached(series, _EVERYTHING) if pins is None else pins
            opened.append(OpenSeries(series, pins))
        except MachineError:
            raise
        except SeriesError as error:
            failed[series] = error
    return opened, failed


def _fetched(session: Session, absent: Sequence[Series]) -> dict[str, SeriesError]:
    """Fetch what each of *absent* needs; what could not be, by its name."""
    failed: dict[str, SeriesError] = {}
    for series in absent:
        try:
            session.fetch(series, _EVERYTHING)
        except MachineError:
            raise
        except SeriesError as error:
            failed[series.name] = error
    return failed


def show_all(results: Sequence[SeriesRebase], asked: Given) -> int:
    """Print what became of each series; the exit status, which is the highest of theirs."""
    for one in results:
        if one.error is not None:
            tell(one.error, one.name)
    worst = max((one.exit_code for one in results), default=0)
    if asked.as_json:
        show_json({"series": [_row(one) for one in results]}, ok=not worst)
        return worst
    show(TextTable(("series", "cells", "result"), [_words(one) for one in results]), asked)
    for one in results:
        _show_notes(one, asked)
    show("", asked)
    show(_summary(results, asked), asked)
    return worst


def _row(result: SeriesRebase) -> dict[str, Any]:
    document = {"cells": [], "findings": []} if result.error else series_document(result)
    error = error_document(result.error)["error"] if result.error else None
    code = result.exit_code
    return {"name": result.name, "ok": not code, "exit_status": code, **document, "error": error}


def _words(result: SeriesRebase) -> tuple[str, str, str]:
    if result.ported is None:
        return result.name, "", f"failed ({result.exit_code})"
    cells = result.ported.rebased.cells
    words = [c.outcome + ("*" if c.needs_review else "") for c in cells]
    return result.name, str(len(cells)), counts(words)


def _show_notes(result: SeriesRebase, asked: Given) -> None:
    """What is to be told of one series, under its name."""
    if result.ported is None:
        return
    cells = result.ported.rebased.cells
    if result.ported.findings or any(_is_noteworthy(cell) for cell in cells):
        show("", asked)
        show(f"{result.name}:", asked)
        show_notes(cells, result.name, asked)
        show_findings(result, asked)


def _is_noteworthy(cell: RebasedCell) -> bool:
    return bool(cell.result.conflicts or cell.needs_review)


def _summary(results: Sequence[SeriesRebase], asked: Given) -> str:
    codes = [one.exit_code for one in results]
    parts = {
        "without conflict": codes.count(0),
        "with conflicts": sum(one.error is None and one.exit_code > 0 for one in results),
        "failed": sum(one.error is not None for one in results),
    }
    changed = [path for one in results if one.ported for path in one.ported.changed]
    words = ", ".join(f"{number} {word}" for word, number in parts.items() if number)
    return f"{len(results)} series: {words}; {changed_words(changed, asked.dry_run)}"
