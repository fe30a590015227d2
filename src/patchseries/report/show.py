"""All that is known of one patch, for people and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from patchseries.landed.landing import Landing
from patchseries.landed.verdict import PatchStatus
from patchseries.lock import Cell
from patchseries.manifest import PatchEntry, Project, Source, SourceKind
from patchseries.report.documents import in_base_row
from patchseries.report.status import status_document


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """One patch with what the manifest, the lock and the upstream's history say of it.

    :param cells: base → what the lock has for it
    :param status: None when the history is not at hand; *unknown* says why
    """

    patch: PatchEntry
    project: Project
    cells: Mapping[str, Cell]
    status: PatchStatus | None
    unknown: str | None = None


def known_text(known: PatchFacts) -> str:
    """Everything, a subject a line; what is empty is left out."""
    facts = [*_manifest_facts(known.patch, known.project), *_status_facts(known), *_cells(known)]
    width = max(len(name) for name, _ in facts)
    head = known.patch.name + (f": {known.patch.summary}" if known.patch.summary else "")
    return "\n".join([head, *(f"  {name:{width}}  {value}" for name, value in facts)])


def known_document(known: PatchFacts) -> dict[str, Any]:
    """The same as one JSON value."""
    patch = known.patch
    return {
        "name": patch.name,
        "project": patch.project,
        "summary": patch.summary,
        "change_id": patch.change_id,
        "review": review_url(patch, known.project),
        "upstream": list(patch.upstream),
        "bugs": [bug_url(bug, known.project) for bug in patch.bugs],
        "blueprints": [blueprint_url(name, known.project) for name in patch.blueprints],
        "requires": list(patch.requires),
        "fixups": list(patch.fixups_in_use),
        "sources": [
            {
                "bases": source.bases,
                "kind": str(source.kind),
                "where": source_text(source, known.project),
            }
            for source in patch.sources
        ],
        "bases": [
            {
                "base": base,
                "outcome": str(cell.outcome),
                "strategies": list(cell.strategies),
                "sha256": cell.sha256,
                "accepted": cell.accepted.by if cell.accepted else None,
                "in_base": in_base_row(cell.in_base),
            }
            for base, cell in known.cells.items()
        ],
        "status": status_document(known.status) if known.status else None,
        "status_unknown": known.unknown,
    }


def source_text(source: Source, project: Project) -> str:
    """Where the source is, in words: repository and revision, change and patchset, file or URL."""
    if source.file or source.url:
        return source.file or source.url or ""
    if source.kind is SourceKind.MERGED:
        return f"{project.repository} the commit that merged {source.change_id}"
    if source.change_id:
        patchset = f" patchset {source.patchset}" if source.patchset else ""
        return f"{source.change_id}{patchset} on {project.gerrit or 'Gerrit'}"
    branch = f" ({source.branch})" if source.commit and source.branch else ""
    return f"{source.repository or project.repository} {source.rev}{branch}"


def review_url(patch: PatchEntry, project: Project) -> str | None:
    """The change under review, when Gerrit and the change are known."""
    name = patch.review or patch.change_id
    return f"{project.gerrit.rstrip('/')}/q/{name}" if project.gerrit and name else None


def bug_url(bug: str, project: Project) -> str:
    """The bug's page, or its number where no page is known."""
    return project.bug_url.replace("{bug}", bug) if project.bug_url else bug


def blueprint_url(name: str, project: Project) -> str:
    """The blueprint's page, or its name where no page is known."""
    pages = project.blueprint_url
    return pages.replace("{blueprint}", name) if pages else name


def _manifest_facts(patch: PatchEntry, project: Project) -> Iterator[tuple[str, str]]:
    yield "project", f"{patch.project} ({project.repository})"
    if patch.change_id:
        yield "change-id", patch.change_id
    if review := review_url(patch, project):
        yield "review", review
    for name, values in (
        ("upstream", patch.upstream),
        ("bug", [bug_url(bug, project) for bug in patch.bugs]),
        ("blueprint", [blueprint_url(b, project) for b in patch.blueprints]),
        ("requires", patch.requires),
        ("variant", [patch.choose] if patch.choose else []),
        ("fix-up", patch.fixups_in_use),
    ):
        yield from ((name, value) for value in values)
    for source in patch.sources:
        bounds = f"{source.bases}: " if source.bases else ""
        yield "source", bounds + source_text(source, project)


def _status_facts(known: PatchFacts) -> Iterator[tuple[str, str]]:
    if known.status is None:
        yield "upstream", f"unknown: {known.unknown}"
        return
    found = known.status.landings
    yield "verdict", str(known.status.verdict)
    yield from (("landed", _landing(at)) for at in found.landed)
    yield from (("perhaps", _landing(at)) for at in found.possible)
    for taken_back in found.reverted:
        yield "reverted", f"{taken_back.commit} by {', '.join(taken_back.by)}"
    merged = {at.line for at in found.landed}
    if inherited := [at for at in found.inherited if at.line not in merged]:
        yield "also in", ", ".join(f"{at.line} {at.tag or ''}".strip() for at in inherited)
    for successor in known.status.superseded_by:
        where = "; ".join(_landing(at) for at in successor.landings.landed)
        yield "superseded by", f"{successor.id}: {where or 'not landed'}"


def _cells(known: PatchFacts) -> Iterator[tuple[str, str]]:
    for base, cell in known.cells.items():
        how = f" ({', '.join(cell.strategies)})" if cell.strategies else ""
        signed = f", accepted by {cell.accepted.by}" if cell.accepted else ""
        found = cell.in_base
        by = f", by {found.commit[:12]} ({found.evidence})" if found else ""
        yield f"on {base}", f"{cell.outcome}{how}{signed}{by}"


def _landing(at: Landing) -> str:
    return f"{at.line} {at.tag or 'unreleased'}, {at.commit} ({at.evidence})"
