"""Changing several files of a series at once: all of them or none, also when killed midway.

New contents are first written beside the project, then a journal names every change, then each
file is moved into place. A journal that is still there at the next start is carried out to its
end (:func:`recover`); staged files without a journal are thrown away.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from patchseries.files import explained

FOLDER = ".series"
"""The folder below the project's root that holds the state of the tool; git ignores it."""


def commit_files(root: Path, changes: Mapping[str, bytes | None]) -> list[str]:
    """Make each file of *changes* (path below *root* → new bytes, None: gone) so, as one step.

    :return: the paths that really changed, sorted
    :raises SeriesError: the disk is full or a folder cannot be written; then nothing changed
    """
    real = {path: data for path, data in changes.items() if _content(root / path) != data}
    if not real:
        return []
    with held(root):
        recover(root)
        stage = root / FOLDER / "stage"
        journal = root / FOLDER / "journal"
        with explained("save the changes"):
            try:
                moves = _stage(stage, real)
                _check_writable(root, real)
                _write(stage / "journal", json.dumps(moves).encode())
                os.replace(stage / "journal", journal)
            except BaseException:
                shutil.rmtree(stage, ignore_errors=True)
                raise
        recover(root)
    return sorted(real)


def recover(root: Path) -> list[str]:
    """Finish a change that was interrupted after it had been decided; the paths it is about.

    An interruption before that leaves the old state, and only staged files to clear away.
    """
    journal = root / FOLDER / "journal"
    stage = root / FOLDER / "stage"
    finished: list[str] = []
    if journal.exists():
        with explained("finish saving the changes"):
            moves: dict[str, str | None] = json.loads(journal.read_bytes())
            for path, staged in moves.items():
                _carry_out(root / path, stage / staged if staged else None)
            journal.unlink()
            finished = sorted(moves)
    shutil.rmtree(stage, ignore_errors=True)
    return finished


@contextmanager
def held(root: Path) -> Iterator[None]:
    """Hold the project against other runs that change it."""
    with explained("write to the project"):
        folder = root / FOLDER
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
    with FileLock(folder / "lock"):
        yield


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _stage(stage: Path, changes: Mapping[str, bytes | None]) -> dict[str, str | None]:
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    moves: dict[str, str | None] = {}
    for number, (path, data) in enumerate(sorted(changes.items())):
        moves[path] = None if data is None else str(number)
        if data is not None:
            _write(stage / str(number), data)
    return moves


def _check_writable(root: Path, changes: Mapping[str, bytes | None]) -> None:
    """Make each folder and try it, so that no move can fail for a reason known beforehand."""
    for folder in {(root / path).parent for path in changes}:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied", str(folder))


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _carry_out(path: Path, staged: Path | None) -> None:
    if staged is None:
        path.unlink(missing_ok=True)
        _prune(path.parent)
    elif staged.exists():  # else it was moved before the interruption
        path.parent.mkdir(parents=True, exist_ok=True)
        os.chmod(staged, 0o644)
        os.replace(staged, path)


def _prune(folder: Path) -> None:
    """Remove folders that became empty."""
    try:
        while True:
            folder.rmdir()
            folder = folder.parent
    except OSError:
        return
