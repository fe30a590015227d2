"""What `check --online`, `status` and `bump -n` say of releases that appeared after the bases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.model import CommitId
from patchseries.pipeline import trying
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import Answer, Rebased
from patchseries.pipeline.series import Selection
from patchseries.progress import no_progress
from support.small_series import BODY, HEAD, TAIL, SmallSeries, text

MESSAGE = (
    "project: 1.2.1, 1.2.2 appeared after the bases; 1.2.2 contains log; retry conflicts with 1.2.2"
)


@pytest.fixture
def released(small: SmallSeries) -> CommitId:
    """1.2.1, and 1.2.2, which has a backport of one of the patches; the commit of that."""
    small.run("rebase")
    small.upstream.tag("1.2.1", "refs/heads/stable")
    message = f"Log\n\n(cherry picked from commit {small.log})"
    picked = small.upstream.commit({"log.py": b"loud\n"}, message, branch="stable")
    small.upstream.commit({"README": b"1.2.2\n"}, branch="stable")
    small.upstream.tag("1.2.2", "refs/heads/stable")
    small.upstream.tag("1.2.3rc1", "refs/heads/stable")
    return picked


def row(picked: CommitId) -> dict[str, Any]:
    contained = {"commit": picked, "evidence": "cherry-pick"}
    return {
        "project": "project",
        "releases": ["1.2.1", "1.2.2"],
        "patches": [
            {"name": "retry", "outcome": "conflict", "in_base": None},
            {"name": "log", "outcome": "already-applied", "in_base": contained},
        ],
        "untried": None,
    }


def new_releases(small: SmallSeries, *words: str) -> list[dict[str, str]]:
    found = small.json("check", *words)["findings"]
    return [finding for finding in found if finding["code"] == "new-release"]


@pytest.mark.usefixtures("released")
def test_the_check_says_what_a_release_contains_and_what_conflicts(small: SmallSeries) -> None:
    before = small.tracked()
    (finding,) = new_releases(small, "--online")
    assert (finding["severity"], finding["message"]) == ("note", MESSAGE)
    lines = (small.root / finding["file"]).read_text().splitlines()
    assert lines[int(finding["line"]) - 1].startswith("bases = ")
    assert new_releases(small) == []
    assert small.tracked() == before
    _, out = small.run("check", "--online", "--format", "github")
    assert f"::notice file=series/small.toml,line={finding['line']}" in out


def test_status_says_it_too(small: SmallSeries, released: CommitId) -> None:
    before = small.tracked()
    assert small.json("status")["new_releases"] == [row(released)]
    _, out = small.run("status")
    assert f"new release: {MESSAGE}" in out.replace("\n", " ")
    assert "`series bump small` adds them to the bases" in out
    (only,) = small.json("status", "--patch", "log")["new_releases"]
    assert [patch["name"] for patch in only["patches"]] == ["log"]
    assert "new release" not in small.run("status", "--format", "markdown")[1]
    assert small.tracked() == before


def test_a_dry_run_of_bump_says_it_too(small: SmallSeries, released: CommitId) -> None:
    document = small.json("bump", "-n")
    assert document["releases"] == {"project": ["1.2.1", "1.2.2"]}
    assert document["tried"] == [row(released)]
    assert MESSAGE in small.run("bump", "-n")[1].replace("\n", " ")
    assert small.json("bump")["tried"] == []
    cells = small.json("rebase")["cells"]
    there = {cell["patch"]: cell["outcome"] for cell in cells if cell["base"] == "1.2.2"}
    assert there == {"retry": "conflict", "log": "already-applied"}
    assert small.json("status")["new_releases"] == []


@pytest.mark.usefixtures("released")
def test_offline_a_release_that_is_not_cached_is_named_and_not_tried(small: SmallSeries) -> None:
    (found,) = small.json("status", "--offline")["new_releases"]
    assert found["patches"] == []
    assert "1.2.2 of" in found["untried"]
    assert "is not in the cache" in found["untried"]


@pytest.mark.usefixtures("released")
def test_a_release_without_a_source_is_named_and_not_tried(small: SmallSeries) -> None:
    path = small.root / "series/small.toml"
    path.write_text(
        path.read_text().replace("source = { com", 'source = { bases = "<=1.2", com', 1)
    )
    (found,) = small.json("status")["new_releases"]
    assert "there is no source for 1.2.2" in found["untried"]
    (finding,) = new_releases(small, "--online")
    assert "the patches were not tried on 1.2.2: " in finding["message"]


def test_of_many_lines_the_newest_are_tried(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "_MOST_LINES", 1)
    for name in ("1.3", "1.4", "1.5"):
        small.upstream.tag(name, "refs/heads/stable")
    found = small.json("status")["new_releases"]
    assert [one["releases"] for one in found] == [["1.3"], ["1.4"], ["1.5"]]
    assert [one["untried"] for one in found] == ["there are more than 1 new lines"] * 2 + [None]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bases that are ported onto from now on."""
    bases: list[str] = []

    def watched(given: RebaseInputs, only: Selection) -> Rebased:
        bases.extend(only.bases)
        return rebase(given, only, no_progress)

    monkeypatch.setattr(trying, "_rebase", watched)
    return bases


def test_what_a_release_came_to_is_asked_once(
    small: SmallSeries, released: CommitId, tried: list[str]
) -> None:
    assert small.json("status")["new_releases"] == [row(released)]
    assert small.json("bump", "-n")["tried"] == [row(released)]
    assert [finding["message"] for finding in new_releases(small, "--online")] == [MESSAGE]
    assert tried == ["1.2.2"]


def test_a_new_release_or_another_manifest_is_tried_again(
    small: SmallSeries, released: CommitId, tried: list[str]
) -> None:
    assert small.json("status")["new_releases"] == [row(released)]
    small.upstream.tag("1.2.3", released)
    (found,) = small.json("status")["new_releases"]
    assert found["releases"] == ["1.2.1", "1.2.2", "1.2.3"]
    path = small.root / "series/small.toml"
    path.write_text(path.read_text().replace('name = "log"', 'name = "log"\nbases = "<1.2"'))
    (found,) = small.json("status")["new_releases"]
    assert found["patches"][1]["outcome"] == "not-applicable"
    assert tried == ["1.2.2", "1.2.3", "1.2.3"]


@pytest.mark.parametrize("unread", ["the history", "the release that a file was made for"])
def test_what_may_come_to_something_else_is_not_kept(
    small: SmallSeries, unread: str, released: CommitId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def port(given: RebaseInputs, only: Selection) -> Rebased:
        done = rebase(given, only, no_progress)
        if unread == "the history":
            first = replace(done.cells[0], answer=Answer(why="it is shallow"))
            return replace(done, cells=(first, *done.cells[1:]))
        return replace(done, made_for={("project", "0" * 64): None})

    with monkeypatch.context() as patch:
        patch.setattr(trying, "_rebase", port)
        small.json("status")
    assert not (small.root.parent / "cache/trials").exists()
    assert small.json("status")["new_releases"] == [row(released)]
    assert (small.root.parent / "cache/trials").exists()


@pytest.mark.usefixtures("released")
def test_a_branch_that_moved_is_told_once(small: SmallSeries) -> None:
    path = small.root / "series/small.toml"
    path.write_text(path.read_text().replace('"1.2"]', '"1.2", "stable"]'))
    small.run("rebase")
    small.upstream.commit({"call.py": text(HEAD, BODY, TAIL)}, branch="stable")
    done = CliRunner().invoke(group, ["status"], standalone_mode=False)
    assert done.exception is None
    assert "stable" not in done.stderr
