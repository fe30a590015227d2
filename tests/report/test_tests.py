"""What is said of tests: each kind of result has its line, and of many alike a few are shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patchseries.report import tests as shown_tests
from patchseries.report.tests import outcome_lines, stock_table
from patchseries.testing.outcomes import Ending
from patchseries.testing.report import FailedTest, PatchTests, StockFailure, TargetTests

BROKEN = FailedTest("m.a", Ending.FAILED, "first\n  last  \n\n")
FAILING = StockFailure("m.c", Ending.ERROR, output="E   boom\nlast")
CELL = PatchTests(
    "p", 5, 2, breaks=(BROKEN,), fixes=("m.b",), flaky=("m.d",), not_run=("m.e",), reason="why"
)
TESTS = TargetTests("oven", "1.0", 5, 2, (FAILING,), (CELL,))


def test_each_kind_has_its_line_and_its_colour() -> None:
    assert list(outcome_lines([TESTS], 9)) == [
        ("not run: p on 1.0: why", "bold red"),
        ("breaks: p on 1.0: m.a (failed): last", "bold red"),
        ("fixes: p on 1.0: m.b", "green"),
        ("* flaky: p on 1.0: m.d", "yellow"),
        ("not run: p on 1.0: m.e", "bold red"),
        ("fails before any patch: oven 1.0: m.c (error)", "dim"),
    ]
    assert list(outcome_lines([TargetTests("oven", "1.0", 5, 5, (), (PatchTests("p"),))], 9)) == []


@pytest.mark.parametrize(
    ("needs_reasons", "reason", "line", "style"),
    [
        (True, "", "m.c (error): no reason is known", ""),
        (True, "old", "m.c (error): old", "dim"),
        (False, "old", "m.c (error): old", "dim"),
    ],
)
def test_what_fails_before_any_patch_stands_out_where_its_reason_is_missing(
    needs_reasons: bool, reason: str, line: str, style: str
) -> None:
    tests = TargetTests(
        "oven", "1.0", 5, 2, (replace(FAILING, reason=reason),), needs_reasons=needs_reasons
    )
    assert list(outcome_lines([tests], 9)) == [(f"fails before any patch: oven 1.0: {line}", style)]


def test_a_suite_that_proves_nothing_is_told_first_with_what_it_wrote() -> None:
    first = next(iter(outcome_lines([replace(TESTS, passed=0)], 9)))
    assert first == ("no test of oven passes on 1.0 before any patch: boom", "bold red")


@pytest.mark.parametrize(("count", "more"), [(2, None), (3, "… and 1 more (--json lists all)")])
def test_of_many_alike_a_few_are_shown(count: int, more: str | None) -> None:
    cell = PatchTests("p", fixes=tuple(f"m.{n}" for n in range(count)))
    lines = [line for line, _ in outcome_lines([TargetTests("oven", "1.0", patches=(cell,))], 2)]
    assert lines[:2] == ["fixes: p on 1.0: m.0", "fixes: p on 1.0: m.1"]
    assert lines[2:] == ([more] if more else [])


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("", "no output"),
        (" \n", "no output"),
        ("a\nb\n\n", "b"),
        ("E  first\nE  second\nlast", "first"),
        ("E one letter", "E one letter"),
        ("x" * 300, "x" * 200),
        ("E  " + "x" * 300, "x" * 200),
    ],
)
def test_the_line_that_says_most(output: str, line: str) -> None:
    cell = PatchTests("p", breaks=(replace(BROKEN, output=output),))
    ((shown, _),) = outcome_lines([TargetTests("oven", "1.0", patches=(cell,))], 9)
    assert shown == f"breaks: p on 1.0: m.a (failed): {line}"


def test_the_table_and_the_document_tell_every_number() -> None:
    table = stock_table([TESTS, replace(TESTS, base="1.1", failing=())])
    assert [list(row) for row in table.rows] == [
        ["oven", "1.0", "5", "2", "1"],
        ["oven", "1.1", "5", "2", "0"],
    ]
    assert table.head[: table.names] == ("project", "base")
    document = shown_tests.tests_document([TESTS])
    (cell,) = document["cells"]
    assert (cell["patch"], cell["project"], cell["base"], cell["result"]) == (
        "p",
        "oven",
        "1.0",
        "breaks",
    )
    assert (cell["tests"], cell["passed"], cell["not_run"]) == (5, 2, ("m.e",))
    assert document["stock"] == [
        {
            "project": "oven",
            "base": "1.0",
            "tests": 5,
            "passed": 2,
            "failing": [
                {"test": "m.c", "ending": "error", "reason": "", "output": "E   boom\nlast"}
            ],
        }
    ]
