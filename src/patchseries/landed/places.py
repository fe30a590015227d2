"""The release lines of a history: its refs in the order of their releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from patchseries.landed.graph import RefSet
from patchseries.landed.releases import UNRELEASED, ReleasePlace, Scheme
from patchseries.model import MAIN_BRANCHES

_MAIN = MAIN_BRANCHES


@dataclass(frozen=True, slots=True)
class Point:
    """One ref of a line, by its bit in the index: a tag, or the head of a branch (no tag)."""

    tag: str | None
    bit: int


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release line and its points, oldest first."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class ReleaseLines:
    """All lines of a history, oldest first; the last may be the main branch's (unreleased)."""

    lines: tuple[ReleaseLine, ...]
    main: RefSet
    """The refs of the main branch."""

    @property
    def refs(self) -> RefSet:
        """The refs of all lines."""
        return reduce(or_, (1 << point.bit for line in self.lines for point in line.points), 0)

    def __iter__(self) -> Iterator[ReleaseLine]:
        return iter(self.lines)

    def line(self, name: str) -> ReleaseLine | None:
        """The line called *name*, in any case of letters."""
        return next((line for line in self.lines if line.name == name.lower()), None)


def lines_of(scheme: Scheme, refs: Mapping[str, int]) -> ReleaseLines:
    """The lines that *refs* (full ref name → bit) make under *scheme*."""
    main = _main(refs)
    found: dict[str, list[tuple[ReleasePlace, int]]] = {}
    for name, bit in refs.items():
        if place := _place(scheme, name):
            found.setdefault(place.line, []).append((place, bit))
    lines = [_line(name, places) for name, places in sorted(found.items(), key=_rank)]
    if main:
        lines.append(ReleaseLine(UNRELEASED, tuple(Point(None, bit) for bit in main)))
    return ReleaseLines(tuple(lines), main_refs(refs))


def _rank(line: tuple[str, list[tuple[ReleasePlace, int]]]) -> tuple[int, ...]:
    """Lines are as old as their oldest tag; what is only a branch comes by its own number."""
    tags = [place.rank for place, _ in line[1] if place.tag is not None]
    return min(tags or [place.rank for place, _ in line[1]])


def _line(name: str, places: list[tuple[ReleasePlace, int]]) -> ReleaseLine:
    ordered = sorted(places, key=lambda entry: (entry[0].key, entry[1]))
    return ReleaseLine(name, tuple(Point(place.tag, bit) for place, bit in ordered))


def _place(scheme: Scheme, ref: str) -> ReleasePlace | None:
    if ref.startswith("refs/tags/"):
        return scheme.tag(ref.removeprefix("refs/tags/"))
    return scheme.branch(_branch(ref))


def main_refs(refs: Mapping[str, int]) -> RefSet:
    """Those of *refs* (full ref name → bit) that are the main branch."""
    return sum(1 << bit for bit in _main(refs))


def _main(refs: Mapping[str, int]) -> list[int]:
    heads = {_branch(ref) for ref in refs if not ref.startswith("refs/tags/")}
    name = next((name for name in _MAIN if name in heads), None)
    return [bit for ref, bit in refs.items() if _is_branch(ref, name)]


def _is_branch(ref: str, name: str | None) -> bool:
    return not ref.startswith("refs/tags/") and _branch(ref) == name


def _branch(ref: str) -> str:
    return ref.removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
