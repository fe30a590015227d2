"""The landing matrices of projects on a time axis: pure arithmetic, in the drawing's units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from patchseries.counting import counted
from patchseries.report.pagemodel import Arrival, Page, PatchView, ProjectView, Release

LEFT, RIGHT, WIDTH = 200.0, 40.0, 1200.0
LANE, ROW, GAP = 26.0, 40.0, 18.0
_CHARACTER = 6.4
"""The width of one character of the small labels."""
_DAY = 86400
MOST_ROWS = 40
"""Of more patches the drawing tells how many arrived where: nobody reads a thousand rows."""
_LONGEST_NAME = 28
"""Characters of a name that fit beside the drawing."""
_YEAR_APART = 44.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with its label: ``above`` the line or below it, or no label for want of room."""

    x: float
    label: str
    title: str
    colour: int
    final: bool = False
    hollow: bool = False
    shown: bool = True
    above: bool = True


@dataclass(frozen=True, slots=True)
class Lane:
    """A release line: its name, its height, its tags."""

    name: str
    colour: int
    y: float
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A patch (``patch`` is its name), or what arrived in one line: its height and its dots.

    ``word`` stands where there are none.
    """

    label: str
    patch: str | None
    y: float
    dots: tuple[Dot, ...]
    word: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing: lanes of releases above, rows of patches below, years as upright lines."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]
    years: tuple[tuple[float, str], ...]


def timelines(page: Page) -> dict[str, Timeline | None]:
    """A drawing for each project of *page*, by name; None when there is nothing to put on it.

    All have the same scale, and a line has the same colour in all.
    """
    times = [r.time for project in page.projects for r in project.releases]
    times += [at.time for patch in page.patches for at in patch.arrivals if at.time is not None]
    if not times:
        return {project.name: None for project in page.projects}
    lines = [line for project in page.projects for line in project.lines]
    lines += [at.line for patch in page.patches for at in patch.arrivals]
    colours = {line: number for number, line in enumerate(dict.fromkeys(lines))}
    ground = _Ground(_Scale(min(times), max(times)), colours)
    return {one.name: _timeline(one, page.patches_of(one), ground) for one in page.projects}


def _timeline(
    project: ProjectView, patches: Sequence[PatchView], ground: _Ground
) -> Timeline | None:
    names = [line for line in project.lines if any(r.line == line for r in project.releases)]
    if not names:
        return None
    lanes = tuple(
        Lane(name, ground.colours[name], GAP + LANE * n, _lane(project.releases, name, ground))
        for n, name in enumerate(names)
    )
    top = GAP + LANE * len(lanes) + GAP
    make = _rows if len(patches) <= MOST_ROWS else _summed_rows
    rows = tuple(make(patches, ground, top))
    years = tuple(ground.scale.years())
    return Timeline(WIDTH, top + ROW * len(rows) + GAP, lanes, rows, years)


class _Scale:
    """Seconds since 1970 to the units of the drawing, with a margin of a month."""

    def __init__(self, first: int, last: int) -> None:
        self._first, self._last = first - 30 * _DAY, last + 30 * _DAY

    def x(self, time: int) -> float:
        part = (time - self._first) / (self._last - self._first)
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def years(self) -> Iterator[tuple[float, str]]:
        """Where each year begins; where years are too close for their labels, some of them."""
        first, last = (datetime.fromtimestamp(t, UTC).year for t in (self._first, self._last))
        before = 0.0
        for year in range(first + 1, last + 1):
            x = self.x(int(datetime(year, 1, 1, tzinfo=UTC).timestamp()))
            if x - before >= _YEAR_APART:
                yield x, str(year)
                before = x


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all drawings of a page have in common; each line has the number of a colour."""

    scale: _Scale
    colours: Mapping[str, int]


# Rows --------------------------------------------------------------------------------------------


