"""Changing several files of a series at once: all of them or none, also when killed midway.

The journal that names every change, the new contents and the log entry are written to the
project's state, in ``stage/``, and each new content beside the file that it is for, too: the state
may be on another file system. Renaming ``stage/`` to ``pending/`` is the decision; what follows is
a rename for each file. What is still pending at the next start is carried out to its end
(:func:`recover`); what was staged only is thrown away. A journal is checked like any other input:
all of it is carried out, or nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from patchseries.errors import ExitCode, SeriesError
from patchseries.files import explained, is_of_the_machine, sha256
from patchseries.journal import beneath
from patchseries.journal.log import Operation, command_of, keep_record, record
from patchseries.journal.state import State, held

_JOURNAL = "journal.json"
_STAGE = "stage"
_PENDING = "pending"
_DONE = "done"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found of an interrupted command: its name, and which state the files are in now.

    ``paths`` are the files of the new state; none when the old state stands.
    """

    command: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Journal:
    """What was decided: by path, the SHA-256 of the bytes before and after (None: no file)."""

    command: str
    changes: Mapping[str, tuple[str | None, str | None]]


def commit_files(
    state: State,
    changes: Mapping[str, bytes | None],
    operation: Operation,
    *,
    undoes: int | None = None,
) -> list[str]:
    """Make each file of *changes* (path below the root → new bytes, None: gone) so, as one step.

    :param operation: what the log says of it
    :param undoes: the number of the operation that this one takes back
    :return: the paths that really changed, sorted
    :raises SeriesError: the disk is full, a directory cannot be written, or a path is not a plain
        file inside the project; then nothing changed
    """
    if not _real(state.root, changes):
        return []
    with held(state):
        _finish(state)
        real = _real(state.root, changes)
        with _uninterrupted():
            with explained("save the changes"):
                _decide(state, real, operation, undoes)
            _finish_decided(state)
    return sorted(real)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until the files are written: it takes milliseconds.

    Only the main thread may set a signal's handler; Ctrl-C never stops another.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: waiting.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
        if waiting:
            signal.raise_signal(signal.SIGINT)


def _finish_decided(state: State) -> None:
    """Carry out what was just decided; where that fails, once more.

    :raises SeriesError: it failed again; the next command does it
    """
    try:
        _finish(state)
    except SeriesError:
        if not (state.directory / _PENDING).exists():
            raise  # it was set aside: there is nothing left to finish
        try:
            _finish(state)
        except SeriesError as error:
            raise SeriesError(
                "the changes are saved, but not all files are written yet",
                cause=error.message,
                hint="free some space or make the directory writable: the next command finishes it",
                exit_code=ExitCode.PROGRAM,
            ) from error


def recover(state: State) -> Recovered | None:
    """Finish a change that was interrupted after it had been decided; what was found, if any.

    An interruption before that leaves the old state, and only staged files to clear away.

    :raises SeriesError: what was decided cannot be done any more; it is set aside, and no file of
        the project was changed
    """
    if not _is_unfinished(state):
        return None
    with held(state):
        return _finish(state)


def _is_unfinished(state: State) -> bool:
    return any((state.directory / name).exists() for name in (_STAGE, _PENDING, _DONE))


def _finish(state: State) -> Recovered | None:
    stage, pending = state.directory / _STAGE, state.directory / _PENDING
    found = None
    if pending.exists():
        with explained("finish saving the changes"):
            found = _carry_out(state, pending)
            # one rename ends it: a journal half deleted would look like one half done
            pending.rename(state.directory / _DONE)
    elif stage.exists():
        found = Recovered(command_of(stage / "record"), ())
        _drop(state, stage)
    shutil.rmtree(state.directory / _DONE, ignore_errors=True)
    return found


def _drop(state: State, stage: Path) -> None:
    """Throw away what was staged, and what was prepared beside the files."""
    try:
        for path in _read_journal(stage)[0].changes:
            beneath.discard(state.root, path)
    except (OSError, SeriesError):  # it was not whole yet, so that nothing was prepared
        pass
    shutil.rmtree(stage, ignore_errors=True)


