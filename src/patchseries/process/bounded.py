"""Running a stranger's program within bounds: of time, of memory, of disk, of processes.

It is started as the leader of a session, and all that it started is ended with it: its process
group, and whatever else has the mark in its environment that it was given. It ends when its parent
does. What bounds it is the kernel (`prlimit`, `setpriv` of util-linux) and, for what the kernel
does not count, a look every second. A program that means harm can escape by clearing its
environment; a container or `unshare --pid` holds it then.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from patchseries.errors import MachineError
from patchseries.process import require

MARK = "SERIES_RUN"
"""The variable whose value every process of a run has."""

MOST_PROCESSES = 1000
MOST_OUTPUT = 32 << 20
"""Bytes that a program may write to its output."""
_LOOK = 0.05  # seconds between looks at whether it ended
_COUNT = 1.0  # seconds between looks at its processes and at the disk
_LAST_TRIES = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may take.

    :ivar seconds: of time in all
    :ivar silent: of time without a byte in one of the files that are watched
    :ivar memory: bytes of address space of each process; None: no bound
    :ivar output: bytes that it writes to its output, and to each of the files that are watched
    :ivar file: bytes of any other file that it writes
    :ivar disk: bytes below the directory that it runs in
    """

    seconds: float
    silent: float
    memory: int | None = None
    output: int = MOST_OUTPUT
    file: int = 1 << 30
    disk: int = 4 << 30


@dataclass(frozen=True, slots=True)
class BoundedRun:
    """A program to run: where, with which environment, and the files for what it writes."""

    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    stdout: Path
    stderr: Path
    watched: Sequence[Path]
    place: Path
    """The directory whose size is bounded."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a program ended: its status (negative: a signal), and why it was ended, if it was."""

    status: int
    stopped: str = ""


def run_bounded(run: BoundedRun, bounds: Limits, look: Callable[[], None] = lambda: None) -> RunEnd:
    """Run *run* to its end, or until it goes beyond *bounds*; nothing of it is left afterwards.

    :param look: is called again and again while it runs; what it raises ends the run
    :raises MachineError: it, or what bounds it, is not installed or cannot be started
    """
    for program in ("prlimit", "setpriv"):
        require(program)
    mark = secrets.token_hex()
    with run.stdout.open("wb") as out, run.stderr.open("wb") as err:
        try:
            running = subprocess.Popen(
                [*_wall(bounds), *run.argv],
                cwd=run.cwd,
                env={**run.env, MARK: mark},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        except OSError as error:
            raise MachineError(f"{run.argv[0]} could not be started", cause=str(error)) from error
    try:
        return _watch(running, run, bounds, look, mark)
    finally:
        _end_all(running.pid, mark)
        running.wait()


def _wall(bounds: Limits) -> list[str]:
    """The words before a command that give it to the kernel's care."""
    memory = [f"--as={bounds.memory}"] if bounds.memory else []
    return [
        *("prlimit", "--core=0", f"--fsize={bounds.file}", *memory),
        *("setpriv", "--pdeathsig", "KILL", "--"),
    ]


def _watch(
    running: subprocess.Popen[bytes],
    run: BoundedRun,
    bounds: Limits,
    look: Callable[[], None],
    mark: str,
) -> RunEnd:
    begun = heard = counted = time.monotonic()
    size = -1
    while (status := running.poll()) is None:
        look()
        now = time.monotonic()
        sizes = _sizes(run)
        if sum(sizes) != size:
            size, heard = sum(sizes), now
        if max(sizes) > bounds.output:
            break
        if now - begun > bounds.seconds:
            return RunEnd(-signal.SIGKILL, f"it did not end within {bounds.seconds:g} s")
        if now - heard > bounds.silent:
            return RunEnd(-signal.SIGKILL, f"it wrote nothing for {bounds.silent:g} s")
        if now - counted > _COUNT:
            counted = now
            if excess := _excess(run, bounds, mark):
                return RunEnd(-signal.SIGKILL, excess)
        time.sleep(_LOOK)
    if max(_sizes(run)) > bounds.output:
        return RunEnd(-signal.SIGKILL, f"it printed more than {bounds.output >> 20} MiB")
    return RunEnd(-signal.SIGKILL if status is None else status)


def _excess(run: BoundedRun, bounds: Limits, mark: str) -> str:
    """What it takes too much of, in words; empty when it does not."""
    if len(list(_marked(mark))) > MOST_PROCESSES:
        return f"it started more than {MOST_PROCESSES} processes"
    if _taken(run.place, bounds.disk) > bounds.disk:
        return f"it wrote more than {bounds.disk >> 20} MiB"
    return ""


def _sizes(run: BoundedRun) -> list[int]:
    """The bytes of each of its outputs."""
    return [_size(path) for path in (run.stdout, run.stderr, *run.watched)]


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _taken(directory: Path, enough: int) -> int:
    """The bytes below *directory* on the disk; it need not count further than *enough*."""
    taken, open_directories = 0, [str(directory)]
    while open_directories and taken <= enough:
        try:
            with os.scandir(open_directories.pop()) as entries:
                for entry in entries:
                    taken += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        open_directories.append(entry.path)
        except OSError:  # it goes away while we look, or may not be read
            pass
    return taken


def _marked(mark: str) -> Iterator[int]:
    """The processes of a run."""
    wanted = f"{MARK}={mark}".encode()
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with suppress(OSError):  # another user's, or it has ended
                if wanted in Path("/proc", name, "environ").read_bytes().split(b"\0"):
                    yield int(name)


def _end_all(group: int, mark: str) -> None:
    """End the process group, and then what left it, until nothing is there."""
    for _ in range(_LAST_TRIES):
        _kill(os.killpg, group)
        left = [pid for pid in _marked(mark) if pid != group]
        for pid in left:
            _kill(os.kill, pid)
        if not left:
            return
        time.sleep(_LOOK)


def _kill(how: Callable[[int, int], None], number: int) -> None:
    try:
        how(number, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
