"""The operation log: what each command changed, with the bytes that were there before.

One folder an operation, ``.series/log/000012/``: ``operation.json`` and the old contents. It is
written as part of the change itself, so that the log and the files never disagree.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from patchseries.files import sha256

FOLDER = ".series"
"""The folder below the project's root that holds the state of the tool; git ignores it."""

KEPT = 100
"""How many operations can be taken back; older ones are forgotten."""

_RECORD = "operation.json"


@dataclass(frozen=True, slots=True)
class Operation:
    """Which command changes files, in the words it was called by, and when (ISO 8601, UTC)."""

    command: str
    time: str


@dataclass(frozen=True, slots=True)
class Change:
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
    changes: tuple[Change, ...]
    undoes: int | None = None
    undone: bool = False


def operations(root: Path) -> list[Logged]:
    """All operations that are remembered, the last first."""
    gone: set[int] = set()
    found = []
    for folder in sorted(_folders(root), reverse=True):
        data = json.loads((folder / _RECORD).read_bytes())
        changes = tuple(Change(**change) for change in data["changes"])
        undone = int(folder.name) in gone
        if data["undoes"] is not None and not undone:
            gone.add(data["undoes"])
        found.append(
            Logged(int(folder.name), data["command"], data["time"], changes, data["undoes"], undone)
        )
    return found


def old_content(root: Path, logged: Logged, change: Change) -> bytes | None:
    """The bytes that *change* of the operation *logged* replaced (None: there was no file)."""
    if change.before is None:
        return None
    return (_log(root) / f"{logged.number:06d}" / change.before).read_bytes()


def record(
    operation: Operation,
    before: Mapping[str, bytes | None],
    after: Mapping[str, bytes | None],
    undoes: int | None,
) -> dict[str, bytes]:
    """The files of a log entry, by name: the record, and each old content by its digest."""
    changes = [Change(path, _digest(before[path]), _digest(after[path])) for path in sorted(after)]
    told = {
        "command": operation.command,
        "time": operation.time,
        "undoes": undoes,
        "changes": [asdict(change) for change in changes],
    }
    contents = {sha256(data): data for data in before.values() if data is not None}
    return {_RECORD: json.dumps(told, indent=1).encode(), **contents}


def keep_record(root: Path, folder: Path) -> None:
    """Move the complete log entry *folder* into the log; forget what is too old."""
    log = _log(root)
    log.mkdir(parents=True, exist_ok=True)
    number = max((int(f.name) for f in _folders(root)), default=0) + 1
    folder.rename(log / f"{number:06d}")
    for old in sorted(_folders(root))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def command_of(folder: Path) -> str:
    """The command of the log entry in *folder*, or "" when it is not whole."""
    try:
        return str(json.loads((folder / _RECORD).read_bytes())["command"])
    except (OSError, ValueError, KeyError):
        return ""


def _log(root: Path) -> Path:
    return root / FOLDER / "log"


def _folders(root: Path) -> Iterator[Path]:
    return (f for f in _log(root).glob("[0-9]*") if (f / _RECORD).is_file())


def _digest(data: bytes | None) -> str | None:
    return None if data is None else sha256(data)
