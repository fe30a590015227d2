"""How the tests of one run ended, and what differs between two runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LONGEST_DETAIL = 20_000
"""Characters that are kept of what one test wrote: the last ones."""


class Ending(StrEnum):
    """How one test ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    EXPECTED_FAILURE = "expected-failure"
    UNEXPECTED_SUCCESS = "unexpected-success"
    HANGS = "hangs"
    """It began, and was ended because it did not come to an end."""
    MISSING = "missing"
    """It is not there, and was there before."""

    @property
    def is_good(self) -> bool:
        """Whether a suite with this test is green."""
        return self in (Ending.PASSED, Ending.SKIPPED, Ending.EXPECTED_FAILURE)


def worse(before: Ending | None, ending: Ending) -> Ending:
    """The ending that counts of a test that ended twice: the first that is not good."""
    return ending if before is None or before.is_good else before


@dataclass(frozen=True, slots=True)
class TestRun:
    """The endings of the tests that ran, by id, and what those that failed wrote."""

    __test__ = False  # no test of ours

    endings: Mapping[str, Ending]
    details: Mapping[str, str] = field(default_factory=dict)
    unfinished: str | None = None
    """The test that had begun when the record ended."""
    stopped: str = ""
    """Why the run did not come to its end, in words; empty: it did."""

    @property
    def passing(self) -> frozenset[str]:
        """The tests that passed; a skipped one did not."""
        return frozenset(test for test, ending in self.endings.items() if ending is Ending.PASSED)

    @property
    def failing(self) -> frozenset[str]:
        """The tests that a suite is red for."""
        return frozenset(test for test, ending in self.endings.items() if not ending.is_good)

    def joined(self, other: TestRun) -> TestRun:
        """Both runs as one; where both have a test, *other*'s ending counts."""
        return TestRun(
            {**self.endings, **other.endings},
            {**self.details, **other.details},
            other.unfinished,
            other.stopped or self.stopped,
        )


@dataclass(frozen=True, slots=True)
class TestChange:
    """What became of the tests between two runs, *before* and *after* a patch."""

    __test__ = False

    broken: frozenset[str]
    """Passed before; fails, hangs, or is skipped now."""
    missing: frozenset[str]
    """Passed before, is gone now, and is in no file that the patch changes."""
    not_run: frozenset[str]
    """Passed before, and did not run now, because the run was stopped."""
    fixed: frozenset[str]
    """Failed before, passes now."""
    failing_before: frozenset[str]
    """Fails now, and failed before too."""
    new_failing: frozenset[str]
    """Fails now, and was not there before."""

    @property
    def faults(self) -> frozenset[str]:
        """All that the patch is to be blamed for."""
        return self.broken | self.missing | self.new_failing


def compare(before: TestRun, after: TestRun, own: Collection[str] = ()) -> TestChange:
    """What a patch did to the tests.

    :param own: the files of tests that the patch itself changes, as test ids begin: it may remove
        tests from them
    """
    absent = before.passing - after.endings.keys()
    return TestChange(
        broken=frozenset(
            test for test in before.passing & after.endings.keys() if test not in after.passing
        ),
        missing=frozenset(test for test in absent if not after.stopped and not is_in(test, own)),
        not_run=absent if after.stopped else frozenset(),
        fixed=before.failing & after.passing,
        failing_before=before.failing & after.failing,
        new_failing=after.failing - before.endings.keys(),
    )


def is_in(test: str, files: Collection[str]) -> bool:
    """Whether the test with the id *test* is in one of *files*, by the words that ids begin with.

    >>> is_in("nova.tests.test_db_api.Case.test_a", ["nova.tests.test_db"])
    False
    >>> is_in("tests/test_db.py::test_a", ["tests/test_db.py"])
    True
    """
    return any(test == file or test.startswith((f"{file}.", f"{file}::")) for file in files)
