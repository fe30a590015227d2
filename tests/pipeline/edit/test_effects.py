"""``series refresh`` tells, before anything is written, what comes out otherwise on any base."""

from __future__ import annotations

from pathlib import Path

from pipeline.edit.test_refresh import cells, git
from support.small_series import HEAD, MERGED, TAIL, SmallSeries, text

NOTE = """\
From: Ann <a@test.invalid>
Subject: Note it

---
--- /dev/null
+++ b/NOTE
@@ -0,0 +1 @@
+noted
"""
NOISY = """\
--- a/log.py
+++ b/log.py
@@ -1 +1 @@
-quiet
+noisy
"""


def checked_out(small: SmallSeries, base: str) -> Path:
    small.run("rebase")
    return small.check_out(base)


def effects(small: SmallSeries, *words: str) -> list[tuple[str, str, str | None, str]]:
    """The effects of the plan; nothing is written."""
    before = small.tracked()
    document = small.json("refresh", *words, "-n")
    assert small.tracked() == before
    return [(e["patch"], e["base"], e["before"], e["after"]) for e in document["effects"]]


def test_a_conflict_on_another_base_is_told_before_it_comes(small: SmallSeries) -> None:
    """An own patch is one file for all bases; on 1.2 the lines that it changes now are others."""
    own = small.root / "patches/own/note.patch"
    own.parent.mkdir(parents=True)
    own.write_text(NOTE)
    manifest = small.root / "series/small.toml"
    manifest.write_text(manifest.read_text() + 'fixups = ["own/note.patch"]\n')
    small.upstream.commit({"README": b"other\n"}, "Other", branch="stable")
    small.upstream.tag("1.2", "refs/heads/stable")
    tree = checked_out(small, "1.0")
    assert cells(small, "log") == dict.fromkeys(("1.0", "1.1", "1.2"), "clean")
    (tree / "README").write_bytes(b"words\n")
    git(tree, "commit", "--quiet", "--all", "--amend", "--no-edit")
    assert effects(small, "work") == [("log", "1.2", "clean", "conflict")]
    said = small.run("refresh", "work", "--yes")[1]
    assert said.startswith("changed own/note.patch\n  log on 1.2: clean -> conflict\n")
    assert cells(small, "log") == {"1.0": "clean", "1.1": "clean", "1.2": "conflict"}


def test_a_resolution_that_another_base_uses_too(small: SmallSeries) -> None:
    small.run("resolve", "retry", "--take", "theirs", "-m", "x")
    small.run("rebase")
    small.run("accept", "retry", "--onto", "1.2", "--yes")
    tree = checked_out(small, "1.1")
    git(tree, "checkout", "--quiet", "--detach", "HEAD~1")
    (tree / "call.py").write_bytes(text(HEAD, MERGED, TAIL))
    git(tree, "commit", "--quiet", "--all", "--amend", "--no-edit")
    git(tree, "cherry-pick", "series")
    assert small.run("refresh", "work", "-n")[1].splitlines() == [
        "changed retry: 1 resolution",
        "  retry on 1.1: adapted, with another diff",
        "  retry on 1.2: adapted, with another diff, to be signed off again",
    ]


def test_a_later_patch_of_the_same_base(small: SmallSeries) -> None:
    small.run("rebase")
    path = small.root / "patches/small/1.0/project/0001-retry.patch"
    path.write_text(path.read_text() + NOISY)
    assert effects(small, "retry", "--onto", "1.0") == [("log", "1.0", "clean", "conflict")]


def test_a_base_that_is_not_at_hand_is_named(small: SmallSeries) -> None:
    tree = checked_out(small, "1.0")
    manifest = small.root / "series/small.toml"
    manifest.write_text(manifest.read_text().replace('"1.2"]', '"1.2", "1.3"]'))
    (tree / "log.py").write_bytes(b"louder\n")
    git(tree, "commit", "--quiet", "--all", "--amend", "--no-edit")
    assert small.json("refresh", "work", "-n")["unchecked"] == ["1.3"]
    assert "not in the cache: 1.3" in small.run("refresh", "work", "-n")[1]
