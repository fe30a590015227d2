"""The release lines of a history: its refs in the order of their releases, and their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from patchseries.landed.graph import NamedRefs, RefSet, branch_name, main_branch
from patchseries.landed.openstack import openstack_of
from patchseries.landed.scheme import UNRELEASED, ReleasePlace, Scheme
from patchseries.landed.versions import is_final

_TAGS = "refs/tags/"
_PREFIXES = ("refs/heads/", "refs/remotes/", "origin/")


@dataclass(frozen=True, slots=True)
class Point:
    """One ref of a line, by its bit in the index: a tag, or the head of a branch (no tag)."""

    tag: str | None
    bit: int
    is_final: bool = False
    """Whether it is a release: no candidate, no end of line, no head."""


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release line and its points, oldest first; ``refs`` are those of all points."""

    name: str
    points: tuple[Point, ...]
    refs: RefSet = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "refs", reduce(or_, (1 << p.bit for p in self.points), 0))

    @property
    def newest_release(self) -> str | None:
        """The last release of the line."""
        return next((point.tag for point in reversed(self.points) if point.is_final), None)


@dataclass(frozen=True, slots=True)
class NamedRelease:
    """What a person named: a line, or one tag or branch with what is before it in its line."""

    name: str
    line: ReleaseLine


@dataclass(frozen=True)
class ReleaseLines:
    """All lines of a history, oldest first; the last may be the main branch's (unreleased).

    :param main: the refs of the main branch
    :param named_refs: the refs of the history
    :param scheme: how they are named, as :meth:`Scheme.learned` from them
    """

    lines: tuple[ReleaseLine, ...]
    main: RefSet
    named_refs: NamedRefs
    scheme: Scheme

    @property
    def refs(self) -> RefSet:
        """The refs of all lines."""
        return reduce(or_, (line.refs for line in self.lines), 0)

    def __iter__(self) -> Iterator[ReleaseLine]:
        return iter(self.lines)

    def line(self, name: str) -> ReleaseLine | None:
        """The line called *name*, in any case of letters."""
        return next((line for line in self.lines if line.name == name.lower()), None)

    def line_with(self, refs: RefSet) -> str | None:
        """The name of the first line that has one of *refs*."""
        return next((line.name for line in self.lines if line.refs & refs), None)

    def named(self, name: str) -> NamedRelease | None:
        """The release that a person calls *name*; None when there is none.

        That is a line, by its name (``antelope``, ``1.4``), its version (``2023.1``) or its branch
        (``stable/yoga``, also where that is gone); or one tag or other branch: the line then ends
        there, and has those of its points that this one contains.
        """
        if name.startswith(_TAGS):
            return self._of_tag(name.removeprefix(_TAGS))
        for prefix in _PREFIXES:
            name = name.removeprefix(prefix)
        return (
            self._whole(name)
            or self._of_branch(name)
            or self._of_tag(name)
            or self._whole(self.scheme.line_named(name))
            or self._whole(self.scheme.line_named(name.lower()))
            or self._of_tag(self._same_release(name))
        )

    def _whole(self, name: str | None) -> NamedRelease | None:
        line = self.line(name) if name else None
        return NamedRelease(line.name, line) if line else None

    def _of_branch(self, name: str) -> NamedRelease | None:
        refs = self.named_refs.branches.get(name, 0)
        if refs & self.main:
            return self._whole(UNRELEASED)
        place = self.scheme.branch(name)
        if not refs or (place and self.scheme.line_named(name) == place.line):
            return self._whole(place.line) if refs and place else None
        return self._up_to(name, place, [Point(None, bit) for bit in _bits(refs)])

    def _of_tag(self, tag: str | None) -> NamedRelease | None:
        bit = self.named_refs.bits.get(f"{_TAGS}{tag}")
        if tag is None or bit is None:
            return None
        return self._up_to(tag, self.scheme.tag(tag), [Point(tag, bit)])

    def _up_to(self, name: str, place: ReleasePlace | None, last: list[Point]) -> NamedRelease:
        """The release that ends with *last*, behind what that contains of its line."""
        line = self.line(place.line) if place else None
        ends = {point.bit for point in last}
        points = line.points if line else ()
        before = (p for p in points if p.bit not in ends and self._has(ends, p))
        return NamedRelease(name, ReleaseLine(line.name if line else name, (*before, *last)))

    def _has(self, ends: set[int], point: Point) -> bool:
        """Whether one of the refs *ends* contains *point*, a tag."""
        holders = (self.named_refs.holders_of(point.tag) if point.tag else None) or 0
        return any(holders >> bit & 1 for bit in ends)

    def _same_release(self, name: str) -> str | None:
        """The tag of the release that *name* is in another spelling, such as without ``v``."""
        wanted = self.scheme.tag(name)
        line = self.line(wanted.line) if wanted else None
        for point in line.points if line else ():
            place = self.scheme.tag(point.tag) if point.tag else None
            if wanted and place and place.key == wanted.key:
                return point.tag
        return None


def lines_of(scheme: Scheme, refs: NamedRefs) -> ReleaseLines:
    """The lines that *refs* make under *scheme*, with what they tell of it."""
    learned = openstack_of(scheme, refs).learned(refs)
    main = main_branch(refs)
    found: dict[str, list[tuple[ReleasePlace, int]]] = {}
    for name, bit in refs.bits.items():
        if (place := _place(learned, name)) and not main >> bit & 1:
            found.setdefault(place.line, []).append((place, bit))
    lines = [_line(name, places) for name, places in sorted(found.items(), key=_rank)]
    if main:
        heads = (Point(None, bit) for bit in refs.bits.values() if main >> bit & 1)
        lines.append(ReleaseLine(UNRELEASED, tuple(heads)))
    return ReleaseLines(tuple(lines), main, refs, learned)


# Private -----------------------------------------------------------------------------------------


def _bits(refs: RefSet) -> list[int]:
    return [bit for bit in range(refs.bit_length()) if refs >> bit & 1]


def _rank(line: tuple[str, list[tuple[ReleasePlace, int]]]) -> tuple[int, ...]:
    """Lines are as old as their oldest tag; what is only a branch comes by its own number."""
    tags = [place.rank for place, _ in line[1] if place.tag is not None]
    return min(tags or [place.rank for place, _ in line[1]])


def _line(name: str, places: list[tuple[ReleasePlace, int]]) -> ReleaseLine:
    ordered = sorted(places, key=lambda entry: (entry[0].key, entry[1]))
    points = (Point(place.tag, bit, is_final(place.key)) for place, bit in ordered)
    return ReleaseLine(name, tuple(points))


def _place(scheme: Scheme, ref: str) -> ReleasePlace | None:
    if ref.startswith(_TAGS):
        return scheme.tag(ref.removeprefix(_TAGS))
    branch = branch_name(ref)
    return scheme.branch(branch) if branch is not None else None
