"""What verification asks of a language, and all that the rest of it knows of one."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Protocol

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.hunks.resolve import Sound
from patchseries.port.verify.ported import Port, PortedFile

Places = Set[tuple[str | None, int | None]]
"""Files with 1-based lines."""


class Examination(Protocol):
    """The checks over the files of one port that are in one language."""

    def check(self, file: PortedFile) -> Iterator[Finding]:
        """What is wrong in *file*; each file of the language is given once, in order."""

    def check_together(self, reported: Places) -> Iterator[Finding]:
        """What only all of these files together show.

        :param reported: the places of which there is a finding already
        """


class Language(Protocol):
    """A language whose files are verified."""

    def owns(self, path: str, first_line: bytes) -> bool:
        """Whether a file is in this language, by its name or, for a script, by its first line."""

    def examination(self, port: Port) -> Examination:
        """The checks over the files of *port*."""

    def soundness(self, path: str, ours: str, theirs: str) -> Sound:
        """How well a text can stand that was merged from *ours* and *theirs*."""


def not_verified(file: PortedFile, reason: str) -> Finding:
    """That a file was not looked at as a program, and why."""
    what = f"not verified: {reason}; only its lines were compared"
    return Finding(PortCode.NOT_VERIFIED, Severity.NOTE, what, file=file.path)
