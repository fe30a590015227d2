"""What a series needs of each upstream: pure data, before anything is fetched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from patchseries.errors import SeriesError
from patchseries.manifest import Manifest, Project, Source, SourceKind
from patchseries.model import ChangeId
from patchseries.sources.mirrors import repository_path


@dataclass(frozen=True, slots=True)
class ChangeWant:
    """A change on a Gerrit server: a patchset of it, or the commit by which it was merged.

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

    :ivar rev: a full commit id, a tag or a branch; where it is *sought*, a short commit id or a
        Change-Id
    :ivar with_parent: whether the commit before it is needed too (a change is ported, not a tree)
    :ivar hint: a branch the commit is on, for a server that gives no commit by its id
    :ivar why: for which base or patch, in the words of messages
    :ivar change: the change that *rev* stands for, when it is one
    :ivar sought: which commit *rev* means is for the history to say, or for a pin
    """

    repository: str
    rev: str
    with_parent: bool
    hint: str | None
    why: str
    change: ChangeWant | None = None
    sought: bool = False


_COMMITS = (SourceKind.GIT, SourceKind.GERRIT, SourceKind.MERGED)


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
            short = packaging.commit is not None and not is_full(packaging.commit)
            want = Want(packaging.repository, packaging.rev, False, packaging.branch, why)
            found.append(replace(want, sought=short))
        found += [
            Want(project.repository, rev, False, None, f"made-for of {name}")
            for rev in _releases(manifest, name, chosen)
        ]
        for patch in manifest.patches_of(name):
            for source in dict.fromkeys(patch.source_for(b) for b in chosen if patch.applies_to(b)):
                if source is not None and source.kind in _COMMITS:
                    found.append(_source_want(project, source, patch.name))
        for want in found:
            needed.setdefault((want.repository, want.rev, want.with_parent), want)
    return list(needed.values())


def _releases(manifest: Manifest, name: str, bases: Sequence[str]) -> list[str]:
    """The releases that the patch files for *bases* of the project *name* were made for."""
    default = manifest.projects[name].made_for
    sources = [
        source
        for patch in manifest.patches_of(name)
        for source in patch.sources
        if source.file or source.url
    ]
    named = [one.made_for or default for one in sources] if bases else []
    return list(dict.fromkeys(rev for rev in named if rev))


def repository_of(project: Project, source: Source) -> str:
    """The repository a source is fetched from: its own, the project's, or Gerrit's.

    :raises SeriesError: a change under review, and the project has no Gerrit
    """
    if source.kind is not SourceKind.GERRIT:
        return source.repository or project.repository
    if project.gerrit is None:
        raise SeriesError(
            f"change {source.change_id} is fetched from Gerrit, but its project has no `gerrit`",
            hint="add `gerrit` to the project, or `source` to the patch",
        )
    return f"{project.gerrit.rstrip('/')}/{repository_path(project.repository)}"


def is_full(commit: str) -> bool:
    """Whether it is a whole commit id."""
    return len(commit) in (40, 64)


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
    sought = source.kind is SourceKind.MERGED or bool(source.commit and not is_full(source.commit))
    why = f"source of {patch}"
    return Want(repository, source.rev, True, source.branch, why, change, sought)
