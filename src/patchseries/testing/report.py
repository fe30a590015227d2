"""What came out for a series: of each patch on each base, and of each base before any patch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from patchseries.model import Target
from patchseries.testing.outcomes import Ending


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A test that fails: its id, how, and the end of what it wrote."""

    test: str
    ending: Ending
    output: str = ""


@dataclass(frozen=True, slots=True)
class PatchTests:
    """What one patch does to the tests on one base.

    :ivar tests: how many ran on the tree after it; ``passed`` of them passed
    :ivar failing_before: fail now, and failed before the patch too
    :ivar not_run: passed before, and did not run, because the run was stopped
    :ivar reason: why nothing was run
    """

    patch: str
    tests: int = 0
    passed: int = 0
    breaks: tuple[FailedTest, ...] = ()
    fixes: tuple[str, ...] = ()
    failing_before: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()
    reason: str = ""

    @property
    def word(self) -> str:
        """The cell of the table."""
        if self.breaks:
            return f"breaks {len(self.breaks)}"
        if self.reason or self.not_run:
            return "not run"
        if self.fixes:
            return f"fixes {len(self.fixes)}"
        if self.tests and not self.passed:
            return "none passes"
        return "passes" if self.tests else "no tests"

    @property
    def result(self) -> str:
        """The word without its number, for programs: ``breaks``, ``not-run``."""
        return self.word.rstrip("0123456789 ").replace(" ", "-")


@dataclass(frozen=True, slots=True)
class StockFailure:
    """A test that fails without any patch, and why, where that is known."""

    test: str
    ending: Ending
    reason: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class TargetTests:
    """One project on one base: its stock tree, and the patches in series order."""

    project: str
    base: str
    tests: int = 0
    passed: int = 0
    failing: tuple[StockFailure, ...] = ()
    patches: tuple[PatchTests, ...] = ()
    needs_reasons: bool = False
    """Whether a test that fails on stock needs a known reason."""

    @property
    def target(self) -> Target:
        """The project and the base."""
        return Target(self.project, self.base)

    def of(self, patch: str) -> PatchTests | None:
        """What is said of *patch*; None: nothing, it changes nothing on this base."""
        return next((cell for cell in self.patches if cell.patch == patch), None)

    @property
    def unexplained(self) -> tuple[StockFailure, ...]:
        """The tests that fail on stock and need a reason that is not there."""
        return tuple(one for one in self.failing if self.needs_reasons and not one.reason)

    @property
    def proves_nothing(self) -> bool:
        """Whether not one test passes on stock: the command, or its environment, is wrong."""
        return self.tests > 0 and not self.passed

    @property
    def is_good(self) -> bool:
        """Whether no patch breaks a test, all ran, and what fails on stock has its reason."""
        bad = any(cell.breaks or cell.not_run or cell.reason for cell in self.patches)
        return not (bad or self.unexplained or self.proves_nothing)


def to_document(tests: TargetTests) -> dict[str, Any]:
    """*tests* as JSON has it: ``from_document(to_document(tests)) == tests``."""
    return asdict(tests)


def from_document(document: Mapping[str, Any]) -> TargetTests:
    """What *document* holds.

    :raises ValueError: it is none of :func:`to_document`
    """
    try:
        values = dict(document)
        values["patches"] = tuple(_patch(row) for row in values["patches"])
        values["failing"] = tuple(
            StockFailure(**row | {"ending": Ending(row["ending"])}) for row in values["failing"]
        )
        return TargetTests(**values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is no outcome of tests") from error


def _patch(row: Mapping[str, Any]) -> PatchTests:
    values = dict(row)
    values["breaks"] = tuple(
        FailedTest(**one | {"ending": Ending(one["ending"])}) for one in values["breaks"]
    )
    for key in ("fixes", "failing_before", "flaky", "not_run"):
        values[key] = tuple(map(str, values[key]))
    return PatchTests(**values)
