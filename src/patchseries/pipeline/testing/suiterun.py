"""`series test`: the tests of each project on each base, on stock and after each patch."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from patchseries.counting import counted
from patchseries.errors import UsageError
from patchseries.model import Target
from patchseries.pipeline.applying import ApplyInputs
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.testing.judging import Judge, files_of, trees_of
from patchseries.pipeline.testing.remembered import Outcomes
from patchseries.pipeline.testing.runs import Runs
from patchseries.pipeline.testing.steps import steps_of
from patchseries.progress import ProgressCallback
from patchseries.testing.outcomes import TestRun
from patchseries.testing.report import TargetTests

_CHUNK = 10
"""Files of tests that are run in one tree before another is made."""


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """``jobs``: runs at the same time. ``wrap``: words before each command of tests."""

    jobs: int = 1
    wrap: tuple[str, ...] = ()


def run_suites(
    session: Session, inputs: ApplyInputs, selection: Selection, options: SuiteOptions
) -> list[TargetTests]:
    """Run the tests of what is selected, as the manifest says; this runs the manifest's commands.

    What was run before is remembered in the cache, and is not run again.

    :raises UsageError: no selected project says how its tests are run
    """
    targets = tested_targets(inputs.series, selection)
    if not targets:
        raise UsageError(
            f"{inputs.series.manifest_path.name} does not say how tests are run",
            hint="add a table [project.NAME.tests] (`series manual testing`)",
        )
    return _Work(session, inputs, selection.patches).judged(targets, options)


def tested_targets(series: Series, selection: Selection) -> list[Target]:
    """The selected targets whose project says how its tests are run."""
    projects = series.manifest.projects
    return [t for t in selection.targets(series.manifest) if projects[t.project].tests]


@dataclass
class _Work:
    """The tests of several targets, run by several threads."""

    session: Session
    inputs: ApplyInputs
    named: tuple[str, ...]

    def judged(self, targets: list[Target], options: SuiteOptions) -> list[TargetTests]:
        progress = _Counter(self.session.progress)
        all_runs = [self._runs(target, options, progress) for target in targets]
        for suite in {id(runs.suite.table): runs.suite for runs in all_runs}.values():
            suite.set_up(self.session.progress)
        tasks = [task for runs in all_runs for task in self._tasks(runs)]
        progress.expect(sum(len(files) for _, _, files in tasks))
        with _pool(options.jobs, progress) as pool:
            futures = [pool.submit(runs.make, number, files) for runs, number, files in tasks]
            for future in futures:
                future.result()
            judges = [pool.submit(Judge(runs, self.named).judge) for runs in all_runs]
            judged = [future.result() for future in judges]
        if not self.named and self.inputs.is_as_on_disk:
            for tests in judged:
                url = self.inputs.series.manifest.projects[tests.project].repository
                self._outcomes.remember(tests, self.inputs.pins[url, tests.base])
        return judged

    @property
    def _outcomes(self) -> Outcomes:
        return Outcomes(self.session.cache, self.inputs.series)

    def _runs(self, target: Target, options: SuiteOptions, progress: _Counter) -> Runs:
        suite = self._outcomes.suite(target.project, options.wrap)
        assert suite is not None
        self.session.progress(f"reading the trees of {target.project} on {target.base}")
        steps = steps_of(self.inputs, target, suite.table)
        look, ran = progress.look, progress.ran
        return Runs(suite, self.session.cache, self.inputs.repository, steps, look, ran)

    def _tasks(self, runs: Runs) -> Iterator[tuple[Runs, int, list[str]]]:
        """What is to be run: on which tree, which files of tests."""
        steps = runs.steps.steps
        missing: dict[int, list[str]] = {}
        for tests in files_of(steps, self.named):
            for number in trees_of(tests, steps, self.named):
                if not runs.is_known(number, tests):
                    missing.setdefault(number, []).append(tests)
        for number, files in sorted(missing.items()):
            for start in range(0, len(files), _CHUNK):
                yield runs, number, files[start : start + _CHUNK]


# Progress -----------------------------------------------------------------------------------------


class _EndedError(Exception):
    """The command is being ended: no more is run."""


@dataclass
class _Counter:
    """Counts the files of tests that ran, and says so; ends the programs that run."""

    progress: ProgressCallback
    expected: int = 0
    done: int = 0
    tests: int = 0
    failing: int = 0
    started: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, number: int) -> None:
        self.expected = number
        self.started = time.monotonic()
        if number:
            self.progress(f"{counted(number, 'test run')} to make")

    def look(self) -> None:
        if self.ended.is_set():
            raise _EndedError

    def ran(self, run: TestRun) -> None:
        with self.lock:
            self.done += 1
            self.tests += len(run.endings)
            self.failing += len(run.failing)
            self.progress(self._words())

    def _words(self) -> str:
        words = f"{counted(self.tests, 'test')} ran, {self.failing} failing"
        if self.done > self.expected:
            return f"{words}; running again what failed"
        left = (time.monotonic() - self.started) / self.done * (self.expected - self.done)
        return f"[{self.done}/{self.expected}] {words}; {_time_words(left)} left"


def _time_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


@contextmanager
def _pool(jobs: int, counter: _Counter) -> Iterator[ThreadPoolExecutor]:
    """Threads that stop, with the programs they run, when the block is left by an exception."""
    pool = ThreadPoolExecutor(jobs)
    try:
        yield pool
    except BaseException:
        counter.ended.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
