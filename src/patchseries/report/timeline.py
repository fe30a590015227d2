"""The landing matrix on a time axis, laid out: pure arithmetic, in the units of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from patchseries.report.pagemodel import Arrival, PatchView, Release

LEFT, RIGHT, WIDTH = 190.0, 40.0, 1200.0
LANE, ROW, GAP = 26.0, 40.0, 18.0
_CHARACTER = 6.2
"""The width of one character of the small labels."""
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with its label: ``above`` the line or below it, or no label for want of room."""

    x: float
    label: str
    title: str
    line: int
    final: bool = False
    hollow: bool = False
    shown: bool = True
    above: bool = True


@dataclass(frozen=True, slots=True)
class Lane:
    """A release line: its name, its height, its tags."""

    name: str
    index: int
    y: float
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A patch: its height, where it arrived, and a word where it never did."""

    name: str
    project: str
    verdict: str
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


def timeline(releases: Sequence[Release], patches: Sequence[PatchView]) -> Timeline | None:
    """Lay the axis out; None when there is nothing to put on it."""
    times = [r.time for r in releases] + [
        at.time for patch in patches for at in patch.arrivals if at.time is not None
    ]
    if not times:
        return None
    scale = _Scale(min(times), max(times))
    names = list(dict.fromkeys(release.line for release in releases))
    lanes = tuple(
        Lane(name, n, GAP + LANE * n, _lane([r for r in releases if r.line == name], n, scale))
        for n, name in enumerate(names)
    )
    top = GAP + LANE * len(lanes) + GAP
    rows = tuple(
        Row(
            patch.name,
            patch.project,
            patch.verdict,
            top + ROW * n + ROW / 2,
            _arrivals(patch.arrivals, names, scale),
            "" if patch.arrivals else patch.verdict,
        )
        for n, patch in enumerate(patches)
    )
    return Timeline(WIDTH, top + ROW * len(rows) + GAP, lanes, rows, tuple(scale.years()))


class _Scale:
    """Seconds since 1970 to the units of the drawing, with a margin of a month."""

    def __init__(self, first: int, last: int) -> None:
        self._first, self._last = first - 30 * _DAY, last + 30 * _DAY

    def x(self, time: int) -> float:
        part = (time - self._first) / (self._last - self._first)
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def years(self) -> list[tuple[float, str]]:
        """Where each year begins."""
        first, last = (datetime.fromtimestamp(t, UTC).year for t in (self._first, self._last))
        begins = ((datetime(y, 1, 1, tzinfo=UTC), y) for y in range(first + 1, last + 1))
        return [(self.x(int(day.timestamp())), str(year)) for day, year in begins]


def _lane(releases: Sequence[Release], index: int, scale: _Scale) -> tuple[Dot, ...]:
    """The tags of one line; a label is left out where it would cover one that matters more."""
    ordered = sorted(releases, key=lambda r: (not r.final, r.time))
    taken: list[tuple[float, float]] = []
    dots: list[Dot] = []
    for release in ordered:
        x = scale.x(release.time)
        span = _span(x, release.tag)
        shown = all(span[1] < a or span[0] > b for a, b in taken)
        if shown:
            taken.append(span)
        told = f"{release.line} {release.tag}, {day(release.time)}"
        dots.append(Dot(x, release.tag, told, index, release.final, shown=shown))
    return tuple(sorted(dots, key=lambda dot: dot.x))


def _arrivals(arrivals: Sequence[Arrival], names: Sequence[str], scale: _Scale) -> tuple[Dot, ...]:
    dots: list[Dot] = []
    timed = [(at.time, at) for at in arrivals if at.time is not None]
    for time, at in sorted(timed, key=lambda pair: pair[0]):
        label = at.tag or "not yet released"
        by = f" by its successor {at.by}" if at.by else ""
        told = f"{at.line} {label}, {day(time)}: commit {at.commit[:12]} ({at.evidence}){by}"
        index = names.index(at.line) if at.line in names else len(names)
        above = not (dots and dots[-1].above)
        dots.append(Dot(scale.x(time), label, told, index, hollow=bool(at.by), above=above))
    return tuple(dots)


def _span(x: float, label: str) -> tuple[float, float]:
    half = len(label) * _CHARACTER / 2
    return x - half, x + half


def day(time: int) -> str:
    """The day of *time* in UTC, as YYYY-MM-DD."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
