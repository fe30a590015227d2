"""The operation log and undo, over plain files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.cli.common import Given
from patchseries.cli.undo import show_taken
from patchseries.errors import SeriesError, UsageError
from patchseries.journal import Logged, Operation, State, commit_files, operations, undo
from patchseries.journal import log as logs
from support.state import content, project_state

FIRST = Operation("series first", "2013-04-04T00:00:00Z")
SECOND = Operation("series second", "2013-04-05T00:00:00Z")
UNDO = Operation("series undo", "2013-04-06T00:00:00Z")


@pytest.fixture
def state(tmp_path: Path) -> State:
    return project_state(tmp_path)


def test_each_change_is_logged_and_taken_back_one_by_one(state: State) -> None:
    (state.root / "series").mkdir()
    (state.root / "series/kept").write_bytes(b"old")
    commit_files(state, {"series/kept": b"new", "series/a/made": b"1"}, FIRST)
    commit_files(state, {"series/a/made": None}, SECOND)
    assert [o.command for o in operations(state)] == ["series second", "series first"]
    assert undo(state, UNDO).command == "series second"
    assert content(state) == {"series/kept": b"new", "series/a/made": b"1"}
    assert undo(state, UNDO).command == "series first"
    assert content(state) == {"series/kept": b"old"}
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(state, UNDO)


def test_an_undo_can_be_undone_by_its_number(state: State) -> None:
    commit_files(state, {"series/f": b"1"}, FIRST)
    undo(state, UNDO)
    number = operations(state)[0].number
    undo(state, UNDO, number)
    assert content(state) == {"series/f": b"1"}
    assert undo(state, UNDO).command == "series first"
    assert content(state) == {}


def test_an_edit_by_hand_is_never_lost(state: State) -> None:
    commit_files(state, {"series/f": b"1", "series/g": b"1"}, FIRST)
    (state.root / "series/f").write_bytes(b"typed")
    with pytest.raises(SeriesError, match="series/f was changed after `series first`"):
        undo(state, UNDO)
    assert content(state) == {"series/f": b"typed", "series/g": b"1"}


def test_a_dry_run_changes_nothing(state: State) -> None:
    commit_files(state, {"series/f": b"1"}, FIRST)
    undo(state, UNDO, dry_run=True)
    assert content(state) == {"series/f": b"1"}
    assert not operations(state)[0].undone


def test_wrong_numbers_are_refused(state: State) -> None:
    commit_files(state, {"series/f": b"1"}, FIRST)
    with pytest.raises(UsageError, match="no operation 9"):
        undo(state, UNDO, 9)
    undo(state, UNDO, 1)
    with pytest.raises(UsageError, match="already undone"):
        undo(state, UNDO, 1)


def test_the_log_is_bounded(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "KEPT", 3)
    for n in range(5):
        commit_files(state, {"series/f": b"%d" % n}, FIRST)
    assert [o.number for o in operations(state)] == [5, 4, 3]


def test_nobodys_log_grows_for_ever(state: State) -> None:
    commit_files(state, {"series/f": b"1"}, FIRST)
    first = state.directory / "log/000001"
    for number in range(2, logs.KEPT + 9):
        shutil.copytree(first, first.with_name(f"{number:06d}"))
    commit_files(state, {"series/f": b"2"}, FIRST)
    assert len(list(first.parent.iterdir())) == logs.KEPT
    assert operations(state)[0].number == logs.KEPT + 9


_FILES = st.dictionaries(
    st.sampled_from(["series/a", "series/b", "patches/d/c"]),
    st.none() | st.binary(max_size=3),
    min_size=1,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(_FILES, max_size=5))
def test_undoing_all_brings_the_start_back(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, bytes | None]]
) -> None:
    state = project_state(tmp_path_factory.mktemp("undo"))
    (state.root / "series").mkdir()
    (state.root / "series/a").write_bytes(b"start")
    seen = [content(state)]
    for step in steps:
        if commit_files(state, step, FIRST):
            seen.append(content(state))
    while len(seen) > 1:
        assert content(state) == seen.pop()
        undo(state, UNDO)
    assert content(state) == seen[0] == {"series/a": b"start"}


def test_undo_of_an_upgrade_in_place_says_that_debian_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command, said in (("upgrade 2.0 --in-place", True), ("upgrade 2.0 oven", False)):
        show_taken(Logged(1, f"series {command}", "2013-04-04T00:00:00Z", ()), Given())
        assert ("git checkout debian/" in capsys.readouterr().err) is said
