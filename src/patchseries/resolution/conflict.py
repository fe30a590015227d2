"""What git's merge left open, file by file, and the key by which a region is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Sequence
from dataclasses import dataclass

from patchseries.git import FileSides, Merge, Repository
from patchseries.git.textmerge import Lines, Region, size_of_markers, split_lines
from patchseries.model import Sides

SIDES = ("ancestor", "ours", "theirs")
WRITTEN = {"ancestor": "base"}
"""The sides that have another name in files and keys: there the common ancestor is ``base``."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A conflicting path. ``chunks`` are its agreed lines and its regions, in order.

    A file that one side lacks, or that is no text, is one region of all its lines.

    :ivar sides: which of ancestor, ours and theirs have the file
    :ivar mode: git's mode, merged as the lines are; that of ours where the modes conflict
    :ivar modes: the modes of ours and theirs, where they conflict
    """

    path: str
    sides: frozenset[str]
    mode: str
    chunks: tuple[Lines | Region, ...]
    modes: tuple[str, str] | None = None

    @property
    def regions(self) -> list[Region]:
        """Its open regions, in order."""
        return [chunk for chunk in self.chunks if isinstance(chunk, Sides)]

    @property
    def is_whole(self) -> bool:
        """Whether the file as such is in question, and not some of its lines.

        One side changed it and the other has it not, or they differ only in the mode.
        """
        return not {"ours", "theirs"} <= self.sides or (
            self.modes is not None and all(one.ours == one.theirs for one in self.regions)
        )

    def mode_of(self, side: str) -> str:
        """The mode when *side* is taken."""
        return self.modes[1] if self.modes and side == "theirs" else self.mode

    def key(self, region: Region) -> str:
        """The key of a region of this file."""
        return region_key(region, self.modes, self.sides if self.is_whole else SIDES)


def region_key(
    region: Region, modes: tuple[str, str] | None = None, there: Container[str] = SIDES
) -> str:
    """The key of a region, by which proposals, conflicts and resolutions know it: SHA-256.

    It is a digest of the lines of its three sides, and of which exist. Modes that conflict are in
    it too. Neither the path nor the line numbers are in it, so that the same conflict on another
    base is the same; line ends are not either.

    :param modes: those of ours and theirs, where they conflict
    :param there: the sides that have the file
    """
    digest = hashlib.sha256()
    for side, lines in zip(SIDES, region, strict=True):
        count = len(lines) if side in there else "none"
        digest.update(f"{WRITTEN.get(side, side)} {count}\n".encode())
        digest.update(b"".join(line.rstrip(b"\r\n") + b"\n" for line in lines))
    if modes:
        digest.update(f"modes {' '.join(modes)}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Labels:
    """What the conflict markers call the three sides."""

    ours: str
    ancestor: str
    theirs: str


def marked(file: OpenFile, texts: Sequence[Lines | None], labels: Labels) -> list[Lines]:
    """What stands for each region of *file*: its text, or ``diff3`` markers where it has none."""
    size = marker_size(file)
    return [
        _markers(region, size, labels) if text is None else text
        for region, text in zip(file.regions, texts, strict=True)
    ]


def _markers(region: Region, size: int, labels: Labels) -> Lines:
    lines: list[bytes] = []
    parts = (
        (b"<", labels.ours, region.ours),
        (b"|", labels.ancestor, region.ancestor),
        (b"=", "", region.theirs),
        (b">", labels.theirs, ()),
    )
    for sign, label, side in parts:
        lines.append(sign * size + (f" {label}" if label else "").encode() + b"\n")
        lines += [line if line.endswith(b"\n") else line + b"\n" for line in side]
    return tuple(lines)


def markers_left(file: OpenFile, final: Sequence[bytes]) -> list[int]:
    """The lines (from 1) of *final* on which a conflict marker stands."""
    size = marker_size(file)
    marks = tuple(sign * size + b" " for sign in (b"<", b"|", b">"))
    return [n for n, line in enumerate(final, 1) if line.startswith(marks)]


def marker_size(file: OpenFile) -> int:
    """How many signs a marker of *file* has: 7, or more than any of its lines starts with."""
    sides = [
        b"".join(side)
        for chunk in file.chunks
        for side in (chunk if isinstance(chunk, Sides) else [chunk])
    ]
    return size_of_markers(*sides)


def open_files(repository: Repository, merge: Merge) -> list[OpenFile]:
    """The conflicting files of *merge* that can be shown as text, in git's order.

    Links, submodules and files against directories are left out: nothing here can settle them.
    So are the :func:`left_behind`, which ask nothing.
    """
    found = (_opened(repository, path, sides) for path, sides in merge.files.items())
    return [file for file in found if file is not None]


def left_behind(merge: Merge) -> set[str]:
    """The conflicting paths that neither side has: what both renamed, each to another name."""
    return {path for path, (_, ours, theirs) in merge.files.items() if not ours and not theirs}


def _opened(repository: Repository, path: str, sides: FileSides) -> OpenFile | None:
    if not (sides.ours or sides.theirs) or not all(e is None or e.is_file for e in sides):
        return None
    data = sides.map(lambda entry: repository.blob(entry.oid) if entry else b"")
    mode, modes = merged_mode(sides)
    whole: Region = data.map(lambda text: tuple(split_lines(text)))
    chunks: tuple[Lines | Region, ...] = (whole,)
    if sides.ours and sides.theirs and not any(b"\0" in text for text in data):
        merged = repository.merge_text(*data)
        # without a region the modes are the question
        chunks = merged if any(isinstance(one, Sides) for one in merged) else chunks
    there = frozenset(side for side, entry in zip(SIDES, sides, strict=True) if entry)
    return OpenFile(path, there, mode, chunks, modes)


def merged_mode(sides: FileSides) -> tuple[str, tuple[str, str] | None]:
    """What merging the modes gives, and those of ours and theirs where they conflict."""
    ancestor, ours, theirs = sides.map(lambda entry: entry.mode if entry else None)
    mode = ours or theirs
    assert mode is not None, "one side has the file"
    if ours is None or theirs is None or theirs in (ancestor, ours):
        return mode, None
    return (theirs, None) if ours == ancestor else (ours, (ours, theirs))
