"""What people read of a conflict: where it comes from, what would help, and what can be taken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from patchseries.cli.common import Given
from patchseries.cli.resolve import region_rows, removal, show_regions
from patchseries.cli.why import show_why, why_document
from patchseries.model import CommitId, Sides
from patchseries.pipeline.conflict.conflicts import RegionChoice
from patchseries.pipeline.conflict.why import CommitFacts
from patchseries.port.prerequisites import Origin, Prerequisites, Why
from patchseries.resolution.conflict import OpenFile

ASKED = Given(color="never")
A, B = CommitId("a" * 40), CommitId("b" * 40)
FACTS = {
    A: CommitFacts(A, "Add it", "2013-01-01", "1.0"),
    B: CommitFacts(B, "Move it", "2013-02-01", None),
}
REGION = Sides((b"old\n",), (b"ours\n",), (b"x\n", b"y\n"))
ALL = frozenset({"ancestor", "ours", "theirs"})
TEXT = OpenFile("f.py", ALL, "100644", ((b"top\n",), REGION))
LONG = tuple(b"line %d\n" % n for n in range(13))


def conflict(*files: OpenFile, choices: tuple[RegionChoice, ...] = ()) -> Any:
    cell = SimpleNamespace(patch="fans", base="1.0")
    return SimpleNamespace(cell=cell, files=files, candidates=lambda *_: list(choices))


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def explained(why: Why, *files: OpenFile) -> Any:
    return SimpleNamespace(conflict=conflict(*files), why=why, commits=FACTS)


GONE = OpenFile("g.py", ALL - {"theirs"}, "100644", (Sides((b"a\n",), (b"b\n",), ()),))
WHY = Why(
    (Origin("f.py", 3, ((A, 2),), ((B, 0), (A, 1))), Origin("g.py", 9, (), ())),
    (
        Prerequisites((A, B), 5, 1, unknown=("nova.db",), only_adds=(A,)),
        Prerequisites((B,), 1, 2, adapted=(B,)),
    ),
    7,
)


def test_the_causes_and_what_would_help(capsys: pytest.CaptureFixture[str]) -> None:
    show_why(explained(WHY, TEXT, GONE), ASKED)
    assert said(capsys) == [
        "fans on 1.0: 2 regions in conflict",
        "",
        "f.py:3",
        "  the change depends on lines of",
        "    aaaaaaaaaa 2013-01-01 1.0: Add it (2 lines)",
        "  changed here by",
        "    bbbbbbbbbb 2013-02-01 in no tag: Move it",
        "    aaaaaaaaaa 2013-01-01 1.0: Add it (1 line)",
        "",
        "g.py: the patch removes this file, but it was changed in the target",
        "",
        "1. clean after 2 prerequisites (5 lines in 1 file):",
        "     aaaaaaaaaa 2013-01-01 1.0: Add it (only adds lines)",
        "     bbbbbbbbbb 2013-02-01 in no tag: Move it",
        "   still missing: nova.db",
        "2. clean after 1 prerequisite (1 line in 2 files):",
        "     bbbbbbbbbb 2013-02-01 in no tag: Move it (adapted: review it)",
        "",
        "region 1: f.py (ancestor 1, ours 1, theirs 2 lines)",
        "region 2: g.py (ancestor 1, ours 1, theirs 0 lines)",
        "  the patch removes this file, but it was changed in the target",
    ]


@pytest.mark.parametrize(
    ("stopped", "words"),
    [(False, "1 merge tried"), (True, "1 merge tried, then the time was over")],
)
def test_where_nothing_helps(stopped: bool, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_why(explained(Why((), (), 1, stopped=stopped)), ASKED)
    assert said(capsys) == [
        "fans on 1.0: 0 regions in conflict",
        "",
        f"no set of prerequisites helps ({words})",
        "",
    ]


def test_the_document_has_all_of_it() -> None:
    document = why_document(explained(WHY, TEXT))
    assert document["origins"] == [
        {
            "path": "f.py",
            "line": 3,
            "relies_on": [{"commit": A, "lines": 2}],
            "changed_by": [{"commit": B, "lines": 0}, {"commit": A, "lines": 1}],
        },
        {"path": "g.py", "line": 9, "relies_on": [], "changed_by": []},
    ]
    assert (document["patch"], document["base"]) == ("fans", "1.0")
    assert (document["merges_tried"], document["stopped"]) == (7, False)
    assert [one["commits"] for one in document["prerequisites"]] == [(A, B), (B,)]
    assert [one["subject"] for one in document["commits"]] == ["Add it", "Move it"]
    assert [one["region"] for one in document["regions"]] == [1]


def test_regions_with_their_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    choices = (
        RegionChoice("ours", (b"a\n", b"\xff"), "100644"),
        RegionChoice("edited", LONG, "100644"),
        RegionChoice("short", LONG[:12], "100644"),
    )
    show_regions(conflict(TEXT, choices=choices), ASKED)
    assert said(capsys) == [
        "region 1: f.py (ancestor 1, ours 1, theirs 2 lines)",
        "  candidate:1 (ours)",
        "    | a",
        "    | \ufffd",
        "  candidate:2 (edited)",
        *(f"    | line {n}" for n in range(12)),
        "    | … 1 more lines",
        "  candidate:3 (short)",
        *(f"    | line {n}" for n in range(12)),
    ]


@pytest.mark.parametrize(
    ("missing", "here", "gone", "words"),
    [
        (
            "theirs",
            "ours",
            "theirs",
            "the patch removes this file, but it was changed in the target",
        ),
        ("ours", "theirs", "ours", "the patch changes this file, but it was removed in the target"),
    ],
)
def test_a_file_that_one_side_removed(
    missing: str, here: str, gone: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = OpenFile("g.py", ALL - {missing}, "100644", (REGION,))
    assert (removal(file), removal(TEXT)) == (words, None)
    choices = (
        RegionChoice("x", None, "100644"),
        RegionChoice("ours", (), "100644"),
        RegionChoice("other", (), "100644"),
    )
    show_regions(conflict(file, choices=choices), ASKED)
    assert said(capsys)[1:] == [
        f"  {words}",
        f"  candidate:1 ({gone}: take the deletion)",
        f"  candidate:2 ({here}: keep the file)",
        "  candidate:3 (other: keep the file)",
    ]


def test_modes_that_conflict_are_shown_and_the_rows_have_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = OpenFile("f.py", ALL, "100644", (REGION,), ("100644", "100755"))
    choices = (RegionChoice("theirs", (b"x\n",), "100755"), RegionChoice("gone", None, "100644"))
    show_regions(conflict(file, choices=choices), ASKED)
    assert said(capsys)[1] == "  candidate:1 (theirs, mode 100755)"
    assert region_rows(conflict(file, choices=choices)) == [
        {
            "region": 1,
            "path": "f.py",
            "removal": None,
            "key": file.key(REGION),
            "base": "old\n",
            "ours": "ours\n",
            "theirs": "x\ny\n",
            "candidates": [
                {"name": "theirs", "text": "x\n", "mode": "100755"},
                {"name": "gone", "text": None, "mode": "100644"},
            ],
        }
    ]
