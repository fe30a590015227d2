"""What git's merge left open, file by file, and the key by which a region is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patchseries.git import Merge, MergeStage, Repository, TreeEntry
from patchseries.git.textmerge import Lines, Region, size_of_markers, split_lines

SIDES = ("base", "ours", "theirs")


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A conflicting path. ``chunks`` are its agreed lines and its regions, in order.

    A file that one side lacks, or that is no text, is one region of all its lines.

    :ivar sides: which of base, ours and theirs have the file
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
        return [chunk for chunk in self.chunks if isinstance(chunk, Region)]

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
        """The region's key: a digest of the lines of its three sides, and of which exist.

        Modes that conflict are in it too. Neither the path nor the line numbers are in it, so
        that the same conflict on another base is the same; line ends are not either.
        """
        digest = hashlib.sha256()
        for side in SIDES:
            lines: Lines = getattr(region, side)
            there = side in self.sides or not self.is_whole
            digest.update(f"{side} {len(lines) if there else 'none'}\n".encode())
            digest.update(b"".join(line.rstrip(b"\r\n") + b"\n" for line in lines))
        if self.modes:
            digest.update(f"modes {' '.join(self.modes)}\n".encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Labels:
    """What the conflict markers call the three sides."""

    ours: str
    base: str
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
    parts = ((b"<", labels.ours, region.ours), (b"|", labels.base, region.base),
             (b"=", "", region.theirs), (b">", labels.theirs, ()))  # fmt: skip
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
        for side in ((chunk.base, chunk.ours, chunk.theirs) if isinstance(chunk, Region)
                     else (chunk,))
    ]  # fmt: skip
    return size_of_markers(*sides)


def open_files(repository: Repository, merge: Merge) -> list[OpenFile]:
    """The conflicting files of *merge* that can be shown as text, in git's order.

    Links, submodules and files against folders are left out: nothing here can settle them.
    So are the :func:`left_behind`, which ask nothing.
    """
    stages: dict[str, dict[int, MergeStage]] = {}
    for stage in merge.stages:
        stages.setdefault(stage.path, {})[stage.stage] = stage
    return list(_opened(repository, stages))


def left_behind(merge: Merge) -> set[str]:
    """The conflicting paths that neither side has: what both renamed, each to another name."""
    sides = {stage.path for stage in merge.stages if stage.stage != 1}
    return set(merge.conflicted_paths) - sides


def _opened(repository: Repository, stages: dict[str, dict[int, MergeStage]]) -> Iterator[OpenFile]:
    for path, found in stages.items():
        if not {2, 3} & found.keys() or not all(
            TreeEntry(stage.mode, stage.oid).is_file for stage in found.values()
        ):
            continue
        base, ours, theirs = (
            repository.blob(found[n].oid) if n in found else b"" for n in (1, 2, 3)
        )
        sides = frozenset(side for n, side in enumerate(SIDES, 1) if n in found)
        mode, modes = _merged_mode(*(found[n].mode if n in found else None for n in (1, 2, 3)))
        chunks: tuple[Lines | Region, ...] = (
            Region(*(tuple(split_lines(data)) for data in (base, ours, theirs))),
        )
        if {2, 3} <= found.keys() and b"\0" not in base + ours + theirs:
            merged = repository.merge_text(base, ours, theirs)
            # without a region the modes are the question
            chunks = merged if any(isinstance(one, Region) for one in merged) else chunks
        yield OpenFile(path, sides, mode, chunks, modes)


def _merged_mode(
    base: str | None, ours: str | None, theirs: str | None
) -> tuple[str, tuple[str, str] | None]:
    """What merging the modes gives, and those of ours and theirs where they conflict."""
    mode = ours or theirs
    assert mode is not None, "one side has the file"
    if ours is None or theirs is None or theirs in (base, ours):
        return mode, None
    return (theirs, None) if ours == base else (ours, (ours, theirs))
