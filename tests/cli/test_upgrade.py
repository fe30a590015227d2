"""What is said of an upgrade: the patches, the package, and what to type next."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from patchseries.cli.common import Given
from patchseries.cli.upgrade import show_result
from patchseries.model import CommitId, Conflict, Outcome, Target, TreeId
from patchseries.pipeline.rebased import RebasedCell
from patchseries.pipeline.upgrading.notes import PatchNote
from patchseries.pipeline.upgrading.upgrade import UpgradeResult
from patchseries.port.adaptation import NOTHING_TAKEN
from patchseries.port.result import PortResult

ASKED = Given(color="never")
TREE = TreeId("a" * 40)


def cell(patch: str, outcome: Outcome, *reasons: str) -> RebasedCell:
    conflicts = tuple(Conflict("a", 1, reason) for reason in reasons)
    return RebasedCell(patch, "oven", "2.0", PortResult(outcome, TREE, conflicts=conflicts), TREE)


def upgrade(*cells: RebasedCell, notes: tuple[PatchNote, ...] = (), **more: Any) -> UpgradeResult:
    return UpgradeResult(Target("oven", "2.0"), "2.0-1", cells, notes, **more)


def series(made_for: str | None = None) -> Any:
    projects = {"oven": SimpleNamespace(made_for=made_for)}
    return SimpleNamespace(name="demo", manifest=SimpleNamespace(projects=projects))


def packaging(*unported: str) -> Any:
    package = SimpleNamespace(version="2.0-1")
    return SimpleNamespace(
        entry="oven (2.0-1)\n\n  * New.\n", unported=list(unported), packaging=package
    )


def told(
    capsys: pytest.CaptureFixture[str],
    result: UpgradeResult,
    asked: Given = ASKED,
    written: tuple[str, ...] = (),
    made_for: str | None = None,
) -> tuple[list[str], list[str]]:
    show_result(result, series(made_for), asked, written)
    out, err = capsys.readouterr()
    return out.splitlines(), [line.removeprefix("series: ") for line in err.splitlines()]


NOTES = (
    PatchNote("fans", "fans.patch", "adapted", "by imports"),
    PatchNote(None, "old.patch", "merged", "in 2.0", "drop it", CommitId("b" * 40)),
    PatchNote("door", "door.patch", "adapted"),
)


def test_the_table_the_entry_and_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    result = upgrade(notes=NOTES, packaging=packaging("x", "y"), changed=("a",))
    out, err = told(capsys, result)
    assert out == [
        "patch       on 2.0",
        "fans.patch  adapted  by imports",
        "old.patch   merged   in 2.0",
        "door.patch  adapted",
        "oven on 2.0: 2 adapted, 1 merged",
        "",
        "oven (2.0-1)",
        "",
        "  * New.",
        "",
    ]
    assert err == ["1 file written", "not ported, only in another vendor's series file: x, y"]
    out, err = told(capsys, upgrade(), Given(dry_run=True, color="never"))
    assert (out, err) == (
        ["oven on 2.0: no patches"],
        ["nothing changed in series/ or patches/"],
    )


@pytest.mark.parametrize(("count", "more"), [(3, ""), (4, " and 1 more")])
def test_what_was_written_in_place(
    count: int, more: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, err = told(capsys, upgrade(), written=tuple("abcd"[:count]))
    assert err == [
        f"written, not committed: a, b, c{more}",
        "read `git diff debian/`, then commit it; `git checkout debian/` takes it back",
    ]


def test_what_to_type_after_a_conflict(capsys: pytest.CaptureFixture[str]) -> None:
    stuck = upgrade(
        cell("fans", Outcome.CONFLICT, "x"), cell("door", Outcome.CONFLICT, NOTHING_TAKEN)
    )
    _, err = told(capsys, stuck)
    assert err[1:] == [
        "→ fans: series why fans demo --onto 2.0",
        f"→ door: {NOTHING_TAKEN}",
        "no package was made: resolve the conflicts (`series resolve fans demo --onto 2.0`),"
        " then run this command again",
    ]
    _, err = told(capsys, stuck, Given(dry_run=True, color="never"))
    assert err[1:] == [
        "run this command without --dry-run: then these patches can be looked at",
    ]


@pytest.mark.parametrize(
    ("made_for", "place"), [(None, "--onto 2.0"), ("1.0", "--from 1.0 --to 2.0")]
)
def test_what_to_type_after_a_port_that_is_to_be_read(
    made_for: str | None, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    adapted = upgrade(cell("fans", Outcome.ADAPTED), cell("door", Outcome.CLEAN))
    _, err = told(capsys, adapted, made_for=made_for)
    assert err[1:] == [
        "adapted, please read: fans",
        f"`series diff fans demo {place}` shows the port; `series accept fans demo` signs it off",
    ]
    _, err = told(capsys, adapted, Given(dry_run=True, color="never"))
    assert err[2:] == ["run this command without --dry-run: then these patches can be looked at"]
    _, err = told(capsys, upgrade(cell("door", Outcome.CLEAN)), Given(dry_run=True))
    assert err[1:] == []


def test_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    result = upgrade(
        cell("fans", Outcome.CONFLICT, "x"), notes=NOTES[1:2], changed=("a",), orig="made"
    )
    show_result(result, series(), Given(as_json=True), ["debian/changelog"])
    assert json.loads(capsys.readouterr().out) == {
        "schema": 2,
        "ok": False,
        "project": "oven",
        "base": "2.0",
        "patches": [
            {
                "name": None,
                "file": "old.patch",
                "status": "merged",
                "words": "in 2.0",
                "commit": "b" * 40,
                "changelog": "drop it",
            }
        ],
        "version": None,
        "entry": None,
        "unported": [],
        "orig": "made",
        "package": None,
        "changed": ["a"],
        "written": ["debian/changelog"],
    }
    show_result(upgrade(packaging=packaging()), series(), Given(as_json=True), [])
    document = json.loads(capsys.readouterr().out)
    assert (document["ok"], document["version"], document["orig"]) == (True, "2.0-1", None)
