"""The one error type that a person is shown, and the exit statuses it carries.

Anything else that escapes is a bug: the command line writes its traceback to a log
file and exits with ``ExitCode.BUG``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path

from patchseries.redaction import redacted


class ExitCode(IntEnum):
    """The exit status of a command; README lists what each means."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    INVALID = 3
    UPSTREAM = 4
    PROGRAM = 5
    BUG = 70
    INTERRUPTED = 130


class SeriesError(Exception):
    """A failure that its reader can act on. No part of it shows a password of a URL.

    :param message: what went wrong, and where, on one line
    :param cause: the underlying words (of git, dpkg-source, the kernel), or None
    :param hint: what to do next, as an instruction, or None
    :param exit_code: the exit status of the command that met it
    :param place: the file, and the line in it, that must be corrected; None where there is none
    """

    def __init__(
        self,
        message: str,
        *,
        cause: str | None = None,
        hint: str | None = None,
        exit_code: ExitCode = ExitCode.INVALID,
        place: tuple[str, int] | None = None,
    ) -> None:
        self.message = redacted(message)
        self.cause = redacted(cause) if cause else cause
        self.hint = redacted(hint) if hint else hint
        super().__init__(self.message)
        self.exit_code = exit_code
        self.place = place

    def __str__(self) -> str:
        """The whole error as one line: message, cause in brackets, hint after a semicolon.

        A message that lists several things has a line for each, and then one for the hint.
        """
        text = self.message
        if self.cause:
            text += f" ({_one_line(self.cause)})"
        if self.hint:
            text += f"\n{self.hint}" if "\n" in self.message else f"; {self.hint}"
        return text

    @property
    def lines(self) -> tuple[str, ...]:
        """The error as a person is shown it: one line, but where there are several problems."""
        return (str(self),)


class ListedError(SeriesError):
    """A message that lists several things: a line for the heading, for each, and for the hint."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The heading, each thing, what to do."""
        return tuple(str(self).split("\n"))


class UpstreamError(SeriesError):
    """An upstream cannot be reached, or no longer is what was pinned."""

    def __init__(self, message: str, *, cause: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, cause=cause, hint=hint, exit_code=ExitCode.UPSTREAM)


class ProgramError(SeriesError):
    """A program that is needed is missing, or failed."""

    def __init__(self, message: str, *, cause: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, cause=cause, hint=hint, exit_code=ExitCode.PROGRAM)


class MachineError(ProgramError):
    """A program is not installed, cannot be started, or cannot read its user's configuration.

    It ends a command even where other failures become findings: nothing else would work either.
    """


class UsageError(SeriesError):
    """The command line asks for something that is not there."""

    def __init__(self, message: str, *, cause: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, cause=cause, hint=hint, exit_code=ExitCode.USAGE)


class DeclinedError(SeriesError):
    """What a person asked for does not fit what is there: nothing was changed."""

    def __init__(self, message: str, *, cause: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, cause=cause, hint=hint, exit_code=ExitCode.FINDINGS)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an OSError inside the block into one line that says that *path* cannot be read.

    :raises SeriesError: it is missing, may not be read, or the disk fails
    """
    try:
        yield
    except OSError as error:
        raise SeriesError(f"cannot read {path}", cause=error.strerror) from error


def _one_line(text: str) -> str:
    return " ".join(text.split())
