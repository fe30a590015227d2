"""The status table and its forms, from results made by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from patchseries.landed.evidence import Evidence
from patchseries.landed.landing import Landing, Reverted
from patchseries.landed.verdict import Landings, NamedChange, PatchStatus, ReleaseAnswer, Verdict
from patchseries.model import ChangeId, CommitId
from patchseries.report.documents import release_row, status_row
from patchseries.report.matrix import MatrixCell, counts, matrix
from patchseries.report.status import (
    LineColumns,
    StatusTable,
    as_csv,
    as_markdown,
    as_text,
    columns_of,
    release_table,
    status_table,
)
from patchseries.report.table import TextTable
from patchseries.visible import printable_line

LINES = ("folsom", "grizzly", "havana", "icehouse", "juno")
CHANGE, NEXT = ChangeId("I" + "1" * 40), ChangeId("I" + "2" * 40)
C1, C2, C3 = (CommitId(digit * 40) for digit in "abc")


def at(
    line: str, tag: str | None, commit: CommitId = C1, evidence: Evidence = Evidence.CHANGE_ID
) -> Landing:
    return Landing(line, tag, commit, evidence)


BACKPORTED = PatchStatus(
    "backported",
    "nova",
    CHANGE,
    Landings(
        landed=(at("grizzly", "2013.1.3", C2, Evidence.CHERRY_PICK), at("icehouse", "2014.1.b1")),
        inherited=(
            at("grizzly", "2013.1.3", C2, Evidence.CHERRY_PICK),
            at("icehouse", "2014.1.b1"),
            at("juno", None),
        ),
    ),
)
HAVANA = Landings(landed=(at("havana", "2013.2.b3"),), inherited=(at("havana", "2013.2.b3"),))
REPLACED = PatchStatus("replaced", "nova", CHANGE, Landings(), (NamedChange(NEXT, HAVANA),))
OPEN = PatchStatus(
    "open",
    "keystone",
    None,
    Landings(
        possible=(at("juno", "2014.2", C3, Evidence.AUTHOR_SUBJECT),),
        reverted=(Reverted(C2, (C3,)),),
    ),
)
COLUMNS = {name: columns_of(LINES, "grizzly") for name in ("nova", "keystone")}


def test_lines_have_their_columns() -> None:
    table = status_table([BACKPORTED, REPLACED, OPEN], COLUMNS)
    assert table.head[2:5] == ("grizzly", "havana", "later")
    assert table.verdicts == (Verdict.LANDED, Verdict.SUPERSEDED, Verdict.REVERTED)
    backported, replaced, still_open = table.rows
    assert backported[2:] == (
        "2013.1.3+",
        "—",
        "icehouse 2014.1.b1",
        "landed",
        "cherry-pick, change-id",
        "—",
    )
    assert replaced[2:] == (
        "—",
        "—",
        "—",
        "superseded",
        "—",
        f"{NEXT[:12]} (havana 2013.2.b3)",
    )
    assert still_open[5] == "reverted"
    assert still_open[6] == (
        f"perhaps juno 2014.2 (author-subject), {C2[:12]} was reverted by {C3[:12]}"
    )


def test_a_squash_of_which_a_part_landed() -> None:
    parts = (NamedChange(CHANGE, HAVANA), NamedChange(C2, Landings()))
    squash = PatchStatus("squash", "nova", None, Landings(parts=parts))
    table = status_table([squash], COLUMNS)
    assert table.rows[0][5:7] == ("not-landed", "1 of 2 parts landed")
    row = status_row(squash)["parts"]
    assert [list(part) for part in row] == [["change_id", "landed"], ["commit", "landed"]]
    assert [bool(part["landed"]) for part in row] == [True, False]


def test_projects_on_different_lines_share_no_title() -> None:
    columns = {"nova": columns_of(LINES, "grizzly"), "keystone": columns_of(LINES, "havana")}
    table = status_table([BACKPORTED, OPEN], columns)
    assert table.head[2:4] == ("base line", "next line")
    assert table.rows[0][2] == "grizzly 2013.1.3+"  # the title does not say which line


def test_what_only_a_branch_has_is_unreleased() -> None:
    table = status_table([BACKPORTED], {"nova": columns_of(LINES, "juno")})
    assert table.rows[0][2] == "unreleased"


def test_bases_that_are_no_release() -> None:
    table = status_table([BACKPORTED], {"nova": columns_of(LINES, None)})
    assert table.rows[0][2:5] == ("—", "—", "grizzly 2013.1.3, icehouse 2014.1.b1")


def test_a_release_asked_for() -> None:
    patches = [BACKPORTED, REPLACED, OPEN]
    answers = {
        BACKPORTED.name: ReleaseAnswer("2014.2", "juno", at("juno", None, C1)),
        REPLACED.name: ReleaseAnswer("2014.2", "juno"),
    }
    juno = release_table(patches, answers, "juno")
    assert juno.head[2] == "in 2014.2"
    assert [row[2:5] for row in juno.rows] == [
        ("yes", "unreleased", C1[:12]),
        ("no", "—", "—"),
        ("no such release", "—", "—"),
    ]
    replaced = {
        REPLACED.name: ReleaseAnswer("havana", "havana", is_replaced=True),
        OPEN.name: ReleaseAnswer("1.4", "1.4"),
    }
    havana = release_table([REPLACED, OPEN], replaced, "stable/x")
    assert havana.head[2] == "in stable/x"  # two projects call it otherwise
    assert [row[2] for row in havana.rows] == ["by its successor", "no"]


def test_the_json_contract() -> None:
    row = status_row(BACKPORTED)
    assert row["landed"] == [
        {"line": "grizzly", "tag": "2013.1.3", "commit": C2, "evidence": "cherry-pick"},
        {"line": "icehouse", "tag": "2014.1.b1", "commit": C1, "evidence": "change-id"},
    ]
    assert (row["verdict"], row["superseded_by"]) == ("landed", [])
    replaced = status_row(REPLACED)
    assert replaced["superseded_by"] == [
        {
            "change_id": NEXT,
            "landed": [
                {"line": "havana", "tag": "2013.2.b3", "commit": C1, "evidence": "change-id"}
            ],
        }
    ]


def test_a_release_in_the_document() -> None:
    answer = ReleaseAnswer("2013.2.1", "havana", at("havana", "2013.2.b3", C1))
    assert release_row(answer, "2013.2.1") == {
        "name": "2013.2.1",
        "known": True,
        "line": "havana",
        "tag": "2013.2.b3",
        "commit": C1,
        "evidence": "change-id",
        "contained": True,
        "superseded": False,
    }
    unknown = release_row(None, "2013.2.1")
    assert (unknown["known"], unknown["contained"]) == (False, False)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_terminal_of_any_width_cuts_no_verdict(width: int) -> None:
    long = replace(BACKPORTED, name="a-patch-with-rather-a-long-name")
    table = status_table([long, REPLACED], COLUMNS)
    said = printed(as_text(table), width)
    assert max(len(line.rstrip()) for line in said.splitlines()) <= width
    for word in ("superseded", "cherry-pick", "2013.1.3+"):
        assert word in said
    assert ("a-patch-with-rather-a-long-name" in said) == (width != 40)
    assert (said.splitlines()[0].split() == list(table.head)) == (width == 200)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_matrix_of_any_width_cuts_no_word(width: int) -> None:
    bases = [f"2013.1.{n}" for n in range(6)]
    said = printed(matrix([MatrixCell("fix", "nova", b, "already-applied") for b in bases]), width)
    lines = said.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    assert said.count("already-applied") == len(bases)
    assert [w for line in lines for w in line.split() if w.startswith("2013")] == bases
    assert said.count("project") == {40: 6, 80: 2, 200: 1}[width]


def printed(what: TextTable, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), color_system=None)
    with console.capture() as captured:
        console.print(what)
    return captured.get()


cells = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)
rows = st.lists(st.tuples(cells, cells), max_size=4)


@given(rows)
def test_csv_gives_back_every_cell_and_no_formula(found: list[tuple[str, str]]) -> None:
    table = StatusTable(("a", "b"), tuple(found), (Verdict.LANDED,) * len(found))
    read = list(csv.reader(io.StringIO(as_csv(table), newline="")))
    assert read[0] == ["a", "b"]
    for row, (one, other) in zip(read[1:], found, strict=True):
        for cell, original in zip(row, (one, other), strict=True):
            shown = printable_line(original)
            assert cell in (shown, f"'{shown}")
            assert cell[:1] not in ("=", "+", "-", "@") or not cell


@given(rows)
def test_markdown_keeps_its_columns(found: list[tuple[str, str]]) -> None:
    table = StatusTable(("a", "b"), tuple(found), (Verdict.LANDED,) * len(found))
    lines = as_markdown(table).split("\n")[:-1]
    assert len(lines) == len(found) + 2
    for line in lines:
        assert line.replace("\\\\", "").replace("\\|", "").count("|") == 3


def test_the_whole_table_in_each_form() -> None:
    parts = (NamedChange(CHANGE, HAVANA), NamedChange(C2, Landings()))
    squash = PatchStatus("squash", "nova", None, Landings(landed=HAVANA.landed, parts=parts))
    split = replace(
        REPLACED, superseded_by=(NamedChange(C2, Landings()), NamedChange(NEXT, HAVANA))
    )
    table = status_table([squash, split], COLUMNS)
    assert as_csv(table) == (
        "patch,project,grizzly,havana,later,verdict,evidence,successor\r\n"
        "squash,nova,—,—,—,landed,change-id,—\r\n"
        f'replaced,nova,—,—,—,not-landed,—,"{C2[:12]} (not landed), {NEXT[:12]} (havana 2013.2.b3)"'
        "\r\n"
    )
    assert as_markdown(table).splitlines()[:3] == [
        "| patch | project | grizzly | havana | later | verdict | evidence | successor |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| squash | nova | — | — | — | landed | change-id | — |",
    ]
    assert as_text(table).names == 2


def test_the_columns_of_the_first_and_of_the_last_line() -> None:
    assert columns_of(LINES, "folsom") == LineColumns("folsom", "grizzly", LINES[2:])
    assert columns_of(LINES, "juno") == LineColumns("juno", None, ())


def test_words_are_counted_the_most_frequent_first() -> None:
    assert counts(["clean", "conflict", "conflict", "empty"]) == "2 conflict, 1 clean, 1 empty"


def test_a_release_is_answered_with_evidence_and_successors() -> None:
    answer = ReleaseAnswer("havana", "havana", HAVANA.landed[0])
    table = release_table([replace(REPLACED, name="x")], {"x": answer}, "havana")
    assert table.rows == (
        ("x", "nova", "yes", "2013.2.b3", C1[:12], "change-id", f"{NEXT[:12]} (havana 2013.2.b3)"),
    )
    assert release_row(ReleaseAnswer("havana", "havana", is_replaced=True), "stable/havana") == {
        "name": "havana",
        "known": True,
        "line": "havana",
        "contained": False,
        "superseded": True,
    }
    assert release_row(None, "jaunty") == {
        "name": "jaunty",
        "known": False,
        "contained": False,
        "superseded": False,
    }
