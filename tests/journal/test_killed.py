"""Killed (SIGKILL) at any system call that writes: the old files or the new, and which is said."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from patchseries.journal import Operation, commit_files, operations, recover, undo

OLD = {"kept": b"old", "gone": b"old"}
NEW = {"kept": b"new", "d/made": b"new"}
CHANGES: dict[str, bytes | None] = {"kept": b"new", "gone": None, "d/made": b"new"}
COMMAND = Operation("series rebase", "2013-04-04T00:00:00Z")
_WRITING = ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod")
"""The audit events (PEP 578) before which the child is killed."""


def content(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".series" not in path.parts
    }


def killed_at(root: Path, moment: int) -> bool:
    """Commit the changes in a child that is killed at its *moment*-th event; whether it was."""
    child = os.fork()
    if child == 0:
        left = [moment]

        def audit(event: str, args: object) -> None:
            if event in _WRITING and str(root) in str(args):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(audit)
        try:
            commit_files(root, CHANGES, COMMAND)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_every_moment(tmp_path: Path) -> None:
    """Not some moments but each one, until a run lives to its end."""
    states = []
    moment = 0
    while True:
        moment += 1
        root = tmp_path / str(moment)
        root.mkdir()
        for name, data in OLD.items():
            (root / name).write_bytes(data)
        was_killed = killed_at(root, moment)
        found = recover(root)
        if found is not None:
            assert bool(found.paths) == (content(root) == NEW)
            assert found.command == "series rebase" or not found.paths
        assert content(root) in (OLD, NEW)
        assert len(operations(root)) == (content(root) == NEW)
        if content(root) == NEW:
            undo(root, COMMAND)
            assert content(root) == OLD
        else:
            assert found is None or found.paths == ()
        states.append(found)
        if not was_killed:
            break
    assert moment > 20
    assert any(s and s.paths for s in states)
    assert any(s and not s.paths for s in states)


def test_killed_again_while_recovering(tmp_path: Path) -> None:
    for name, data in OLD.items():
        (tmp_path / name).write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "chmod", _interrupt)  # the first move, right after the decision
        with pytest.raises(KeyboardInterrupt):
            commit_files(tmp_path, CHANGES, COMMAND)
        with pytest.raises(KeyboardInterrupt):
            recover(tmp_path)
    found = recover(tmp_path)
    assert found is not None
    assert found.paths == ("d/made", "gone", "kept")
    assert content(tmp_path) == NEW
    assert recover(tmp_path) is None


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
