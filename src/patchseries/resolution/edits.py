"""Changes beside a conflict: lines that a resolution edits where git's merge had no question."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from patchseries.git.textmerge import Lines, Region
from patchseries.model import Sides
from patchseries.resolution.conflict import OpenFile
from patchseries.resolution.lines import Piece, assemble, pieces_of

CONTEXT = 3
"""How many lines around an edit are in its key."""


class StaleError(Exception):
    """A resolution does not fit: its conflict, or what is around it, is another one now."""


@dataclass(frozen=True, slots=True)
class EditBeside:
    """A change that a resolution needs beside the conflict, where git's merge had no question.

    It is known again by the digest of the lines it replaces and of those around them.
    ``before``, ``old`` and ``after`` say how many lines these are.
    """

    path: str
    key: str
    before: int
    old: int
    after: int
    pieces: tuple[Piece, ...]


def edit_of(path: str, agreed: Sequence[bytes], start: int, old: int, new: Lines) -> EditBeside:
    """The edit that replaces *old* lines of *agreed* at *start* (from 0) with *new*."""
    before = min(CONTEXT, start)
    after = min(CONTEXT, len(agreed) - start - old)
    window = agreed[start - before : start + old + after]
    pieces = pieces_of(new, _as_region(agreed[start : start + old]))
    return EditBeside(path, _window_key(window, before, old), before, old, after, pieces)


def agreed_lines(file: OpenFile) -> list[bytes]:
    """The lines of *file* outside its regions."""
    return [line for chunk in file.chunks if not isinstance(chunk, Sides) for line in chunk]


def edited(file: OpenFile, texts: Sequence[Lines], edits: Sequence[EditBeside]) -> bytes:
    """*file* with its regions replaced by *texts* and *edits* done in its agreed lines.

    :raises StaleError: the lines that an edit replaces are not there, or not once
    :raises BrokenResolutionError: an edit names lines that are not there
    """
    agreed = agreed_lines(file)
    new: dict[int, tuple[int, Lines]] = {}
    for edit in edits:
        at = _locate(agreed, edit)
        old = agreed[at : at + edit.old]
        new[at] = (edit.old, assemble(edit.pieces, _as_region(old)))
    result: list[bytes] = []
    given = iter(texts)
    at = skip = 0
    for chunk in file.chunks:
        if isinstance(chunk, Sides):
            result += next(given)
            continue
        for line in chunk:
            if at in new:
                skip, lines = new.pop(at)
                result += lines
            if skip:
                skip -= 1
            else:
                result.append(line)
            at += 1
    for _, lines in new.values():  # an insertion after the last line
        result += lines
    return b"".join(result)


def _locate(agreed: Sequence[bytes], edit: EditBeside) -> int:
    size = edit.before + edit.old + edit.after
    places = [
        at
        for at in range(len(agreed) - size + 1)
        if _window_key(agreed[at : at + size], edit.before, edit.old) == edit.key
    ]
    if len(places) != 1:
        raise StaleError(
            f"the lines that it edits in {edit.path} are "
            + ("not there" if not places else f"there {len(places)} times")
        )
    return places[0] + edit.before


def _window_key(window: Sequence[bytes], before: int, old: int) -> str:
    digest = hashlib.sha256(f"{len(window)} {before} {old}\n".encode())
    digest.update(b"".join(line.rstrip(b"\r\n") + b"\n" for line in window))
    return digest.hexdigest()


def _as_region(lines: Sequence[bytes]) -> Region:
    """The lines that an edit replaces, as the only side of a region."""
    return Sides((), tuple(lines), ())
