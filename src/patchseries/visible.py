"""Untrusted text made safe to show: what would steer a terminal or a CI log is escaped.

Used wherever text leaves for people: a terminal, JUnit, HTML. Nothing else about it changes, so a
file name can still be recognised: ``a\\x1b[31m.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 (but for tab and line feed), DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the order of reading
    "\u2028\u2029\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # line ends, what no font shows
    "\ufffe\uffff\ud800-\udfff]"  # no characters: what XML forbids, bytes that are not UTF-8
)
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
"""A GitHub workflow command: ``::error::`` where a line begins, after blanks too."""
_OLD_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)")
"""``##[error]``, ``##vso[…]``, ``##teamcity[…]``: anywhere in a line."""


def visible(text: str) -> str:
    """*text*, of one line or several, with each steering character as its escape.

    >>> visible("a" + chr(27) + "[31m.py")
    'a\\\\x1b[31m.py'
    """
    return _STEERING.sub(_escape, text)


def printable(text: str) -> str:
    """As :func:`visible`, and no line of it is a command to a CI service that reads the log."""
    shown = _OLD_COMMAND.sub(r"#\\x23", visible(text))
    return _COMMAND.sub(r"\1\\x3a", shown)


def printable_line(text: str) -> str:
    """As :func:`printable`, in one line.

    >>> printable_line("one" + chr(10) + "::error::two")
    'one\\\\n\\\\x3a:error::two'
    """
    return printable(text).replace("\n", "\\n")


def json_text(
    document: Mapping[str, Any] | Sequence[Any], *, indent: int | None = 2, ascii_only: bool = False
) -> str:
    """*document* as JSON that is safe to show; the same values are read back from it."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    text = _OLD_COMMAND.sub(r"#\\u0023", text)
    return _STEERING.sub(_json_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as Python reads file names
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1] if match[0] != "\x7f" else "\\u007f"
