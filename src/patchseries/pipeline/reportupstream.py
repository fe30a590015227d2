"""What the report tells of the upstreams: where each patch arrived, and a project's releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from patchseries.errors import MachineError, SeriesError
from patchseries.landed.landing import Landing
from patchseries.landed.verdict import PatchStatus
from patchseries.landed.versions import Key, is_final
from patchseries.manifest import Project
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.status import ProjectLines, ProjectStatuses
from patchseries.report.links import change_link, commit_link, tag_link
from patchseries.report.pagemodel import Arrival, ProjectView, Release
from patchseries.sources.history import open_history

_LATEST = 4_102_444_800
"""The year 2100: a tag says what its maker wanted."""


@dataclass(frozen=True)
class Upstream:
    """One project's history: what it tells of each patch, its lines, its tags and their times.

    ``lines`` are oldest first; ``base_line`` is that of the last base. ``unknown`` says why
    nothing is known; then the rest is empty. Times are in seconds since 1970.
    """

    name: str
    project: Project
    states: Mapping[str, PatchStatus] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    base_line: str | None = None
    times: Mapping[str, int] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()
    unknown: str = ""


def read_upstream(
    session: Session, series: Series, name: str, statuses: ProjectStatuses
) -> Upstream:
    """Search the history of the project *name* for its patches and its releases."""
    project = series.manifest.projects[name]
    try:
        found = statuses.of(name)
        times = _tag_times(session, project)
    except MachineError:
        raise
    except SeriesError as error:
        return Upstream(name, project, unknown=error.message)
    lines = found.projects.get(name)
    return Upstream(
        name,
        project,
        {state.name: state for state in found.patches},
        lines.lines if lines else (),
        lines.base if lines else None,
        times,
        tuple(_releases(lines, times)) if lines else (),
    )


def _tag_times(session: Session, project: Project) -> dict[str, int]:
    """When each tag of the project's history was made, in seconds since 1970."""
    form = "%(refname:lstrip=2)%00%(creatordate:unix)"
    with open_history(session.cache, project.repository, session.fetching) as history:
        done = history.run("for-each-ref", f"--format={form}", "refs/tags/")
    rows = (line.split("\0") for line in done.stdout.decode("utf-8", "replace").split("\n"))
    return {row[0]: min(int(row[1]), _LATEST) for row in rows if len(row) == 2 and row[1]}


def _releases(lines: ProjectLines, times: Mapping[str, int]) -> Iterator[Release]:
    """The releases of a project; the first final one of a line is what the line is called by."""
    firsts: dict[str, tuple[Key, str]] = {}
    for tag, place in lines.tags.items():
        if is_final(place.key):
            firsts[place.line] = min(firsts.get(place.line, (place.key, tag)), (place.key, tag))
    for tag, place in lines.tags.items():
        if place.key[0] == 0 and tag in times:
            final = firsts.get(place.line, (place.key, ""))[1] == tag
            yield Release(tag, place.line, times[tag], final)


def project_view(upstream: Upstream, bases: Sequence[str]) -> ProjectView:
    """The project with the lines that are worth showing: those of *bases*, and where patches are.

    Lines are in the order of their versions, the releases of each in that of their time.
    """
    known = {tag: tag_link(upstream.project, tag) for tag in upstream.times}
    links = tuple(known.get(base) or commit_link(upstream.project, base) for base in bases)
    own = {release.line for release in upstream.releases if release.tag in bases}
    own |= {at.line for state in upstream.states.values() for at in _landings(state)}
    own |= {upstream.base_line} if upstream.base_line else set()
    lines = tuple(line for line in upstream.lines if line in own)
    shown = [release for release in upstream.releases if release.line in own]
    shown.sort(key=lambda r: (lines.index(r.line), r.time, r.tag))
    return ProjectView(upstream.name, links, lines, tuple(shown), upstream.unknown)


# Arrivals ----------------------------------------------------------------------------------------


def arrivals(upstream: Upstream, patch: str) -> Iterator[Arrival]:
    """Where the patch is upstream; if it never landed, where what replaced it is."""
    state = upstream.states.get(patch)
    if state is None:
        return
    if state.landings.landed:
        yield from (_arrival(upstream, at) for at in state.landings.landed)
        return
    for successor in state.superseded_by:
        yield from (_arrival(upstream, at, successor.id) for at in successor.landings.landed)


def inherited(state: PatchStatus) -> Iterator[str]:
    """The lines that began with the change (or with what replaced it) already in."""
    whole = (state.landings, *(successor.landings for successor in state.superseded_by))
    for landings in whole:
        merged = {at.line for at in landings.landed}
        yield from (at.line for at in landings.inherited if at.line not in merged)


def _landings(state: PatchStatus) -> Iterator[Landing]:
    yield from state.landings.landed
    if not state.landings.landed:
        yield from (at for one in state.superseded_by for at in one.landings.landed)


def _arrival(upstream: Upstream, at: Landing, by: str | None = None) -> Arrival:
    project = upstream.project
    return Arrival(
        at.line,
        tag_link(project, at.tag) if at.tag else None,
        upstream.times.get(at.tag) if at.tag else None,
        commit_link(project, at.commit),
        str(at.evidence),
        change_link(project, by) if by else None,
    )
