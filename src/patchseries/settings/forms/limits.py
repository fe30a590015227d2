"""Files of pam_limits: ``domain type item value``. A limit is set as soft and hard at once (``-``).

Source: limits.conf(5).
"""

from __future__ import annotations

from patchseries.manifest import SettingEntry
from patchseries.settings.forms.form import (
    Assignment,
    Form,
    ParsedFile,
    Scalar,
    lines_of,
    same_number_or_text,
)

_TYPES = ("soft", "hard", "-")


def parse(text: str) -> ParsedFile:
    """The limits of *text*, the domain as the section; a value for soft or hard alone says so.

    >>> text = "nova - nofile 9\\nnova hard nofile 8\\n"
    >>> [(one.section, one.option, one.value) for one in parse(text).assignments]
    [('nova', 'nofile', '9'), ('nova', 'nofile', 'hard 8')]
    """
    found = []
    for number, line in enumerate(lines_of(text), 1):
        words = line.partition("#")[0].split()
        if len(words) == 4 and words[1] in _TYPES:
            domain, kind, item, value = words
            shown = value if kind == "-" else f"{kind} {value}"
            found.append(Assignment(domain, item, shown, number, number))
    return ParsedFile(tuple(found))


def _line(setting: SettingEntry, value: Scalar) -> str:
    return f"{setting.section} - {setting.option} {value}"


def _path(series: str, _: str) -> str:
    return f"security/limits.d/{series}.conf"


FORM = Form(parse, _line, same_number_or_text, _path)
