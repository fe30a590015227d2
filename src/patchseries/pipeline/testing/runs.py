"""The runs of one project's tests on the trees of one base: remembered, or made now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from patchseries.git import Repository
from patchseries.pipeline.testing.results import Results, key_of
from patchseries.pipeline.testing.running import run_tests
from patchseries.pipeline.testing.steps import PatchedTrees
from patchseries.pipeline.testing.suites import Suite
from patchseries.pipeline.testing.worktrees import work_tree
from patchseries.sources import Cache
from patchseries.testing.outcomes import TestRun


@dataclass(frozen=True)
class Runs:
    """Runs files of tests on the trees of *steps*.

    :ivar look: is called while a program runs; what it raises ends the program
    :ivar ran: is given each run that was made
    """

    suite: Suite
    cache: Cache
    repository: Repository
    steps: PatchedTrees
    look: Callable[[], None] = lambda: None
    ran: Callable[[TestRun], None] = lambda _: None

    @property
    def _results(self) -> Results:
        return Results(self.cache.root / "tests" / "results")

    def is_known(self, number: int, tests: str) -> bool:
        """Whether *tests* were run on that tree, or are not there."""
        if tests not in self.steps.steps[number].there:
            return True
        return self._results.kept(self._key(number, tests, 0)) is not None

    def at(self, number: int, tests: str) -> TestRun:
        """The run of one file of tests on the tree *number*; empty where there is no such file."""
        if tests not in self.steps.steps[number].there:
            return TestRun({})
        kept = self._results.kept(self._key(number, tests, 0))
        return kept or self.make(number, [tests])[0]

    def again(self, number: int, test: str, tests: str, times: int) -> list[TestRun]:
        """The runs of one *test* of the file *tests* alone: of the file, where ids say too little.

        Only pytest's ids are what its command takes.
        """
        alone = test if self.suite.table.format == "pytest" and "::" in test else tests
        return [self.make(number, [alone], again)[0] for again in range(1, times + 1)]

    def make(self, number: int, names: Sequence[str], again: int = 0) -> list[TestRun]:
        """Run *names* (files of tests, or ids) on one tree, one after the other."""
        keys = [self._key(number, name, again) for name in names]
        kept = [run for key in keys if (run := self._results.kept(key))]
        if len(kept) == len(names):
            return kept
        runs = []
        tree = self.steps.steps[number].tree
        with work_tree(self.repository, tree, self.cache.scratch) as place:
            for name, key in zip(names, keys, strict=True):
                make = partial(run_tests, self.suite, self.steps.target, place, name, self.look)
                run = self._results.run(key, make)
                self.ran(run)
                runs.append(run)
        return runs

    def _key(self, number: int, name: str, again: int) -> tuple[str, ...]:
        return key_of(self.suite.digest, self.steps.steps[number].tree, name, again)
