"""Resolved lines as pieces: lines of a side, named and not copied, and lines of one's own.

A resolution is kept by people who may not, or do not want to, keep a copy of the upstream's
text. So what a side has is referred to (``ours:3-5``), and only what is new is written down.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from patchseries.git.textmerge import Lines, Region
from patchseries.resolution.conflict import WRITTEN

_TAKE = re.compile(r"(base|ours|theirs):([1-9][0-9]*)(?:-([1-9][0-9]*))?")
_PREFERRED = ("ours", "theirs", "ancestor")


class BrokenResolutionError(ValueError):
    """A resolution names lines that its conflict does not have."""


@dataclass(frozen=True, slots=True)
class Take:
    """Lines of one side of the region: from *first* to *last*, counted from 1, both taken.

    ``indent`` spaces are put before each line that is not blank (a negative number: taken away).
    """

    side: str
    first: int
    last: int
    indent: int = 0

    def __str__(self) -> str:
        """As it is written: ``ours:3-5``, ``theirs:1``."""
        last = "" if self.last == self.first else f"-{self.last}"
        return f"{WRITTEN.get(self.side, self.side)}:{self.first}{last}"

    @classmethod
    def parse(cls, text: str, indent: int = 0) -> Take:
        """The inverse of ``str``; ValueError when *text* is no such reference.

        >>> Take.parse("ours:3-5"), str(Take.parse("theirs:1"))
        (Take(side='ours', first=3, last=5, indent=0), 'theirs:1')
        >>> Take.parse("ours:5-3")
        Traceback (most recent call last):
            ...
        ValueError: expected lines such as 'ours:3-5' or 'theirs:1', not 'ours:5-3'
        """
        found = _TAKE.fullmatch(text)
        if not found or int(found[3] or found[2]) < int(found[2]):
            raise ValueError(f"expected lines such as 'ours:3-5' or 'theirs:1', not {text!r}")
        side = "ancestor" if found[1] == WRITTEN["ancestor"] else found[1]
        return cls(side, int(found[2]), int(found[3] or found[2]), indent)


@dataclass(frozen=True, slots=True)
class Own:
    """Lines that no side has."""

    lines: Lines


Piece = Take | Own


def assemble(pieces: Sequence[Piece], region: Region) -> Lines:
    """The lines that *pieces* make of *region*.

    :raises BrokenResolutionError: lines are named that the region does not have
    """
    lines: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, Own):
            lines += piece.lines
            continue
        side: Lines = getattr(region, piece.side)
        if piece.last > len(side):
            raise BrokenResolutionError(f"{piece}: {piece.side} has {len(side)} lines")
        lines += (_indented(line, piece.indent) for line in side[piece.first - 1 : piece.last])
    return tuple(lines)


def pieces_of(lines: Sequence[bytes], region: Region) -> tuple[Piece, ...]:
    """The pieces that give *lines*: as much as can be named is; ``assemble`` is the inverse."""
    pieces: list[Piece] = []
    at = 0
    while at < len(lines):
        take = _longest(lines, at, region)
        if take is None or _is_filler(lines[at : at + _length(take)], pieces):
            count = 1 if take is None else _length(take)
            pieces = _with_own(pieces, tuple(lines[at : at + count]))
            at += count
        else:
            pieces.append(take)
            at += _length(take)
    return tuple(pieces)


def whole(region: Region, *sides: str) -> tuple[Piece, ...]:
    """All lines of each of *sides*, one after the other."""
    return tuple(
        Take(side, 1, len(getattr(region, side))) for side in sides if getattr(region, side)
    )


def _longest(lines: Sequence[bytes], at: int, region: Region) -> Take | None:
    """The longest run of a side that stands at *at*; of equals, the one that is not indented.

    Then that of ours before theirs before ancestor.
    """
    best: Take | None = None
    for name in _PREFERRED:
        side: Lines = getattr(region, name)
        for start, line in enumerate(side):
            indent = _indent_between(line, lines[at])
            if indent is None:
                continue
            count = _run(lines[at:], side[start:], indent)
            take = Take(name, start + 1, start + count, indent)
            if best is None or (count, not indent) > (_length(best), not best.indent):
                best = take
    return best


def _run(lines: Sequence[bytes], side: Sequence[bytes], indent: int) -> int:
    """How many of *lines* are those of *side*, indented."""
    pairs = zip(lines, side, strict=False)
    return next(
        (n for n, (line, known) in enumerate(pairs) if not _is_indented(known, line, indent)),
        min(len(lines), len(side)),
    )


def _indent_between(expected: bytes, line: bytes) -> int | None:
    """By how many spaces *line* is indented more than *expected*; None for another line."""
    indent = len(line) - len(expected)
    return indent if _is_indented(expected, line, indent) else None


def _is_indented(expected: bytes, line: bytes, indent: int) -> bool:
    return expected.lstrip(b" ") == line.lstrip(b" ") and _indented(expected, indent) == line


def _indented(line: bytes, indent: int) -> bytes:
    if not line.strip():
        return line
    if indent >= 0:
        return b" " * indent + line
    return line[-indent:] if line.startswith(b" " * -indent) else line.lstrip(b" ")


def _is_filler(lines: Sequence[bytes], pieces: Sequence[Piece]) -> bool:
    """Blank lines after lines of one's own: they belong to those, wherever else they stand."""
    return bool(pieces) and isinstance(pieces[-1], Own) and not b"".join(lines).strip()


def _with_own(pieces: list[Piece], lines: Lines) -> list[Piece]:
    if pieces and isinstance(pieces[-1], Own):
        return [*pieces[:-1], Own(pieces[-1].lines + lines)]
    return [*pieces, Own(lines)]


def _length(take: Take) -> int:
    return take.last - take.first + 1
