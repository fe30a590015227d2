"""The JSON contract: results as the documents that DESIGN names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from patchseries.lock import Cell, InBase
from patchseries.model import Conflict, Finding


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
