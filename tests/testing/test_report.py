"""What came out: the words of a cell, what is good, and the round trip to the cache."""

from __future__ import annotations

import json

import pytest

from patchseries.testing.outcomes import Ending
from patchseries.testing.report import (
    FailedTest,
    PatchTests,
    StockFailure,
    TargetTests,
    from_document,
    to_document,
)

BROKEN = FailedTest("m.a", Ending.FAILED, "boom")


@pytest.mark.parametrize(
    ("cell", "word", "good"),
    [
        (PatchTests("p", 3, 3), "passes", True),
        (PatchTests("p"), "no tests", True),
        (PatchTests("p", 3, 2, breaks=(BROKEN,), fixes=("m.b",)), "breaks 1", False),
        (PatchTests("p", 3, 3, fixes=("m.b",)), "fixes 1", True),
        (PatchTests("p", 3, 0, failing_before=("m.b",)), "none passes", True),
        (PatchTests("p", reason="conflict: no patch file"), "not run", False),
        (PatchTests("p", 1, 1, not_run=("m.b",)), "not run", False),
    ],
)
def test_the_word_of_a_cell(cell: PatchTests, word: str, good: bool) -> None:
    assert cell.word == word
    assert TargetTests("project", "1.0", 3, 3, patches=(cell,)).is_good is good


def test_what_fails_on_stock_needs_a_reason_where_reasons_are_listed() -> None:
    failing = (StockFailure("m.a", Ending.FAILED),)
    assert TargetTests("project", "1.0", 2, 1, failing).is_good
    assert not TargetTests("project", "1.0", 2, 1, failing, needs_reasons=True).is_good


def test_a_suite_that_never_passes_proves_nothing() -> None:
    assert not TargetTests("project", "1.0", 1, 0, (StockFailure("m.a", Ending.ERROR),)).is_good


def test_what_is_kept_is_read() -> None:
    cell = PatchTests("p", 3, 2, (BROKEN,), ("m.b",), ("m.c",), ("m.d",), ("m.e",), "why")
    tests = TargetTests("project", "1.0", 3, 2, (StockFailure("m.c", Ending.HANGS),), (cell,), True)
    assert from_document(json.loads(json.dumps(to_document(tests)))) == tests


@pytest.mark.parametrize("document", [{}, {"patches": [{}], "failing": []}, {"patches": 3}])
def test_what_is_no_outcome(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no outcome"):
        from_document(document)
