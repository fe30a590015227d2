"""A rebase asks first what the bases contain; what they answered is in the lock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchseries import lock as locks
from patchseries.lock import InBase
from patchseries.model import CommitId
from support.gitserver import Behaviour, serve
from support.manifests import small_manifest
from support.small_series import SmallSeries, enter
from support.upstreams import Upstream

CHANGE = "I" + "0123456789" * 4
OTHER = "I" + "a1b2c3d4e5" * 4
CODE = b"".join(b"def f%d():\n    return %d\n\n\n" % (n, n) for n in range(8))
FIXED = CODE.replace(b"return 3", b"return 33")
BACKPORT = CODE.replace(b"return 3", b"return 30 + 3")

MANIFEST = f"""\
{small_manifest(["1.0", "1.1", "1.2"], "{url}")}
[[patch]]
name = "fix"
project = "project"
source = {{{{ commit = "{{fix}}" }}}}
{{keys}}
"""


class World(SmallSeries):
    """1.1 has the fix in other code, which 1.2 has reverted; master has the fix itself."""

    backport: CommitId
    url = "https://upstream.invalid/org/project.git"

    def write(self, keys: str = "") -> None:
        text = MANIFEST.format(url=self.url, fix=self.retry, keys=keys)
        (self.root / "series/small.toml").write_text(text)

    def cells(self, *words: str) -> dict[str, Any]:
        return {cell["base"]: cell for cell in self.json("rebase", *words)["cells"]}

    def words(self, *words: str) -> dict[str, str]:
        return {base: cell["outcome"] for base, cell in self.cells(*words).items()}

    def notes(self) -> list[str]:
        return [found["message"] for found in self.json("rebase", "--offline")["findings"]]

    def codes(self) -> list[tuple[str, str | None]]:
        found = self.json("check")["findings"]
        return [(one["code"], one["base"]) for one in found]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with Upstream(tmp_path / "mirrors/org/project.git") as upstream:
        start = upstream.commit({"lib.py": CODE}, "Start")
        upstream.tag("1.0")
        fix = upstream.commit({"lib.py": FIXED}, f"Fix\n\nChange-Id: {CHANGE}")
        backport = upstream.commit(
            {"lib.py": BACKPORT}, f"Fix\n\nChange-Id: {CHANGE}", branch="stable", parent=start
        )
        upstream.tag("1.1", "refs/heads/stable")
        words = f'Revert "Fix"\n\nThis reverts commit {backport}.\n\nChange-Id: {OTHER}'
        upstream.commit({"lib.py": CODE}, words, branch="stable")
        upstream.tag("1.2", "refs/heads/stable")
        root = tmp_path / "project"
        (root / "series").mkdir(parents=True)
        made = World(root, upstream, fix, fix)
        made.backport = backport
        enter(made, monkeypatch, tmp_path)
        made.write()
        yield made


def test_a_change_that_the_base_contains_is_not_ported(world: World) -> None:
    cells = world.cells()
    assert {base: cell["outcome"] for base, cell in cells.items()} == {
        "1.0": "clean",
        "1.1": "already-applied",
        "1.2": "clean",
    }
    assert cells["1.1"]["in_base"] == {"commit": world.backport, "evidence": "change-id"}
    assert cells["1.0"]["in_base"] is None
    assert not list((world.root / "patches/small/1.1").rglob("*.patch"))
    status, text = world.run("rebase")
    assert status == 0
    assert f"already in: fix on 1.1: {world.backport[:12]} (change-id)" in text


def test_the_lock_says_it_and_the_commands_that_show(world: World) -> None:
    world.words()
    lock = locks.load(world.root / "series/small.lock")
    assert lock.cells["fix", "1.1"].in_base == InBase(world.backport, "change-id")
    assert lock.cells["fix", "1.2"].in_base is None
    assert all(cell.question for cell in lock.cells.values())
    short = f"{world.backport[:12]} (change-id)"
    assert f"already-applied, by {short}" in world.run("show", "fix")[1]
    (patch,) = world.json("status")["patches"]
    assert patch["bases"] == [{"base": "1.1", "commit": world.backport, "evidence": "change-id"}]
    world.run("report", "--output", "page.html")
    assert f"by {short}" in (world.root / "page.html").read_text()


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("true", "conflict"),
        ("false", "already-applied"),
        ('">=1.1"', "conflict"),
        ('"<1.1"', "already-applied"),
    ],
)
def test_a_port_all_the_same(world: World, value: str, outcome: str) -> None:
    world.write(f"port-anyway = {value}")
    assert world.words()["1.1"] == outcome
    codes = world.codes()
    assert ("landed-in-base", "1.1") not in codes


def test_by_what_the_manifest_tracks(world: World) -> None:
    """The source is a fork's commit that says nothing of what it is."""
    parent = world.upstream.repository.resolve("1.0")
    world.retry = world.upstream.commit({"lib.py": FIXED}, "Mine", branch="fork", parent=parent)
    world.write()
    assert world.words()["1.1"] != "already-applied"
    world.write(f'change-id = "{CHANGE}"')
    assert world.words()["1.1"] == "already-applied"
    world.write(f'change-id = "{CHANGE}"\nupstream = "{OTHER}"')  # and that is nowhere
    assert world.words()["1.1"] != "already-applied"


