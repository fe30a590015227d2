"""The time axis: pure arithmetic, from releases and arrivals to places in a drawing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from patchseries.report.pagemodel import Arrival, Link, Page, PatchView, ProjectView, Release
from patchseries.report.timeline import (
    LEFT,
    MOST_ROWS,
    RIGHT,
    WIDTH,
    Dot,
    Lane,
    Row,
    Timeline,
    timelines,
)
from report.pages import PAGE, RELEASES, patch

NOVEMBER = 1383264000  # 2013-11-01
DAY = 86400


def on(day: int) -> int:
    """A day from 2013-11-01 on; of an axis of a hundred days each is 6 units wide."""
    return NOVEMBER + day * DAY


def x(day: int) -> float:
    """Where that day is: the axis begins 30 days earlier."""
    return 200.0 + 6 * (day + 30)


OVEN = ProjectView(
    "oven",
    (Link("1.0"),),
    ("one", "empty", "two"),
    (
        Release("1.0", "one", on(0), True),
        Release("2.0", "two", on(100), True),
        Release("2.0b1", "two", on(99)),
        Release("2.0a1", "two", on(50)),
    ),
)


def arrival(line: str, day: int | None, tag: str | None, by: str | None = None) -> Arrival:
    return Arrival(
        line,
        Link(tag) if tag else None,
        None if day is None else on(day),
        Link("a" * 40),
        "change-id",
        Link(by) if by else None,
    )


def view(name: str, *arrivals: Arrival, verdict: str = "landed") -> PatchView:
    return PatchView(1, name, "oven", "", (), verdict, arrivals, ())


def drawn(*patches: PatchView) -> Timeline:
    axis = timelines(Page("s", "", "", (OVEN,), patches, ()))["oven"]
    assert axis is not None
    return axis


def test_the_whole_drawing_of_a_small_project() -> None:
    early = arrival("one", 61, None, "I1")
    axis = drawn(
        view("fans", arrival("two", 100, "2.0"), early, arrival("two", None, None)),
        view("a-name-of-more-than-28-letters", verdict="not-landed"),
    )
    told = "one not yet released, 2014-01-01: commit aaaaaaaaaaaa (change-id) by its successor I1"
    assert axis == Timeline(
        1200.0,
        18 + 2 * 26 + 18 + 2 * 40 + 18,
        (
            Lane("one", 0, 18.0, (Dot(x(0), "1.0", "one 1.0, 2013-11-01", 0, True),)),
            Lane(
                "two",
                2,
                44.0,
                (
                    Dot(x(50), "2.0a1", "two 2.0a1, 2013-12-21", 2),
                    Dot(x(99), "2.0b1", "two 2.0b1, 2014-02-08", 2, shown=False),
                    Dot(x(100), "2.0", "two 2.0, 2014-02-09", 2, True),
                ),
            ),
        ),
        (
            Row(
                "fans",
                "fans",
                108.0,
                (
                    Dot(x(61), "not yet released", told, 0, hollow=True),
                    Dot(x(100), "2.0", "two 2.0, 2014-02-09: commit aaaaaaaaaaaa (change-id)", 2),
                ),
            ),
            Row("a-name-of-more-than-28-lett…", axis.rows[1].patch, 148.0, (), "not-landed"),
        ),
        ((x(61), "2014"),),
    )


def test_what_arrived_after_the_last_release_is_on_the_axis_too() -> None:
    axis = drawn(view("fans", arrival("two", 400, None)))
    assert axis.lanes[0].dots[0].x < axis.rows[0].dots[0].x <= WIDTH - RIGHT


def test_a_label_goes_above_or_below_or_nowhere() -> None:
    """One of 15 characters is 96 units wide: two that touch are one too many."""
    label = "fifteen-letters"
    (row,) = drawn(view("fans", *(arrival("one", day, label) for day in (0, 8, 16, 32, 49)))).rows
    assert [(dot.shown, dot.above) for dot in row.dots] == [
        (True, True),
        (True, False),
        (False, True),
        (True, True),
        (True, True),
    ]
    (row,) = drawn(view("fans", *(arrival("one", day, label) for day in (16, 0)))).rows
    assert [(dot.x, dot.above) for dot in row.dots] == [(x(0), True), (x(16), False)]


def test_many_patches_are_summed_by_line_and_tag() -> None:
    patches = [view(f"p{n}", arrival("two", 50, "2.0a1")) for n in range(MOST_ROWS)]
    axis = drawn(
        *patches,
        view("later", arrival("two", 100, "2.0")),
        view(
            "open",
            arrival("a-line-of-13s", None, None),
            arrival("a-line-of-13s", 30, None),
            arrival("a-line-of-13s", None, "3.0"),
            arrival("one", 0, "1.0"),
        ),
    )
    assert axis.rows == (
        Row("one: 1 patch", None, 108.0, (Dot(x(0), "1", "one 1.0: 1 patch", 0),)),
        Row(
            f"two: {MOST_ROWS + 1} patches",
            None,
            148.0,
            (
                Dot(x(50), str(MOST_ROWS), f"two 2.0a1: {MOST_ROWS} patches", 2),
                Dot(x(100), "1", "two 2.0: 1 patch", 2),
            ),
        ),
        Row("a-line-of-1…: 3 patches", None, 188.0, (), "not yet released"),
    )


def only(page: Page, project: str = "stove") -> Timeline:
    axis = timelines(page)[project]
    assert axis is not None
    return axis


def test_the_axis_keeps_the_order_of_time() -> None:
    axis = only(PAGE)
    places = {dot.label: dot.x for lane in axis.lanes for dot in lane.dots}
    ordered = [release.tag for release in sorted(RELEASES, key=lambda r: r.time)]
    assert sorted(places, key=lambda tag: places[tag]) == ordered
    assert all(LEFT <= x <= WIDTH - RIGHT for x in places.values())
    assert [row.patch for row in axis.rows] == ["alpha", "beta"]
    assert [[dot.hollow for dot in row.dots] for row in axis.rows] == [[False], [True]]
    landed = axis.rows[0].dots[0]
    assert landed.x == places["2.0b1"]


def test_each_project_has_an_axis_of_its_own_releases() -> None:
    stove, timer = only(PAGE), only(PAGE, "timer")
    assert [lane.name for lane in stove.lanes] == ["one", "two", "three"]
    assert [lane.name for lane in timer.lanes] == ["one"]
    assert [(row.patch, row.word) for row in timer.rows] == [("gamma", "not-landed")]
    assert stove.years == timer.years
    assert stove.lanes[0].dots == timer.lanes[0].dots
    assert timelines(PAGE)["radio"] is None


def test_a_label_gives_way_to_a_release_beside_it() -> None:
    axis = only(PAGE)
    shown = {dot.label: dot.shown for lane in axis.lanes for dot in lane.dots}
    assert shown["2.0"]
    assert not shown["2.0rc1"]


def test_of_many_patches_the_axis_tells_how_many_arrived_where() -> None:
    patches = [patch(n, f"fix-{n}", "stove", "landed", "clean", "clean") for n in range(1000)]
    axis = only(replace(PAGE, patches=tuple(patches)))
    assert [row.label for row in axis.rows] == ["two: 1000 patches"]
    assert [(dot.label, dot.title) for dot in axis.rows[0].dots] == [
        ("1000", "two 2.0b1: 1000 patches")
    ]
    axis = only(replace(PAGE, patches=tuple(patches[:MOST_ROWS])))
    assert len(axis.rows) == MOST_ROWS


def test_years_that_are_too_close_for_labels_are_left_out() -> None:
    project = replace(PAGE.projects[0], releases=(Release("1.0", "one", 0), *RELEASES))
    axis = only(replace(PAGE, projects=(project,)))
    places = [x for x, _ in axis.years]
    assert len(places) > 5
    assert min(b - a for a, b in pairwise(places)) > 40


def test_without_a_time_there_is_no_axis() -> None:
    projects = tuple(replace(project, releases=()) for project in PAGE.projects)
    page = replace(PAGE, projects=projects, patches=PAGE.patches[2:])
    assert set(timelines(page).values()) == {None}
