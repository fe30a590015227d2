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


def test_what_one_patch_of_many_does() -> None:
    cells = (PatchTests("p", 3, 3), PatchTests("q", 3, 3, fixes=("m.b",)))
    tests = TargetTests("project", "1.0", 3, 3, patches=cells)
    assert (tests.of("q"), tests.of("r")) == (cells[1], None)
    assert [cell.result for cell in cells] == ["passes", "fixes"]
    assert PatchTests("p", 3, 0, failing_before=("m.b",)).result == "none-passes"
    assert PatchTests("p", 3).word == "none passes"
    assert tests.target == ("project", "1.0")


def test_where_nothing_ran_nothing_is_proven_wrong() -> None:
    assert not TargetTests("project", "1.0").proves_nothing
    assert not TargetTests("project", "1.0", 1, 1).proves_nothing
    assert TargetTests("project", "1.0", 1).proves_nothing
    failing = (StockFailure("m.a", Ending.FAILED, "why"), StockFailure("m.b", Ending.FAILED))
    asked = TargetTests("project", "1.0", 3, 1, failing, needs_reasons=True)
    assert asked.unexplained == failing[1:]


@pytest.mark.parametrize("key", ["breaks", "fixes", "failing_before", "flaky", "not_run"])
def test_what_is_damaged_is_no_outcome(key: str) -> None:
    document = json.loads(
        json.dumps(to_document(TargetTests("o", "1", patches=(PatchTests("p"),))))
    )
    document["patches"][0][key] = 3
    with pytest.raises(ValueError, match="no outcome"):
        from_document(document)
