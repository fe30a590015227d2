"""The state of a project: whose it is, and that what it names is checked like any other input."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from patchseries.errors import ExitCode, SeriesError
from patchseries.files import sha256
from patchseries.journal import (
    Operation,
    State,
    commit,
    commit_files,
    find_state,
    held,
    operations,
    undo,
)
from patchseries.journal.commit import recover
from support.state import content, project_state

COMMAND = Operation("series rebase", "2013-04-04T00:00:00Z")

BAD_PATHS = [
    "../outside",
    "series/../../outside",
    "/etc/passwd",
    "series//x",
    "series/./x",
    "series",
    "x",
    "",
    "build/x",
    ".series/x",
    "series/.git/config",
    "patches/.GIT/hooks/x",
    "series/a\0b",
    "series/",
]


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A project in which one file was made."""
    made = project_state(tmp_path)
    (tmp_path / "outside").write_bytes(b"private")
    commit_files(made, {"series/a": b"1"}, COMMAND)
    return made


def plant_journal(state: State, changes: dict[str, Any], contents: tuple[bytes, ...] = ()) -> None:
    pending = state.directory / "pending"
    pending.mkdir()
    for data in contents:
        (pending / sha256(data)).write_bytes(data)
    (pending / "journal.json").write_text(json.dumps({"command": "x", "changes": changes}))


@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_journal_that_leads_out_is_refused_whole(state: State, path: str) -> None:
    new = sha256(b"new")
    plant_journal(state, {"series/a": [sha256(b"1"), new], path: [None, new]}, (b"new",))
    with pytest.raises(SeriesError, match=r"cannot be finished: .*path"):
        recover(state)
    assert content(state) == {"series/a": b"1"}
    assert (state.root.parent / "outside").read_bytes() == b"private"
    assert recover(state) is None
    assert commit_files(state, {"series/a": b"2"}, COMMAND) == ["series/a"]


@pytest.mark.parametrize(
    "changes",
    [
        [],
        {},
        None,
        1,
        {"series/a": None},
        {"series/a": ["x"]},
        {"series/a": [None, 7]},
        {"series/a": [None, "../../../outside"]},
        {"series/a": [None, "0" * 64]},
        "x" * 10_000,
    ],
)
def test_a_journal_that_is_none_changes_nothing(state: State, changes: Any) -> None:
    plant_journal(state, changes)
    if changes != {}:
        with pytest.raises(SeriesError, match="cannot be finished"):
            recover(state)
    assert content(state) == {"series/a": b"1"}


@pytest.mark.parametrize("digest", ["../../../outside", "/dev/full", "", 7, ["x" * 200]])
def test_a_journal_names_no_file_but_its_own_as_a_content(state: State, digest: Any) -> None:
    """None of them is opened: it may be a pipe, or have no end."""
    plant_journal(state, {"series/a": [None, digest]})
    with pytest.raises(SeriesError, match="its journal is damaged") as caught:
        recover(state)
    assert (caught.value.cause or "").startswith("not a SHA-256: ")
    assert len(caught.value.cause or "") < 120


def test_a_deep_journal(state: State) -> None:
    plant_journal(state, {})
    (state.directory / "pending/journal.json").write_text('{"changes":' + "[" * 100_000)
    with pytest.raises(SeriesError, match="cannot be finished: its journal is damaged"):
        recover(state)


def test_a_file_edited_since_the_kill_is_not_overwritten(state: State) -> None:
    plant_journal(state, {"series/a": [sha256(b"0"), sha256(b"2")]}, (b"2",))
    with pytest.raises(SeriesError, match="series/a was changed since"):
        recover(state)
    assert content(state) == {"series/a": b"1"}


def test_another_content_than_was_decided_is_not_written(state: State) -> None:
    plant_journal(state, {"series/a": [sha256(b"1"), sha256(b"2")]}, (b"2",))
    (state.directory / "pending" / sha256(b"2")).write_bytes(b"flipped")
    with pytest.raises(SeriesError, match="its journal is damaged"):
        recover(state)
    assert content(state) == {"series/a": b"1"}


def rewrite_log(state: State, **values: Any) -> None:
    path = state.directory / "log/000001/operation.json"
    data = json.loads(path.read_bytes())
    data["changes"][0] |= values
    path.write_text(json.dumps(data))


@pytest.mark.parametrize("path", [*BAD_PATHS, 7, None, ["series/a"], {}, "x" * 10_000])
def test_a_log_that_leads_out_undoes_nothing(state: State, path: Any) -> None:
    rewrite_log(state, path=path, after=sha256(b"private"))
    with pytest.raises(SeriesError, match="is damaged: nothing is undone") as caught:
        undo(state, COMMAND)
    assert len(caught.value.cause or "") < 300
    assert content(state) == {"series/a": b"1"}
    assert (state.root.parent / "outside").read_bytes() == b"private"


