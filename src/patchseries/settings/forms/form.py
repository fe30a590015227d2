"""What a form of settings files is: one is a module with a ``FORM``, and a line in ``FORMS``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from patchseries.manifest import SettingEntry

Scalar = bool | int | str
"""A value of a setting, worked out for a host."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment in a file: its value as the daemon reads it, and its lines (from 1)."""

    section: str
    option: str
    value: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The assignments of a file; ``problem``: why nothing is read from line ``line`` on."""

    assignments: tuple[Assignment, ...]
    problem: str | None = None
    line: int = 0

    def named(self, section: str, option: str) -> list[Assignment]:
        """Every assignment of one option, in order."""
        return [one for one in self.assignments if (one.section, one.option) == (section, option)]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of settings files.

    :param parse: a text as its daemon reads it; takes any text
    :param line: the line that gives a setting a value
    :param same: whether a value of :func:`parse` is the one that a setting wants
    :param path: where the lines of a series are rendered, below /etc: (series, file) → path
    :param first_counts: whether the first assignment of an option counts, not the last
    :param has_sections: whether options stand below ``[section]``
    :param copied: who has to copy the rendered lines into the file, and why; None: nobody has to
    """

    parse: Callable[[str], ParsedFile]
    line: Callable[[SettingEntry, Scalar], str]
    same: Callable[[Scalar, str], bool]
    path: Callable[[str, str], str]
    first_counts: bool = False
    has_sections: bool = False
    copied: str | None = None


def beside(series: str, file: str) -> str:
    """Where lines are rendered that are to be copied into *file*."""
    return f"{file}.{series}"


def lines_of(text: str) -> list[str]:
    """The lines of *text*, without their ends; only a line feed ends one."""
    return text.removesuffix("\n").split("\n") if text else []


def same_number_or_text(wanted: Scalar, value: str) -> bool:
    """Whether *value* is *wanted*: a number by its value, a text by its letters."""
    if isinstance(wanted, int):
        digits = value.removeprefix("-").removeprefix("+")
        ok = digits.isascii() and digits.isdigit() and len(digits) < 20
        return ok and int(value) == int(wanted)
    return value == wanted
