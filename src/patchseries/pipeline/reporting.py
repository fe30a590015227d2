"""Gather what the report shows: the gate's inputs and findings, the upstreams, the packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC

from patchseries import checks
from patchseries.checks.inputs import CheckedCell, CheckedTarget, CheckInputs
from patchseries.debian.record import read_record
from patchseries.errors import MachineError, SeriesError
from patchseries.git import Repository
from patchseries.landed.landing import Landing
from patchseries.landed.releases import scheme_for
from patchseries.landed.verdict import PatchStatus
from patchseries.lock import Lock
from patchseries.manifest import PatchEntry, Project
from patchseries.model import CommitId, Finding, Outcome, Target, TreeId
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.patches.dep3 import read_header
from patchseries.patches.header import split_patch
from patchseries.pipeline.build import output_directory
from patchseries.pipeline.checking import CheckOptions, gather
from patchseries.pipeline.diff import Side, range_diff, reference
from patchseries.pipeline.reportparts import ReportOptions, setting_views
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.status import series_status
from patchseries.progress import Steps
from patchseries.report.facts import blueprint_url, bug_url, review_url, source_text
from patchseries.report.pagemodel import (
    Arrival,
    CellView,
    Comparison,
    Link,
    PackageView,
    Page,
    PatchOrigin,
    PatchView,
    Release,
)
from patchseries.sources import Want, fetch
from patchseries.sources.history import open_history


@dataclass
class _History:
    """What the histories tell: of each patch, and when each tag of each project was made."""

    states: dict[str, PatchStatus] = field(default_factory=dict)
    times: dict[str, dict[str, int]] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)


def make_page(
    session: Session, series: Series, selection: Selection, options: ReportOptions
) -> Page:
    """The page for the selected part of *series*."""
    inputs = gather(session, series, selection, CheckOptions())
    text = series.manifest_path.read_text("utf-8")
    chosen = checks.severities(series.manifest.checks, str(series.manifest_path), text)
    findings = _selected_findings(checks.check(inputs, chosen), selection)
    upstream = _upstream(session, series, selection)
    compared = _comparisons(session, series, inputs)
    patches = tuple(
        _patch_view(inputs, upstream, compared, number, findings)
        for number, patch in enumerate(series.manifest.patches, 1)
        if _is_selected(patch, inputs, selection)
    )
    return Page(
        series=series.name,
        summary=series.manifest.series.summary or "",
        made=options.made,
        bases=tuple(dict.fromkeys(target.base for target in inputs.targets)),
        patches=patches,
        findings=findings,
        packages=tuple(_packages(series, inputs)),
        releases=tuple(_window(upstream.releases, patches, inputs)),
        unknown=upstream.unknown,
        settings=setting_views(series.manifest),
        audits=options.audits,
        figures=options.figures,
    )


def _selected_findings(findings: Sequence[Finding], selection: Selection) -> tuple[Finding, ...]:
    named = selection.patches
    return tuple(f for f in findings if not named or f.patch is None or f.patch in named)


def _is_selected(patch: PatchEntry, inputs: CheckInputs, selection: Selection) -> bool:
    projects = {target.project for target in inputs.targets}
    return patch.project in projects and (not selection.patches or patch.name in selection.patches)


# Upstream ----------------------------------------------------------------------------------------


def _upstream(session: Session, series: Series, selection: Selection) -> _History:
    known = _History()
    for name in selection.projects_of(series.manifest):
        project = series.manifest.projects[name]
        try:
            found = series_status(session, series, Selection((name,)))
            times = _tag_times(session, project)
        except MachineError:
            raise
        except SeriesError as error:
            known.unknown[name] = error.message
            continue
        known.states |= {state.name: state for state in found.patches}
        known.times[name] = times
        known.releases += _releases(series, name, project, times)
    return known


_LATEST = 4_102_444_800
"""The year 2100: a tag says what its maker wanted."""


def _tag_times(session: Session, project: Project) -> dict[str, int]:
    """When each tag of the project's history was made, in seconds since 1970."""
    form = "%(refname:lstrip=2)%00%(creatordate:unix)"
    with open_history(session.cache, project.repository, session.fetching) as history:
        done = history.run("for-each-ref", f"--format={form}", "refs/tags/")
    rows = (line.split("\0") for line in done.stdout.decode("utf-8", "replace").split("\n"))
    return {row[0]: min(int(row[1]), _LATEST) for row in rows if len(row) == 2 and row[1]}


def _releases(
    series: Series, name: str, project: Project, times: Mapping[str, int]
) -> Iterator[Release]:
    scheme = scheme_for(name, project.repository, series.manifest.releases)
    for tag, time in times.items():
        place = scheme.tag(tag)
        if place is not None and place.key[0] == 0:
            final = not place.key[1] and place.key[2] == _FINAL
            yield Release(tag, place.line, time, final)


