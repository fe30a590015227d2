"""``series test``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.building import words_of, wrap_option
from patchseries.cli.common import SERIES_OPTIONS, Given, options
from patchseries.cli.terminal import Progress, show, show_json

if TYPE_CHECKING:
    from patchseries.testing.report import TargetTests

_LISTED = 10
"""Tests of one kind that are named for a patch on a base; JSON has them all."""


@click.command("test")
@options(*(o for o in SERIES_OPTIONS if o != "dry_run"))
@click.option("-j", "jobs", type=click.IntRange(1, 64), default=1, help="Runs at the same time.")
@wrap_option
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write JUnit XML for a CI server, too.",
)
def command(jobs: int, wrap: str | None, junit: Path | None, **given: Any) -> int:
    """Run the projects' own tests on the stock tree and after each patch of NAME.

    The manifest says how ([project.NAME.tests]). It runs code of the project folder and of the
    upstream, as you; --wrap isolates the tests. The exit status is 1 if a patch breaks a test, if
    tests did not run, if none passes on the stock tree, or if one fails there without the reason
    that `known-failures` asks for.
    """
    from patchseries.files import write_atomic
    from patchseries.pipeline.applying import ApplyInputs
    from patchseries.pipeline.testing.suiterun import SuiteOptions, run_suites
    from patchseries.report.testjunit import suites_junit
    from patchseries.report.tests import tests_document

    asked = Given(**given)
    wanted = SuiteOptions(jobs, words_of(wrap))
    series, selection = asked.open()
    with Progress(asked) as progress:
        session = asked.session(progress)
        pins = session.at_hand(series, selection)
        with session.objects(pins) as repository:
            inputs = ApplyInputs(series, repository, pins)
            tested = run_suites(session, inputs, selection, wanted)
    if junit:
        write_atomic(junit.absolute(), suites_junit(series.name, tested).encode())
    good = all(tests.is_good for tests in tested)
    if asked.as_json:
        show_json(tests_document(tested), ok=good)
    else:
        show_tests(tested, asked)
    return 0 if good else 1


def show_tests(tested: Sequence[TargetTests], asked: Given) -> None:
    """The table, the stock trees, and each test that a patch breaks or fixes."""
    from patchseries.report.matrix import MatrixCell, matrix
    from patchseries.report.tests import outcome_lines, stock_table

    cells = [
        MatrixCell(cell.patch, tests.project, tests.base, cell.word, "*" if cell.flaky else "")
        for tests in tested
        for cell in tests.patches
    ]
    show(matrix(cells), asked)
    show("", asked)
    show(stock_table(tested), asked)
    for line, style in outcome_lines(tested, _LISTED):
        show(line, asked, style)
