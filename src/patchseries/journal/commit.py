"""Changing several files of a series at once: all of them or none, also when killed midway.

New contents are first written beside the project, then a journal names every change, then each
file is moved into place. A journal that is still there at the next start is carried out to its
end (:func:`recover`); staged files without a journal are thrown away. What was there before
goes into the operation log (:mod:`patchseries.journal.log`) by the same step.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from patchseries.files import explained
from patchseries.journal.log import FOLDER, Operation, command_of, keep_record, record


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found of an interrupted command: its name, and which state the files are in now.

    ``paths`` are the files of the new state; none when the old state stands.
    """

    command: str
    paths: tuple[str, ...]


def commit_files(
    root: Path,
    changes: Mapping[str, bytes | None],
    operation: Operation,
    *,
    undoes: int | None = None,
) -> list[str]:
    """Make each file of *changes* (path below *root* → new bytes, None: gone) so, as one step.

    :param operation: what the log says of it
    :param undoes: the number of the operation that this one takes back
    :return: the paths that really changed, sorted
    :raises SeriesError: the disk is full or a folder cannot be written; then nothing changed
    """
    if not _real(root, changes):
        return []
    with held(root):
        _finish(root)
        real = _real(root, changes)
        stage = root / FOLDER / "stage"
        with explained("save the changes"):
            try:
                moves = _stage(stage, real)
                before = {path: _content(root / path) for path in real}
                _stage_record(stage, record(operation, before, real, undoes))
                _check_writable(root, real)
                told = {"command": operation.command, "moves": moves}
                _write(stage / "journal", json.dumps(told).encode())
                os.replace(stage / "journal", root / FOLDER / "journal")
            except BaseException:
                shutil.rmtree(stage, ignore_errors=True)
                raise
        _finish(root)
    return sorted(real)


def recover(root: Path) -> Recovered | None:
    """Finish a change that was interrupted after it had been decided; what was found, if any.

    An interruption before that leaves the old state, and only staged files to clear away.
    """
    folder = root / FOLDER
    if not ((folder / "journal").exists() or (folder / "stage").exists()):
        return None
    with held(root):
        return _finish(root)


def _finish(root: Path) -> Recovered | None:
    journal = root / FOLDER / "journal"
    stage = root / FOLDER / "stage"
    if not (journal.exists() or stage.exists()):
        return None
    command = command_of(stage / "record")
    finished: tuple[str, ...] = ()
    if journal.exists():
        with explained("finish saving the changes"):
            told = json.loads(journal.read_bytes())
            command, moves = str(told["command"]), told["moves"]
            for path, staged in moves.items():
                _carry_out(root / path, stage / staged if staged else None)
            if (stage / "record").is_dir():  # else it was kept before the interruption
                keep_record(root, stage / "record")
            finished = tuple(sorted(moves))
    # the stage first: without a journal it would look like a change that was never decided
    shutil.rmtree(stage, ignore_errors=True)
    journal.unlink(missing_ok=True)
    return Recovered(command, finished)


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


def _real(root: Path, changes: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """Those of *changes* that would change something."""
    return {path: data for path, data in changes.items() if _content(root / path) != data}


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


def _stage_record(stage: Path, files: Mapping[str, bytes]) -> None:
    (stage / "record").mkdir()
    for name, data in files.items():
        _write(stage / "record" / name, data)


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
