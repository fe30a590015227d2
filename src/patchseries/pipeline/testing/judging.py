"""What the runs on the trees of one base say: which patch breaks, or fixes, which test."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from patchseries.pipeline.testing.runs import Runs
from patchseries.pipeline.testing.steps import PatchedTree
from patchseries.testing.blame import Blamed, blame
from patchseries.testing.outcomes import Ending, TestRun, compare, is_in
from patchseries.testing.report import FailedTest, PatchTests, StockFailure, TargetTests

_REPEATED = 2
"""How often what fails is run again, alone."""
_LONGEST_OUTPUT = 4000
"""Characters of a failing test's own output that are shown: the last ones."""


def trees_of(tests: str, steps: Sequence[PatchedTree], named: Collection[str]) -> list[int]:
    """On which trees a file of tests is run to begin with, ascending.

    On stock, after each patch that it belongs to, and after the last one; for the patches *named*
    only on the trees before and after them.
    """
    mine = [number for number, step in enumerate(steps) if tests in step.tests]
    if named:
        mine = [number for number in mine if steps[number].name in named]
        return sorted({n for number in mine for n in (number - 1, number)})
    return sorted({0, *mine, len(steps) - 1}) if mine else []


def files_of(steps: Sequence[PatchedTree], named: Collection[str]) -> list[str]:
    """The files of tests that are run."""
    every = {tests for step in steps for tests in step.tests}
    return sorted(tests for tests in every if trees_of(tests, steps, named))


@dataclass
class _PatchEffects:
    """What was found out of one patch."""

    breaks: dict[str, FailedTest] = field(default_factory=dict)
    fixes: set[str] = field(default_factory=set)
    flaky: set[str] = field(default_factory=set)


@dataclass
class Judge:
    """Judges the runs of one target.

    :ivar named: the patches that were asked for; none: all
    """

    runs: Runs
    named: Collection[str] = ()
    _effects: dict[int, _PatchEffects] = field(default_factory=dict)

    def judge(self) -> TargetTests:
        """All that can be said; what was not run yet, is run now."""
        steps = self.runs.steps.steps
        for tests in files_of(steps, self.named):
            self._blame(tests)
        stock = TestRun({})
        for tests in files_of(steps, self.named):
            stock = stock.joined(self.runs.at(self._trees(tests)[0], tests))
        reasons = self.runs.suite.known_failures()
        failing = tuple(
            StockFailure(
                test,
                stock.endings[test],
                _reason(test, reasons),
                stock.details.get(test, "")[-_LONGEST_OUTPUT:],
            )
            for test in sorted(stock.failing)
        )
        untested = self.runs.steps.untested
        cells = [self._cell(number) for number, step in enumerate(steps) if self._is_asked(step)]
        cells += [
            PatchTests(patch, reason=why)
            for patch, why in untested.items()
            if not self.named or patch in self.named
        ]
        return TargetTests(
            *self.runs.steps.target,
            tests=len(stock.endings),
            passed=len(stock.passing),
            failing=failing,
            patches=tuple(cells),
            needs_reasons=self.runs.suite.table.known_failures is not None,
        )

    def _is_asked(self, step: PatchedTree) -> bool:
        if step is self.runs.steps.steps[0]:
            return False
        return not self.named or step.name in self.named

    def _trees(self, tests: str) -> list[int]:
        return trees_of(tests, self.runs.steps.steps, self.named)

    def _blame(self, tests: str) -> None:
        steps = self.runs.steps.steps
        own = lambda number: steps[number].own  # noqa: E731
        for blamed in blame(self._trees(tests), lambda n: self.runs.at(n, tests), own):
            found = self._effects.setdefault(blamed.step, _PatchEffects())
            if not self._is_sure(blamed, tests):
                found.flaky.add(blamed.test)
            elif blamed.test in blamed.change.fixed:
                found.fixes.add(blamed.test)
            else:
                run = self.runs.at(blamed.step, tests)
                found.breaks[blamed.test] = _failed(blamed.test, run)

    def _is_sure(self, blamed: Blamed, tests: str) -> bool:
        """Whether the test fails again and again, alone, where it failed: else it is flaky."""
        is_fixed = blamed.test in blamed.change.fixed
        failed_at = blamed.step - 1 if is_fixed else blamed.step
        ended = self.runs.at(failed_at, tests).endings.get(blamed.test)
        if ended in (None, Ending.HANGS):
            return True  # gone; or it would only cost the time again
        repeated = self.runs.again(failed_at, blamed.test, tests, _REPEATED)
        return all(run.endings.get(blamed.test) is not Ending.PASSED for run in repeated)

    def _cell(self, number: int) -> PatchTests:
        step = self.runs.steps.steps[number]
        found = self._effects.get(number, _PatchEffects())
        before, after, not_run = TestRun({}), TestRun({}), set[str]()
        for tests in step.tests:
            trees = self._trees(tests)
            old = self.runs.at(trees[trees.index(number) - 1], tests)
            new = self.runs.at(number, tests)
            not_run |= compare(old, new).not_run
            before, after = before.joined(old), after.joined(new)
        return PatchTests(
            step.name,
            len(after.endings),
            len(after.passing),
            tuple(found.breaks[test] for test in sorted(found.breaks)),
            tuple(sorted(found.fixes)),
            tuple(sorted(before.failing & after.failing)),
            tuple(sorted(found.flaky)),
            tuple(sorted(not_run)),
        )


def _failed(test: str, run: TestRun) -> FailedTest:
    """A test that is broken: one that is gone has no ending of its own."""
    ending = run.endings.get(test)
    output = run.details.get(test, "") if ending else "it is not there any more"
    return FailedTest(test, ending or Ending.MISSING, output[-_LONGEST_OUTPUT:])


def _reason(test: str, reasons: Mapping[str, str]) -> str:
    return next((why for name, why in reasons.items() if is_in(test, [name])), "")
