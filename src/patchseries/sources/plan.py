"""What a series needs of each upstream: pure data, before anything is fetched."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from patchseries.errors import SeriesError
from patchseries.manifest import Manifest, Project, Source, SourceKind
from patchseries.model import ChangeId
from patchseries.sources.mirrors import repository_path


@dataclass(frozen=True, slots=True)
class ChangeWant:
    """A patchset of a change under review.

    :ivar server: the start page of the Gerrit server
    :ivar project: Gerrit's name for the project (``openstack/nova``)
    :ivar branch: which of several changes with the id is meant
    :ivar patchset: its number; None means the newest
    """

    server: str
    project: str
    change_id: ChangeId
    branch: str | None = None
    patchset: int | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """One revision of one repository.

    :ivar rev: a full commit id, a tag or a branch
    :ivar with_parent: whether the commit before it is needed too (a change is ported, not a tree)
    :ivar hint: a branch the commit is on, for a server that gives no commit by its id
    :ivar why: for which base or patch, in the words of messages
    :ivar change: the patchset that *rev* stands for, when it is one
    """

    repository: str
    rev: str
    with_parent: bool
    hint: str | None
    why: str
    change: ChangeWant | None = None


def wants(manifest: Manifest, projects: Collection[str], bases: Collection[str]) -> list[Want]:
    """All that is needed to port the patches of *projects* onto *bases* (empty: all)."""
    needed: dict[tuple[str, str, bool], Want] = {}
    for name, project in manifest.projects.items():
        if projects and name not in projects:
            continue
        chosen = [base for base in project.bases if not bases or base in bases]
        found = [Want(project.repository, b, False, None, f"base {b} of {name}") for b in chosen]
        packaging = project.packaging
        if packaging and packaging.repository:
            why = f"packaging of {name}"
            found.append(Want(packaging.repository, packaging.rev, False, packaging.branch, why))
        for patch in manifest.patches_of(name):
            for source in dict.fromkeys(patch.source_for(b) for b in chosen if patch.applies_to(b)):
                if source is not None and source.kind in (SourceKind.GIT, SourceKind.GERRIT):
                    found.append(_source_want(project, source, patch.name))
        for want in found:
            needed.setdefault((want.repository, want.rev, want.with_parent), want)
    return list(needed.values())


def repository_of(project: Project, source: Source) -> str:
    """The repository a source is fetched from: its own, the project's, or Gerrit's.

    :raises SeriesError: a change under review, and the project has no Gerrit
    """
    if source.kind is not SourceKind.GERRIT:
        return source.repository or project.repository
    if project.gerrit is None:
        raise SeriesError(
            f"change {source.change_id} is fetched from Gerrit, but its project has no `gerrit`",
            hint="give the project `gerrit`, or the patch a `source`",
        )
    return f"{project.gerrit.rstrip('/')}/{repository_path(project.repository)}"


def _source_want(project: Project, source: Source, patch: str) -> Want:
    repository = repository_of(project, source)
    change = None
    if source.change_id and project.gerrit:
        change = ChangeWant(
            project.gerrit.rstrip("/"),
            str(repository_path(project.repository)),
            ChangeId(source.change_id),
            source.branch,
            source.patchset,
        )
    return Want(repository, source.rev, True, source.branch, f"source of {patch}", change)
