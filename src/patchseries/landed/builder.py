"""Making the index of a history, and keeping it up to date.

The file is never changed in place: building and extending write a copy that takes its place
whole. So an interrupted run leaves the file as it was, and runs at the same time only do the
work twice at worst. What is damaged, or was written by another version, is built anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock

from patchseries.errors import ExitCode, MachineError, ProgramError, SeriesError
from patchseries.files import clear_place, explained, is_regular, read_cached, staging, write_atomic
from patchseries.git import Repository
from patchseries.landed.graph import containing_refs
from patchseries.landed.index import SCHEMA, SCHEMA_VERSION, HistoryIndex
from patchseries.landed.log import LoggedCommit, count_commits, read_log
from patchseries.landed.message import links
from patchseries.landed.shapes import read_shapes
from patchseries.model import CommitId
from patchseries.progress import ProgressCallback, no_progress

REFS = ("refs/tags/", "refs/heads/", "refs/remotes/origin/")
"""The refs that say where something landed (a host's refs/pull/ and refs/changes/ do not)."""

_OFTEN = 2000
"""Commits that are read between two words about how many there were."""

_Refs = Mapping[str, CommitId]


def open_index(
    path: Path,
    repository: Repository,
    warn: ProgressCallback = no_progress,
    progress: ProgressCallback = no_progress,
) -> HistoryIndex:
    """The index of *repository*'s history in the file *path*, brought up to date.

    :param warn: is called with words about damage; the index is built anew then
    :param progress: hears how many commits of all were read
    :raises SeriesError: the cache cannot be written, or git failed
    """
    refs = {name: tip for name, tip in repository.refs(*REFS).items() if _is_text(name)}
    if (index := _open_current(path, repository, refs)) is not None:
        return index
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        clear_place(lock := path.with_name(f"{path.name}.lock"))
        with FileLock(lock):
            if (index := _open_current(path, repository, refs)) is not None:
                return index  # another run has done it meanwhile
            if os.path.lexists(_seal(path)) and not _is_undamaged(path):
                warn(f"{path} is damaged: the index is rebuilt")
            _renew(path, repository, refs, progress)
    return HistoryIndex(_connect(path))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """A full or read-only disk in words, whether the system meets it or SQLite."""
    try:
        with explained(f"write {path.name}"):
            yield
    except sqlite3.Error as error:
        raise SeriesError(
            f"cannot write {path.name}",
            cause=str(error),
            hint="free some space or make the directory writable; nothing was changed",
            exit_code=ExitCode.PROGRAM,
        ) from error


def _open_current(path: Path, repository: Repository, refs: _Refs) -> HistoryIndex | None:
    """The index, when it is whole and knows exactly *refs*, and their shapes if it can."""
    if not _is_whole(path):
        return None
    connection = _connect(path)
    is_shaped = _is_shaped(connection) or not _has_files(repository, refs)
    if is_shaped and _indexed_refs(connection) == refs:
        return HistoryIndex(connection)
    connection.close()
    return None


def _renew(
    path: Path,
    repository: Repository,
    refs: _Refs,
    progress: ProgressCallback,
) -> None:
    """Extend the index, or build it when that cannot be, and put it in its place."""
    with staging(path.parent) as stage:
        fresh = stage / path.name
        if _is_whole(path):
            shutil.copyfile(path, fresh)
            try:
                _extend(fresh, repository, refs, progress)
            except ProgramError:  # a history that was rewritten: the old tips are gone
                fresh.unlink()
        if not fresh.exists():
            with _filled(fresh) as connection:
                connection.executescript(SCHEMA)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            _extend(fresh, repository, refs, progress)
        digest = _digest(fresh)
        for place in (path, _seal(path)):
            clear_place(place)
        os.replace(fresh, path)
        write_atomic(_seal(path), digest.encode())


@contextmanager
def _filled(path: Path) -> Iterator[sqlite3.Connection]:
    """The index at *path*, to be written: a file that nobody else sees and that is sealed later.

    So nothing is kept for a roll-back, and the disk is not waited for after each statement.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        yield connection


def _extend(
    path: Path,
    repository: Repository,
    refs: _Refs,
    progress: ProgressCallback,
) -> None:
    with _filled(path) as connection, connection:
        known = set(_indexed_refs(connection).values())
        tips = sorted(set(refs.values()))
        _add_commits(connection, _watched(repository, tips, sorted(known), progress))
        if _has_files(repository, refs):
            progress("comparing the files of the commits")
            shaped = sorted(known) if _is_shaped(connection) else []
            _add_shapes(connection, repository, tips, shaped)
        progress("indexing the releases")
        _set_refs(connection, refs)


def _watched(
    repository: Repository, tips: Sequence[str], indexed: Sequence[str], progress: ProgressCallback
) -> Iterator[LoggedCommit]:
    """The log of what *tips* contain and *indexed* do not, with a word after every few commits."""
    progress("counting the commits")
    total = count_commits(repository, tips, indexed)
    for number, logged in enumerate(read_log(repository, tips, indexed)):
        if number % _OFTEN == 0:
            progress(f"[{number}/{total}] indexing the commits")
        yield logged
    progress(f"[{total}/{total}] indexing the commits")


def _add_commits(connection: sqlite3.Connection, log: Iterable[LoggedCommit]) -> None:
    numbers = {i.hex(): n for n, i in connection.execute("SELECT n, id FROM commits")}
    commits, changes, picks, reverts = [], [], [], []
    for logged in log:
        if logged.commit in numbers:
            continue  # it was indexed through a ref that is gone
        number = numbers[logged.commit] = len(numbers)
        found = links(logged.message)
        commits.append(_row(number, logged, numbers))
        changes += [(change, number) for change in found.change_ids]
        picks += [(source, number) for source in found.picked_from]
        reverts += [(target, number) for target in found.reverts]
    connection.executemany("INSERT INTO commits VALUES (?, ?, ?, ?, ?, 0, NULL)", commits)
    connection.executemany("INSERT INTO change_ids VALUES (?, ?)", changes)
    connection.executemany("INSERT INTO picks VALUES (?, ?)", picks)
    connection.executemany("INSERT INTO reverts VALUES (?, ?)", reverts)


def _row(number: int, logged: LoggedCommit, numbers: Mapping[str, int]) -> tuple[object, ...]:
    # A parent that is not there is the edge of a shallow history.
    parents = array("I", [numbers[p] for p in logged.parents if p in numbers])
    return (number, bytes.fromhex(logged.commit), parents.tobytes(), logged.author, logged.subject)


def _add_shapes(
    connection: sqlite3.Connection,
    repository: Repository,
    tips: Sequence[str],
    shaped: Sequence[str],
) -> None:
    """Store the shapes of what *tips* have and *shaped* have not, as far as git gives them."""
    is_whole = not shaped or _is_shaped(connection, whole=True)
    rows: list[tuple[int, bytes]] = []
    try:
        for commit, shape in read_shapes(repository, tips, shaped):
            rows.append((shape, bytes.fromhex(commit)))
    except ProgramError:
        is_whole = False
    connection.executemany("UPDATE commits SET shape = ? WHERE id = ?", rows)
    connection.execute("DELETE FROM shaped")
    connection.execute("INSERT INTO shaped VALUES (?)", (is_whole,))


def _is_shaped(connection: sqlite3.Connection, *, whole: bool = False) -> bool:
    """Whether the shapes were read; with *whole*, whether git failed at none of them."""
    return connection.execute("SELECT 1 FROM shaped WHERE n >= ?", (whole,)).fetchone() is not None


def _has_files(repository: Repository, refs: _Refs) -> bool:
    """Whether the trees of the history are here: one that was fetched for its commits has none."""
    return any(repository.has(repository.commit(tip).tree) for tip in list(refs.values())[:1])


def _is_text(name: str) -> bool:
    """Whether it is UTF-8: a release's name is."""
    return not any("\ud800" <= c <= "\udfff" for c in name)


def _set_refs(connection: sqlite3.Connection, refs: _Refs) -> None:
    """Store *refs*, and for every commit the set of them that contains it."""
    connection.execute("DELETE FROM refs")
    connection.execute("DELETE FROM refsets")
    rows = [(bit, name, bytes.fromhex(refs[name])) for bit, name in enumerate(sorted(refs))]
    connection.executemany("INSERT INTO refs VALUES (?, ?, ?)", rows)
    stored = connection.execute("SELECT id, parents FROM commits ORDER BY n").fetchall()
    numbers = {commit: number for number, (commit, _) in enumerate(stored)}
    tips: dict[int, int] = {}
    for bit, _, commit in rows:
        tips[numbers[commit]] = tips.get(numbers[commit], 0) | 1 << bit
    sets = containing_refs([array("I", parents) for _, parents in stored], tips)
    keys = {refset: key for key, refset in enumerate(dict.fromkeys(sets))}
    size = len(rows) // 8 + 1
    connection.executemany(
        "INSERT INTO refsets VALUES (?, ?)",
        [(key, refset.to_bytes(size, "big")) for refset, key in keys.items()],
    )
    connection.executemany(
        "UPDATE commits SET refset = ? WHERE n = ?",
        [(keys[refset], number) for number, refset in enumerate(sets)],
    )


def _indexed_refs(connection: sqlite3.Connection) -> dict[str, CommitId]:
    rows = connection.execute("SELECT name, id FROM refs")
    return {name: CommitId(commit.hex()) for name, commit in rows}


def _is_whole(path: Path) -> bool:
    """Whether *path* is an index of this version without damage."""
    if not _is_undamaged(path):
        return False
    with closing(_connect(path)) as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version == SCHEMA_VERSION


def _is_undamaged(path: Path) -> bool:
    """Whether *path* holds what was written there; what is there instead is not opened."""
    try:
        return is_regular(path) and read_cached(_seal(path)) == _digest(path).encode()
    except (OSError, ValueError):
        return False


def _seal(path: Path) -> Path:
    """The file that says what the SHA-256 of the index was: a bit that flips is seen."""
    return path.with_name(f"{path.name}.sha256")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _connect(path: Path) -> sqlite3.Connection:
    # immutable: the file is only ever replaced, so SQLite need not lock or watch it.
    try:
        return sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise MachineError(f"cannot read {path}", cause=str(error)) from error