def _rows(patches: Sequence[PatchView], ground: _Ground, top: float) -> Iterator[Row]:
    """A row for each patch."""
    for n, patch in enumerate(patches):
        room = _Room()
        timed = [(at.time, at) for at in patch.arrivals if at.time is not None]
        timed.sort(key=lambda pair: pair[0])
        dots = tuple(_arrival(at, time, room, ground) for time, at in timed)
        y = top + ROW * n + ROW / 2
        yield Row(_cut(patch.name), patch.name, y, dots, "" if dots else patch.verdict)


def _arrival(at: Arrival, time: int, room: _Room, ground: _Ground) -> Dot:
    label = at.tag.text if at.tag else "not yet released"
    by = f" by its successor {at.by.text}" if at.by else ""
    told = f"{at.line} {label}, {day(time)}: commit {at.commit.text[:12]} ({at.evidence}){by}"
    x = ground.scale.x(time)
    shown, above = room.place(x, label)
    colour = ground.colours[at.line]
    return Dot(x, label, told, colour, hollow=bool(at.by), shown=shown, above=above)


def _summed_rows(patches: Sequence[PatchView], ground: _Ground, top: float) -> Iterator[Row]:
    """A row for each line where patches arrived: how many, by tag."""
    arrived: dict[str, list[Arrival]] = {}
    for patch in patches:
        for at in patch.arrivals:
            arrived.setdefault(at.line, []).append(at)
    for n, line in enumerate(sorted(arrived, key=lambda name: ground.colours[name])):
        here = arrived[line]
        tags = Counter((at.time, at.tag.text) for at in here if at.tag and at.time is not None)
        room = _Room()
        dots = tuple(
            _sum(count, (line, tag), room, ground.scale.x(time), ground)
            for (time, tag), count in sorted(tags.items())
        )
        label = f"{_cut(line, 12)}: {counted(len(here), 'patch', 'patches')}"
        yield Row(label, None, top + ROW * n + ROW / 2, dots, "" if dots else "not yet released")


def _sum(count: int, place: tuple[str, str], room: _Room, x: float, ground: _Ground) -> Dot:
    """:param place: the line and the tag where *count* patches arrived"""
    line, tag = place
    shown, above = room.place(x, str(count))
    told = f"{line} {tag}: {counted(count, 'patch', 'patches')}"
    return Dot(x, str(count), told, ground.colours[line], shown=shown, above=above)


# Labels ------------------------------------------------------------------------------------------


@dataclass
class _Room:
    """What of a row is taken by labels, above its line and below it."""

    above: list[tuple[float, float]] = field(default_factory=list)
    below: list[tuple[float, float]] = field(default_factory=list)

    def place(self, x: float, label: str) -> tuple[bool, bool]:
        """Whether there is room for *label* at *x*, and whether that is above the line."""
        span = _span(x, label)
        for taken in (self.above, self.below):
            if _is_free(span, taken):
                taken.append(span)
                return True, taken is self.above
        return False, True


def _lane(releases: Sequence[Release], line: str, ground: _Ground) -> tuple[Dot, ...]:
    """The tags of one line; a label is left out where it would cover one that matters more."""
    mine = [release for release in releases if release.line == line]
    taken: list[tuple[float, float]] = []
    dots: list[Dot] = []
    for release in sorted(mine, key=lambda r: (not r.final, r.time)):
        x = ground.scale.x(release.time)
        span = _span(x, release.tag)
        shown = _is_free(span, taken)
        if shown:
            taken.append(span)
        told = f"{release.line} {release.tag}, {day(release.time)}"
        dots.append(Dot(x, release.tag, told, ground.colours[line], release.final, shown=shown))
    return tuple(sorted(dots, key=lambda dot: dot.x))


def _span(x: float, label: str) -> tuple[float, float]:
    half = len(label) * _CHARACTER / 2
    return x - half, x + half


def _is_free(span: tuple[float, float], taken: Sequence[tuple[float, float]]) -> bool:
    return all(span[1] < a or span[0] > b for a, b in taken)


def _cut(text: str, most: int = _LONGEST_NAME) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def day(time: int) -> str:
    """The day of *time* in UTC, as YYYY-MM-DD."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
