"""Where the state of a project is kept: in a directory of the user's own, outside of the project.

Nothing that lies in the project is state: whoever can commit to it could have put it there. So the
log, the journal and the open conflicts are found by the project's real path, and count only for
the very directory (device and inode) that they were made for.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from patchseries.errors import ExitCode, SeriesError
from patchseries.files import explained, is_of_the_machine
from patchseries.files.private import check_private, private_directory

_RECORD = "project.json"
LONGEST_WAIT = 600.0
"""Seconds to wait for another command on the same project: longer than any takes but a build."""
_WRITING = "write to the state directory"


@dataclass(frozen=True, slots=True)
class State:
    """The state of one project.

    :param root: the project's directory
    :param home: the user's state directory, which holds the state of all projects
    :param directory: the state of this project; made when something is kept in it
    :param set_aside: where the state went of another directory that had the same path before
    """

    root: Path
    home: Path
    directory: Path
    set_aside: Path | None = None


def find_state(home: Path, root: Path) -> State:
    """The state of the project directory *root* in the user's state directory *home*.

    State that belongs to another directory, which had the same path before, is set aside.

    :raises SeriesError: *home* is not the user's alone
    """
    real = root.resolve()
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", real.name)[:40].strip("-.")
    directory = home / "projects" / (f"{name}-{digest}" if name else digest)
    if home.exists():
        check_private(home, "the state directory", "SERIES_STATE")
    aside = None
    if directory.exists() and _recorded(directory) != _identity(real):
        aside = _moved_aside(directory)
    return State(real, home, directory, aside)


@contextmanager
def held(
    state: State, waiting: Callable[[], None] = lambda: None, timeout: float = LONGEST_WAIT
) -> Iterator[None]:
    """Hold the project against other runs that change it; within a run it can be held again.

    :param waiting: is called once when another run holds it
    :param timeout: seconds to wait for the other run
    :raises SeriesError: the other run does not end, or the state cannot be written
    """
    with explained(_WRITING):
        _make(state)
        lock = _lock(state.directory / "lock", os.getpid())
        if not _acquired(lock, 0):
            waiting()
            if not _acquired(lock, timeout):
                raise SeriesError(
                    f"another command has been using {state.root} for more than {timeout:.0f} s",
                    hint="wait for it or end it, and run this again",
                    exit_code=ExitCode.PROGRAM,
                )
    try:
        yield
    finally:
        lock.release()


@cache
def _lock(path: Path, _process_id: int) -> FileLock:
    """The one lock of this process on *path*: it counts how often it is held.

    A forked process has a lock of its own: what its parent holds is not held by it.
    """
    return FileLock(path, thread_local=False)


def _acquired(lock: FileLock, timeout: float) -> bool:
    try:
        lock.acquire(timeout)
    except Timeout:
        return False
    return True


def _make(state: State) -> None:
    """Make the state directory with its record, as one step."""
    if state.directory.exists():
        return
    private_directory(state.home, "the state directory", "SERIES_STATE")
    projects = state.directory.parent
    projects.mkdir(mode=0o700, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=projects, prefix=".new-"))
    try:
        (fresh / _RECORD).write_text(json.dumps(_identity(state.root)))
        fresh.rename(state.directory)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not state.directory.exists():  # else another run was faster
            raise


def _identity(real: Path) -> dict[str, object]:
    there = real.stat()
    path = os.fsencode(real).decode("utf-8", "surrogateescape")
    return {"schema": 1, "path": path, "device": there.st_dev, "inode": there.st_ino}


def _recorded(directory: Path) -> object:
    try:
        return json.loads((directory / _RECORD).read_bytes())
    except (OSError, ValueError) as error:
        if is_of_the_machine(error):
            raise
        return None


def _moved_aside(directory: Path) -> Path | None:
    """Where *directory* was moved to; None when another run was faster."""
    with explained(_WRITING):
        number = 1
        while (aside := directory.with_name(f"{directory.name}.old-{number}")).exists():
            number += 1
        try:
            return directory.rename(aside)
        except FileNotFoundError:
            return None
