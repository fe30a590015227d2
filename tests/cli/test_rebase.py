"""What people read of ported patches: conflicts, what bases contain, what will not run."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from patchseries.cli.common import Given
from patchseries.cli.rebase import show_cells, show_findings, show_notes
from patchseries.cli.rebaseall import show_all
from patchseries.errors import SeriesError
from patchseries.lock import Acceptance, InBase
from patchseries.model import CommitId, Conflict, Finding, Outcome, PortCode, Severity, TreeId
from patchseries.pipeline.mergedin import MergedIn
from patchseries.pipeline.rebaseall import SeriesRebase
from patchseries.pipeline.rebased import Answer, RebasedCell
from patchseries.port.result import PortResult

ASKED = Given(color="never")
TREE, COMMIT = TreeId("a" * 40), CommitId("b" * 40)


def cell(patch: str, base: str, outcome: Outcome, **more: Any) -> RebasedCell:
    result = PortResult(outcome, TREE, **more)
    return RebasedCell(patch, "oven", base, result, TREE)


CLEAN = cell("door", "1.0", Outcome.CLEAN)
ADAPTED = cell("fans", "1.0", Outcome.ADAPTED)
STUCK = cell(
    "fans", "1.1", Outcome.CONFLICT, conflicts=(Conflict("a.py", 1, "CONFLICT (contents)"),)
)
CONTAINED = [
    replace(cell("heat", base, Outcome.ALREADY_APPLIED), answer=Answer(in_base=found))
    for base, found in (
        ("1.0", InBase(COMMIT, "change-id")),
        ("1.1", InBase(COMMIT, "change-id")),
        ("1.2", InBase(CommitId("c" * 40), "commit")),
    )
]
SYNTAX = Finding(PortCode.SYNTAX, Severity.WARNING, "does not parse", "fans", "a.py", 3)
FAILING = cell("tray", "1.0", Outcome.ADAPTED, findings=(SYNTAX, replace(SYNTAX, line=None)))
SIGNED = replace(FAILING, accepted=Acceptance("Ada", "2013-07-01", "d"))


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_notes_of_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    show_notes([CLEAN, ADAPTED, STUCK, *CONTAINED, FAILING], "demo", ASKED)
    assert lines(capsys) == [
        "already in: heat on 1.0, 1.1: bbbbbbbbbbbb (change-id)",
        "already in: heat on 1.2: cccccccccccc (commit)",
        "will not run: tray on 1.0: a.py:3: does not parse (and 1 more)",
        "conflict: fans on 1.1: a.py (contents)",
        "→ `series why fans demo --onto 1.1` shows why",
        "* adapted: read it (`series diff PATCH demo`), then `series accept PATCH demo`",
    ]


def test_what_is_signed_off_or_clean_needs_no_note(capsys: pytest.CaptureFixture[str]) -> None:
    show_notes([CLEAN, SIGNED], "demo", ASKED)
    assert lines(capsys) == []
    placeless = cell("tray", "1.0", Outcome.CLEAN, findings=(replace(SYNTAX, line=None),))
    show_notes([placeless], "demo", ASKED)
    assert lines(capsys) == ["will not run: tray on 1.0: a.py: does not parse"]


def test_the_table_and_its_counts(capsys: pytest.CaptureFixture[str]) -> None:
    show_cells([ADAPTED, STUCK, CLEAN], "demo", ASKED)
    assert lines(capsys)[:5] == [
        "patch  project  1.0       1.1",
        "fans   oven     adapted*  conflict",
        "door   oven     clean",
        "",
        "3 cells: 1 adapted, 1 conflict, 1 clean",
    ]


def test_which_commits_have_it_and_what_else_is_to_be_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    merged = {
        ("a", "1.0"): MergedIn(COMMIT, "0.9", "change-id"),
        ("b", "1.0"): MergedIn(COMMIT, None, "the same lines"),
        ("c", "1.0"): MergedIn(None, None, "its lines are there"),
    }
    findings = (
        Finding("x", Severity.NOTE, "look", "a"),
        Finding("x", Severity.WARNING, "at this"),
    )
    ported: Any = SimpleNamespace(findings=findings)
    show_findings(SeriesRebase("demo", None, ported, merged), ASKED)
    assert lines(capsys) == [
        "merged: a on 1.0: bbbbbbbbbbbb, first in 0.9 (change-id)",
        "merged: b on 1.0: bbbbbbbbbbbb (the same lines)",
        "note: a: look",
        "warning: at this",
    ]
    show_findings(SeriesRebase("demo"), ASKED)
    assert lines(capsys) == []


def rebased(name: str, *cells: RebasedCell, findings: tuple[Finding, ...] = ()) -> SeriesRebase:
    ported: Any = SimpleNamespace(
        rebased=SimpleNamespace(cells=cells),
        findings=findings,
        changed=["x"],
        conflicts=[one for one in cells if one.result.conflicts],
    )
    return SeriesRebase(name, None, ported)


def test_every_series_in_one_summary(capsys: pytest.CaptureFixture[str]) -> None:
    results = [
        rebased("calm", CLEAN),
        rebased("noted", CLEAN, findings=(Finding("x", Severity.NOTE, "look"),)),
        rebased("stuck", STUCK, CLEAN),
        rebased("unread", ADAPTED, ADAPTED),
        SeriesRebase("broken", error=SeriesError("no manifest")),
    ]
    assert show_all(results, ASKED) == 3
    out, err = capsys.readouterr()
    assert err == "series: broken: no manifest\n"
    assert out.splitlines() == [
        "series  cells  result",
        "calm    1      1 clean",
        "noted   1      1 clean",
        "stuck   2      1 conflict, 1 clean",
        "unread  2      2 adapted*",
        "broken         failed (3)",
        "",
        "noted:",
        "note: look",
        "",
        "stuck:",
        "conflict: fans on 1.1: a.py (contents)",
        "→ `series why fans stuck --onto 1.1` shows why",
        "",
        "unread:",
        "* adapted: read it (`series diff PATCH unread`), then `series accept PATCH unread`",
        "",
        "5 series: 3 without conflict, 1 with conflicts, 1 failed; 4 files written",
    ]
    assert show_all(results[:1], Given(dry_run=True, color="never")) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "1 series: 1 without conflict; 1 file would change"
    assert show_all([], ASKED) == 0