def test_a_patch_file_whose_head_says_what_it_is(world: World) -> None:
    (world.root / "patches/own").mkdir(parents=True)
    diff = world.upstream.repository.diff("1.0^{tree}", "master^{tree}")
    path = world.root / "patches/own/fix.patch"
    path.write_bytes(f"Origin: upstream, commit:{world.log}\n\n---\n".encode() + diff)
    manifest = world.root / "series/small.toml"
    text = manifest.read_text().replace(f'commit = "{world.retry}"', 'file = "own/fix.patch"')
    manifest.write_text(text)
    assert world.words() == {"1.0": "clean", "1.1": "already-applied", "1.2": "clean"}
    path.write_bytes(b"Subject: Fix\n\n---\n" + diff)
    assert world.words()["1.1"] == "conflict"


@pytest.mark.parametrize(("subject", "outcome"), [("Fix it", "already-applied"), ("X", "conflict")])
def test_a_patch_file_whose_diff_author_and_subject_a_commit_has(
    world: World, subject: str, outcome: str
) -> None:
    """No id names the change, and 1.3 has changed the same lines again since."""
    upstream = world.upstream
    before = upstream.repository.resolve("refs/tags/1.2")
    same = upstream.commit({"lib.py": FIXED}, "Fix it\n\nBecause.", branch="new", parent=before)
    upstream.commit({"lib.py": CODE.replace(b"return 3", b"return 4")}, "Other", branch="new")
    upstream.tag("1.3", "refs/heads/new")
    mail = upstream.repository.run("format-patch", "--stdout", "-1", same).stdout
    (world.root / "patches/own").mkdir(parents=True)
    (world.root / "patches/own/fix.patch").write_bytes(mail.replace(b"Fix it", subject.encode()))
    world.write()
    path = world.root / "series/small.toml"
    text = path.read_text().replace(f'commit = "{world.retry}"', 'file = "own/fix.patch"')
    path.write_text(text.replace('"1.0", "1.1", "1.2"', '"1.3"'))
    cell = world.cells()["1.3"]
    assert cell["outcome"] == outcome
    found = {"commit": same, "evidence": "patch-id"}
    assert cell["in_base"] == (found if outcome == "already-applied" else None)


def test_the_lock_gives_the_same_where_no_history_is(world: World, tmp_path: Path) -> None:
    world.words()
    before = world.tracked()
    assert world.run("rebase", "--locked")[0] == 0
    with serve(tmp_path / "mirrors", Behaviour(filters=True)):
        pass  # nothing is asked of it
    assert world.words("--offline")["1.1"] == "already-applied"
    assert world.tracked() == before


def test_another_question_is_asked_anew(world: World) -> None:
    world.words()
    parent = world.upstream.repository.resolve("1.0")
    world.retry = world.upstream.commit({"lib.py": FIXED}, "Mine", branch="fork", parent=parent)
    world.write()
    assert world.words()["1.1"] == "conflict"


def test_the_history_is_fetched_once_and_not_with_files(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERIES_MIRRORS", "")
    with serve(tmp_path / "mirrors", Behaviour(filters=True)) as server:
        world.url = server.url("org/project.git")
        world.write()
        assert world.words()["1.1"] == "already-applied"
    (world.root / "series/small.lock").unlink()
    assert world.words("--offline")["1.1"] == "already-applied"  # from the cache


def test_a_server_that_would_send_the_files_too_is_not_let_and_it_is_said(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERIES_MIRRORS", "")
    with serve(tmp_path / "mirrors", Behaviour(filters=False)) as server:
        world.url = server.url("org/project.git")
        world.write()
        document = world.json("rebase")
        assert [cell["outcome"] for cell in document["cells"]] == ["clean", "conflict", "clean"]
        (note,) = document["findings"]
        assert (note["code"], note["severity"]) == ("history-unread", "note")
        assert (
            "the history was not searched for changes that are in 1.0, 1.1, 1.2" in note["message"]
        )
        assert "can send its history only with all files" in note["message"]
        assert ("history-unread", None) in world.codes()
        # what `status` brings is used from then on
        world.run("status")
        assert world.words()["1.1"] == "already-applied"
    assert world.notes() == []


def test_the_gate_names_a_patch_that_would_be_built_all_the_same(world: World) -> None:
    world.words()
    assert ("landed-in-base", "1.1") not in world.codes()
    path = world.root / "series/small.lock"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(  # as an older version left it, or a history that knew less
        "".join(
            line.partition(', outcome = "already')[0] + ', outcome = "conflict"},\n'
            if 'outcome = "already-applied"' in line
            else line
            for line in lines
        )
    )
    assert ("landed-in-base", "1.1") in world.codes()
    assert world.words("--ask-again")["1.1"] == "already-applied"
    assert ("landed-in-base", "1.1") not in world.codes()


def test_a_shallow_history_is_not_taken_for_a_whole_one(world: World, tmp_path: Path) -> None:
    mirror = tmp_path / "mirrors/org/project.git"
    tip = world.upstream.repository.resolve("1.2")
    (mirror / "shallow").write_text(f"{tip}\n")
    (note,) = world.json("rebase")["findings"]
    assert "1.2: its history is shallow" in note["message"]
