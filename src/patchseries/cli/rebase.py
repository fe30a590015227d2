"""``series rebase``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import SERIES_OPTIONS, Given, changed_words, options
from patchseries.cli.terminal import Progress, say, show, show_json
from patchseries.counting import counted

if TYPE_CHECKING:
    from patchseries.lock import InBase
    from patchseries.pipeline.rebaseall import SeriesRebase
    from patchseries.pipeline.rebased import RebasedCell
    from patchseries.pipeline.series import Series
    from patchseries.pipeline.session import Session
    from patchseries.pipeline.settled import SettledTargets


jobs_option = click.option(
    "-j",
    "jobs",
    type=click.IntRange(1, 64),
    help="Projects and bases that are ported at the same time. [default: all cores]",
)


def _executor(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """:raises BadParameter: it is no address of a scheduler"""
    if value is None or re.fullmatch(r"dask(?:\+tls)?://[\w.-]{1,250}:\d{1,5}", value, re.ASCII):
        return value
    raise click.BadParameter(
        "expected dask://HOST:PORT or dask+tls://HOST:PORT", context, parameter
    )


executor_option = click.option(
    "--executor",
    metavar="dask://HOST:PORT",
    callback=_executor,
    help="Port on the workers of this dask scheduler.",
)


@click.command("rebase")
@options(*SERIES_OPTIONS)
@click.option("--all", "everything", is_flag=True, help="Every series of the project, at once.")
@jobs_option
@executor_option
@click.option(
    "--overwrite", is_flag=True, help="Also overwrite patch files that were edited by hand."
)
@click.option("--ask-again", is_flag=True, help="Search again which bases contain a patch already.")
def command(
    everything: bool, overwrite: bool, ask_again: bool, executor: str | None, **given: Any
) -> int:
    """Port every patch of NAME onto every base, in order; write patches/NAME and the lock.

    A conflict does not stop the other patches; the exit status is then 1. With --all, what is wrong
    with one series does not stop the others; the exit status is the highest of all.
    """
    from patchseries.pipeline.settled import SettledTargets

    asked = Given(**given)
    with Progress(asked) as progress:
        session = with_cluster(replace(asked.session(progress), ask_again=ask_again), executor)
        settled = SettledTargets(session)
        if everything:
            from patchseries.cli.rebaseall import all_rebased, show_all

            results = all_rebased(asked, settled, overwrite=overwrite)
        else:
            result = _rebased(asked, settled, overwrite=overwrite)
    if everything:
        return show_all(results, asked)
    if asked.as_json:
        show_json(series_document(result), ok=not result.exit_code)
    else:
        _show(result, asked)
    return result.exit_code


def _rebased(asked: Given, settled: SettledTargets, *, overwrite: bool) -> SeriesRebase:
    """The one series that is named, rebased; of the patches that are named, if any are."""
    from patchseries.pipeline.mergedin import merged_in
    from patchseries.pipeline.porting import rebase_and_publish
    from patchseries.pipeline.rebaseall import SeriesRebase

    session = settled.session
    series, selection, pins = asked.open_to_write(session, settled.pins)
    ported = rebase_and_publish(settled, series, selection, pins, overwrite=overwrite)
    merged = merged_in(session, series, pins, ported.rebased.cells)
    if named := selection.patches:
        cells = tuple(cell for cell in ported.rebased.cells if cell.patch in named)
        ported = replace(ported, rebased=replace(ported.rebased, cells=cells))
        merged = {place: found for place, found in merged.items() if place[0] in named}
    return SeriesRebase(series.name, series, ported, merged)


def series_document(result: SeriesRebase) -> dict[str, Any]:
    """What ``--json`` says of one series that could be rebased."""
    from patchseries.report.documents import finding_rows

    assert result.series is not None
    assert result.ported is not None
    rows = rebase_rows(result.series, result.ported.rebased.cells)
    for row in rows:
        merged = result.merged.get((row["patch"], row["base"]))
        row["merged"] = asdict(merged) if merged else None
    return {"cells": rows, "findings": finding_rows(result.ported.findings)}


def _show(result: SeriesRebase, asked: Given) -> None:
    assert result.ported is not None
    show_cells(list(result.ported.rebased.cells), result.name, asked)
    show_findings(result, asked)
    say(changed_words(result.ported.changed, asked.dry_run))


def show_findings(result: SeriesRebase, asked: Given) -> None:
    """Which patch files are merged, and by which commit; what else is to be told."""
    for (patch, base), merged in result.merged.items():
        if merged.commit:
            tag = f", first in {merged.tag}" if merged.tag else ""
            words = f"{patch} on {base}: {merged.commit[:12]}{tag} ({merged.evidence})"
            show(f"merged: {words}", asked)
    for finding in result.ported.findings if result.ported else ():
        patch = f"{finding.patch}: " if finding.patch else ""
        show(f"{finding.severity}: {patch}{finding.message}", asked)


def with_cluster(session: Session, address: str | None) -> Session:
    """*session* with the cluster of the scheduler *address*, if there is one."""
    if address is None:
        return session
    from patchseries.cli import worker
    from patchseries.pipeline.cluster.dask import WorkerFunctions, dask_cluster
    from patchseries.pipeline.cluster.dispatch import Hearing

    functions = WorkerFunctions(worker.work, worker.program_parts)
    hearing = Hearing(session.progress, session.warn)
    return replace(session, cluster=partial(dask_cluster, address, functions, hearing))


def show_cells(cells: list[RebasedCell], name: str, asked: Given) -> None:
    """The table of the series *name*, then each conflict with its paths, and what needs review."""
    from patchseries.report.matrix import MatrixCell, counts, matrix

    rows = [
        MatrixCell(c.patch, c.project, c.base, c.outcome, "*" if c.needs_review else "")
        for c in cells
    ]
    show(matrix(rows), asked)
    show("", asked)
    show(f"{counted(len(rows), 'cell')}: {counts([str(row.word) for row in rows])}", asked)
    show_notes(cells, name, asked)


def show_notes(cells: Sequence[RebasedCell], name: str, asked: Given) -> None:
    """Of the series *name*: what bases contain, each conflict, and what needs review."""
    for words in _contained(cells):
        show(words, asked)
    for words in _failing(cells):
        show(words, asked)
    for cell in cells:
        for conflict in cell.result.conflicts:
            where = f"{cell.patch} on {cell.base}: {conflict.path}"
            show(f"conflict: {where} ({conflict.words})", asked)
    if stuck := next((cell for cell in cells if cell.result.conflicts), None):
        words = f"{stuck.patch} {name} --onto {stuck.base}"
        show(f"→ `series why {words}` shows why", asked)
    if any(cell.needs_review for cell in cells):
        read, sign = f"series diff PATCH {name}", f"series accept PATCH {name}"
        show(f"* adapted: read it (`{read}`), then `{sign}`", asked)


def _contained(cells: Sequence[RebasedCell]) -> Iterator[str]:
    """Each patch that bases contain, with the commit and the evidence, one line a commit."""
    bases: dict[tuple[str, InBase], list[str]] = {}
    for cell in cells:
        if cell.answer.in_base:
            bases.setdefault((cell.patch, cell.answer.in_base), []).append(cell.base)
    for (patch, found), names in bases.items():
        where = ", ".join(names)
        yield f"already in: {patch} on {where}: {found.commit[:12]} ({found.evidence})"


def _failing(cells: Sequence[RebasedCell]) -> Iterator[str]:
    """Each port that will not run, unless a person signed it off: where it fails first, and why."""
    for cell in cells:
        if cell.result.failing and not cell.accepted:
            first, *rest = cell.result.failing
            more = f" (and {len(rest)} more)" if rest else ""
            at = f"{first.file}:{first.line}" if first.line else first.file
            yield f"will not run: {cell.patch} on {cell.base}: {at}: {first.message}{more}"


def rebase_rows(series: Series, cells: Sequence[RebasedCell]) -> list[dict[str, Any]]:
    """Cells as rows of the JSON contract."""
    return [_row(series, cell) for cell in cells]


def _row(series: Series, cell: RebasedCell) -> dict[str, Any]:
    from patchseries.lock import Cell
    from patchseries.patches.compose import series_directory
    from patchseries.report.documents import cell_row, conflict_rows, finding_rows

    file = None
    if cell.files:
        file = f"{series_directory(series.name, cell.base, cell.project)}/{cell.files[0].name}"
    sha256 = cell.files[0].sha256 if cell.files else None
    locked = Cell(cell.outcome, cell.result.strategies, sha256, cell.accepted, cell.answer.in_base)
    row = cell_row(cell.patch, cell.project, cell.base, locked, file)
    row["status"] = str(cell.status)
    row["conflicts"] = conflict_rows(cell.result.conflicts)
    row["findings"] = finding_rows(cell.result.findings)
    row["accepted"] = cell.accepted.by if cell.accepted else None
    return row
