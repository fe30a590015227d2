"""What is known of one patch, and where its source, review and bugs are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from patchseries.lock import Cell
from patchseries.manifest import PatchEntry, Project, Source, SourceKind

if TYPE_CHECKING:
    from patchseries.landed.verdict import PatchStatus


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
