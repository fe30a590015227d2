"""The projects' own tests, as they came out when `series test` ran them; nothing is run here."""

from __future__ import annotations

from collections.abc import Iterator

from patchseries.checks.inputs import CheckedTarget, CheckInputs
from patchseries.checks.rule import Where, error, note
from patchseries.counting import counted
from patchseries.model import Finding

BROKEN = error(
    "tests-broken",
    "a patch breaks tests of its project",
    "The tests passed before the patch and do not after it: the patch has a fault, or the tests "
    "have to be adapted to it. A build that runs them fails.",
    "adapt the tests in a fixup of the patch, or correct the patch; then run `series test`",
)
NOT_RUN = note(
    "tests-not-run",
    "the tests of a project were not run on its patches as they are",
    "The manifest says how they are run, but nothing is known of these patches. A check never "
    "runs them by itself.",
    "run `series test`",
)

RULES = (BROKEN, NOT_RUN)
_NAMED = 3
"""Tests that a message names."""


def check(inputs: CheckInputs) -> Iterator[Finding]:
    """What is remembered of each target whose project says how its tests are run."""
    for target in inputs.targets:
        if not inputs.manifest.projects[target.project].tests:
            continue
        if target.tests is None:
            if inputs.manifest.patches_of(target.project):
                words = f"the tests of {target.project} were not run on {target.base}"
                yield NOT_RUN.finding(words, file=inputs.manifest_file, base=target.base)
            continue
        yield from _of_patches(inputs, target)


def _of_patches(inputs: CheckInputs, target: CheckedTarget) -> Iterator[Finding]:
    for cell in target.tests.patches if target.tests else ():
        where: Where = {"patch": cell.patch, "file": inputs.manifest_file, "base": target.base}
        line = inputs.patch_line(cell.patch)
        if cell.breaks:
            names = ", ".join(one.test for one in cell.breaks[:_NAMED])
            more = len(cell.breaks) - _NAMED
            names += f" and {more} more" if more > 0 else ""
            words = f"{cell.patch} on {target.base} breaks {counted(len(cell.breaks), 'test')}"
            yield BROKEN.finding(f"{words}: {names}", line=line, **where)
        if cell.not_run or cell.reason:
            why = cell.reason or f"{counted(len(cell.not_run), 'test')} did not run"
            yield NOT_RUN.finding(f"{cell.patch} on {target.base}: {why}", line=line, **where)
