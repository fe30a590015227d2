"""The repository builder of the tests: same calls, same ids; what it makes is what git sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries import process
from patchseries.git import Repository
from patchseries.model import CommitId
from support.upstreams import Upstream


def build(path: Path) -> CommitId:
    with Upstream(path) as made:
        first = made.commit(
            {"a.py": b"A = 1\n", "bin/run": b"#!/bin/sh\n"}, modes={"bin/run": "100755"}
        )
        made.tag("1.0", message="Release 1.0")
        made.commit({"a.py": b"A = 2\n"}, "Second\n\nChange-Id: I1")
        return made.commit({"a.py": None, "b": b"a"}, "Side", branch="stable", parent=first)


def test_same_calls_same_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = build(tmp_path / "one" / "p.git")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "1 +0200")
    assert build(tmp_path / "two" / "p.git") == one


def test_git_sees_what_was_asked(tmp_path: Path) -> None:
    stable = build(tmp_path / "p.git")
    with Repository(tmp_path / "p.git") as repository:
        refs = repository.refs("refs/heads/", "refs/tags/")
        assert refs["refs/heads/stable"] == stable
        assert refs["refs/tags/1.0"] == repository.commit(stable).parents[0]
        assert repository.commit(refs["refs/heads/master"]).subject == "Second"
        assert {p: e.mode for p, e in repository.walk(repository.commit(stable).tree)} == {
            "b": "100644",
            "bin/run": "100755",
        }
    process.run(["git", f"--git-dir={tmp_path / 'p.git'}", "fsck", "--strict"])


def test_each_commit_has_its_own_time(upstream: Upstream) -> None:
    made = [upstream.commit({"f": str(n).encode()}) for n in range(3)]
    times = [upstream.repository.commit(c).author.time for c in made]
    assert times == sorted(set(times))
