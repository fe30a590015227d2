"""From a file that a person finished back to resolutions: what stands in each region's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from patchseries.git.textmerge import Lines
from patchseries.model import Sides
from patchseries.resolution.conflict import OpenFile
from patchseries.resolution.edits import EditBeside, agreed_lines, edit_of


class AmbiguousEditError(ValueError):
    """Edits beside two regions ran into each other: what belongs to which is not to be told."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The lines for each region, in order, and the edits in between."""

    texts: tuple[Lines, ...]
    edits: tuple[EditBeside, ...] = ()


def extract(file: OpenFile, final: Sequence[bytes]) -> Extracted:
    """What the lines *final* make of the regions of *file*, and of its agreed lines.

    :raises AmbiguousEditError: one edit reaches over two regions
    """
    exact = _exact(file, final)
    if exact is not None:
        return Extracted(exact)
    agreed, places = agreed_lines(file), _places(file)
    texts: list[Lines] = [()] * len(places)
    edits: list[EditBeside] = []
    for i1, i2, j1, j2 in _differences(agreed, final):
        new = tuple(final[j1:j2])
        here = [n for n, place in enumerate(places) if i1 <= place <= i2]
        if len(here) > 1:
            raise AmbiguousEditError(f"{file.path}: edits next to two conflict regions overlap")
        if not here:
            edits.append(edit_of(file.path, agreed, i1, i2 - i1, new))
            continue
        texts[here[0]] = new
        place = places[here[0]]
        edits += [
            edit_of(file.path, agreed, start, end - start, ())
            for start, end in ((i1, place), (place, i2))
            if start < end
        ]
    return Extracted(tuple(texts), tuple(edits))


def _exact(file: OpenFile, final: Sequence[bytes]) -> tuple[Lines, ...] | None:
    """The regions' lines when the agreed lines all stand as they were; None when they do not."""
    segments = _segments(file)
    first, last = segments[0], segments[-1]
    end = len(final) - len(last)
    if list(final[: len(first)]) != first or end < len(first) or list(final[end:]) != last:
        return None
    texts: list[Lines] = []
    at = len(first)
    for segment in segments[1:-1]:
        found = next(
            (
                n
                for n in range(at, end - len(segment) + 1)
                if list(final[n : n + len(segment)]) == segment
            ),
            None,
        )
        if found is None:
            return None
        texts.append(tuple(final[at:found]))
        at = found + len(segment)
    if len(segments) > 1:
        texts.append(tuple(final[at:end]))
    elif at != len(final):
        return None
    return tuple(texts)


def _segments(file: OpenFile) -> list[list[bytes]]:
    """The agreed lines before, between and after the regions."""
    segments: list[list[bytes]] = [[]]
    for chunk in file.chunks:
        if isinstance(chunk, Sides):
            segments.append([])
        else:
            segments[-1] += chunk
    return segments


def _places(file: OpenFile) -> list[int]:
    """Before which agreed line each region stands."""
    places, at = [], 0
    for chunk in file.chunks:
        if isinstance(chunk, Sides):
            places.append(at)
        else:
            at += len(chunk)
    return places


def _differences(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int, int, int]]:
    """Where *new* differs from *old*: (from, to) in old, (from, to) in new."""
    limit = min(len(old), len(new))
    head = next((n for n in range(limit) if old[n] != new[n]), limit)
    limit -= head
    tail = next((n for n in range(limit) if old[-1 - n] != new[-1 - n]), limit)
    middle = SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
    )
    return [
        (i1 + head, i2 + head, j1 + head, j2 + head)
        for kind, i1, i2, j1, j2 in middle.get_opcodes()
        if kind != "equal"
    ]
