"""libvirtd.conf and qemu.conf: numbers, texts in quotes, lists of texts. The first one counts.

Source: src/util/conf.c of libvirt 1.0 (its virConf functions).
"""

from __future__ import annotations

import re

from patchseries.manifest import SettingEntry
from patchseries.settings.forms.form import (
    Assignment,
    Form,
    ParsedFile,
    Scalar,
    beside,
    same_number_or_text,
)

_SKIPPED = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_REST = re.compile(r"[ \t\r]*(?:#[^\n]*)?(?:\n|$)")
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)[ \t\r\n]*=[ \t\r\n]*")
_TEXT = re.compile(r'"""(?s:(.*?))"""|"([^"\n]*)"|\'([^\'\n]*)\'')
_NUMBER = re.compile(r"-?[0-9]+")
_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*(,?)(?:[ \t\r\n]|#[^\n]*)*")


def parse(text: str) -> ParsedFile:
    """The assignments of *text*; a list is ``[a, b]``, one of a single text is that text.

    >>> [(one.option, one.value) for one in parse('x = "a" # b\\ny = [ "c" ]').assignments]
    [('x', 'a'), ('y', 'c')]
    """
    found: list[Assignment] = []
    at, line, counted = 0, 1, 0
    while True:
        at = _end(_SKIPPED.match(text, at), at)
        line, counted = line + text.count("\n", counted, at), at
        if at == len(text):
            return ParsedFile(tuple(found))
        name = _NAME.match(text, at)
        value = _value(text, name.end()) if name else None
        rest = _REST.match(text, value[1]) if value else None
        if name is None or value is None or rest is None:
            return ParsedFile(tuple(found), "neither an assignment nor a comment", line)
        last = line + text.count("\n", counted, value[1])
        found.append(Assignment("", name[1], value[0], line, last))
        at = rest.end()


def _end(match: re.Match[str] | None, at: int) -> int:
    return match.end() if match else at


def _value(text: str, at: int) -> tuple[str, int] | None:
    """The value at *at*, and where it ends; None: there is none."""
    if not text.startswith("[", at):
        return _scalar(text, at)
    values: list[str] = []
    at = _end(_SKIPPED.match(text, at + 1), at)
    comma = True
    while not text.startswith("]", at):
        scalar = _scalar(text, at) if comma else None
        if scalar is None:
            return None
        values.append(scalar[0])
        found = _COMMA.match(text, scalar[1])
        comma, at = bool(found and found[1]), _end(found, scalar[1])
    return (values[0] if len(values) == 1 else f"[{', '.join(values)}]"), at + 1


def _scalar(text: str, at: int) -> tuple[str, int] | None:
    if number := _NUMBER.match(text, at):
        return number[0], number.end()
    quoted = _TEXT.match(text, at)
    if quoted is None:
        return None
    return next(one for one in quoted.groups() if one is not None), quoted.end()


def _line(setting: SettingEntry, value: Scalar) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(int(value))
    return f"{setting.option} = {text}"


FORM = Form(
    parse,
    _line,
    same_number_or_text,
    beside,
    first_counts=True,
    copied="libvirt reads no directory",
)
