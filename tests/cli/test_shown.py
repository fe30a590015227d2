"""What other commands show of their results, in words and as rows."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from patchseries.cli.accept import offer_rows, show_offers
from patchseries.cli.applying import apply_rows, show_applied
from patchseries.cli.common import Given
from patchseries.cli.config import _show_changes, _show_evidence, _show_rendered
from patchseries.cli.diff import _style
from patchseries.cli.fetch import _moved_row, _pin_rows
from patchseries.cli.import_ import _document, _say_what_is_next, _show
from patchseries.cli.port import _show_prerequisites, _show_result
from patchseries.cli.refresh import _show_plan
from patchseries.cli.run_ import show_gate
from patchseries.cli.status import _show_releases, _show_tests
from patchseries.imports.manifesttext import ImportedPatch
from patchseries.imports.origin import UpstreamOrigin
from patchseries.imports.recognise import SourceForm
from patchseries.landed.newer import NewReleases
from patchseries.model import (
    ChangeId,
    CommitId,
    Conflict,
    Finding,
    Outcome,
    PortCode,
    Severity,
    Sides,
    TreeId,
)
from patchseries.pipeline.applying import Applies
from patchseries.pipeline.conflict.accept import Offer
from patchseries.pipeline.edit.effects import Effect
from patchseries.pipeline.edit.refreshplan import RefreshPlan
from patchseries.pipeline.importing.plan import ImportPlan
from patchseries.pipeline.testing.remembered import RememberedCell
from patchseries.port.prerequisites import Why
from patchseries.port.result import PortResult, Proposal
from patchseries.sources import BranchMove

ASKED = Given(color="never")
DRY = Given(color="never", dry_run=True)
A, B = CommitId("a" * 40), CommitId("b" * 40)
CHANGE = ChangeId("I" + "1" * 40)
NOTE = Finding("odd", Severity.NOTE, "look", "fans", "a.py", 3)
Captured = pytest.CaptureFixture[str]


def out(capsys: Captured) -> list[str]:
    return capsys.readouterr().out.splitlines()


def err(capsys: Captured) -> list[str]:
    return capsys.readouterr().err.splitlines()


def offer(*bases: str, shape: str = "s", difference: str = "") -> Offer:
    return Offer("fans", bases, "d", shape, ("imports", "paths"), (NOTE,), difference)


def test_offers_to_sign_off(capsys: Captured) -> None:
    show_offers(
        [offer("1.0"), offer("1.1", "1.2"), offer("2.0", shape="t", difference="@@\n")], ASKED
    )
    assert out(capsys) == [
        "fans on 1.0, 1.1 and 1.2: the same but for line numbers; adapted by imports, paths",
        "  note: odd: look",
        "  (the same diff as the source's)",
        "",
        "fans on 2.0: adapted by imports, paths",
        "  note: odd: look",
        "@@",
        "",
    ]
    show_offers([], ASKED)
    assert out(capsys) == ["nothing to sign off"]
    (row,) = offer_rows([offer("1.0")])
    assert (row["patch"], row["bases"], row["diff"]) == ("fans", ["1.0"], "d")
    assert (row["strategies"], row["findings"][0]["line"]) == (["imports", "paths"], 3)


def test_settings_of_a_host(capsys: Captured) -> None:
    host: Any = SimpleNamespace(
        files={"a": b"", "b": b""},
        steps=[SimpleNamespace(step="Open it.")],
        left_out=[SimpleNamespace(setting="risk", why="It burns.", instead="Shut it.")],
    )
    _show_rendered(Path("to"), host, ASKED)
    assert out(capsys) == [
        "to: a",
        "to: b",
        "by hand: Open it.",
        "left out: risk: It burns.",
        "  instead: Shut it.",
    ]
    _show_changes("--- a\n+b\n c\n", Given(color="always"))
    assert out(capsys) == ["\x1b[31m--- a\x1b[0m", "\x1b[32m+b\x1b[0m", " c"]
    evidence: Any = [SimpleNamespace(base="1.0", registered=(), wrong=("no such option",))]
    _show_evidence(evidence, ASKED)
    assert out(capsys) == ["1.0       not registered", "          no such option"]


def test_pins_and_branches_that_moved() -> None:
    pins = {("u", "b"): B, ("u", "a"): A}
    assert _pin_rows(pins) == [
        {"repository": "u", "rev": "a", "commit": A},
        {"repository": "u", "rev": "b", "commit": B},
    ]
    moved = BranchMove("u", "b", A, B, 2, False)
    row = _moved_row(moved, pins)
    assert (row["from"], row["to"], row["commits"], row["taken"]) == (A, B, 2, True)
    assert _moved_row(BranchMove("u", "a", A, B), pins)["taken"] is False


PATCHES = (
    ImportedPatch("a", "a.patch", {"file": "x"}, UpstreamOrigin(A, CHANGE, "its lines")),
    ImportedPatch("b", "b.patch", {"file": "x"}, UpstreamOrigin(A, None, "its author", True)),
    ImportedPatch("c", "c.patch", {"made-for": "1"}, UpstreamOrigin(None, None, "a URL", True)),
    ImportedPatch("d", "d.patch", {"file": "x"}),
)


def plan(**more: Any) -> ImportPlan:
    values: dict[str, Any] = {
        "changes": {},
        "name": "oven",
        "form": SourceForm.DSC,
        "version": "1.0-1",
        "base": "1.0",
        "patches": PATCHES,
        "unlisted": ("README",),
        "problems": (),
    }
    return ImportPlan(**values | more)


def test_what_was_imported(capsys: Captured) -> None:
    _show(plan(), ASKED)
    assert out(capsys) == [
        "patch    name  origin                   evidence",
        "a.patch  a     I11111111                its lines",
        "b.patch  b     aaaaaaaaaaaa (doubtful)  its author",
        "c.patch  c     ? (doubtful)             a URL",
        "d.patch  d     -",
    ]
    _say_what_is_next(plan(), ASKED)
    assert capsys.readouterr() == (
        "oven 1.0-1: 4 patches on 1.0, 1 origin found, 2 doubtful,"
        " 1 file that no series file names\n",
        "series: series/oven.toml is written; then: series rebase oven,"
        " or series upgrade RELEASE oven\n",
    )
    _show(plan(patches=()), ASKED)
    _say_what_is_next(plan(patches=PATCHES[3:], version=None, unlisted=()), ASKED)
    assert capsys.readouterr() == (
        "oven: 1 patch on 1.0, 0 origins found, 0 doubtful\n",
        "series: series/oven.toml is written; then: series rebase oven\n",
    )
    _say_what_is_next(plan(), DRY)
    assert err(capsys) == ["series: nothing was written"]
    document = _document(plan(), ["x"])
    assert document["patches"][0]["origin"] == {
        "change_id": CHANGE,
        "commit": A,
        "evidence": "its lines",
        "doubtful": False,
    }
    assert [p["origin"] is None for p in document["patches"]] == [False, False, False, True]
    assert document["patches"][2]["source"] == {"made_for": "1"}
    assert (document["source"], document["unlisted"], document["changed"]) == (
        "dsc",
        ["README"],
        ["x"],
    )


def test_the_result_of_a_port(capsys: Captured) -> None:
    proposal = Proposal("a.py", 3, "k", Sides("", "", ""), (("r1", "x\n"), ("r2", "y\n")), None)
    stuck = PortResult(
        Outcome.CONFLICT,
        None,
        ("paths", "imports"),
        True,
        (
            NOTE,
            Finding("odd", Severity.NOTE, "also", file="b"),
            Finding("odd", Severity.NOTE, "so"),
        ),
        (Conflict("a.py", 1, "CONFLICT (contents)"),),
        (proposal,),
    )
    _show_result(stuck)
    assert err(capsys) == [
        "conflict by paths, imports; review it",
        "note: a.py:3: look [odd]",
        "note: b: also [odd]",
        "note: so [odd]",
        "conflict: a.py (contents)",
        "a.py:3: candidates:",
        "--- r1",
        "x",
        "",
        "--- r2",
        "y",
        "",
    ]
    broken = Finding(PortCode.SYNTAX, Severity.WARNING, "does not parse")
    _show_result(PortResult(Outcome.ADAPTED, TreeId(A), findings=(broken,), proposals=(proposal,)))
    assert err(capsys) == [
        "adapted; will not run as it is",
        f"warning: does not parse [{PortCode.SYNTAX}]",
    ]


def step(commit: CommitId, subject: str, only_adds: bool = False) -> Any:
    result = PortResult(Outcome.CLEAN, TreeId(A))
    return SimpleNamespace(
        commit=SimpleNamespace(id=commit, subject=subject), result=result, only_adds=only_adds
    )


def chain(*steps: Any, why: Why | None) -> Any:
    return SimpleNamespace(prerequisites=steps, change=step(B, "The change"), why=why)


@pytest.mark.parametrize(
    ("why", "last"),
    [
        (None, "no prerequisites are needed"),
        (
            Why((), (), 3),
            "no search for prerequisites: the two histories have no common ancestor here",
        ),
        (Why((), (), 1, A), "no prerequisites would help (1 merge tried)"),
        (
            Why((), (), 2, A, stopped=True),
            "no prerequisites would help (2 merges tried, then the time was over)",
        ),
    ],
)
def test_a_change_without_prerequisites(why: Why | None, last: str, capsys: Captured) -> None:
    _show_prerequisites(chain(why=why))
    assert err(capsys) == [last]


def test_a_change_after_its_prerequisites(capsys: Captured) -> None:
    _show_prerequisites(chain(step(A, "One", True), step(B, "Two"), why=Why((), (), 1, A)))
    assert err(capsys) == [
        "prerequisite 1 of 2: aaaaaaaaaaaa One, only adds lines",
        "clean",
        "prerequisite 2 of 2: bbbbbbbbbbbb Two",
        "clean",
        "then bbbbbbbbbbbb The change",
    ]


def test_what_a_refresh_would_do(capsys: Captured) -> None:
    effects = [Effect("fans", "1.0", Outcome.CLEAN, Outcome.CONFLICT)]
    _show_plan(RefreshPlan("", ["fans is new"], effects=effects, unchecked=["1.1", "1.2"]), ASKED)
    assert out(capsys) == [
        "fans is new",
        "  fans on 1.0: clean -> conflict",
        "  not checked, because it is not in the cache: 1.1, 1.2",
    ]
    _show_plan(RefreshPlan(""), ASKED)
    assert out(capsys) == ["nothing changed"]


def test_tests_and_releases_in_a_status(capsys: Captured) -> None:
    ran = RememberedCell("fans", "oven", "1.0", "breaks 1", "breaks")
    not_run = RememberedCell("door", "oven", "1.0", "not run", "not-run")
    _show_tests([ran, not_run], ASKED)
    assert out(capsys) == [
        "",
        "tests, as `series test` ran them:",
        "patch  project  1.0",
        "fans   oven     breaks 1",
        "door   oven     not run",
    ]
    _show_tests([not_run], ASKED)
    assert out(capsys) == [
        "",
        "the projects' own tests were not run on these patches: `series test` does",
    ]
    _show_tests([], ASKED)
    _show_releases([], "demo", ASKED)
    assert out(capsys) == []
    _show_releases([NewReleases("oven", ("1.1",))], "demo", ASKED)
    assert out(capsys)[0] == ""
    _show_releases([NewReleases("oven", ("1.1",), untried="why")], "demo", ASKED)
    assert out(capsys)[1:] == [
        "new release: oven: 1.1 appeared after the bases; the patches were not tried on 1.1: why",
        "→ `series bump demo` adds them to the bases",
    ]


def applied(patch: str, result: Applies, reason: str = "", *offsets: Any) -> Any:
    return SimpleNamespace(
        patch=patch, project="oven", base="1.0", result=result, reason=reason, offsets=offsets
    )


def test_patches_that_apply_at_another_line_or_not(capsys: Captured) -> None:
    moved = SimpleNamespace(path="a.py", hunk=2, lines=-3)
    further = SimpleNamespace(path="b.py", hunk=1, lines=4)
    cells = [
        applied("fans", Applies.APPLIES, "", moved, further),
        applied("door", Applies.FAILS, "hunk 1"),
    ]
    show_applied(cells, ASKED)
    assert out(capsys) == [
        "patch  project  1.0",
        "fans   oven     applies",
        "door   oven     fails",
        "",
        "2 cells: 1 applies, 1 fails",
        "offset: fans on 1.0: a.py, hunk 2: -3 lines",
        "offset: fans on 1.0: b.py, hunk 1: +4 lines",
        "fails: door on 1.0: hunk 1",
    ]
    rows = apply_rows(cells)
    assert rows[0]["offsets"][0] == {"path": "a.py", "hunk": 2, "lines": -3}
    assert [(row["patch"], row["result"], row["reason"]) for row in rows] == [
        ("fans", "applies", ""),
        ("door", "fails", "hunk 1"),
    ]


def test_the_gate_of_a_run_shows_what_fails_and_counts_the_rest(capsys: Captured) -> None:
    warning = Finding("port-syntax", Severity.WARNING, "does not parse")
    result: Any = SimpleNamespace(findings=[NOTE, warning])
    show_gate(result, ASKED)
    assert out(capsys) == [
        "warning: port-syntax: does not parse",
        "check: 1 warning, 1 note",
    ]


@pytest.mark.parametrize(
    ("line", "style"),
    [
        ("     +new", "green"),
        ("    + old", "green"),
        ("     -old", "red"),
        ("    -+new", "red"),
        ("    @@ a", "cyan"),
        ("      + context", ""),
        ("1:  aaa ! 1:  bbb", ""),
        ("", ""),
    ],
)
def test_the_colour_of_a_line_that_differs(line: str, style: str) -> None:
    assert _style(line) == style