@pytest.mark.parametrize("before", ["../../../../outside", "x", 7, [], {}])
def test_old_content_is_named_by_its_digest(state: State, before: Any) -> None:
    rewrite_log(state, before=before)
    with pytest.raises(SeriesError, match="is damaged") as caught:
        undo(state, COMMAND)
    assert caught.value.cause == f"not a SHA-256: {str(before)!r}"
    assert content(state) == {"series/a": b"1"}


def test_old_content_that_was_changed_is_not_brought_back(state: State) -> None:
    commit_files(state, {"series/a": b"2"}, COMMAND)
    (state.directory / "log/000002" / sha256(b"1")).write_bytes(b"flipped")
    with pytest.raises(SeriesError, match="is damaged"):
        undo(state, COMMAND)
    assert content(state) == {"series/a": b"2"}


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"changes": 1}', "[" * 100_000, "\xff"])
def test_a_log_that_is_none(state: State, text: str) -> None:
    path = state.directory / "log/000001/operation.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SeriesError, match="is damaged"):
        operations(state)


@pytest.mark.parametrize(
    "values",
    [{"changes": []}, {"undoes": "1"}, {"undoes": True}, {"undoes": 1.5}, {"undoes": [1]}],
)
def test_a_log_that_is_no_operation(state: State, values: dict[str, Any]) -> None:
    path = state.directory / "log/000001/operation.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | values))
    with pytest.raises(SeriesError, match="is damaged") as caught:
        operations(state)
    assert caught.value.cause == "it is not an operation"


def link_parent(state: State) -> None:
    shutil.rmtree(state.root / "series")
    (state.root / "series").symlink_to(state.root.parent / "elsewhere")


def link_file(state: State) -> None:
    (state.root / "series/a").unlink()
    (state.root / "series/a").symlink_to(state.root.parent / "elsewhere/a")


def changed(state: State) -> None:
    commit_files(state, {"patches/b": b"2", "series/a": b"2"}, COMMAND)


def undone(state: State) -> None:
    undo(state, COMMAND)


def recovered(state: State) -> None:
    changes = {"patches/b": [None, sha256(b"2")], "series/a": [None, sha256(b"2")]}
    plant_journal(state, changes, (b"2",))
    recover(state)


@pytest.mark.parametrize("link", [link_parent, link_file])
@pytest.mark.parametrize("way", [changed, undone, recovered])
def test_no_link_is_followed(state: State, link: Any, way: Any) -> None:
    elsewhere = state.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a").write_bytes(b"1")
    link(state)
    with pytest.raises(SeriesError, match="is a symbolic link"):
        way(state)
    assert (elsewhere / "a").read_bytes() == b"1"
    assert not (state.root / "patches").exists()


@pytest.mark.parametrize("kind", ["pipe", "directory"])
def test_what_was_decided_is_done_whole_or_not_at_all(state: State, kind: str) -> None:
    """A pipe or directory that came to stand at the last of its paths stops the first one too."""
    make = os.mkfifo if kind == "pipe" else os.mkdir
    make(state.root / "series/z")
    new = sha256(b"2")
    plant_journal(state, {"series/a": [sha256(b"1"), new], "series/z": [None, new]}, (b"2",))
    with pytest.raises(SeriesError, match="cannot be finished: series/z is not a file"):
        recover(state)
    assert (state.root / "series/a").read_bytes() == b"1"


@pytest.mark.parametrize("name", ["stage", "done"])
def test_what_cannot_be_cleared_away_stops_nothing(state: State, name: str) -> None:
    """A link in the place of a directory: it is not removed as one, and what it names stays."""
    elsewhere = state.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (state.directory / name).symlink_to(elsewhere)
    recover(state)
    assert (elsewhere / "kept").exists()


def test_what_is_no_file_is_not_replaced(state: State) -> None:
    os.mkfifo(state.root / "series/pipe")
    with pytest.raises(SeriesError, match="series/pipe is not a file"):
        commit_files(state, {"series/pipe": b"2"}, COMMAND)


def test_undoing_does_not_prune_the_project(tmp_path: Path) -> None:
    state = project_state(tmp_path)
    commit_files(state, {"series/a/b/c": b"1"}, COMMAND)
    undo(state, COMMAND)
    assert list(state.root.iterdir()) == []


