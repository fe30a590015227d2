"""The operation log and undo, over plain files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.errors import SeriesError, UsageError
from patchseries.journal import Operation, commit_files, operations, undo
from patchseries.journal import log as logs

FIRST = Operation("series first", "2013-04-04T00:00:00Z")
SECOND = Operation("series second", "2013-04-05T00:00:00Z")
UNDO = Operation("series undo", "2013-04-06T00:00:00Z")


def content(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".series" not in path.parts
    }


def test_each_change_is_logged_and_taken_back_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"old")
    commit_files(tmp_path, {"kept": b"new", "a/made": b"1"}, FIRST)
    commit_files(tmp_path, {"a/made": None}, SECOND)
    assert [o.command for o in operations(tmp_path)] == ["series second", "series first"]
    assert undo(tmp_path, UNDO).command == "series second"
    assert content(tmp_path) == {"kept": b"new", "a/made": b"1"}
    assert undo(tmp_path, UNDO).command == "series first"
    assert content(tmp_path) == {"kept": b"old"}
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(tmp_path, UNDO)


def test_an_undo_can_be_undone_by_its_number(tmp_path: Path) -> None:
    commit_files(tmp_path, {"f": b"1"}, FIRST)
    undo(tmp_path, UNDO)
    number = operations(tmp_path)[0].number
    undo(tmp_path, UNDO, number)
    assert content(tmp_path) == {"f": b"1"}
    assert undo(tmp_path, UNDO).command == "series first"
    assert content(tmp_path) == {}


def test_an_edit_by_hand_is_never_lost(tmp_path: Path) -> None:
    commit_files(tmp_path, {"f": b"1", "g": b"1"}, FIRST)
    (tmp_path / "f").write_bytes(b"typed")
    with pytest.raises(SeriesError, match="f was changed after `series first`"):
        undo(tmp_path, UNDO)
    assert content(tmp_path) == {"f": b"typed", "g": b"1"}


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    commit_files(tmp_path, {"f": b"1"}, FIRST)
    undo(tmp_path, UNDO, dry_run=True)
    assert content(tmp_path) == {"f": b"1"}
    assert not operations(tmp_path)[0].undone


def test_wrong_numbers_are_refused(tmp_path: Path) -> None:
    commit_files(tmp_path, {"f": b"1"}, FIRST)
    with pytest.raises(UsageError, match="no operation 9"):
        undo(tmp_path, UNDO, 9)
    undo(tmp_path, UNDO, 1)
    with pytest.raises(UsageError, match="undone already"):
        undo(tmp_path, UNDO, 1)


def test_the_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "KEPT", 3)
    for n in range(5):
        commit_files(tmp_path, {"f": b"%d" % n}, FIRST)
    assert [o.number for o in operations(tmp_path)] == [5, 4, 3]


_FILES = st.dictionaries(
    st.sampled_from(["a", "b", "d/c"]), st.none() | st.binary(max_size=3), min_size=1
)


@settings(max_examples=25, deadline=None)
@given(st.lists(_FILES, max_size=5))
def test_undoing_all_brings_the_start_back(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, bytes | None]]
) -> None:
    root = tmp_path_factory.mktemp("undo")
    (root / "a").write_bytes(b"start")
    seen = [content(root)]
    for step in steps:
        if commit_files(root, step, FIRST):
            seen.append(content(root))
    while len(seen) > 1:
        assert content(root) == seen.pop()
        undo(root, UNDO)
    assert content(root) == seen[0] == {"a": b"start"}
