"""memcached.conf of Debian and Ubuntu: an option of the command line and its value on each line."""

from __future__ import annotations

import re

from patchseries.manifest import SettingEntry
from patchseries.settings.forms.form import (
    Assignment,
    Form,
    ParsedFile,
    Scalar,
    beside,
    lines_of,
    same_number_or_text,
)

_OPTION = re.compile(r"-([A-Za-z])(.*)")


def parse(text: str) -> ParsedFile:
    """The options of *text*; other lines are for the script that starts memcached.

    >>> [(one.option, one.value) for one in parse("-m 64\\n# -p 1\\n-v\\n").assignments]
    [('m', '64'), ('v', '')]
    """
    found = []
    for number, line in enumerate(lines_of(text), 1):
        if option := _OPTION.fullmatch(line.strip()):
            found.append(Assignment("", option[1], option[2].lstrip(" \t="), number, number))
    return ParsedFile(tuple(found))


def _line(setting: SettingEntry, value: Scalar) -> str:
    return f"-{setting.option} {value}"


FORM = Form(
    parse, _line, same_number_or_text, beside, copied="memcached is started with this file alone"
)
