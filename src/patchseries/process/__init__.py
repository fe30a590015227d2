"""The only door to other programs.

Every program runs with an environment that is made for it (:mod:`patchseries.environment`).
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from patchseries.environment import Inherit, environment
from patchseries.errors import MachineError, ProgramError
from patchseries.redaction import redacted

Process = subprocess.Popen[bytes]
"""A running co-process, as :func:`start` gives it."""

DEBIAN_PACKAGES = {
    "git": "git",
    "dpkg-source": "dpkg-dev",
    "dpkg-genbuildinfo": "dpkg-dev",
    "dpkg-genchanges": "dpkg-dev",
    "xz": "xz-utils",
    "gzip": "gzip",
    "tar": "tar",
    "patch": "patch",
    "quilt": "quilt",
    "lintian": "lintian",
    "gbp": "git-buildpackage",
    "debsign": "devscripts",
    "dput": "dput-ng",
    "prlimit": "util-linux",
    "setpriv": "util-linux",
    "pristine-tar": "pristine-tar",
    "uscan": "devscripts",
}
"""The Debian package that a program is in."""

MINIMUM = {"git": "2.39"}
"""The first version of a program that will do, where that matters."""


@cache
def identity(name: str) -> str:
    """What tells the program *name* from another version of it, without running it.

    That is its path, size (bytes) and time of change; no more than its name where it is missing.
    """
    path = os.path.realpath(shutil.which(name) or name)
    try:
        status = os.stat(path)
    except OSError:
        return name
    return f"{path} {status.st_size} {status.st_mtime_ns}"


_BAD_SETTINGS = re.compile(
    r"bad config (?:line|variable|value)|bad (?:numeric|boolean) config value"
    r"|maximum include depth|error occurred while reading the configuration"
    r"|unable to access '[^']*(?:config|attributes)'"
)
"""What git says when it cannot use a configuration file."""

_CHUNK = 1 << 16
_GRACE = 5.0  # seconds that a program has to end by itself when its time is over
_SOON = 0.5  # and when a person interrupts it


@dataclass(frozen=True, slots=True)
class Result:
    """How a program ended: its exit status and what it wrote, as bytes."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def words(self) -> str:
        """What the program said on its error stream (or else on its output), as text.

        Passwords of URLs in it are hidden.
        """
        return redacted((self.stderr or self.stdout).decode("utf-8", "replace").strip())


def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
    timeout: float | None = None,
    on_stderr: Callable[[str], None] | None = None,
    inherit: Inherit = Inherit.ESSENTIALS,
) -> Result:
    """Run *argv* to its end and return how it ended.

    :param stdin: bytes for its standard input (None: it reads nothing)
    :param env: variables on top of the environment
    :param accept: the exit statuses that are answers; any other raises
    :param timeout: seconds after which it is killed
    :param on_stderr: is told each line of its error stream as it comes (progress)
    :param inherit: how much it sees of the caller's environment
    :raises ProgramError: missing program, unaccepted status, or time over
    """
    with _started(argv, cwd, environment(env, inherit), subprocess.PIPE) as running:
        result = _attend(running, stdin, timeout, on_stderr)
    if result is None:
        raise ProgramError(f"{describe(argv)} did not finish within {timeout:g} s")
    if result.status not in accept:
        raise _failed(argv, result)
    return result


def start(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stderr: int = subprocess.DEVNULL,
) -> Process:
    """Start *argv* as a co-process with pipes on its input and output.

    :param stderr: a descriptor for its error stream, which is dropped otherwise
    :raises ProgramError: when it cannot be started
    """
    return _started(argv, cwd, environment(env), stderr)


def require(program: str) -> None:
    """See that *program* is installed, before a library runs it.

    :raises MachineError: it is not; the hint says what to install
    """
    if shutil.which(program) is None:
        raise _not_installed(program)