def _carry_out(state: State, pending: Path) -> Recovered:
    try:
        journal, contents = _read_journal(pending)
        _check_unchanged(state.root, journal)
    except SeriesError as error:
        raise _set_aside(pending, error) from error
    for path in journal.changes:
        beneath.complete(state.root, path, contents[path])
    if (pending / "record").is_dir():  # else it was kept before the interruption
        keep_record(state, pending / "record")
    return Recovered(journal.command, tuple(sorted(journal.changes)))


def _read_journal(pending: Path) -> tuple[_Journal, dict[str, bytes | None]]:
    """The journal, and the new contents that it names.

    :raises SeriesError: it is damaged, or names a path that no command writes to
    :raises OSError: it cannot be read now: too many files are open, or the disk fails
    """
    try:
        told = json.loads((pending / _JOURNAL).read_bytes())
        changes = {
            beneath.check_path(path): (before, after)
            for path, (before, after) in told["changes"].items()
        }
        contents = {path: _content(pending, after) for path, (_, after) in changes.items()}
        return _Journal(str(told["command"]), changes), contents
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if is_of_the_machine(error):
            raise
        raise SeriesError("its journal is damaged", cause=str(error)) from error


def _content(pending: Path, digest: object) -> bytes | None:
    if digest is None:
        return None
    if not isinstance(digest, str) or not digest.isalnum():
        raise ValueError(f"not a SHA-256: {str(digest)[:80]!r}")
    data = (pending / digest).read_bytes()
    if sha256(data) != digest:
        raise ValueError(f"{digest} does not match its name")
    return data


def _check_unchanged(root: Path, journal: _Journal) -> None:
    """Refuse *journal* when a file is neither what it was nor what it is to be: it was edited.

    :raises SeriesError: so, or it is no plain file now
    """
    for path, known in journal.changes.items():
        if _digest(root, path) not in known:
            raise SeriesError(f"{path} was changed since")


def _set_aside(pending: Path, error: SeriesError) -> SeriesError:
    number = 1
    while (aside := pending.with_name(f"refused-{number}")).exists():
        number += 1
    pending.rename(aside)
    command = command_of(aside / "record")
    who = f"`{command}`" if command else "an earlier command"
    return SeriesError(
        f"{who} was interrupted while it wrote, and cannot be finished: {error.message}",
        cause=error.cause,
        hint=f"its files are in {aside}; see what it left with `git status`, and run it again",
    )


def _decide(
    state: State, changes: Mapping[str, bytes | None], operation: Operation, undoes: int | None
) -> None:
    """Write all that the change takes to the state, and decide it by one rename."""
    stage = state.directory / _STAGE
    try:
        before = {path: beneath.read(state.root, path) for path in changes}
        _stage(stage, before, changes, operation)
        (stage / "record").mkdir()
        for name, data in record(operation, before, changes, undoes).items():
            _write(stage / "record" / name, data)
        for path, new in changes.items():
            beneath.prepare(state.root, path, new)
        _sync(stage / "record", stage)
        stage.rename(state.directory / _PENDING)
        with suppress(OSError):  # it is decided: only a power cut could still take it back
            _sync(state.directory)
    except BaseException:
        if stage.exists():
            _drop(state, stage)
        raise


def _stage(
    stage: Path,
    before: Mapping[str, bytes | None],
    after: Mapping[str, bytes | None],
    operation: Operation,
) -> None:
    stage.mkdir(mode=0o700)
    digests = {
        path: [None if data is None else sha256(data) for data in (before[path], after[path])]
        for path in sorted(after)
    }
    for new in after.values():
        if new is not None and not (stage / sha256(new)).exists():
            _write(stage / sha256(new), new)
    told = {"command": operation.command, "changes": digests}
    _write(stage / _JOURNAL, json.dumps(told).encode())


def _real(root: Path, changes: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """Those of *changes* that would change something.

    :raises SeriesError: one of them is not a plain file inside the project
    """
    return {path: data for path, data in changes.items() if beneath.read(root, path) != data}


def _digest(root: Path, path: str) -> str | None:
    data = beneath.read(root, path)
    return None if data is None else sha256(data)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(*directories: Path) -> None:
    """Have the names in *directories* on the disk, in this order."""
    for directory in directories:
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
