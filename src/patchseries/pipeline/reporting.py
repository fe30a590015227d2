"""Gather what the report shows: the gate's inputs and findings, the upstreams, the packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import TypeVar

from patchseries.checks import gate
from patchseries.checks.alike import shared
from patchseries.checks.inputs import CheckedCell, CheckInputs
from patchseries.debian.record import read_record
from patchseries.manifest import PatchEntry, Project
from patchseries.model import Finding, Outcome, Target
from patchseries.patches.dep3 import read_header
from patchseries.patches.header import split_patch
from patchseries.patches.interdiff import interdiff, without_places
from patchseries.pipeline.build import output_directory
from patchseries.pipeline.checking import CheckOptions, gather
from patchseries.pipeline.reportcompare import comparisons
from patchseries.pipeline.reportparts import ReportOptions, setting_views
from patchseries.pipeline.reportupstream import (
    Upstream,
    arrivals,
    inherited,
    project_view,
    read_upstream,
)
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.status import ProjectStatuses
from patchseries.report.links import (
    blueprint_link,
    bug_link,
    change_link,
    commit_link,
    review_link,
    source_link,
)
from patchseries.report.pagemodel import (
    CellView,
    Comparison,
    Link,
    PackageView,
    Page,
    PatchOnBases,
    PatchOrigin,
    PatchView,
    ProjectView,
)


@dataclass(frozen=True)
class _Gathered:
    """All that the views of patches are made of; by patch, except ``upstreams`` (by project)."""

    inputs: CheckInputs
    upstreams: Mapping[str, Upstream]
    compared: Mapping[str, Comparison]
    places: Mapping[str, Sequence[CheckedCell]]
    findings: Mapping[str, Sequence[Finding]]


def make_page(
    session: Session, series: Series, selection: Selection, options: ReportOptions
) -> Page:
    """The page for the selected part of *series*."""
    statuses = ProjectStatuses(session, series)
    inputs = gather(session, series, selection, CheckOptions(), statuses)
    text = series.manifest_path.read_text("utf-8")
    chosen = gate.severities(series.manifest.checks, str(series.manifest_path), text)
    findings = _selected_findings(gate.check(inputs, chosen), selection)
    names = selection.projects_of(series.manifest)
    gathered = _Gathered(
        inputs,
        {name: read_upstream(session, series, name, statuses) for name in names},
        comparisons(session, series, inputs),
        _by_patch((place.name, place) for place in inputs.places),
        _by_patch((finding.patch, finding) for finding in findings if finding.patch),
    )
    return Page(
        series=series.name,
        summary=series.manifest.series.summary or "",
        made=options.made,
        projects=tuple(_project_views(gathered)),
        patches=tuple(
            _patch_view(gathered, number, patch)
            for number, patch in enumerate(series.manifest.patches, 1)
            if _is_selected(patch, inputs, selection)
        ),
        findings=findings if selection.patches else shared(findings),
        packages=tuple(_packages(series, inputs)),
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


_T = TypeVar("_T")


def _by_patch(pairs: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _project_views(gathered: _Gathered) -> Iterator[ProjectView]:
    for name, upstream in gathered.upstreams.items():
        bases = [target.base for target in gathered.inputs.targets if target.project == name]
        yield project_view(upstream, bases)


# Patches -----------------------------------------------------------------------------------------


def _patch_view(gathered: _Gathered, number: int, patch: PatchEntry) -> PatchView:
    """:param number: of the patch in the manifest, from 1"""
    upstream = gathered.upstreams[patch.project]
    places = gathered.places.get(patch.name, ())
    state = upstream.states.get(patch.name)
    return PatchView(
        number=number,
        name=patch.name,
        project=patch.project,
        summary=patch.summary or "",
        links=tuple(_links(patch, upstream.project)),
        verdict=str(state.verdict) if state else "unknown",
        arrivals=tuple(arrivals(upstream, patch.name)),
        cells=tuple(_cell_view(place, upstream.project) for place in places),
        inherited=tuple(inherited(state)) if state else (),
        story=_story(places),
        comparison=gathered.compared.get(patch.name),
        texts=tuple(_texts(places)),
        findings=tuple(gathered.findings.get(patch.name, ())),
        tests=tuple((place.base, place.tests) for place in places if place.tests),
    )


def _links(patch: PatchEntry, project: Project) -> Iterator[tuple[str, Link]]:
    if patch.change_id:
        yield "change", review_link(patch, project)
    yield from (("upstream", change_link(project, known)) for known in patch.upstream)
    yield from (("bug", bug_link(project, bug)) for bug in patch.bugs)
    yield from (("blueprint", blueprint_link(project, name)) for name in patch.blueprints)
    yield from (("superseded by", change_link(project, known)) for known in patch.superseded_by)
    for source in patch.sources:
        link = source_link(source, project)
        yield "source", Link(f"{source.bases}: {link.text}", link.url) if source.bases else link
    yield from (("own patch", Link(f"patches/{name}")) for name in patch.fixups_in_use)


def _cell_view(place: CheckedCell, project: Project) -> CellView:
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
        commit_link(project, cell.in_base.commit) if cell.in_base else None,
        cell.in_base.evidence if cell.in_base else "",
    )


def _texts(places: Sequence[CheckedCell]) -> Iterator[PatchOnBases]:
    """The patch on each base; bases in a row on which it is the same, but for lines, together."""
    diffs = [(place.base, diff) for place in places if (diff := _diff(place))]
    before = ""
    for _, alike in groupby(diffs, key=lambda pair: without_places(pair[1])):
        bases, texts = zip(*alike, strict=True)
        difference = interdiff(before, texts[-1]) if before else ""
        before = texts[-1]
        yield PatchOnBases(bases, before, len(set(texts)) > 1, difference)


def _diff(place: CheckedCell) -> str:
    """What the files of a patch on one base change; of several, each after its name."""
    files = place.target.files
    names = [name for name in place.names.all if name in files]
    diffs = [split_patch(files[name])[1].decode("utf-8", "replace") for name in names]
    if len(names) == 1:
        return diffs[0]
    return "".join(f"{name}\n{diff}" for name, diff in zip(names, diffs, strict=True))


_TOLD_APART = ("From", "Date", "Subject", "Description")


def _story(places: Sequence[CheckedCell]) -> PatchOrigin:
    """What the header of the patch's file says, on the last base that has one."""
    files = [place.target.files.get(place.main) for place in places]
    data = next((data for data in reversed(files) if data), None)
    if data is None:
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