_FINAL = 3
"""The stage of a release that is neither milestone nor candidate (landed.releases.Key)."""


def _window(
    releases: Sequence[Release], patches: Sequence[PatchView], inputs: CheckInputs
) -> list[Release]:
    """The releases worth showing: from the bases' line to the last one where a patch arrived."""
    bases = {target.base for target in inputs.targets}
    lines = {r.line for r in releases if r.tag in bases}
    lines |= {at.line for patch in patches for at in patch.arrivals}
    lines &= {r.line for r in releases}  # a change may be on a branch that has no release yet
    earliest = {line: min(r.time for r in releases if r.line == line) for line in lines}
    if not earliest:
        return []
    first, last = min(earliest.values()), max(earliest.values())
    wanted = {r.line for r in releases if first <= r.time <= last} & (
        lines | {r.line for r in releases if r.final and first <= r.time <= last}
    )
    by_tag: dict[tuple[str, str], Release] = {}
    for release in sorted(releases, key=lambda r: r.time):
        if release.line in wanted:
            by_tag.setdefault((release.line, release.tag), release)
    return sorted(by_tag.values(), key=lambda r: (earliest.get(r.line, r.time), r.time))


# Patches -----------------------------------------------------------------------------------------


def _patch_view(
    inputs: CheckInputs,
    upstream: _History,
    compared: Mapping[str, Comparison],
    number: int,
    findings: Sequence[Finding],
) -> PatchView:
    """:param number: of the patch in the manifest, from 1"""
    patch = inputs.manifest.patches[number - 1]
    places = [place for place in inputs.places if place.patch is patch]
    shown = next((p for p in reversed(places) if p.main in p.target.files), None)
    data = shown.target.files[shown.main] if shown else b""
    state = upstream.states.get(patch.name)
    return PatchView(
        number=number,
        name=patch.name,
        project=patch.project,
        summary=patch.summary or "",
        links=tuple(_links(patch, inputs.manifest.projects[patch.project])),
        verdict=str(state.verdict) if state else "unknown",
        arrivals=tuple(_arrivals(state, upstream.times.get(patch.project, {}))) if state else (),
        cells=tuple(_cell_view(place) for place in places),
        inherited=tuple(_inherited(state)) if state else (),
        story=_story(data),
        comparison=compared.get(patch.name),
        diff_of=shown.base if shown else "",
        diff=split_patch(data)[1].decode("utf-8", "replace"),
        findings=tuple(f for f in findings if f.patch == patch.name),
        tests=tuple((place.base, place.tests) for place in places if place.tests),
    )


def _links(patch: PatchEntry, project: Project) -> Iterator[tuple[str, Link]]:
    review = review_url(patch, project)
    if patch.change_id:
        yield "change", Link(patch.change_id, review)
    yield from (("upstream commit", Link(known)) for known in patch.upstream)
    yield from (("bug", Link(bug, bug_url(bug, project))) for bug in patch.bugs)
    yield from (("blueprint", Link(b, blueprint_url(b, project))) for b in patch.blueprints)
    yield from (("superseded by", Link(known)) for known in patch.superseded_by)
    for source in patch.sources:
        bounds = f"{source.bases}: " if source.bases else ""
        yield "source", Link(bounds + source_text(source, project))
    yield from (("own patch", Link(f"patches/{name}")) for name in patch.fixups_in_use)


def _cell_view(place: CheckedCell) -> CellView:
    ported = place.target.port_of(place.name)
    cell = place.cell
    if cell is None:
        return CellView(place.base, "missing")
    accepted = cell.accepted.by if cell.accepted else None
    return CellView(
        place.base,
        str(cell.outcome),
        cell.strategies,
        cell.outcome is Outcome.ADAPTED and accepted is None,
        accepted,
        tuple(c.path for c in ported.conflicts) if ported else (),
        f"{cell.in_base.commit[:12]} ({cell.in_base.evidence})" if cell.in_base else "",
    )


_TOLD_APART = ("From", "Date", "Subject", "Description")


def _story(data: bytes) -> PatchOrigin:
    if not data:
        return PatchOrigin()
    header = read_header(data)
    name, mail = header.author or ("", "")
    author = f"{name} <{mail}>".strip() if mail else name
    when = header.date.astimezone(UTC).strftime("%Y-%m-%d") if header.date else ""
    fields = tuple((f.name, f.value) for f in header.fields if f.name not in _TOLD_APART)
    return PatchOrigin(author, when, header.subject, _tidy(header.body), fields)


def _tidy(body: str) -> str:
    """*body* without the gaps that its trailers leave."""
    return re.sub(r"\n\s*\n\s*\n", "\n\n", body).strip()


