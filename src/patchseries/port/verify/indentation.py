"""Lines that are indented as Python takes none: found over a whole file, in one quick pass.

tree-sitter passes over such lines, and what a merge does to a block shows where the block ends,
which can be far from the change. So the lines are read as Python's own tokenizer reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    rb"'''[^\\']*+(?:(?:\\.|'(?!''))[^\\']*+)*'''"
    rb'|"""[^\\"]*+(?:(?:\\.|"(?!""))[^\\"]*+)*"""'
    rb"|'[^\\'\n]*+(?:\\.[^\\'\n]*+)*'"
    rb'|"[^\\"\n]*+(?:\\.[^\\"\n]*+)*"'
    rb"|(#)[^\n]*+|\\\r?\n|([(\[{])|([)\]}])|(\n)",
    re.DOTALL,
)
"""What is looked at: strings, comments, lines that go on, brackets, ends of lines."""

_INDENT = re.compile(rb"[ \t\f]*+(?=[^\s#])")


class _LogicalLine(NamedTuple):
    """A logical line: where it starts, its indentation in columns, whether it opens a block."""

    start: int
    indent: int
    opens: bool


_MEMBER = re.compile(rb"(|\t|    )(?:(?:async[ \t]+def|def|class)\b|@)")
"""A definition of a module, or of a class in it."""


@lru_cache(maxsize=32)
def misfits(text: bytes) -> tuple[int, ...]:
    """Where the lines begin whose indentation Python does not take: their first bytes."""
    return tuple(_misfits(text))


def has_misfit(text: bytes, lines: Sequence[bytes], first: int, last: int) -> bool:
    """Whether a line of *text* misfits that could not before *lines* changed from *first* on.

    Read are the definitions around the change, up to *last* and the next one: no other line can
    have become a misfit. Only if one did, the whole text is read.
    """
    above = range(min(first, len(lines)) - 1, -1, -1)
    start, indent = next(((n, i) for n in above if (i := _indent(lines[n])) is not None), (0, 0))
    # A definition below what goes on on the next line is none.
    below = (n for n in range(last, len(lines)) if not lines[n - 1].rstrip().endswith(b"\\"))
    end = next((n for n in below if _indent(lines[n]) is not None), len(lines))
    part = b"\n".join((*lines[start : end + 1], b""))
    return next(_misfits(part, indent), None) is not None and bool(misfits(text))


def _indent(line: bytes) -> int | None:
    """The columns by which a definition is indented; None for what is no definition."""
    found = _MEMBER.match(line)
    return len(found[1].expandtabs(8)) if found else None


def _misfits(text: bytes, indent: int = 0) -> Iterator[int]:
    """Where the lines begin that do not fit, in a text whose first line is indented so."""
    blocks = [0, indent] if indent else [0]
    opened = False
    for line in _lines(text):
        if line.indent > blocks[-1]:
            if not opened:
                yield line.start
            blocks.append(line.indent)
        else:
            while line.indent < blocks[-1]:
                blocks.pop()
            if opened or line.indent != blocks[-1]:
                yield line.start
            if line.indent != blocks[-1]:
                blocks.append(line.indent)
        opened = line.opens


def _lines(text: bytes) -> Iterator[_LogicalLine]:
    """The logical lines of *text* that hold code."""
    start, indent = _start(text, 0)
    depth = done = 0
    opens: bool | None = None
    for token in _TOKEN.finditer(text):
        kind = token.lastindex
        if kind == 4 and not depth:
            if start >= 0:
                if opens is None:
                    opens = _ends_with_colon(text, done, token.start())
                yield _LogicalLine(start, indent, opens)
            start, indent = _start(text, token.end())
            opens = None
        elif kind == 2:
            depth += 1
        elif kind == 3:
            depth = max(depth - 1, 0)
        elif kind == 1 and not depth:
            opens = _ends_with_colon(text, done, token.start())
        done = token.end()
    if start >= 0:
        yield _LogicalLine(start, indent, False)


def _start(text: bytes, at: int) -> tuple[int, int]:
    """Where the line at *at* begins and its indentation; -1 for one without code."""
    found = _INDENT.match(text, at)
    return (at, len(found[0].expandtabs(8))) if found else (-1, 0)


def _ends_with_colon(text: bytes, start: int, end: int) -> bool:
    return text[start:end].rstrip().endswith(b":")
