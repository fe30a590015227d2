"""tools/mine-backports: which commit of a release branch is which commit of the main branch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.upstreams import Upstream

TOOL = Path(__file__).parents[2] / "tools" / "mine-backports"
CHANGE = "Change-Id: I" + "a" * 40


def mined(path: Path, *words: str) -> tuple[int, list[dict[str, str]]]:
    argv = [sys.executable, str(TOOL), str(path), "org/oven", "master", *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def picked(path: Path, work: Path, commit: str) -> str:
    """Cherry-pick *commit* onto stable/1 as a person does: author, date and subject stay."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=work, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    subprocess.run(["git", "clone", "-q", "-b", "stable/1", path, work], check=True)
    git("cherry-pick", commit)
    git("push", "-q", "origin", "HEAD")
    return git("rev-parse", "HEAD")


def test_what_is_a_backport_and_how_that_is_known(tmp_path: Path) -> None:
    path = tmp_path / "oven.git"
    with Upstream(path) as oven:
        start = oven.commit({"a": b"1\n"})
        named = oven.commit({"b": b"1\n"}, f"Named\n\n{CHANGE}")
        line = oven.commit({"c": b"1\n"}, "Line")
        kept = oven.commit({"d": b"1\n"}, "Kept")
        oven.commit({"x": b"0\n"}, "Only here", branch="stable/1", parent=start)
        onto = oven.repository.resolve("refs/heads/stable/1")
        by_id = oven.commit({"b": b"2\n"}, f"Other words\n\n{CHANGE}", branch="stable/1")
        words = f"Line\n\n(cherry picked from commit {line})"
        by_line = oven.commit({"c": b"2\n"}, words, branch="stable/1")
        oven.commit({"e": b"1\n"}, "Kept", branch="stable/1")  # by another, at another time
        oven.commit({"z": b"0\n"}, "Elsewhere", branch="other", parent=start)
    by_author = picked(path, tmp_path / "work", kept)
    status, pairs = mined(path, "stable/*")
    assert status == 0
    assert {(p["human"], p["upstream"], p["evidence"]) for p in pairs} == {
        (by_id, named, "change-id"),
        (by_line, line, "cherry-pick"),
        (by_author, kept, "author"),
    }
    (pair,) = (p for p in pairs if p["human"] == by_id)
    assert (pair["repo"], pair["line"], pair["onto"]) == ("org/oven", "1", onto)
    assert pair["id"] == f"oven-1-{by_id[:10]}"
    assert pair["half"] in ("a", "b")
    with Upstream(path) as oven:
        assert pair["human_tree"] == oven.repository.commit(by_id).tree
    sample = mined(path, "stable/*", "--most", "2")[1]
    assert len(sample) == 2
    assert all(one in pairs for one in sample)
    assert mined(path, "none/*") == (1, [])
    with Upstream(path) as oven:
        oven.tag("stable-end", by_id)
    ended = mined(path, "stable-end")[1]
    assert [(one["human"], one["line"]) for one in ended] == [(by_id, "stable-end")]
