"""Requests to a running git: answered in order, whenever they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.errors import ProgramError
from patchseries.git import Repository, TreeEntry

NOWHERE = "0" * 39 + "1"


def _tree(store: Repository, text: bytes) -> str:
    return store.write_tree({b"f": TreeEntry("100644", store.write_blob(text))})


def test_answers_are_read_in_any_order(tmp_path: Path) -> None:
    with Repository.init(tmp_path / "repo.git") as store:
        trees = [_tree(store, b"%d\n" % n) for n in range(6)]
        asked = [store.begin_difference(trees[0], tree) for tree in trees[1:]]
        for n, future in reversed(list(enumerate(asked, 1))):
            (run,) = future.result().lines["f"]
            assert (run.removed, run.added) == ((b"0\n",), (b"%d\n" % n,))


def test_a_merge_goes_on_while_other_requests_are_answered(tmp_path: Path) -> None:
    with Repository.init(tmp_path / "repo.git") as store:
        base, ours, theirs = (
            _tree(store, text) for text in (b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\nC\n")
        )
        merging = store.begin_merge(base, ours, theirs)
        other = store.begin_merge(base, base, theirs)
        assert store.difference(base, theirs).entries.keys() == {"f"}
        assert other.result().tree == theirs
        assert store.file(merging.result().tree, "f") == b"A\nb\nC\n"
        assert merging.result() is merging.result()


def test_a_question_that_fails_says_so_each_time_and_the_next_is_answered(tmp_path: Path) -> None:
    with Repository.init(tmp_path / "repo.git") as store:
        one, other = _tree(store, b"1\n"), _tree(store, b"2\n")
        lost = store.write_tree({b"f": TreeEntry("100644", NOWHERE)})
        failing = store.begin_difference(one, lost)
        fine = store.begin_difference(one, other)  # reads what stands before it
        for _ in range(2):
            with pytest.raises(ProgramError, match="ended unexpectedly"):
                failing.result()
        assert fine.result().lines.keys() == {"f"}


@pytest.mark.parametrize("name", ['a "quoted" name', "tab\there", "ünïcode", "new\nline", "a b"])
def test_paths_come_back_as_they_are(tmp_path: Path, name: str) -> None:
    with Repository.init(tmp_path / "repo.git") as store:
        old, new = (TreeEntry("100644", store.write_blob(text)) for text in (b"1\n", b"2\n"))
        before = store.edit_tree(store.write_tree({}), {f"d/{name}": old})
        after = store.edit_tree(before, {f"d/{name}": new, f"e/{name}": new})
        found = store.difference(before, after)
        assert found.entries == {f"d/{name}": (old, new), f"e/{name}": (None, new)}
        assert found.entries == store.changes(before, after)
        assert found.lines.keys() == found.entries.keys()
        store.prefetch(files=[(after, f"d/{name}"), (after, "not/there")])
        assert store.file(after, f"d/{name}") == b"2\n"
