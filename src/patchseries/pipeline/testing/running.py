"""Running one file of tests in a tree, within bounds, and reading what it says."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from patchseries.environment import environment
from patchseries.errors import ProgramError
from patchseries.model import Target
from patchseries.pipeline.testing.suites import Suite, replaced
from patchseries.process.bounded import (
    MOST_OUTPUT,
    BoundedRun,
    Limits,
    RunEnd,
    run_bounded,
)
from patchseries.testing.formats import read_results
from patchseries.testing.outcomes import LONGEST_DETAIL, Ending, TestRun

_MOST_HANGING = 3
"""Tests of one file that hang: after that, the rest of it is not run."""
_NO_TESTS = 5  # pytest's exit status when it collected nothing
_FIRST = {False: "`command` in the manifest", True: "--wrap"}
"""Where the first word of a run comes from, by whether it is wrapped."""
_NOT_STARTED = (126, 127)  # how a shell, prlimit and the like end that found no such program
WHOLE = ""
"""The one file of tests, as it were, of a command without ``{tests}``."""
COMMAND = "the command"
"""The test that a command is which does not name tests."""


def run_tests(
    suite: Suite, target: Target, place: Path, tests: str, look: Callable[[], None] = lambda: None
) -> TestRun:
    """Run *tests* (a file, or what the command takes) in the tree at *place*.

    Where the command can leave out tests (``{except}``), one that hangs is, and the rest is run.
    """
    total, hanging = TestRun({}), list[str]()
    while True:
        run = _once(suite, target, place, (tests, hanging), look)
        total = total.joined(run)
        hung = run.unfinished
        if not (run.stopped and hung and suite.table.has("except")):
            return total
        hanging.append(hung)
        if len(hanging) == _MOST_HANGING:
            return total
        total = replace(total, stopped="", unfinished=None)


def _once(
    suite: Suite,
    target: Target,
    place: Path,
    what: tuple[str, Sequence[str]],
    look: Callable[[], None],
) -> TestRun:
    """One run of the command for *what*: the tests, and those to leave out."""
    tests, left_out = what
    # new names: what ran here before cannot have put a link in their place
    here = Path(tempfile.mkdtemp(dir=place, prefix="run-"))
    excepted = "".join(f"{test}\n" for test in left_out)
    (here / "except").write_text(excepted, "utf-8", "surrogateescape")
    values = {
        "place": str(place),
        "tree": str(place / "tree"),
        "tests": f"./{tests}" if tests.startswith("-") else tests,
        "results": str(here / "results"),
        "except": str(here / "except"),
        "environment": str(suite.environment or ""),
        "root": str(suite.root),
    }
    argv = [*replaced(suite.wrap, values), *replaced(suite.table.command, values)]
    out, err = here / "stdout", here / "stderr"
    watched = (here / "results",) if suite.table.has("results") else ()
    env = _environment(here, target)
    run = BoundedRun(argv, place / "tree", env, out, err, watched, place)
    end = run_bounded(run, _bounds(suite), look)
    results = read_results(suite.table.format, _written(*watched or (out,)))
    said = _tail(err) or _tail(out)
    if end.status in _NOT_STARTED and not results.endings:
        raise ProgramError(
            f"the tests of {target.project} cannot be started: {argv[0]}",
            cause=said[-300:],
            hint=f"correct {_FIRST[bool(suite.wrap)]}, or install the program",
        )
    return _judged(suite, tests or COMMAND, results, end, said)


def _environment(here: Path, target: Target) -> dict[str, str]:
    """What the tests see: a home and a temporary directory of their own, below *here*."""
    for name in ("home", "tmp"):
        (here / name).mkdir()
    return environment(
        {
            "HOME": str(here / "home"),
            "TMPDIR": str(here / "tmp"),
            "PYTHONUNBUFFERED": "1",
            "SERIES_PROJECT": target.project,
            "SERIES_BASE": target.base,
        }
    )


def _bounds(suite: Suite) -> Limits:
    table = suite.table
    memory = table.memory_limit and table.memory_limit << 20
    return Limits(table.time_limit, table.test_time_limit, memory)


def _judged(suite: Suite, name: str, run: TestRun, end: RunEnd, output: str) -> TestRun:
    """*run* with what the program's end says: of the test that had begun, else of all of it."""
    form = suite.table.format
    begun = run.unfinished if run.unfinished not in run.endings else None
    if end.stopped:
        endings = {**run.endings, begun or name: Ending.HANGS}
        details = {begun or name: end.stopped, **run.details}
        return replace(run, endings=endings, details=details, stopped=end.stopped)
    if form == "exit-status":
        passed = end.status == 0
        ending = Ending.PASSED if passed else Ending.FAILED
        return TestRun({name: ending}, {} if passed else {name: output})
    if begun is not None:  # it crashed in the middle of a test
        words = f"it ended with status {end.status} in this test"
        endings = {**run.endings, begun: Ending.ERROR}
        return TestRun(endings, {**run.details, begun: f"{words}\n{output}"}, None, words)
    empty = form == "pytest" and end.status == _NO_TESTS and not run.endings
    if (end.status and not run.failing and not empty) or run.stopped:
        words = run.stopped or f"it ended with status {end.status}"
        endings = {**run.endings, name: Ending.ERROR}
        return replace(run, endings=endings, details={**run.details, name: f"{words}\n{output}"})
    return run


def _written(path: Path, *, last: int = 0) -> bytes:
    """What the tests wrote to *path*, as much as is read; of what is no file nothing.

    :param last: only so many bytes, from the end
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return b""
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return b""
        with open(handle, "rb", closefd=False) as stream:
            stream.seek(max(0, status.st_size - last) if last else 0)
            return stream.read(MOST_OUTPUT)
    finally:
        os.close(handle)


def _tail(path: Path) -> str:
    return _written(path, last=LONGEST_DETAIL).decode("utf-8", "replace").strip()
