"""Patch queues of the real gbp: what it writes is what is imported, and the other way round."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries import process
from patchseries.cli import group
from patchseries.files import directory_contents
from support.packagetree import DEBIAN, PATCHES, lines, make_upstream, patch, text
from support.tools import need

GIT = {
    "HOME": "/nonexistent",
    "EMAIL": "ada@test.invalid",
    "GIT_AUTHOR_NAME": "A",
    "GIT_COMMITTER_NAME": "A",
}
HEADED = b"From: =?utf-8?q?Zo=C3=AB?= <zoe@test.invalid>\nDate: Mon, 1 Jul 2013 12:00:00 +0200\n"
QUEUE: Mapping[str, bytes] = {
    "series": b"# a comment\nshift.patch\nfixes/near.diff\nbare\n",
    "shift.patch": PATCHES["shift.patch"],
    "fixes/near.diff": HEADED
    + b"Subject: A change\n\nWhy it is so.  \n\nBug: https://bugs.test.invalid/1\n---\n"
    + patch("near", 5, "five").partition(b"\n\n")[2],
    "bare": HEADED + b"Subject: Bare\n\n" + patch("clash", 5, "five").partition(b"\n\n")[2],
}


def run(top: Path, words: str) -> None:
    """Run the command *words* in the repository *top*, by nobody's configuration."""
    env = GIT | {"GIT_COMMITTER_DATE": "1400000000 +0000"}
    process.run(words.split(), cwd=top, env=env)


class GbpTree:
    """A packaging repository with upstream's files in its branch, as gbp keeps it."""

    def __init__(self, top: Path, files: Mapping[str, bytes]) -> None:
        self.top = top
        for name, data in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.call("git init -q -b master")
        self.call("git add -Af .")
        self.call("git commit -qm Package")

    def call(self, words: str) -> None:
        run(self.top, words)

    @property
    def patches(self) -> Mapping[str, bytes]:
        return directory_contents(self.top / "debian" / "patches")


def series(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(group, [*words, "--json"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GbpTree:
    need("gbp")
    make_upstream(tmp_path / "mirrors" / "org" / "oven.git")
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("SERIES_MIRRORS", str(tmp_path / "mirrors"))
    monkeypatch.setenv("SERIES_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SERIES_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DEBFULLNAME", "Ada Baker")
    monkeypatch.setenv("DEBEMAIL", "ada@test.invalid")
    files = {name: text(*lines(name)) for name in ("shift", "near", "merged", "clash")}
    files |= {f"debian/{name}": data for name, data in DEBIAN.items()}
    files |= {f"debian/patches/{name}": data for name, data in QUEUE.items()}
    return GbpTree(tmp_path / "oven", files)


def test_a_patch_queue_is_imported_as_gbp_exports_it(tree: GbpTree) -> None:
    tree.call("gbp pq import")
    tree.call("git checkout -q master")
    made = series("import", f"{tree.top}#patch-queue/master")
    assert [row["shown"] for row in made["patches"]] == ["shift.patch", "fixes/near.diff", "bare"]
    tree.call("gbp pq export --abbrev=40")
    assert tree.patches.keys() == QUEUE.keys()
    assert directory_contents(Path("patches/imported/oven")) == tree.patches
    series("rebase")
    series("export", "back")
    assert directory_contents(Path("back")) == tree.patches


def test_gbp_exports_a_checkout_under_the_packagers_names(tree: GbpTree, tmp_path: Path) -> None:
    series("import", str(tree.top))
    work = tmp_path / "work"
    series("checkout", "oven", str(work), "--onto", "1.0")
    assert series("refresh", str(work))["plan"] == []
    root = json.loads((work / ".git" / "series.json").read_text())["root"]
    run(work, f"git branch packaging {root}")
    run(work, "git checkout -q -b patch-queue/packaging")
    run(work, "gbp pq export")
    exported = directory_contents(work / "debian" / "patches")
    assert exported.keys() == QUEUE.keys()
    assert exported["series"] == b"shift.patch\nfixes/near.diff\nbare\n"
    assert b"Gbp-Pq" not in b"".join(exported.values())
    assert b"\nWhy it is so.  \n\nSeries-Patch: fixes-near\n---\n" in exported["fixes/near.diff"]
