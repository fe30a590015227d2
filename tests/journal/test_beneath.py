"""What a change leaves on the disk, when, and that nothing is left where it fails."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from patchseries.errors import ExitCode, SeriesError
from patchseries.journal import Operation, State, beneath, commit_files, operations, recover
from support.state import content, project_state

COMMAND = Operation("series rebase", "2013-04-04T00:00:00Z")
CHANGES: dict[str, bytes | None] = {
    "series/kept": b"new",
    "patches/d/gone": None,
    "patches/e/f/made": b"new",
}


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = project_state(tmp_path)
    commit_files(made, {"series/kept": b"old", "patches/d/gone": b"old", "series/x": b""}, COMMAND)
    return made


@pytest.fixture(autouse=True)
def no_descriptor_is_left() -> Iterator[None]:
    before = set(os.listdir("/proc/self/fd"))
    yield
    left = set(os.listdir("/proc/self/fd")) - before
    assert not [f for f in left if os.path.exists(f"/proc/self/fd/{f}")]


def everything(state: State) -> list[str]:
    """Every name in the project, and in the state but for the lock."""
    names = [p for top in (state.root, state.directory) for p in top.rglob("*")]
    return sorted(str(p) for p in names if p.name != "lock")


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_files_have_the_usual_mode_and_the_state_is_private(state: State, umask: int) -> None:
    before = os.umask(umask)
    try:
        commit_files(state, CHANGES, COMMAND)
    finally:
        os.umask(before)
    for path in content(state):
        if path != "series/x":
            assert stat.S_IMODE((state.root / path).stat().st_mode) == 0o644
    assert stat.S_IMODE((state.directory / "log").stat().st_mode) == 0o700
    assert sorted(p.name for p in (state.root / "patches").iterdir()) == ["e"]


def test_what_is_decided_is_on_the_disk(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it before the decision, and each rename before the change counts as done."""
    synced: set[Path] = set()
    sizes: dict[Path, int] = {}
    sync, rename = os.fsync, Path.rename

    def synchronize(handle: int) -> None:
        sync(handle)
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        synced.add(path)
        sizes[path] = os.fstat(handle).st_size

    def renamed(path: Path, target: Path) -> Path:
        if path.name == "stage":
            assert {path, *path.rglob("*")} <= synced
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
            fresh = set(state.root.rglob("*.series-new"))
            assert len(fresh) == 2
            assert fresh <= synced
            written = [p for p in (*path.rglob("*"), *fresh) if p.is_file()]
            assert {p: sizes[p] for p in written} == {p: p.stat().st_size for p in written}
            synced.clear()
        if path.name == "pending":
            tops = {state.root / name for name in ("series", "patches/e/f", "patches/d")}
            assert {state.directory, *tops} <= {Path(str(p).split(" (")[0]) for p in synced}
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synchronize)
    monkeypatch.setattr(Path, "rename", renamed)
    commit_files(state, CHANGES, COMMAND)
    assert content(state) == {"series/kept": b"new", "patches/e/f/made": b"new", "series/x": b""}


def failing(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, at: int, times: int = 1
) -> list[int]:
    """Let calls of *name* fail, the one numbered *at* and so many from there on."""
    calls = [0]
    real: Callable[..., object] = getattr(where, name)

    def call(*args: object, **options: object) -> object:
        calls[0] += 1
        if at <= calls[0] < at + times:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **options)

    monkeypatch.setattr(where, name, call)
    return calls