def _started(
    argv: Sequence[str | Path], cwd: Path | None, env: Mapping[str, str], stderr: int
) -> Process:
    name = str(argv[0])
    try:
        return subprocess.Popen(
            [str(a) for a in argv],
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    except FileNotFoundError as error:
        if cwd is not None and not cwd.is_dir():
            words = f"{name} could not be started: no directory {cwd}"
            raise ProgramError(words, cause=str(error)) from error
        raise _not_installed(name) from error
    except OSError as error:
        raise MachineError(f"{name} could not be started", cause=str(error)) from error


class CoProcess:
    """A program that answers on its pipes: started when first needed, and again if it ended."""

    def __init__(self, argv: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> None:
        """Prepare to :func:`start` *argv*."""
        self._argv = argv
        self._cwd = cwd
        self._env = env
        self._process: Process | None = None
        self._said: int | None = None

    def running(self) -> Process:
        """The process, started if need be.

        :raises ProgramError: when it cannot be started
        """
        if self._process is None or self._process.poll() is not None:
            if self._said is None:
                self._said = os.memfd_create("stderr")
            self._process = start(self._argv, cwd=self._cwd, env=self._env, stderr=self._said)
        return self._process

    def complaint(self) -> str | None:
        """The first error that the program told since it was last asked, though it went on."""
        if self._said is None or not (size := os.fstat(self._said).st_size):
            return None
        lines = os.pread(self._said, size, 0).decode("utf-8", "replace").splitlines()
        os.ftruncate(self._said, 0)
        os.lseek(self._said, 0, os.SEEK_SET)
        return next((line for line in lines if line.startswith(("error:", "fatal:"))), None)

    def close(self) -> None:
        """End the process, if it runs."""
        if self._process is None:
            return
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # it ended first: nothing is left to flush to
                    pass
        self._process.terminate()
        self._process.wait()
        self._process = None
        if self._said is not None:
            os.close(self._said)
            self._said = None


def _attend(
    running: Process,
    stdin: bytes | None,
    timeout: float | None,
    on_stderr: Callable[[str], None] | None,
) -> Result | None:
    """Feed and read a program until it ends, or its time is over (None).

    Whatever interrupts this, it does not live on.
    """
    try:
        if on_stderr is None:
            stdout, stderr = running.communicate(stdin, timeout)
        else:
            stdout, stderr = _listen(running, on_stderr, timeout)
        return Result(running.wait(), stdout, stderr)
    except subprocess.TimeoutExpired:
        _end(running, _GRACE)
        return None
    except BaseException:
        _end(running, _SOON)  # a git that is killed leaves its lock files
        raise


def _end(running: Process, grace: float) -> None:
    """End a program, politely first. What it started may hold our pipes: they are not read on."""
    running.terminate()
    try:
        running.wait(grace)
    except subprocess.TimeoutExpired:
        running.kill()


def _listen(
    running: Process, on_stderr: Callable[[str], None], timeout: float | None
) -> tuple[bytes, bytes]:
    """The two streams of a program that reads nothing, its error stream told line by line.

    :raises subprocess.TimeoutExpired: after *timeout* seconds
    """
    assert running.stdin is not None
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdin.close()
    until = None if timeout is None else time.monotonic() + timeout
    said = {running.stdout: bytearray(), running.stderr: bytearray()}
    told = 0
    with selectors.DefaultSelector() as open_streams:
        for stream in said:
            open_streams.register(stream, selectors.EVENT_READ)
        while open_streams.get_map():
            ready = open_streams.select(None if until is None else max(0, until - time.monotonic()))
            if until is not None and time.monotonic() >= until:
                raise subprocess.TimeoutExpired(running.args, timeout or 0)
            for key, _ in ready:
                data = os.read(key.fd, _CHUNK)
                if not data:
                    open_streams.unregister(key.fileobj)
                said[key.fileobj] += data  # type: ignore[index]
            told = _tell_lines(said[running.stderr], told, on_stderr)
    return bytes(said[running.stdout]), bytes(said[running.stderr])


def _tell_lines(output: bytearray, heard: int, on_stderr: Callable[[str], None]) -> int:
    """Tell each line of *output* after *heard* that has ended; up to where that is."""
    for line in re.finditer(rb"(?<![^\r\n])([^\r\n]*+)[\r\n]", output[heard:]):
        on_stderr(redacted(line[1].decode("utf-8", "replace").strip()))
    return max(output.rfind(b"\r"), output.rfind(b"\n")) + 1


def describe(argv: Sequence[str | Path]) -> str:
    """The program and its first word that is no option: enough to know which call it was."""
    words = [str(a) for a in argv]
    after = pairwise(words)  # git's -C and -c have a value
    verb = next(
        (
            w
            for before, w in after
            if not w.startswith("-") and "=" not in w and before not in ("-C", "-c")
        ),
        "",
    )
    return f"{Path(words[0]).name} {verb}".strip()


def _ending(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"failed with status {status}"


def _failed(argv: Sequence[str | Path], result: Result) -> ProgramError:
    words = result.words
    if Path(argv[0]).name == "git" and _BAD_SETTINGS.search(words):
        return MachineError(
            "git cannot read its configuration",
            cause=words,
            hint="correct the file that it names, and run the command again",
        )
    return ProgramError(f"{describe(argv)} {_ending(result.status)}", cause=words or None)


def _not_installed(name: str) -> MachineError:
    return MachineError(f"{name} is not installed", hint=_how_to_install(Path(name).name))


def _how_to_install(program: str) -> str:
    package = DEBIAN_PACKAGES.get(program)
    if package is None:
        return f"install {program} and run the command again"
    if program in MINIMUM:
        return f"install {program} {MINIMUM[program]} or later (apt-get install {package})"
    return f"apt-get install {package}"
