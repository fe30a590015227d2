"""The operation log: what each command changed, with the bytes that were there before.

One directory an operation, ``log/000012/`` of the project's state: ``operation.json`` and the old
contents. It is written as part of the change itself, so that the log and the files never disagree.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from patchseries.errors import SeriesError
from patchseries.files import is_of_the_machine, sha256
from patchseries.journal.beneath import check_path
from patchseries.journal.state import State

KEPT = 100
"""How many operations can be taken back; older ones are forgotten."""

_RECORD = "operation.json"


@dataclass(frozen=True, slots=True)
class Operation:
    """Which command changes files, in the words it was called by, and when (ISO 8601, UTC)."""

    command: str
    time: str


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """One path: the SHA-256 of its bytes before and after (None: no such file)."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Logged:
    """An operation that was done; ``undoes`` is the number of the one it took back."""

    number: int
    command: str
    time: str
    changes: tuple[LoggedChange, ...]
    undoes: int | None = None
    undone: bool = False


def operations(state: State) -> list[Logged]:
    """All operations that are remembered, the last first.

    :raises SeriesError: the log is damaged, or names a path that no command writes to
    """
    gone: set[int | None] = set()
    found = []
    for number in sorted(_numbers(state), reverse=True):
        logged = _read(state, number)
        undone = number in gone
        if not undone:
            gone.add(logged.undoes)
        found.append(replace(logged, undone=undone))
    return found


def old_content(state: State, logged: Logged, change: LoggedChange) -> bytes | None:
    """The bytes that *change* of the operation *logged* replaced (None: there was no file).

    :raises SeriesError: the log does not have them any more
    """
    if change.before is None:
        return None
    path = _entry(state, logged.number) / change.before
    data = path.read_bytes() if path.is_file() else b""
    if sha256(data) != change.before:
        raise _damaged(path, f"it is not the former content of {change.path}")
    return data


def record(
    operation: Operation,
    before: Mapping[str, bytes | None],
    after: Mapping[str, bytes | None],
    undoes: int | None,
) -> dict[str, bytes]:
    """The files of a log entry, by name: the record, and each old content by its digest."""
    changes = [
        LoggedChange(path, _digest(before[path]), _digest(after[path])) for path in sorted(after)
    ]
    told = {
        "command": operation.command,
        "time": operation.time,
        "undoes": undoes,
        "changes": [asdict(change) for change in changes],
    }
    contents = {sha256(data): data for data in before.values() if data is not None}
    return {_RECORD: json.dumps(told, indent=1).encode(), **contents}


def keep_record(state: State, directory: Path) -> None:
    """Move the complete log entry *directory* into the log; forget what is too old."""
    number = max(_numbers(state), default=0) + 1
    _log(state).mkdir(mode=0o700, exist_ok=True)
    directory.rename(_entry(state, number))
    for old in sorted(_numbers(state))[:-KEPT]:
        shutil.rmtree(_entry(state, old), ignore_errors=True)


def command_of(directory: Path) -> str:
    """The command of the log entry in *directory*, or "" when it is not whole."""
    try:
        return str(json.loads((directory / _RECORD).read_bytes())["command"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _log(state: State) -> Path:
    return state.directory / "log"


def _entry(state: State, number: int) -> Path:
    return _log(state) / f"{number:06d}"


def _numbers(state: State) -> list[int]:
    names = (f.parent.name for f in _log(state).glob(f"[0-9]*/{_RECORD}"))
    return [int(name) for name in names if re.fullmatch(r"[0-9]{6,9}", name)]


def _read(state: State, number: int) -> Logged:
    path = _entry(state, number) / _RECORD
    try:
        data = json.loads(path.read_bytes())
        changes = tuple(_change(one) for one in data["changes"])
        undoes = data["undoes"]
        if not changes or not (undoes is None or type(undoes) is int):
            raise ValueError("it is not an operation")
        return Logged(number, str(data["command"]), str(data["time"]), changes, undoes)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        if is_of_the_machine(error):
            raise
        raise _damaged(path, str(error)) from error
    except SeriesError as error:
        raise _damaged(path, error.message) from error


def _change(row: Mapping[str, object]) -> LoggedChange:
    return LoggedChange(
        check_path(row["path"]), _is_digest(row["before"]), _is_digest(row["after"])
    )


def _is_digest(value: object) -> str | None:
    if value is None or (isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value)):
        return value
    raise ValueError(f"not a SHA-256: {str(value)[:80]!r}")


def _damaged(path: Path, why: str) -> SeriesError:
    return SeriesError(
        f"{path} is damaged: nothing is undone", cause=why, hint=f"delete {path.parent}"
    )


def _digest(data: bytes | None) -> str | None:
    return None if data is None else sha256(data)
