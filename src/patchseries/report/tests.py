"""What the projects' own tests say of each patch, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from patchseries.counting import counted
from patchseries.report.table import TextTable
from patchseries.testing.report import PatchTests, StockFailure, TargetTests


def stock_table(tested: Sequence[TargetTests]) -> TextTable:
    """The tests of each stock tree: how many, how many pass and fail."""
    rows = [(t.project, t.base, str(t.tests), str(t.passed), str(len(t.failing))) for t in tested]
    head = ("project", "base", "tests before any patch", "passed", "failing")
    return TextTable(head, rows, names=2)


def outcome_lines(tested: Sequence[TargetTests], most: int) -> Iterator[tuple[str, str]]:
    """A line for each test that is worth one, with its style; of many alike only *most*."""
    for tests in tested:
        if tests.proves_nothing:
            words = f"no test of {tests.project} passes on {tests.base} before any patch"
            yield f"{words}: {_main_line(tests.failing[0].output)}", "bold red"
        for cell in tests.patches:
            yield from _cell_lines(tests, cell, most)
        yield from _stock_lines(tests, most)


def _cell_lines(tests: TargetTests, cell: PatchTests, most: int) -> Iterator[tuple[str, str]]:
    where = f"{cell.patch} on {tests.base}"
    if cell.reason:
        yield f"not run: {where}: {cell.reason}", "bold red"
    broken = [
        f"breaks: {where}: {one.test} ({one.ending}): {_main_line(one.output)}"
        for one in cell.breaks
    ]
    yield from _limited(broken, most, "bold red")
    yield from _limited([f"fixes: {where}: {test}" for test in cell.fixes], most, "green")
    yield from _limited([f"* flaky: {where}: {test}" for test in cell.flaky], most, "yellow")
    yield from _limited([f"not run: {where}: {test}" for test in cell.not_run], most, "bold red")


def _stock_lines(tests: TargetTests, most: int) -> Iterator[tuple[str, str]]:
    lines = [
        f"fails before any patch: {tests.project} {tests.base}: {one.test}"
        f" ({one.ending}){_reason(one, tests)}"
        for one in tests.failing
    ]
    yield from _limited(lines, most, "dim" if not tests.unexplained else "")


def _reason(failure: StockFailure, tests: TargetTests) -> str:
    if failure.reason:
        return f": {failure.reason}"
    return ": no reason is known" if tests.needs_reasons else ""


def _limited(lines: Sequence[str], most: int, style: str) -> Iterator[tuple[str, str]]:
    yield from ((line, style) for line in lines[:most])
    if len(lines) > most:
        yield f"… and {counted(len(lines) - most, 'more', 'more')} (--json lists all)", style


def _main_line(text: str) -> str:
    """The line of what a test wrote that says most: pytest's first, else the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if marked := [line for line in lines if line.startswith("E  ")]:
        return marked[0][1:].strip()[:200]
    return lines[-1][:200] if lines else "no output"


def tests_document(tested: Sequence[TargetTests]) -> dict[str, Any]:
    """The document of ``series test``."""
    return {
        "cells": [
            {
                "patch": cell.patch,
                "project": tests.project,
                "base": tests.base,
                "result": cell.result,
                **{k: v for k, v in asdict(cell).items() if k != "patch"},
            }
            for tests in tested
            for cell in tests.patches
        ],
        "stock": [
            {
                "project": tests.project,
                "base": tests.base,
                "tests": tests.tests,
                "passed": tests.passed,
                "failing": [asdict(one) for one in tests.failing],
            }
            for tests in tested
        ],
    }