def test_where_there_is_no_state_nothing_is_written_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be one that can only be read: to rename what is not there fails on it too."""
    (tmp_path / "home" / "projects").mkdir(parents=True, mode=0o700)
    (tmp_path / "home").chmod(0o700)
    (tmp_path / "project").mkdir()
    monkeypatch.setattr(Path, "rename", lambda *_: pytest.fail("renamed"))
    assert find_state(tmp_path / "home", tmp_path / "project").set_aside is None


def test_another_directory_at_the_same_path_has_no_past(state: State) -> None:
    aside = state.root.parent / "before"
    state.root.rename(aside)
    state.root.mkdir()
    fresh = find_state(state.home, state.root)
    assert fresh.set_aside is not None
    assert (fresh.set_aside / "log/000001/operation.json").is_file()
    assert operations(fresh) == []
    assert find_state(state.home, state.root).set_aside is None
    commit_files(fresh, {"series/new": b"1"}, COMMAND)
    again = find_state(state.home, state.root)
    assert again.set_aside is None
    assert len(operations(again)) == 1


def test_a_state_that_does_not_say_whose_it_is_is_set_aside(state: State) -> None:
    record = state.directory / "project.json"
    for number, text in enumerate(("{", "\xff", "[]", None), 1):
        commit_files(state, {"series/a": b"%d" % number}, COMMAND)
        record.unlink() if text is None else record.write_bytes(text.encode("latin-1"))
        aside = find_state(state.home, state.root).set_aside
        assert aside is not None
        assert aside.name.endswith(f".old-{number}")
        assert not state.directory.exists()


def test_a_state_that_another_run_has_just_set_aside(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    (state.directory / "project.json").write_text("{}")

    def gone(*_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(Path, "rename", gone)
    assert find_state(state.home, state.root).set_aside is None


def test_a_state_that_cannot_be_made_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = project_state(tmp_path)

    def refused(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(SeriesError, match="cannot write to the state directory: Read-only"):
        commit_files(state, {"series/a": b"1"}, COMMAND)
    assert list((state.home / "projects").iterdir()) == []

    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "unlink", fails)
    with pytest.raises(SeriesError, match="cannot write to the state directory: Read-only"):
        commit_files(state, {"series/a": b"1"}, COMMAND)


def test_a_state_that_another_run_makes_in_that_moment_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, rename = project_state(tmp_path), Path.rename

    def beaten(path: Path, target: Path) -> Path:
        if target == state.directory:
            shutil.copytree(path, target)
            (target / "theirs").touch()
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", beaten)
    commit_files(state, {"series/a": b"1"}, COMMAND)
    assert (state.directory / "theirs").exists()
    assert list((state.home / "projects").iterdir()) == [state.directory]
    assert find_state(state.home, state.root).set_aside is None


def test_a_state_says_whose_it_is_as_it_always_did(state: State) -> None:
    """Another word there would set aside the state of every project."""
    there = state.root.stat()
    assert json.loads((state.directory / "project.json").read_bytes()) == {
        "schema": 1,
        "path": str(state.root),
        "device": there.st_dev,
        "inode": there.st_ino,
    }


def test_an_operation_that_cannot_be_forgotten_stops_nothing(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchseries.journal.log.KEPT", 2)
    first = state.directory / "log/000001"
    first.rename(state.directory / "kept")
    first.symlink_to(state.directory / "kept")  # a link to a directory is not removed as one
    for number in range(2, 5):
        commit_files(state, {"series/a": b"%d" % number}, COMMAND)
    assert [logged.number for logged in operations(state)] == [4, 3, 1]


def test_it_is_the_users_alone(state: State) -> None:
    for path in (state.home, state.home / "projects", state.directory):
        assert path.stat().st_mode & 0o777 == 0o700, path
    state.home.chmod(0o755)  # readable, so nobody can have written: it is closed
    find_state(state.home, state.root)
    assert state.home.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_one_that_others_can_write_is_refused(state: State, mode: int) -> None:
    state.home.chmod(mode)
    with pytest.raises(SeriesError, match="can be written by other users; delete it; or, if"):
        find_state(state.home, state.root)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_one_of_another_user_is_refused(state: State) -> None:
    os.chown(state.home, 12345, 12345)
    with pytest.raises(SeriesError, match=r"belongs to another user; .* SERIES_STATE"):
        find_state(state.home, state.root)


def test_the_state_may_be_on_another_file_system(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    home = memory / f"series-test-{os.getpid()}"
    try:
        root = tmp_path / "project"
        root.mkdir()
        state = find_state(home, root)
        commit_files(state, {"series/a": b"1", "patches/p/b": b"2"}, COMMAND)
        undo(state, COMMAND)
        undo(state, COMMAND, 2)
        assert content(state) == {"series/a": b"1", "patches/p/b": b"2"}
    finally:
        shutil.rmtree(home, ignore_errors=True)


def failing_once(
    monkeypatch: pytest.MonkeyPatch, ends: str, number: int = errno.EMFILE
) -> list[Path]:
    """Let the first reading of a file whose name ends so fail; the files that failed."""
    failed: list[Path] = []
    usual = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name.endswith(ends) and not failed:
            failed.append(path)
            raise OSError(number, os.strerror(number), str(path))
        return usual(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    return failed


@pytest.mark.parametrize("ends", ["journal.json", sha256(b"2")])
@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO])
def test_a_journal_that_cannot_be_read_now_is_not_damaged(
    state: State, ends: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = failing_once(monkeypatch, ends, number)
    commit_files(state, {"series/a": b"2"}, COMMAND)
    assert failed
    assert content(state) == {"series/a": b"2"}


def test_what_is_set_aside_is_not_done(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(_: Path) -> None:
        raise SeriesError("its journal is damaged")

    with monkeypatch.context() as patch:
        patch.setattr(commit, "_read_journal", spoilt)
        with pytest.raises(SeriesError, match="cannot be finished"):
            commit_files(state, {"series/a": b"2"}, COMMAND)
    assert content(state)["series/a"] == b"1"


def test_a_log_that_cannot_be_read_now_is_not_damaged(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "operation.json")
    with pytest.raises(OSError, match="Too many open files"):
        operations(state)
    assert len(operations(state)) == 1


def test_a_state_that_cannot_be_read_now_is_not_set_aside(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "project.json")
    with pytest.raises(OSError, match="Too many open files"):
        find_state(state.home, state.root)
    assert find_state(state.home, state.root).set_aside is None


def in_another_process(act: Any) -> None:
    """Run *act* in a child; its end is waited for, and must be a good one."""
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_held_project_is_held_against_others_and_not_against_itself(state: State) -> None:
    waited: list[int] = []

    def other() -> None:
        before = time.monotonic()
        with (
            pytest.raises(SeriesError, match=r"using .*project for more than 0 s") as caught,
            held(state, lambda: waited.append(1), 0.01),
        ):
            raise AssertionError("it was held")
        assert (caught.value.exit_code, waited) == (ExitCode.PROGRAM, [1])
        assert time.monotonic() - before < 0.9

    with held(state):
        with held(state, lambda: waited.append(2), 0):
            in_another_process(other)
        in_another_process(other)
    in_another_process(lambda: held(state, lambda: waited.append(3), 0).__enter__())
    with held(state, lambda: waited.append(4), 0):
        pass
    assert waited == []


def test_another_run_is_waited_for_where_nobody_says_how_long(state: State) -> None:
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        with held(state):
            os.write(told, b"x")
            time.sleep(0.2)
        os._exit(0)
    os.read(ready, 1)
    waited: list[int] = []
    with held(state, lambda: waited.append(1)):
        assert waited == [1]
    os.waitpid(child, 0)
    for descriptor in (ready, told):
        os.close(descriptor)


def test_what_is_held_is_held_in_every_thread(state: State) -> None:
    def again() -> None:
        with held(state, lambda: pytest.fail("it waits for itself"), 0):
            pass

    with held(state), ThreadPoolExecutor(1) as threads:
        threads.submit(again).result()


def test_each_directory_that_was_there_before_keeps_its_state(state: State) -> None:
    for number in (1, 2, 3):
        state.root.rename(state.root.parent / f"before-{number}")
        state.root.mkdir()
        fresh = find_state(state.home, state.root)
        assert fresh.set_aside == fresh.directory.with_name(f"{fresh.directory.name}.old-{number}")
        commit_files(fresh, {"series/new": b"1"}, COMMAND)
    assert len(list((state.home / "projects").iterdir())) == 4


@pytest.mark.parametrize(
    ("name", "shown"), [("a b/../c", "c-"), ("-.x.-", "x-"), ("x" * 60, "x" * 40 + "-"), ("é", "")]
)
def test_a_state_is_named_after_its_project(tmp_path: Path, name: str, shown: str) -> None:
    (tmp_path / "a b").mkdir()
    root = tmp_path / name
    root.mkdir()
    found = find_state(tmp_path / "home", root)
    assert found.directory.parent == tmp_path / "home/projects"
    assert found.directory.name[:-16] == shown
    assert not (tmp_path / "home").exists()


def test_the_path_counts_as_the_directory_does(state: State) -> None:
    """A state that is not of this very path and directory is another's."""
    record = state.directory / "project.json"
    told = json.loads(record.read_bytes())
    for key in told:
        record.write_text(json.dumps(told | {key: "other"}))
        found = find_state(state.home, state.root)
        assert found.set_aside is not None
        found.set_aside.rename(state.directory)
    record.write_text(json.dumps(told))
    assert find_state(state.home, state.root / "." / ".." / state.root.name).set_aside is None
