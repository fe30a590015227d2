"""``series run``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.applying import apply_rows, show_failures
from patchseries.cli.building import (
    PACKAGE_SCHEMA,
    build_options,
    options_from,
    package_rows,
    show_packages,
)
from patchseries.cli.common import SERIES_OPTIONS, Given, changed_words, options
from patchseries.cli.failure import error_document, tell
from patchseries.cli.rebase import jobs_option, rebase_rows, show_cells
from patchseries.cli.terminal import Progress, show, show_json

if TYPE_CHECKING:
    from patchseries.pipeline.run import RunResult
    from patchseries.pipeline.series import Series


@click.command("run")
@options(*(o for o in SERIES_OPTIONS if o not in ("patch", "dry_run")))
@build_options
@jobs_option
def command(**chosen: Any) -> int:
    """Fetch, rebase, test-apply, check and build the series NAME, and print a summary.

    Also writes build/NAME/report.html, as `series report` does. Where no package can be built, the
    summary and the page are made all the same, and the last line says why.
    """
    from patchseries.cli.report import write_page
    from patchseries.pipeline.run import run

    package_options, given = options_from(chosen)
    asked = Given(**given)
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, selection, pins = asked.fetched_to_write(session)
        result = run(session, series, selection, pins, package_options)
        progress.update("writing the report")
        page = write_page(session, series, selection)
    if asked.as_json:
        show_json(run_document(series, result), ok=result.ok, schema=PACKAGE_SCHEMA)
    else:
        show_run(series, result, asked)
        show_gate(result, asked)
        show(f"report: {os.path.relpath(page)}", asked)
    if result.refused:
        return tell(result.refused)
    return 0 if result.ok else 1


def run_document(series: Series, result: RunResult) -> dict[str, Any]:
    """A run as one document: the rows of rebase, test-apply, build and check."""
    from patchseries.report.documents import finding_rows

    refused = error_document(result.refused) if result.refused else {}
    return {
        "rebase": rebase_rows(series, result.ported.rebased.cells),
        "test_apply": apply_rows(result.applied),
        "packages": package_rows(result.packages),
        "findings": finding_rows(result.findings),
        **refused,
    }


def show_gate(result: RunResult, asked: Given) -> None:
    """What the gate says: the errors and warnings, each on a line, and how many there are."""
    from patchseries.report.text import summary

    for finding in result.findings:
        if finding.severity != "note":
            show(f"{finding.severity}: {finding.code}: {finding.message}", asked)
    show(f"check: {summary(result.findings)}", asked)


def show_run(series: Series, result: RunResult, asked: Given) -> None:
    """The summary of a run: the table, what does not apply, the packages."""
    show_cells(list(result.ported.rebased.cells), series.name, asked)
    show_failures(result.applied, asked)
    show(changed_words(result.ported.changed, False), asked)
    show("", asked)
    if result.packages:
        show_packages(result.packages, asked)
        show("", asked)
