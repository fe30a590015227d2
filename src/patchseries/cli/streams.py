"""The standard streams of the process: full, closed, or a pipe that nobody reads.

Only output that cannot be written is an error of its own. Words on the error stream that cannot
be written are dropped: the exit status still tells what happened.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import TextIO

from patchseries.errors import ProgramError


class OutputError(ProgramError):
    """Standard output cannot be written."""


class _Standard(io.RawIOBase):
    """A descriptor of the process that is written to, and stays open."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self.error: OSError | None = None
        """Why it cannot be written; what comes later is dropped."""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]  # what io hands over is a buffer
        if self.error is None:
            try:
                return os.write(self._descriptor, view)
            except OSError as error:
                self.error = error
                self.refused(error)
        return view.nbytes

    def refused(self, error: OSError) -> None:
        """What to do about the first *error*: nothing."""


class _Output(_Standard):
    def refused(self, error: OSError) -> None:
        raise OutputError(
            "cannot write the output",
            cause=error.strerror,
            hint="write it elsewhere, or free some space",
        ) from error


def guard() -> None:
    """Put streams that fail in one known way in the place of the process's own.

    A closed descriptor is opened on /dev/null first, so that no file that is opened later gets
    its number; standard output in a way in which it cannot be written.
    """
    for descriptor, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest number that is free
    if sys.stdin is None:
        sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = _text(_Output(1), sys.stdout)
    sys.stderr = _text(_Standard(2), sys.stderr)


def flush() -> None:
    """Write what is left of the output.

    :raises OutputError: that, or anything before it, could not be written
    """
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _Output) and raw.error is not None:
        raw.refused(raw.error)


def unread(error: OutputError) -> bool:
    """Whether the output could not be written because its reader went away."""
    return isinstance(error.__cause__, BrokenPipeError)


def end_as_broken_pipe() -> None:
    """End the process by SIGPIPE, silently, as programs do whose reader has gone."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGPIPE)


def _text(raw: _Standard, like: TextIO | None) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=like.encoding if like else "utf-8",
        errors="backslashreplace",  # a terminal that is not UTF-8 shows escapes
        line_buffering=raw.isatty() or raw.fileno() == 2,
    )
