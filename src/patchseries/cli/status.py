"""``series status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, changed_words, hold, operation, options
from patchseries.cli.flags import refuse_beside
from patchseries.cli.terminal import Progress, say, show, show_document, show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from patchseries.landed.newer import NewReleases
    from patchseries.pipeline.series import Series
    from patchseries.pipeline.status import SeriesStatus
    from patchseries.pipeline.testing.remembered import RememberedCell
    from patchseries.report.status import StatusTable


@click.command("status")
@options("name", "project", "patch", "offline", "mirror", "json", "quiet", "color")
@click.option(
    "--release",
    metavar="RELEASE",
    help="Show whether each patch is in this release: a line (havana, 2013.2), a tag or a branch.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "csv"]),
    default="text",
    help="Print a table, Markdown for a release note, or CSV.",
)
@click.option(
    "--record", is_flag=True, help="Record in the lock what landed first; then `series rebase`."
)
def command(release: str | None, form: str, record: bool, **given: Any) -> int:
    """Show which patches of NAME landed upstream, in which release first, with evidence.

    A patch that never merged may be superseded by others that did. Evidence, the strongest first:
    change-id, commit, cherry-pick, patch-id. If only author and subject match, it is "perhaps".
    """
    from patchseries.pipeline.status import series_status
    from patchseries.pipeline.testing.remembered import remembered_tests
    from patchseries.report import status as tables
    from patchseries.report.documents import new_release_rows

    asked = Given(**given)
    if asked.as_json:
        refuse_beside("--json", "form")
    series, selection = asked.open()
    with Progress(asked) as progress:
        session = asked.session(progress)
        found = series_status(session, series, selection, release)
        if record:
            hold(series.state)
            fresh, selection = asked.reopened()
            if fresh.manifest != series.manifest:  # it was changed meanwhile
                found = series_status(session, fresh, selection, release)
            series = fresh
    if record:
        _record(series, found)
    tests = remembered_tests(session, series, selection)
    new = _new_releases(asked, series, found) if form == "text" else []
    if asked.as_json:
        rows = _rows(found, release, tests)
        show_json({"patches": rows, "new_releases": new_release_rows(new)}, ok=True)
        return 0
    table = _table(found, release)
    if form == "text":
        show(tables.as_text(table), asked)
        _show_tests(tests, asked)
        _show_releases(new, series.name, asked)
    else:
        show_document(tables.as_markdown(table) if form == "markdown" else tables.as_csv(table))
    return 0


def _record(series: Series, status: SeriesStatus) -> None:
    """Keep in the lock where each patch landed first."""
    from patchseries.pipeline.status import record_landed

    changed = record_landed(series, status.patches, operation())
    then = f"; then: series rebase {series.name} (patch headers name it)" if changed else ""
    say(changed_words(changed, False) + then)


def _table(status: SeriesStatus, release: str | None) -> StatusTable:
    """Where the patches landed; with *release*, whether they are in it."""
    from patchseries.report import status as tables

    if not release:
        columns = {n: tables.columns_of(p.lines, p.base) for n, p in status.projects.items()}
        return tables.status_table(status.patches, columns)
    return tables.release_table(status.patches, status.answers, release)


def _show_tests(tests: Sequence[RememberedCell], asked: Given) -> None:
    """What the projects' own tests said, where the manifest says how they are run."""
    from patchseries.report.matrix import MatrixCell, matrix

    if tests and all(cell.word == "not run" for cell in tests):
        show("", asked)
        show("the projects' own tests were not run on these patches: `series test` does", asked)
    elif tests:
        show("", asked)
        show("tests, as `series test` ran them:", asked)
        show(matrix([MatrixCell(*cell[:4]) for cell in tests]), asked)


def _new_releases(asked: Given, series: Series, status: SeriesStatus) -> list[NewReleases]:
    """The releases that appeared after the bases, with what becomes there of the patches asked."""
    from patchseries.pipeline.trying import try_releases

    lines = {name: project.new for name, project in status.projects.items()}
    with Progress(asked) as progress:
        return try_releases(asked.session(progress), series, lines, asked.patch)


def _show_releases(new: Sequence[NewReleases], name: str, asked: Given) -> None:
    """The releases that appeared after the bases, and what becomes of the patches there."""
    if new:
        show("", asked)
    for releases in new:
        show(f"new release: {releases}", asked)
    if new:
        show(f"→ `series bump {name}` adds them to the bases", asked)


def _rows(
    status: SeriesStatus, release: str | None, tests: Sequence[RememberedCell]
) -> list[dict[str, Any]]:
    """Each patch as a JSON object, with what is known of it on each base."""
    from patchseries.report.documents import base_rows, release_row, status_row

    def asked(patch: str) -> dict[str, Any]:
        return {"release": release_row(status.answers.get(patch), release)} if release else {}

    return [
        status_row(patch)
        | asked(patch.name)
        | {
            "bases": base_rows(patch.name, status.in_bases),
            "tests": [{"base": t.base, "result": t.result} for t in tests if t.patch == patch.name],
        }
        for patch in status.patches
    ]
