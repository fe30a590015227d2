"""The tests of what a package is to be built from: on the packager's own patches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchseries.counting import counted
from patchseries.errors import ExitCode, ListedError
from patchseries.patches.compose import series_directory
from patchseries.pipeline.applying import ApplyInputs
from patchseries.pipeline.build import BuildInputs, BuildOptions
from patchseries.pipeline.publish import files_of_target
from patchseries.pipeline.rebased import Rebased
from patchseries.pipeline.series import Selection
from patchseries.pipeline.session import Session
from patchseries.pipeline.testing.suiterun import SuiteOptions, run_suites
from patchseries.testing.report import TargetTests

_NAMED = 3
"""Tests that a line names."""


def refuse_broken_tests(
    session: Session,
    inputs: BuildInputs,
    rebased: Rebased,
    chosen: tuple[Selection, BuildOptions],
) -> list[TargetTests]:
    """Run the tests on the trees that are to be packaged.

    :raises SeriesError: a patch breaks one, or was not tested although it is in the package
    """
    selection, options = chosen
    series, given = inputs.series, inputs.given
    files: dict[str, bytes] = {}
    for target in selection.targets(series.manifest):
        cells = [cell for cell in rebased.cells if (cell.project, cell.base) == target]
        directory = series_directory(series.name, target.base, target.project)
        mine = files_of_target(series, cells)
        files |= {f"{directory}/{name}": data for name, data in mine.items()}
    starts = {target: packaged.tree for target, packaged in inputs.packaged.items()}
    trees = ApplyInputs(series, given.repository, given.pins, starts, files)
    tested = run_suites(session, trees, selection, SuiteOptions(options.jobs, options.wrap))
    if lines := list(_complaints(tested)):
        raise ListedError(
            "\n".join(["not built: the tests of the projects do not pass:", *lines]),
            hint="`series test` shows them; adapt them in a fixup, or build without --test",
            exit_code=ExitCode.FINDINGS,
        )
    return tested


def _complaints(tested: Sequence[TargetTests]) -> Iterator[str]:
    for tests in tested:
        if tests.proves_nothing:
            yield f"  not one test of {tests.project} passes on {tests.base} without the series"
        for cell in tests.patches:
            where = f"{cell.patch} on {tests.base}"
            if cell.breaks:
                names = ", ".join(one.test for one in cell.breaks[:_NAMED])
                more = ", …" if len(cell.breaks) > _NAMED else ""
                yield f"  {where} breaks {counted(len(cell.breaks), 'test')}: {names}{more}"
            if cell.not_run:
                yield f"  {where}: {counted(len(cell.not_run), 'test')} did not run"
