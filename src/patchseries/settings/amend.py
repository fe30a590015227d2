"""Settings written into the files of a host: what is wrong is replaced where it stands, what is
missing goes where an example of it is, else to the end of its section. All other lines stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchseries.settings.audit import AuditedSetting
from patchseries.settings.forms import form_of
from patchseries.settings.forms.form import lines_of
from patchseries.settings.render import comment


def amended(text: str, rows: Sequence[AuditedSetting]) -> str:
    """*text* with the settings of *rows*, which an audit found wrong or missing in this file.

    >>> amended("", [])
    ''
    """
    lines = lines_of(text)
    ending = "\r" if lines and all(line.endswith("\r") for line in lines) else ""
    for row in sorted((row for row in rows if row.line), key=lambda row: -row.line):
        parsed = row.form.parse("\n".join(lines))
        for one in parsed.assignments:
            if one.first == row.line:
                lines[one.first - 1 : one.last] = [_line(row) + ending]
                break
    for row in rows:
        if not row.line:
            at, before = _place(lines, row)
            added = [*before, *comment(f"{row.setting.name}: {row.setting.why}").split("\n")]
            lines[at:at] = [line + ending for line in (*added, *lines_of(_line(row)))]
    return "".join(f"{line}\n" for line in lines)


def _line(row: AuditedSetting) -> str:
    """The line, or lines, that make the setting."""
    return row.form.line(row.setting, "" if row.wanted is None else row.wanted)


def _place(lines: list[str], row: AuditedSetting) -> tuple[int, list[str]]:
    """Before which line the setting goes (from 0), and the lines that go before it."""
    start, end = 0, len(lines)
    section, option = row.setting.section or "", row.setting.option
    if row.form.has_sections:
        found = _section(lines, section)
        if found is None:
            return len(lines), [*([""] if lines else []), f"[{section}]"]
        start, end = found
    if option is not None and row.form is form_of(row.setting):
        example = re.compile(rf"[#;][ \t]*-?{re.escape(option)}[ \t]*(?:[:=]|[ \t].*|$)")
        for at in range(end - 1, start - 1, -1):
            if example.match(lines[at].rstrip("\r")):
                return at + 1, []
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end, []


def _section(lines: list[str], name: str) -> tuple[int, int] | None:
    """From which line to before which the last section *name* goes; None: there is none."""
    start = None
    for at, line in enumerate(lines):
        if line.rstrip() == f"[{name}]":
            start = at + 1
    if start is None:
        return None
    end = next((at for at in range(start, len(lines)) if lines[at].startswith("[")), len(lines))
    return start, end
