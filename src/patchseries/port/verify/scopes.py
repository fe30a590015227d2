"""Which definition each line of a file stands in, read from its indentation alone.

Indentation is enough to name a function or a class, in either Python, and it never fails:
a file that does not parse has scopes too. In other languages a scope is what git's hunk headers
show, the last line that starts in the first column.

Only the lines between a place and what it stands in are looked at: a module has thousands, and a
change concerns a few.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from patchseries.port.names.textsearch import lines_with
from patchseries.port.verify.strings import in_string

_PYTHON = re.compile(
    rb"(?<![ \t])([ \t]*+)(?:(async[ \t]+def|def|class)[ \t]+(\w+)"
    rb"|(?:async[ \t]+)?(?:if|elif|else|for|while|with|try|except|finally|match|case)\b"
    rb"[^\n]*:[ \t]*(?:#[^\n]*)?(?![^\n]))"
    rb"|(?=[^\s#)\]}'\"])"
)
_OTHER = re.compile(rb"()()([A-Za-z_$\[][^(={\n]*)")

Chain = tuple[bytes, ...]
"""The names of the definitions around a line, outermost first."""


@dataclass(frozen=True, slots=True)
class ScopeHeader:
    """Where a definition starts: its line, its indentation, what it is, its name.

    A line that defines nothing has no name: code in the first column, or the head of another block
    (``if``). It ends what went before.
    """

    line: int
    indent: int
    kind: bytes
    name: bytes

    @property
    def is_function(self) -> bool:
        """Whether it is a function, not a class."""
        return self.kind == b"def"


class _ScopeSpan(NamedTuple):
    """For each line below *above* down to *last*, of one indentation, the header around it."""

    above: int
    last: int
    outer: ScopeHeader | None


@dataclass(frozen=True)
class Scopes:
    """The definitions of one text."""

    text: bytes
    pattern: re.Pattern[bytes]
    _spans: defaultdict[int, list[_ScopeSpan]] = field(default_factory=lambda: defaultdict(list))
    _quotes: list[int] = field(default_factory=lambda: [0, 0, 0])

    @classmethod
    @lru_cache(maxsize=32)
    def of(cls, text: bytes, path: str) -> Scopes:
        """The scopes of *text*, a Python file if *path* ends so (or has no suffix)."""
        name = path.rpartition("/")[2]
        return cls(text, _PYTHON if name.endswith(".py") or "." not in name else _OTHER)

    @cached_property
    def lines(self) -> Sequence[bytes]:
        """The lines of the text without their newlines (git's idea of a line: ``\\n`` alone)."""
        lines = self.text.split(b"\n")
        return lines if lines[-1] else lines[:-1]

    def quotes(self, low: int, high: int) -> int:
        """How many of the three quotes of a text stand in the lines from *low* to before *high*.

        It goes on from the last answer: the lines that changed are asked about in order.
        """
        was_low, seen, count = self._quotes
        if low != was_low or high < seen:
            seen, count = low, 0
        count += b"\n".join(self.lines[seen:high]).count(b'"""')
        self._quotes[:] = low, max(low, high), count
        return count

    def around(self, line: int) -> list[ScopeHeader]:
        """The definitions that the line stands in (or starts), outermost first."""
        level = self.indent(line)
        if level is None:
            return []
        own = self._header(line)
        found = [own] if own and own.name else []
        while level and (outer := self._outer(line, level)):
            found += [outer] if outer.name else []
            line, level = outer.line, outer.indent
        return found[::-1]

    def chain(self, line: int) -> Chain:
        """The names of the definitions around a line."""
        if self.pattern is _OTHER:
            below = min(line + 1, len(self.lines))
            header = self._outer(below, 1)
            return (header.name,) if header else ()
        return tuple(header.name for header in self.around(line))

    def chains(self, names: set[bytes]) -> Iterator[Chain]:
        """The chains of the definitions with one of *names*, each as often as it stands there."""
        for name in sorted(names):
            yield from (self.chain(line) for line in self.defined(name))

    def lines_of(self, chain: Chain) -> Iterator[int]:
        """The lines in which the definitions start whose chain is *chain*."""
        return (line for line in self.defined(chain[-1]) if self.chain(line) == chain)

    def defined(self, name: bytes) -> Iterator[int]:
        """The lines in which definitions of *name* start."""
        for start in lines_with(self.text, name):
            found = self.pattern.match(self.text, start)
            if found and (found[3] or b"").strip() == name:
                yield self.text.count(b"\n", 0, start)

    def indent(self, line: int) -> int | None:
        """The columns that a line is indented by; None for a blank one."""
        if line >= len(self.lines):
            return None
        text = self.lines[line]
        body = text.lstrip()
        return len(text[: len(text) - len(body)].expandtabs(8)) if body else None

    def _header(self, line: int) -> ScopeHeader | None:
        found = self.pattern.match(self.lines[line])
        if found is None:
            return None
        indent = len((found[1] or b"").expandtabs(8))
        return ScopeHeader(line, indent, (found[2] or b"")[-3:], (found[3] or b"").strip())

    def _outer(self, line: int, level: int) -> ScopeHeader | None:
        """The nearest header above *line* that is indented by less than *level*."""
        spans = self._spans[level]
        nearest = _ScopeSpan(-1, 0, None)
        for span in spans:
            if span.above < line <= span.last:
                return span.outer
            if nearest.last < span.last < line:
                nearest = span
        found = self._between(nearest.last, line, level)
        if nearest in spans and found is None:
            spans.remove(nearest)  # so that there are no more of them than headers
        spans.append(_ScopeSpan(found.line, line, found) if found else nearest._replace(last=line))
        return spans[-1].outer

    def _between(self, first: int, line: int, level: int) -> ScopeHeader | None:
        """The last header from line *first* on and above *line*, indented by less than *level*."""
        deeper = b" " * level
        for above in range(line - 1, first - 1, -1):
            if not self.lines[above].startswith(deeper):
                header = self._header(above)
                if header and header.indent < level and not self._is_text(header):
                    return header
        return None

    def _is_text(self, header: ScopeHeader) -> bool:
        """Whether it is a line of a string in the first column, as of a template in a test."""
        if header.name or header.indent or self.pattern is _OTHER:
            return False
        return in_string(self.text, self._starts[header.line])

    @cached_property
    def _starts(self) -> list[int]:
        """The byte at which each line begins."""
        return list(accumulate((len(line) + 1 for line in self.lines), initial=0))