def test_a_change_that_cannot_be_prepared_leaves_nothing(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever write fails, the files and the names are those of before."""
    names, files = everything(state), content(state)
    for at in range(1, 99):
        with monkeypatch.context() as patch:
            calls = failing(patch, os, "fsync", at)
            with suppress(SeriesError):
                commit_files(state, CHANGES, COMMAND)
                break
        assert calls == [at]
        assert (everything(state), content(state)) == (names, files)
    assert at > 8
    assert len(operations(state)) == 2


def test_writing_is_tried_twice_and_then_left_to_the_next_command(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        assert failing(patch, beneath, "complete", 2) == [0]
        commit_files(state, CHANGES, COMMAND)
    assert content(state)["series/kept"] == b"new"
    with monkeypatch.context() as patch:
        failing(patch, beneath, "complete", 1, 2)
        with pytest.raises(SeriesError, match="the changes are saved, but not all") as caught:
            commit_files(state, {"series/kept": b"newer"}, COMMAND)
    assert caught.value.exit_code == ExitCode.PROGRAM
    found = recover(state)
    assert found is not None
    assert (found.command, found.paths) == ("series rebase", ("series/kept",))
    assert content(state)["series/kept"] == b"newer"
    assert len(operations(state)) == 3


def test_what_changes_nothing_is_no_operation(state: State) -> None:
    names = everything(state)
    assert commit_files(state, {"series/kept": b"old", "series/none": None}, COMMAND) == []
    assert everything(state) == names


def test_refused_changes_are_kept_side_by_side(state: State) -> None:
    for number in (1, 2):
        with pytest.MonkeyPatch.context() as patch:
            failing(patch, beneath, "complete", 1, 9)
            with pytest.raises(SeriesError, match="saved"):
                commit_files(state, {"series/kept": b"%d" % number}, COMMAND)
        (state.root / "series/kept").write_bytes(b"typed %d" % number)
        with pytest.raises(SeriesError, match="`series rebase` was interrupted") as caught:
            recover(state)
        assert caught.value.hint is not None
        assert f"its files are in {state.directory}/refused-{number};" in caught.value.hint
        assert (state.directory / f"refused-{number}" / "journal.json").is_file()
        assert content(state)["series/kept"] == b"typed %d" % number


def test_a_directory_is_plain_or_not_there_yet(state: State) -> None:
    for path in ("patches", "patches/d", "patches/new/deep"):
        assert beneath.plain_directory(state.root, path) == state.root / path
    (state.root / "link").symlink_to("patches")
    for path, what in {
        "link": "link is a symbolic link",
        "link/d/e": "link is a symbolic link",
        "series/x": "series/x is not a directory",
        "series/x/y": "series/x is not a directory",
    }.items():
        with pytest.raises(SeriesError, match=f"^{what}: series writes only to plain ") as caught:
            beneath.plain_directory(state.root, path)
        assert caught.value.hint == "put a directory in its place"


def test_only_what_is_empty_is_pruned(state: State) -> None:
    commit_files(state, {"patches/a/b/c/d": b"1", "patches/a/e": b"2"}, COMMAND)
    commit_files(state, {"patches/a/b/c/d": None}, COMMAND)
    assert not (state.root / "patches/a/b").exists()
    commit_files(state, {"patches/a/e": None, "patches/d/gone": None}, COMMAND)
    assert sorted(p.name for p in state.root.iterdir()) == ["series"]


@pytest.mark.parametrize("lacking", [os.W_OK, os.X_OK])
def test_a_directory_that_may_not_be_written_is_told_before(
    state: State, monkeypatch: pytest.MonkeyPatch, lacking: int
) -> None:
    monkeypatch.setattr(os, "access", lambda _, mode, **__: not mode & lacking)
    with pytest.raises(SeriesError, match=f"{state.root}/patches/d Permission denied"):
        commit_files(state, {"patches/d/gone": None}, COMMAND)
    assert content(state)["patches/d/gone"] == b"old"


def test_what_a_refused_change_left_goes_with_its_file(state: State) -> None:
    with pytest.MonkeyPatch.context() as patch:
        failing(patch, beneath, "complete", 1, 9)
        with pytest.raises(SeriesError, match="saved"):
            commit_files(state, {"patches/d/gone": b"new"}, COMMAND)
    (state.root / "patches/d/gone").write_bytes(b"typed")
    with pytest.raises(SeriesError, match="was interrupted"):
        recover(state)
    commit_files(state, {"patches/d/gone": None}, COMMAND)
    assert not (state.root / "patches").exists()


def test_what_was_decided_is_done_before_the_next_change(state: State) -> None:
    """Also where nobody asked for it: a killed run, and then another command."""
    with pytest.MonkeyPatch.context() as patch:
        failing(patch, beneath, "complete", 1, 9)
        with pytest.raises(SeriesError, match="saved"):
            commit_files(state, CHANGES, COMMAND)
    assert commit_files(state, {"series/x": b"more"}, COMMAND) == ["series/x"]
    assert content(state) == {
        "series/kept": b"new",
        "patches/e/f/made": b"new",
        "series/x": b"more",
    }
    assert len(operations(state)) == 3


def test_a_pipe_is_not_waited_for(state: State) -> None:
    os.mkfifo(state.root / "series/pipe")
    with pytest.raises(SeriesError, match="series/pipe is not a file") as caught:
        beneath.read(state.root, "series/pipe")
    assert caught.value.hint == "put a file in its place"
    assert beneath.read(state.root, "series/none") is None
    assert beneath.read(state.root, "patches/none/x") is None
    assert beneath.read(state.root, "series/kept") == b"old"


def test_what_the_working_directory_has_is_not_taken_for_the_projects(
    state: State, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    for name in ("none", "deep"):
        (here / name).mkdir(parents=True)
    (here / "x").write_bytes(b"mine")
    monkeypatch.chdir(here)
    path, files = "patches/none/deep/x", content(state)
    assert beneath.read(state.root, path) is None
    beneath.complete(state.root, path, None)
    beneath.discard(state.root, path)
    assert sorted(p.name for p in here.iterdir()) == ["deep", "none", "x"]
    assert content(state) == files


def test_a_file_that_becomes_a_link_while_we_look_is_not_followed(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = state.root.parent / "outside"
    outside.write_bytes(b"private")
    (state.root / "series/kept").unlink()
    (state.root / "series/kept").symlink_to(outside)
    monkeypatch.setattr(beneath, "_is_there", lambda *_: True)
    with pytest.raises(OSError, match="symbolic links"):
        beneath.read(state.root, "series/kept")


@pytest.mark.parametrize("with_directory", [True, False])
def test_what_was_prepared_and_lost_is_written_again(
    state: State, monkeypatch: pytest.MonkeyPatch, with_directory: bool
) -> None:
    """As by a person who cleans up between a kill and the next command."""
    with monkeypatch.context() as patch:
        failing(patch, beneath, "complete", 1, 9)
        with pytest.raises(SeriesError, match="saved"):
            commit_files(state, CHANGES, COMMAND)
    (new,) = (state.root / "patches/e/f").iterdir()
    if with_directory:
        shutil.rmtree(state.root / "patches/e")
    else:
        new.unlink()
    for fresh in state.root.rglob("*.series-new"):
        fresh.write_bytes(b"other")
    assert recover(state) is not None
    assert content(state) == {"series/kept": b"new", "patches/e/f/made": b"new", "series/x": b""}


@pytest.mark.parametrize("path", ["a" * 10_000, "series/" + "../" * 10_000, "b" * 300 + "\0"])
def test_a_path_without_end_is_cut_in_the_message(path: str) -> None:
    with pytest.raises(SeriesError) as caught:
        beneath.check_path(path)
    assert repr(path)[:100] in caught.value.message
    assert len(caught.value.message) < 300
