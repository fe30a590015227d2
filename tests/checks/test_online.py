"""With --online the gate asks the servers; without, it asks nobody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from checks.test_faults import check
from patchseries.checks.upstream import _taking
from patchseries.manifest import parse
from patchseries.model import CommitId
from patchseries.sources import BranchMove, network
from support.gerrit_server import FakeChange, serve_gerrit
from support.ovens import Oven


def test_without_online_no_server_is_asked(oven: Oven, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("the network was used")

    monkeypatch.delenv("SERIES_MIRRORS")
    monkeypatch.setattr(network, "_remote", never)
    assert check()[0] == 0
    assert oven.lock.exists()


def test_a_server_that_does_not_answer_is_told(oven: Oven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERIES_MIRRORS")
    oven.edit(oven.manifest, "https://git.invalid", "http://127.0.0.1:1")
    oven.edit(oven.lock, "https://git.invalid", "http://127.0.0.1:1")
    _, findings = check("--online")
    silent = [f for f in findings if f["code"] == "upstream-silent"]
    assert len(silent) == 1
    assert "http://127.0.0.1:1/org/oven.git" in silent[0]["message"]


@pytest.mark.parametrize(("patchsets", "newer"), [(1, False), (3, True)])
def test_a_newer_patchset_is_told(oven: Oven, patchsets: int, newer: bool) -> None:
    known = f"I{3:040d}"
    commits = [f"{n}" * 40 for n in range(1, patchsets + 1)]
    change = FakeChange(7, "org/oven", "master", known, commits)
    with serve_gerrit(oven.mirrors) as server:
        server.changes.append(change)
        text = oven.manifest.read_text()
        start = text.index('name = "patient"')
        line = text.index("source = ", start)
        source = f'source = {{ change-id = "{known}", patchset = 1 }}'
        text = text[:line] + source + text[text.index("\n", line) :]
        oven.manifest.write_text(
            text.replace("[project.oven]", f'[project.oven]\ngerrit = "{server.base}"')
        )
        _, findings = check("--online")
    told = [f for f in findings if f["code"] == "newer-patchset"]
    assert bool(told) == newer
    if newer:
        assert "patchset 1, the newest is 3" in told[0]["message"]
        assert told[0]["patch"] == "patient"


_TWO_PROJECTS = """\
schema = 1
[series]
name = "demo"
[project.oven]
repository = "https://git.invalid/oven"
bases = ["1.0", "1.1"]
[project.stove]
repository = "https://git.invalid/stove"
bases = ["1.0", "1.1"]
"""


@pytest.mark.parametrize("project", ["oven", "stove"])
def test_the_projects_that_need_a_branch_are_named(project: str) -> None:
    inputs: Any = SimpleNamespace(manifest=parse(_TWO_PROJECTS))
    move = BranchMove(f"https://git.invalid/{project}", "1.0", CommitId("1" * 40), None)
    words = f"series fetch demo --update --project {project}, then series rebase demo"
    assert _taking(inputs, move) == words
