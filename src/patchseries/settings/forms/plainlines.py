"""Files whose lines are settings themselves: an override of an upstart job, a rule of sudoers."""

from __future__ import annotations

from patchseries.manifest import SettingEntry
from patchseries.settings.forms.form import Assignment, Form, ParsedFile, Scalar, lines_of


def parse(text: str) -> ParsedFile:
    """Each line that is no comment, with single spaces.

    >>> [one.value for one in parse("# a\\nmanual \\n").assignments]
    ['manual']
    """
    rows = ((number, " ".join(line.split())) for number, line in enumerate(lines_of(text), 1))
    found = (Assignment("", "", row, n, n) for n, row in rows if row and not row.startswith("#"))
    return ParsedFile(tuple(found))


def _line(_: SettingEntry, value: Scalar) -> str:
    return str(value)


def _same(wanted: Scalar, value: str) -> bool:
    return " ".join(str(wanted).split()) == value


def _path(_: str, file: str) -> str:
    return file


FORM = Form(parse, _line, _same, _path)
