"""A quilt ``series`` file: which patches apply, in order. Comments and order are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_COMMENT = re.compile(r"(^|[ \t\r\f\v])#.*", re.DOTALL)
_WORD = re.compile(r"[^ \t\r\f\v]+")


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One patch of a series file: its name and the options after it (``-p1``)."""

    name: str
    options: tuple[str, ...] = ()


def parse_series(text: str) -> tuple[SeriesLine, ...]:
    """The patches that a ``series`` file names, without comments and blank lines.

    >>> parse_series("a.patch -p0")
    (SeriesLine(name='a.patch', options=('-p0',)),)
    >>> [line.name for line in parse_series("# first\\na.patch\\n\\nb.patch # why\\n")]
    ['a.patch', 'b.patch']
    """
    # Only ASCII separates: a name may hold any other character, U+2028 and U+00A0 among them.
    lines = (_WORD.findall(_COMMENT.sub("", line)) for line in text.split("\n"))
    return tuple(SeriesLine(words[0], tuple(words[1:])) for words in lines if words)


def format_series(names: Iterable[str]) -> str:
    """A ``series`` file that names *names*, each on a line of its own."""
    return "".join(f"{name}\n" for name in names)


def append_series(text: str, names: Iterable[str]) -> str:
    """*text* with *names* appended, and not a byte of what stands there changed but a final LF.

    >>> append_series("a.patch", ["b.patch"])
    'a.patch\\nb.patch\\n'
    """
    return (text if not text or text.endswith("\n") else text + "\n") + format_series(names)


def renamed_series(text: str, names: Mapping[str, str | None]) -> str:
    """*text* with each patch called as *names* says (None: its line is taken out).

    Comments, options and the order stay.

    >>> renamed_series("# x\\n1-a -p1\\n2-b\\n", {"1-a": None, "2-b": "1-b"})
    '# x\\n1-b\\n'
    """
    lines = []
    for line in text.splitlines(keepends=True):
        named = parse_series(line)
        name = named[0].name if named else ""
        new = names.get(name, name)
        if new is not None:
            lines.append(line.replace(name, new, 1) if name else line)
    return "".join(lines)
