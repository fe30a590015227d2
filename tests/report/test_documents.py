"""The rows of the JSON documents: no field of a value is lost on the way."""

from __future__ import annotations

from dataclasses import asdict, fields

from patchseries.checks.alike import SharedFinding
from patchseries.landed.newer import NewReleases, TriedPatch
from patchseries.lock import Cell, InBase
from patchseries.model import CommitId, Conflict, Finding, Outcome, Severity, Sides, TreeId
from patchseries.port.result import PortResult, Proposal
from patchseries.report.documents import (
    base_rows,
    cell_row,
    chain_document,
    checked_rows,
    finding_rows,
    new_release_rows,
    port_document,
)

UPSTREAM, BASE = CommitId("c" * 40), CommitId("d" * 40)


def test_a_port_tells_every_field_of_a_finding() -> None:
    finding = Finding("x", Severity.WARNING, "m", "p", "f.py", 3, "look", "1.0")
    result = PortResult(
        Outcome.ADAPTED,
        TreeId("b" * 40),
        findings=(finding,),
        conflicts=(Conflict("f.py", 1, "both changed it"),),
    )
    document = port_document(UPSTREAM, BASE, result)
    assert document["findings"] == finding_rows([finding])
    assert set(document["findings"][0]) == {field.name for field in fields(Finding)}
    assert document["conflicts"] == [{"path": "f.py", "hunks": 1, "reason": "both changed it"}]


def test_a_port_in_conflict_is_not_ok_and_shows_each_side_of_its_region() -> None:
    proposal = Proposal(
        "f.py", 3, "key", Sides("a\n", "b\n", "c\n"), (("one", "b\nc\n"), ("two", "c\nb\n")), "one"
    )
    result = PortResult(Outcome.CONFLICT, None, ("paths",), True, proposals=(proposal,))
    assert port_document(UPSTREAM, BASE, result) == {
        "schema": 1,
        "ok": False,
        "upstream": UPSTREAM,
        "onto": BASE,
        "outcome": "conflict",
        "tree": None,
        "strategies": ["paths"],
        "review": True,
        "findings": [],
        "conflicts": [],
        "proposals": [
            {
                "path": "f.py",
                "line": 3,
                "base": "a\n",
                "ours": "b\n",
                "theirs": "c\n",
                "candidates": [
                    {"rule": "one", "text": "b\nc\n"},
                    {"rule": "two", "text": "c\nb\n"},
                ],
                "taken": "one",
            }
        ],
    }


def test_a_change_after_its_prerequisites_has_them_in_its_document() -> None:
    needed = PortResult(Outcome.CLEAN, TreeId("b" * 40))
    assert port_document(UPSTREAM, BASE, needed)["ok"]
    assert chain_document({"ok": True}, [(BASE, "Add it", True, needed)], 7) == {
        "ok": True,
        "prerequisites": [
            {
                "commit": BASE,
                "subject": "Add it",
                "outcome": "clean",
                "tree": "b" * 40,
                "only_adds": True,
                "findings": [],
            }
        ],
        "merges_tried": 7,
    }


def test_a_finding_on_many_patches_names_them_and_has_the_fields_of_any_other() -> None:
    one = Finding("x", Severity.NOTE, "m", "p", base="1.0")
    many = SharedFinding("x", Severity.NOTE, "m", patches=("p", "q"), words="w")
    rows = checked_rows([one, many])
    assert [row["patches"] for row in rows] == [["p"], ["p", "q"]]
    assert all(set(row) == {f.name for f in fields(Finding)} | {"patches"} for row in rows)
    assert {key: value for key, value in rows[0].items() if key != "patches"} == asdict(one)


IN_BASE = InBase(BASE, "change-id")
ROW = {"commit": BASE, "evidence": "change-id"}


def test_a_cell_of_a_rebase() -> None:
    cell = Cell(Outcome.ALREADY_APPLIED, ("paths",), "0" * 64, in_base=IN_BASE)
    assert cell_row("fans", "oven", "1.0", cell, "p/fans.patch") == {
        "patch": "fans",
        "project": "oven",
        "base": "1.0",
        "outcome": "already-applied",
        "strategies": ["paths"],
        "file": "p/fans.patch",
        "sha256": "0" * 64,
        "in_base": ROW,
    }
    assert cell_row("fans", "oven", "1.0", Cell(Outcome.EMPTY), None)["in_base"] is None


def test_the_bases_that_contain_a_patch() -> None:
    contained = {("fans", "1.0"): IN_BASE, ("door", "1.0"): IN_BASE, ("fans", "1.1"): IN_BASE}
    assert base_rows("fans", contained) == [{"base": b, **ROW} for b in ("1.0", "1.1")]


def test_releases_that_appeared() -> None:
    tried = (
        TriedPatch("fans", Outcome.CLEAN),
        TriedPatch("door", Outcome.ALREADY_APPLIED, IN_BASE),
    )
    new = [NewReleases("oven", ("1.1", "1.2"), tried), NewReleases("pan", ("9",), untried="none")]
    assert new_release_rows(new) == [
        {
            "project": "oven",
            "releases": ["1.1", "1.2"],
            "patches": [
                {"name": "fans", "outcome": "clean", "in_base": None},
                {"name": "door", "outcome": "already-applied", "in_base": ROW},
            ],
            "untried": None,
        },
        {"project": "pan", "releases": ["9"], "patches": [], "untried": "none"},
    ]
