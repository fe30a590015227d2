"""The only door to other programs.

Every program runs with an environment that is built here, not inherited: the C locale,
UTC, and no variable that points git at another repository or injects configuration.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from patchseries.errors import ProgramError

Process = subprocess.Popen[bytes]
"""A running co-process, as :func:`start` gives it."""

_INSTALL = {
    "git": "install git 2.39 or later (apt-get install git)",
    "dpkg-source": "apt-get install dpkg-dev",
    "dpkg-genbuildinfo": "apt-get install dpkg-dev",
    "dpkg-genchanges": "apt-get install dpkg-dev",
    "xz": "apt-get install xz-utils",
    "patch": "apt-get install patch",
    "quilt": "apt-get install quilt",
    "lintian": "apt-get install lintian",
    "debsign": "apt-get install devscripts",
    "dput": "apt-get install dput-ng",
}

_STABLE = {"LC_ALL": "C.UTF-8", "LANGUAGE": "C", "TZ": "UTC"}

_FETCH_SETTINGS = frozenset(
    {"GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO",
     "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY", "GIT_PROXY_COMMAND", "GIT_EXEC_PATH"}
)  # fmt: skip
"""The user's GIT_* settings that only say how to reach a server."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a program ended: its exit status and what it wrote, as bytes."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def words(self) -> str:
        """What the program said on its error stream (or else on its output), as text."""
        return (self.stderr or self.stdout).decode("utf-8", "replace").strip()


def scrub(environ: MutableMapping[str, str]) -> None:
    """Remove from *environ* each GIT_* variable that would redirect git or change its results."""
    for name in [n for n in environ if n.startswith("GIT_") and n not in _FETCH_SETTINGS]:
        del environ[name]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment every program gets: the caller's, scrubbed, with stable locale and zone."""
    environ = dict(os.environ)
    scrub(environ)
    environ.update(_STABLE)
    environ.update(extra or {})
    return environ


def _bare(extra: Mapping[str, str] | None) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath)} | _STABLE | dict(extra or {})


def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
    timeout: float | None = None,
    on_stderr: Callable[[str], None] | None = None,
    inherit: bool = True,
) -> Result:
    """Run *argv* to its end and return how it ended.

    :param stdin: bytes for its standard input (None: it reads nothing)
    :param env: variables on top of :func:`environment`
    :param accept: the exit statuses that are answers; any other raises
    :param timeout: seconds after which it is killed
    :param on_stderr: is told each line of its error stream as it comes (progress)
    :param inherit: whether it sees the caller's environment; else PATH alone and *env*
    :raises ProgramError: missing program, unaccepted status, or time over
    """
    name = str(argv[0])
    try:
        with subprocess.Popen(
            [str(a) for a in argv],
            cwd=cwd,
            env=environment(env) if inherit else _bare(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as running:
            result = _attend(running, stdin or b"", timeout, on_stderr)
    except FileNotFoundError as error:
        raise _not_started(name, error, cwd) from error
    except (PermissionError, NotADirectoryError) as error:
        raise ProgramError(f"{name} could not be started", cause=str(error)) from error
    except subprocess.TimeoutExpired as error:
        raise ProgramError(f"{name} did not end within {timeout:g} s") from error
    if result.status not in accept:
        raise ProgramError(f"{describe(argv)} {_ending(result.status)}", cause=result.words or None)
    return result


def start(
    argv: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Process:
    """Start *argv* as a co-process with pipes on its three streams (the error stream is dropped).

    :raises ProgramError: when it cannot be started
    """
    try:
        return subprocess.Popen(
            [str(a) for a in argv],
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise _not_started(str(argv[0]), error, cwd) from error


class CoProcess:
    """A program that answers on its pipes: started when first needed, and again if it ended."""

    def __init__(self, argv: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> None:
        """Prepare to :func:`start` *argv*."""
        self._argv = argv
        self._cwd = cwd
        self._env = env
        self._process: Process | None = None

    def running(self) -> Process:
        """The process, started if need be.

        :raises ProgramError: when it cannot be started
        """
        if self._process is None or self._process.poll() is not None:
            self._process = start(self._argv, cwd=self._cwd, env=self._env)
        return self._process

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


def _attend(
    running: subprocess.Popen[bytes],
    stdin: bytes,
    timeout: float | None,
    on_stderr: Callable[[str], None] | None,
) -> Result:
    """Feed and read a program until it ends; whatever interrupts this, it does not live on."""
    try:
        if on_stderr is None:
            stdout, stderr = running.communicate(stdin, timeout)
        else:
            stdout, stderr = _listen(running, on_stderr)
        return Result(running.wait(), stdout, stderr)
    except BaseException:
        running.kill()
        raise


def _listen(
    running: subprocess.Popen[bytes], on_stderr: Callable[[str], None]
) -> tuple[bytes, bytes]:
    """The two streams of a program that reads nothing and writes little to its output."""
    assert running.stdin is not None
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdin.close()
    said = bytearray()
    line = bytearray()
    while byte := running.stderr.read(1):
        said += byte
        if byte in b"\r\n":
            on_stderr(line.decode("utf-8", "replace").strip())
            line.clear()
        else:
            line += byte
    return running.stdout.read(), bytes(said)


def describe(argv: Sequence[str | Path]) -> str:
    """The program and its first word that is no option: enough to know which call it was."""
    words = [str(a) for a in argv]
    verb = next((w for w in words[1:] if not w.startswith("-") and "=" not in w), "")
    return f"{Path(words[0]).name} {verb}".strip()


def _ending(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"failed with status {status}"


def _not_started(name: str, error: OSError, cwd: Path | None) -> ProgramError:
    if cwd is not None and not cwd.is_dir():
        return ProgramError(f"{name} could not be started: no folder {cwd}", cause=str(error))
    hint = _INSTALL.get(Path(name).name, f"install {name} and run the command again")
    return ProgramError(f"{name} is not installed", hint=hint)
