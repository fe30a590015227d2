"""Which definition each line of a file stands in, read from its indentation alone.

Indentation is enough to name a function or a class, in either Python, and it never fails:
a file that does not parse has scopes too. In other languages a scope is what git's hunk headers
show, the last line that starts in the first column.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

_PYTHON = re.compile(rb"\n(?:([ \t]*+)(async[ \t]+def|def|class)[ \t]+(\w+)|(?=[^\s#)\]}'\"]))")
_OTHER = re.compile(rb"\n()()([A-Za-z_$\[][^(={\n]*)")
# Both start with a literal newline, which the regex engine finds three times as fast as ``^``.

Chain = tuple[bytes, ...]
"""The names of the definitions around a line, outermost first."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where a definition starts: its line, its indentation, what it is, its name.

    A line of code in the first column that defines nothing has no name: it ends what went before.
    """

    line: int
    indent: int
    kind: bytes
    name: bytes

    @property
    def is_function(self) -> bool:
        """Whether it is a function, not a class."""
        return self.kind == b"def"


@dataclass(frozen=True)
class Scopes:
    """The definitions of one text."""

    text: bytes
    pattern: re.Pattern[bytes]

    @classmethod
    def of(cls, text: bytes, path: str) -> Scopes:
        """The scopes of *text*, a Python file if *path* ends so (or has no suffix)."""
        name = path.rpartition("/")[2]
        return cls(text, _PYTHON if name.endswith(".py") or "." not in name else _OTHER)

    @cached_property
    def lines(self) -> Sequence[bytes]:
        """The lines of the text, each with its newline (git's idea of a line: ``\\n`` alone)."""
        return split_lines(self.text)

    @cached_property
    def headers(self) -> Sequence[Header]:
        """Each definition, and each line of code in the first column, in order."""
        text = b"\n" + self.text
        found = []
        line = at = 0
        for match in self.pattern.finditer(text):
            line += text.count(b"\n", at, match.start())
            at = match.start()
            indent = len((match[1] or b"").expandtabs(8))
            kind = (match[2] or b"")[-3:]
            found.append(Header(line, indent, kind, (match[3] or b"").strip()))
        return found

    @cached_property
    def chains(self) -> frozenset[Chain]:
        """Every chain of definitions in the text."""
        return frozenset(self.chain(h.line) for h in self.headers if h.name)

    def around(self, line: int) -> list[Header]:
        """The definitions that the line stands in (or starts), outermost first."""
        level = self.indent(line)
        at = bisect_right(self._header_lines, line) - 1
        found: list[Header] = []
        while at >= 0 and level is not None:
            header = self.headers[at]
            if header.line == line or header.indent < level:
                if header.name:
                    found.append(header)
                level = header.indent
                if level == 0:
                    break
            at -= 1
        return found[::-1]

    def chain(self, line: int) -> Chain:
        """The names of the definitions around a line."""
        if self.pattern is _OTHER:
            at = bisect_right(self._header_lines, line) - 1
            return (self.headers[at].name,) if at >= 0 else ()
        return tuple(header.name for header in self.around(line))

    def indent(self, line: int) -> int | None:
        """The columns that a line is indented by; None for a blank one."""
        if line >= len(self.lines):
            return None
        text = self.lines[line].expandtabs(8)
        body = text.lstrip()
        return len(text) - len(body) if body else None

    @cached_property
    def _header_lines(self) -> list[int]:
        return [h.line for h in self.headers]


def split_lines(text: bytes) -> list[bytes]:
    """The lines of *text*, each with its newline; the last may have none."""
    lines = text.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])