def _arrivals(state: PatchStatus, times: Mapping[str, int]) -> Iterator[Arrival]:
    if state.landings.landed:
        yield from (_arrival(at, times) for at in state.landings.landed)
        return
    for successor in state.superseded_by:
        yield from (_arrival(at, times, successor.id) for at in successor.landings.landed)


def _inherited(state: PatchStatus) -> Iterator[str]:
    """The lines that began with the change (or with what replaced it) already in."""
    whole = (state.landings, *(successor.landings for successor in state.superseded_by))
    for landings in whole:
        merged = {at.line for at in landings.landed}
        yield from (at.line for at in landings.inherited if at.line not in merged)


def _arrival(at: Landing, times: Mapping[str, int], by: str | None = None) -> Arrival:
    time = times.get(at.tag) if at.tag else None
    return Arrival(at.line, at.tag, time, at.commit, str(at.evidence), by)


# Comparisons -------------------------------------------------------------------------------------


def _comparisons(session: Session, series: Series, inputs: CheckInputs) -> dict[str, Comparison]:
    """Each patch, on the last base that has it, against the change that it was made from."""
    found: dict[str, Comparison] = {}
    steps = Steps(session.progress, len(inputs.targets))
    for target in reversed(inputs.targets):
        steps.begin(f"comparing {target.project} on {target.base}")
        patches = [
            place.patch
            for place in inputs.places
            if place.target is target and place.main in target.files and place.name not in found
        ]
        if patches:
            found |= _of_target(session, series, inputs, target, patches)
    return found


def _of_target(
    session: Session,
    series: Series,
    inputs: CheckInputs,
    target: CheckedTarget,
    patches: Sequence[PatchEntry],
) -> dict[str, Comparison]:
    project = series.manifest.projects[target.project]
    wanted = {patch.name: _reference(series.lock, project, patch, target.base) for patch in patches}
    base = (project.repository, target.base)
    pin = series.lock.pins.get(base)
    if pin is None:
        return {}
    wants = [w for w, _ in wanted.values() if isinstance(w, Want)]
    at_hand = [
        w for w in (Want(project.repository, pin, False, None, ""), *wants) if _bring(session, w)
    ]
    pins = {(w.repository, w.rev): CommitId(w.rev) for w in at_hand}
    found: dict[str, Comparison] = {}
    with session.objects(pins) as repository:
        sides = _sides(repository, inputs, target, pin)
        for name, (want, words) in wanted.items():
            title = f"{words} against the port on {target.base}"
            if not isinstance(want, Want):
                found[name] = Comparison(title, why=want)
            elif want not in at_hand or name not in sides:
                found[name] = Comparison(title, why="The commit's files are not in the cache.")
            else:
                old = _reference_side(repository, words, want.rev)
                told = range_diff(repository, old, sides[name]).text
                found[name] = Comparison(title, told.decode("utf-8", "replace"))
    return found


def _reference(
    lock: Lock, project: Project, patch: PatchEntry, base: str
) -> tuple[Want | str, str]:
    """What to compare a patch with, or why there is nothing; and its name."""
    try:
        repository, commit, name = reference(lock, project, patch, base)
    except SeriesError as error:
        return error.message, "the source"
    return Want(repository, commit, True, None, name), f"{name} {commit[:12]}"


def _bring(session: Session, want: Want) -> bool:
    with suppress(SeriesError):
        fetch(session.cache, [want], {}, session.fetching)
        return True
    return False


def _reference_side(repository: Repository, name: str, commit: str) -> Side:
    made = repository.commit(CommitId(commit))
    parents = made.parents[:1]
    before = repository.commit(parents[0]).tree if parents else repository.write_tree({})
    return Side(name, before, made.tree)


def _sides(
    repository: Repository, inputs: CheckInputs, target: CheckedTarget, base: CommitId
) -> dict[str, Side]:
    """Each patch of a target as the trees before and after its files, as they lie on disk."""
    sides: dict[str, Side] = {}
    try:
        tree: TreeId = repository.commit(base).tree
    except MachineError:
        raise
    except SeriesError:
        return {}
    for place in inputs.places:
        if place.target is not target:
            continue
        before = tree
        for name in place.expected:
            applied = apply_patch(repository, tree, target.files.get(name, b""))
            if isinstance(applied, Rejected):
                return sides
            tree = applied.tree
        if place.expected:
            sides[place.name] = Side(f"on {target.base}", before, tree)
    return sides


# Packages ----------------------------------------------------------------------------------------


def _packages(series: Series, inputs: CheckInputs) -> Iterator[PackageView]:
    for target in inputs.targets:
        record = read_record(output_directory(series, Target(target.project, target.base)))
        if record is not None:
            package = record.package
            yield PackageView(
                package.project,
                package.base,
                package.source,
                package.version,
                record.intact() and package.verified,
                package.files,
            )
