"""A patch file as patch(1) and git see it: its head and the section for each file.

More forgiving than a parser: it keeps what is malformed or hostile, so that the guard can name it.
Only the lines that a hunk's counts do not cover are looked at, as content may look like anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_EXTENDED = re.compile(
    rb"(old mode|new mode|new file mode|deleted file mode|index|similarity index"
    rb"|dissimilarity index|rename from|rename to|copy from|copy to) (.*)"
)


@dataclass
class Section:
    """What a patch says of one file. ``line`` is where it begins (from 1).

    ``names`` are the raw names of its headers with their prefixes; ``extended`` git's extended
    header; ``new_lines`` how many lines the hunks leave.
    """

    line: int
    old: bytes | None = None
    new: bytes | None = None
    git: bytes | None = None
    extended: dict[str, bytes] = field(default_factory=dict)
    hunks: int = 0
    new_lines: int = 0
    first_new: int = 0
    git_binary: bool = False
    differs: bool = False
    crlf: bool = False
    torn: bool = False
    """A hunk's lines are fewer than it says, or are no lines of a hunk."""

    @property
    def names(self) -> tuple[bytes, ...]:
        """Every name that a program may take for the file to change, raw."""
        renames = [b"-/" + self.extended[key] for key in _RENAMES if key in self.extended]
        return tuple(n for n in (self.old, self.new, *renames) if n and n != b"/dev/null")

    @property
    def renames(self) -> bool:
        """Whether it renames or copies."""
        return any(key in self.extended for key in _RENAMES)

    @property
    def stray(self) -> bool:
        """Whether it has the head of a diff and no change: words that look like one."""
        said = self.hunks or self.git_binary or self.differs
        return not said and (self.old is not None or not self.extended)

    @property
    def modes(self) -> set[bytes]:
        """git's modes of a file that is there before: those that the patch names, old and new."""
        words = [self.extended[key] for key in _MODES if key in self.extended]
        _, _, mode = self.extended.get("index", b"").partition(b" ")
        return {word.strip() for word in (*words, mode)}


_MODES = ("old mode", "new mode", "deleted file mode")
_RENAMES = ("rename from", "rename to", "copy from", "copy to")


@dataclass(frozen=True)
class Scan:
    """A patch file: the lines above its first section, with their numbers, and the sections."""

    head: tuple[tuple[int, bytes], ...]
    sections: tuple[Section, ...]


def scan(data: bytes) -> Scan:
    """Take *data* apart; never raises."""
    head: list[tuple[int, bytes]] = []
    sections: list[Section] = []
    lines = PatchLines(data)
    for number, line in lines:
        begun = _begin(number, line, lines)
        if begun is not None:
            sections.append(begun)
        elif not sections:
            head.append((number, line))
        else:
            _continue(sections[-1], line, lines)
    return Scan(tuple(head), tuple(sections))


class PatchLines:
    """The lines of a patch, with their numbers and a look ahead."""

    def __init__(self, data: bytes) -> None:
        self._lines = data.split(b"\n")
        if self._lines and not self._lines[-1]:
            self._lines.pop()
        self.at = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while self.at < len(self._lines):
            self.at += 1
            yield self.at, self._lines[self.at - 1]

    def peek(self) -> bytes:
        """The next line, or nothing."""
        return self._lines[self.at] if self.at < len(self._lines) else b""

    def take(self) -> bytes | None:
        """The next line, consumed; None at the end."""
        if self.at >= len(self._lines):
            return None
        self.at += 1
        return self._lines[self.at - 1]


def _begin(number: int, line: bytes, lines: PatchLines) -> Section | None:
    """The section that begins at *line*, if one does."""
    if line.startswith(b"diff --git "):
        section = Section(number, git=line.rstrip(b"\r")[11:], crlf=line.endswith(b"\r"))
        _extended(section, lines)
    elif line.startswith(b"--- ") and lines.peek().startswith(b"+++ "):
        section = Section(number)
        lines.at -= 1
    else:
        return None
    if (old := lines.peek()).startswith(b"--- "):
        lines.take()
        section.crlf |= old.endswith(b"\r")
        section.old = _name(old)
        if (new := lines.peek()).startswith(b"+++ "):
            lines.take()
            section.new = _name(new)
    return section


def _extended(section: Section, lines: PatchLines) -> None:
    while found := _EXTENDED.fullmatch(lines.peek().rstrip(b"\r")):
        section.extended[found[1].decode()] = found[2]
        lines.take()


def _name(line: bytes) -> bytes:
    return line[4:].rstrip(b"\r").split(b"\t", 1)[0]


def _continue(section: Section, line: bytes, lines: PatchLines) -> None:
    if line.startswith(b"GIT binary patch"):
        section.git_binary = True
    elif line.startswith(b"Binary files ") and line.rstrip(b"\r").endswith(b" differ"):
        section.differs = True
    elif found := _HUNK.match(line):
        old, new = int(found[2] or 1), int(found[4] or 1)
        if not section.hunks:
            section.first_new = int(found[3])
        section.hunks += 1
        section.new_lines += new
        section.torn |= not _body(old, new, lines)


def _body(old: int, new: int, lines: PatchLines) -> bool:
    """Consume a hunk's lines by their counts; False when they are other lines."""
    while old > 0 or new > 0:
        line = lines.take()
        if line is None:
            return False
        kind = line[:1]
        if kind == b"\\":
            continue
        if kind not in (b" ", b"+", b"-", b""):
            return False
        old -= kind != b"+"
        new -= kind != b"-"
    return old == 0 and new == 0
