"""Changed lines: the same change is recognised whatever its context, spaces and paths' prefix."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.changedlines import changed_lines, lines_in_history, lines_of_commit
from support.upstreams import Upstream

BEFORE = b"".join(b"line %d\n" % n for n in range(20))
AFTER = BEFORE.replace(b"line 7\n", b"line seven\n").replace(b"line 12\n", b"")


def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "org" / "oven.git")


def test_context_and_white_space_do_not_count(tmp_path: Path) -> None:
    with upstream(tmp_path) as made:
        first = made.commit({"a/bake.py": BEFORE}, "Start")
        second = made.commit({"a/bake.py": AFTER, "other": b"another line\n"}, "Seven")
        git = made.repository
        trees = git.commit(first).tree, git.commit(second).tree
        commit = lines_of_commit(git, second)
        assert commit is not None
        for context in (0, 1, 3, 9):
            diff = git.diff(*trees, context=context).replace(b"line seven", b"line \t seven")
            assert changed_lines(diff) == commit
        part = changed_lines(git.diff(*trees).split(b"diff --git a/other")[0])
        assert part.is_same_in(commit)
        assert not commit.is_same_in(part)
        assert part.share_in(commit) == 1
        assert 0.5 < commit.share_in(part) < 1


def test_the_history_of_some_paths(tmp_path: Path) -> None:
    with upstream(tmp_path) as made:
        first = made.commit({"bake.py": BEFORE}, "Start")
        second = made.commit({"bake.py": AFTER}, "Seven")
        made.commit({"other": b"x\n"}, "Other")
        third = made.commit({"bake.py": BEFORE}, "Back")
        git = made.repository
        found = list(lines_in_history(git, [third], [first], ["bake.py", "*", "a\nb"]))
        assert [commit for commit, _ in found] == [third, second]
        assert found[1][1] == lines_of_commit(git, second)
        assert list(lines_in_history(git, [third], [], [])) == []


def test_strip_levels_and_removed_files() -> None:
    diff = b"--- bake.py.orig\n+++ bake.py\n@@ -1 +1 @@\n-old\n+new\n"
    assert changed_lines(diff, strip=0).by_path == {"bake.py": (b"-old", b"+new")}
    gone = b"--- a/x\t2013-01-01\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n--- b\n"
    assert changed_lines(gone).by_path == {"x": (b"-a", b"---b")}


def test_lines_that_tell_nothing_count_only_where_there_are_no_others() -> None:
    diff = b"--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+}\n+retry(3)\n"
    assert changed_lines(diff).size == 1
    assert changed_lines(diff.replace(b"retry(3)", b"{")).size == 2
    assert changed_lines(b"").size == 0
    assert changed_lines(b"").share_in(changed_lines(diff)) == 0


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    changed_lines(data)
    changed_lines(b"--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n" + data)
