"""The JSON contract: the documents that commands print for results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from patchseries.lock import Cell, InBase
from patchseries.model import CommitId, Conflict, Finding, Outcome
from patchseries.port.result import PortResult, Proposal


def finding_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as rows of ``check``."""
    return [asdict(finding) for finding in findings]


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


def in_base_row(found: InBase | None) -> dict[str, str] | None:
    """The commit by which a base contains a patch, with the evidence; None when it does not."""
    return {"commit": found.commit, "evidence": found.evidence} if found else None


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
