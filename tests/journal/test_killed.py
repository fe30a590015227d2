"""Killed (SIGKILL) at any system call that writes: the old files or the new, and which is said."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from patchseries.journal import (
    Operation,
    Recovered,
    State,
    beneath,
    commit_files,
    operations,
    recover,
    undo,
)
from support.state import content, project_state

OLD = {"series/kept": b"old", "patches/d/gone": b"old"}
NEW = {"series/kept": b"new", "patches/e/made": b"new"}
CHANGES: dict[str, bytes | None] = {
    "series/kept": b"new",
    "patches/d/gone": None,
    "patches/e/made": b"new",
}
COMMAND = Operation("series rebase", "2013-04-04T00:00:00Z")
_WRITING = ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod")
"""The audit events (PEP 578) before which the child is killed."""


def old_project(folder: Path) -> State:
    state = project_state(folder)
    for name, data in OLD.items():
        (state.root / name).parent.mkdir(parents=True, exist_ok=True)
        (state.root / name).write_bytes(data)
    return state


def killed_at(state: State, moment: int, events: Sequence[str] = _WRITING) -> bool:
    """Commit the changes in a child that is killed at its *moment*-th event; whether it was."""
    child = os.fork()
    if child == 0:
        left = [moment]

        def audit(event: str, _: object) -> None:
            if event in events:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(audit)
        try:
            commit_files(state, CHANGES, COMMAND)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_one_that_is_killed_before_it_decides_leaves_nothing_and_is_told(tmp_path: Path) -> None:
    state = old_project(tmp_path)
    commit_files(state, {"series/other": b"1"}, COMMAND)
    before = sorted(tmp_path.rglob("*"))
    assert killed_at(state, 1, ["os.rename"])
    assert len(list(state.root.rglob("*.series-new"))) == 2
    assert recover(state) == Recovered("series rebase", ())
    assert sorted(tmp_path.rglob("*")) == before
    assert recover(state) is None


def test_ctrl_c_waits_until_the_files_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, complete = old_project(tmp_path), beneath.complete

    def interrupted(root: Path, path: str, new: bytes | None) -> None:
        signal.raise_signal(signal.SIGINT)
        complete(root, path, new)

    monkeypatch.setattr(beneath, "complete", interrupted)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            commit_files(state, CHANGES, COMMAND)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler)
    assert content(state) == NEW
    assert recover(state) is None


def test_changes_are_written_in_another_thread_too(tmp_path: Path) -> None:
    """No handler of a signal can be set there."""
    state = old_project(tmp_path)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(commit_files, state, CHANGES, COMMAND).result()
    assert content(state) == NEW


def test_every_moment(tmp_path: Path) -> None:
    """Not some moments but each one, until a run lives to its end."""
    states = []
    moment = 0
    while True:
        moment += 1
        state = old_project(tmp_path / str(moment))
        was_killed = killed_at(state, moment)
        found = recover(state)
        if found is not None:
            assert bool(found.paths) == (content(state) == NEW)
            assert found.command == "series rebase" or not found.paths
        assert content(state) in (OLD, NEW)
        assert len(operations(state)) == (content(state) == NEW)
        if content(state) == NEW:
            undo(state, COMMAND)
            assert content(state) == OLD
        else:
            assert found is None or found.paths == ()
        states.append(found)
        if not was_killed:
            break
    assert moment > 20
    assert any(s and s.paths for s in states)
    assert any(s and not s.paths for s in states)


def test_killed_again_while_recovering(tmp_path: Path) -> None:
    state = old_project(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beneath, "complete", _interrupt)  # the first move, after the decision
        with pytest.raises(KeyboardInterrupt):
            commit_files(state, CHANGES, COMMAND)
        with pytest.raises(KeyboardInterrupt):
            recover(state)
    found = recover(state)
    assert found is not None
    assert found.paths == ("patches/d/gone", "patches/e/made", "series/kept")
    assert content(state) == NEW
    assert recover(state) is None


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
