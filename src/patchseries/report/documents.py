"""The JSON contract: the documents that commands print for results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from patchseries.checks.alike import patches_of
from patchseries.lock import Cell, InBase
from patchseries.model import CommitId, Conflict, Finding, Outcome
from patchseries.report.facts import PatchFacts, blueprint_url, bug_url, review_url, source_text

if TYPE_CHECKING:
    from patchseries.landed.landing import Landing
    from patchseries.landed.newer import NewReleases
    from patchseries.landed.verdict import Landings, NamedChange, PatchStatus, ReleaseAnswer
    from patchseries.port.result import PortResult, Proposal


def finding_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as rows, of what a port or a package gives to know."""
    return [asdict(finding) for finding in findings]


def checked_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as rows of ``check``: ``patches`` are all that one is about."""
    columns = [column.name for column in fields(Finding)]
    return [
        {name: getattr(finding, name) for name in columns} | {"patches": list(patches_of(finding))}
        for finding in findings
    ]


def table_row(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of a manifest as a row: its keys, and those of tables in it, with ``_`` for ``-``.

    >>> table_row({"change-id": "I1", "source": {"made-for": "1.0"}})
    {'change_id': 'I1', 'source': {'made_for': '1.0'}}
    """
    return {
        key.replace("-", "_"): table_row(value) if isinstance(value, Mapping) else value
        for key, value in table.items()
    }


def conflict_rows(conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    """Conflicts as rows: path, number of regions, reason."""
    return [{"path": c.path, "hunks": c.hunks, "reason": c.reason} for c in conflicts]


def cell_row(patch: str, project: str, base: str, cell: Cell, file: str | None) -> dict[str, Any]:
    """One cell of ``rebase``."""
    return {
        "patch": patch,
        "project": project,
        "base": base,
        "outcome": str(cell.outcome),
        "strategies": list(cell.strategies),
        "file": file,
        "sha256": cell.sha256,
        "in_base": in_base_row(cell.in_base),
    }


def new_release_rows(releases: Iterable[NewReleases]) -> list[dict[str, Any]]:
    """Releases that appeared after the bases, with what becomes of the patches on the last."""
    return [
        {
            "project": new.project,
            "releases": list(new.tags),
            "patches": [
                {
                    "name": tried.patch,
                    "outcome": str(tried.outcome),
                    "in_base": in_base_row(tried.in_base),
                }
                for tried in new.patches
            ],
            "untried": new.untried,
        }
        for new in releases
    ]


def in_base_row(in_base: InBase | None) -> dict[str, str] | None:
    """The commit by which a base contains a patch, with the evidence; None when it does not."""
    return {"commit": in_base.commit, "evidence": in_base.evidence} if in_base else None


def port_document(upstream: CommitId, onto: CommitId, result: PortResult) -> dict[str, Any]:
    """The document of ``port``: what porting the commit *upstream* onto *onto* gave."""
    return {
        "schema": 1,
        "ok": result.outcome is not Outcome.CONFLICT,
        "upstream": upstream,
        "onto": onto,
        "outcome": str(result.outcome),
        "tree": result.tree,
        "strategies": list(result.strategies),
        "review": result.review,
        "findings": finding_rows(result.findings),
        "conflicts": conflict_rows(result.conflicts),
        "proposals": [_proposal_row(proposal) for proposal in result.proposals],
    }


def chain_document(
    document: Mapping[str, Any],
    prerequisites: Iterable[tuple[CommitId, str, bool, PortResult]],
    tried: int,
) -> dict[str, Any]:
    """The *document* of a change that was ported after its prerequisites.

    :param prerequisites: the commit, its subject, whether it only adds lines, and its port
    :param tried: the merges that the search for them took
    """
    rows = [
        {
            "commit": commit,
            "subject": subject,
            "outcome": str(result.outcome),
            "tree": result.tree,
            "only_adds": only_adds,
            "findings": finding_rows(result.findings),
        }
        for commit, subject, only_adds, result in prerequisites
    ]
    return {**document, "prerequisites": rows, "merges_tried": tried}


def _proposal_row(proposal: Proposal) -> dict[str, Any]:
    return {
        "path": proposal.path,
        "line": proposal.line,
        "base": proposal.sides.ancestor,
        "ours": proposal.sides.ours,
        "theirs": proposal.sides.theirs,
        "candidates": [{"rule": rule, "text": text} for rule, text in proposal.candidates],
        "taken": proposal.taken,
    }


def status_row(patch: PatchStatus) -> dict[str, Any]:
    """One patch as a row of the JSON contract."""
    return {
        "name": patch.name,
        "project": patch.project,
        "change_id": patch.change_id,
        "verdict": str(patch.verdict),
        "landed": _landing_rows(patch.landings.landed),
        "inherited": _landing_rows(_inherited(patch.landings)),
        "parts": [_change_row(part) for part in patch.landings.parts],
        "superseded_by": [_change_row(successor) for successor in patch.superseded_by],
        "possible": _landing_rows(patch.landings.possible),
        "reverted": [{"commit": r.commit, "by": list(r.by)} for r in patch.landings.reverted],
    }


def release_row(answer: ReleaseAnswer | None, asked: str) -> dict[str, Any]:
    """What a release has of a patch; *answer* is None where its project has none called *asked*."""
    if answer is None:
        return {"name": asked, "known": False, "contained": False, "superseded": False}
    landing = _landing_rows((answer.landing,))[0] if answer.landing else {"line": answer.line}
    return landing | {
        "name": answer.release,
        "known": True,
        "contained": answer.landing is not None,
        "superseded": answer.is_replaced,
    }


def _inherited(landings: Landings) -> list[Landing]:
    """In which lines the change is without a landing of their own: they branched off later."""
    own = {landing.line for landing in landings.landed}
    return [landing for landing in landings.inherited if landing.line not in own]


def base_rows(patch: str, in_bases: Mapping[tuple[str, str], InBase]) -> list[dict[str, str]]:
    """The bases of the series that contain *patch*, each with the commit and the evidence."""
    return [
        {"base": base, "commit": found.commit, "evidence": found.evidence}
        for (name, base), found in in_bases.items()
        if name == patch
    ]


def patch_document(facts: PatchFacts) -> dict[str, Any]:
    """All that is known of one patch: the document of ``show``."""
    patch = facts.patch
    return {
        "name": patch.name,
        "project": patch.project,
        "summary": patch.summary,
        "change_id": patch.change_id,
        "review": review_url(patch, facts.project),
        "upstream": list(patch.upstream),
        "bugs": [bug_url(bug, facts.project) for bug in patch.bugs],
        "blueprints": [blueprint_url(name, facts.project) for name in patch.blueprints],
        "requires": list(patch.requires),
        "fixups": list(patch.fixups_in_use),
        "sources": [
            {
                "bases": source.bases,
                "kind": str(source.kind),
                "where": source_text(source, facts.project),
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
            for base, cell in facts.cells.items()
        ],
        "status": status_row(facts.status) if facts.status else None,
        "status_unknown": facts.unknown,
    }


def _landing_rows(landed: Sequence[Landing]) -> list[dict[str, Any]]:
    return [
        {"line": at.line, "tag": at.tag, "commit": at.commit, "evidence": str(at.evidence)}
        for at in landed
    ]


def _change_row(change: NamedChange) -> dict[str, Any]:
    kind = "change_id" if change.id.startswith("I") else "commit"
    return {kind: change.id, "landed": _landing_rows(change.landings.landed)}
