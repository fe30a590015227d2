"""All that is known of one patch, for people."""

from __future__ import annotations

from collections.abc import Iterator

from patchseries.landed.landing import Landing
from patchseries.manifest import PatchEntry, Project
from patchseries.report.facts import PatchFacts, blueprint_url, bug_url, review_url, source_text


def patch_text(facts: PatchFacts) -> str:
    """Everything, a subject a line; what is empty is left out."""
    lines = [*_manifest_facts(facts.patch, facts.project), *_status_facts(facts), *_cells(facts)]
    width = max(len(name) for name, _ in lines)
    head = facts.patch.name + (f": {facts.patch.summary}" if facts.patch.summary else "")
    return "\n".join([head, *(f"  {name:{width}}  {value}" for name, value in lines)])


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


def _status_facts(facts: PatchFacts) -> Iterator[tuple[str, str]]:
    if facts.status is None:
        yield "upstream", f"unknown: {facts.unknown}"
        return
    found = facts.status.landings
    yield "verdict", str(facts.status.verdict)
    yield from (("landed", _landing(at)) for at in found.landed)
    yield from (("perhaps", _landing(at)) for at in found.possible)
    for taken_back in found.reverted:
        yield "reverted", f"{taken_back.commit} by {', '.join(taken_back.by)}"
    merged = {at.line for at in found.landed}
    if inherited := [at for at in found.inherited if at.line not in merged]:
        yield "also in", ", ".join(f"{at.line} {at.tag or ''}".strip() for at in inherited)
    for part in found.parts:
        where = "; ".join(_landing(at) for at in part.landings.landed)
        yield "squashes", f"{part.id}: {where or 'not landed'}"
    for successor in facts.status.superseded_by:
        where = "; ".join(_landing(at) for at in successor.landings.landed)
        yield "superseded by", f"{successor.id}: {where or 'not landed'}"


def _cells(facts: PatchFacts) -> Iterator[tuple[str, str]]:
    for base, cell in facts.cells.items():
        how = f" ({', '.join(cell.strategies)})" if cell.strategies else ""
        signed = f", accepted by {cell.accepted.by}" if cell.accepted else ""
        found = cell.in_base
        by = f", by {found.commit[:12]} ({found.evidence})" if found else ""
        yield f"on {base}", f"{cell.outcome}{how}{signed}{by}"


def _landing(at: Landing) -> str:
    return f"{at.line} {at.tag or 'unreleased'}, {at.commit} ({at.evidence})"
