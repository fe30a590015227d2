"""Why a patch of a series conflicts, what it lacks, and adding that to the manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import tomlkit

from patchseries import manifest as manifests
from patchseries.errors import SeriesError, UpstreamError
from patchseries.git import Repository
from patchseries.git.blame import first_tag
from patchseries.git.objects import Commit
from patchseries.manifest import Manifest, PatchEntry
from patchseries.manifest.positions import key_lines
from patchseries.model import CommitId
from patchseries.patches.header import iso_date
from patchseries.pipeline.conflict.conflicts import OpenConflict, find_conflict
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.session import Session
from patchseries.port.prerequisites import CherryPick, Prerequisites, Why, why
from patchseries.sources.history import open_history

_CHANGE_ID = re.compile(r"^[ \t]*+Change-Id: (I[0-9a-f]{40})[ \t\r]*+$", re.M)


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """What is shown of a commit: its subject, its day, and the first tag that contains it."""

    commit: CommitId
    subject: str
    day: str
    tag: str | None


@dataclass(frozen=True)
class Explained:
    """A conflict, its causes, and the facts of all commits named there."""

    conflict: OpenConflict
    why: Why
    commits: Mapping[CommitId, CommitFacts]


@contextmanager
def explained(
    session: Session, given: RebaseInputs, patch: str, base: str | None
) -> Iterator[Explained]:
    """Why *patch* conflicts on *base* (default: the first base where it does).

    :raises UsageError: it does not conflict
    :raises UpstreamError: the history that would tell is not here
    """
    conflict = find_conflict(session, given, patch, base, again=True)
    entry = given.manifest.patch(patch)
    assert entry is not None
    url = given.manifest.projects[entry.project].repository
    target = given.pins[url, conflict.cell.base]
    commit = given.repository.commit(_commit_of(given, conflict))
    pick = CherryPick(commit, target, conflict.cell.before)
    found = why(given.repository, pick, progress=session.progress)
    if found.common is None:
        raise UpstreamError(
            f"the history between {conflict.cell.base} and {commit.id[:12]} is missing",
            hint="use mirrors with full history: --mirror DIR or $SERIES_MIRRORS",
        )
    named = {c for origin in found.origins for c, _ in (*origin.relies_on, *origin.changed_by)}
    named |= {c for one in found.sets for c in one.commits}
    with open_history(session.cache, url, session.fetching) as history:
        told = {c: _facts(given.repository.commit(c), history) for c in sorted(named)}
    yield Explained(conflict, found, told)


def _commit_of(given: RebaseInputs, conflict: OpenConflict) -> CommitId:
    """The commit that is ported; of a patch file, one made here on the release it was made for."""
    cell, change = conflict.cell, conflict.change
    if cell.source is not None:
        return cell.source
    parents = [cell.made_for] if cell.made_for else []
    before = given.repository.write_commit(change.before, parents)
    return given.repository.write_commit(change.after, [before])


def with_prerequisites(
    text: str, manifest: Manifest, patch: PatchEntry, base: str, commits: Sequence[Commit]
) -> str:
    """The manifest *text* with *commits* as patches before *patch*, for *base*, and required by it.

    Every other line stays as it is.

    :raises SeriesError: the manifest cannot be extended so
    """
    names = prerequisite_names(commits, manifest)
    index = [p.name for p in manifest.patches].index(patch.name)
    lines = _requiring(text, index, names).splitlines(keepends=True)
    at = key_lines("".join(lines))[("patch", index)] - 1
    while at and lines[at - 1].startswith("#"):
        at -= 1
    source = patch.source_for(base)
    repository = source.repository if source else None
    new = "".join(
        _entry(name, patch.project, repository, base, commit) + "\n"
        for name, commit in zip(names, commits, strict=True)
    )
    extended = "".join([*lines[:at], new, *lines[at:]])
    try:
        manifests.parse(extended, "the manifest with its prerequisites")
    except SeriesError as error:
        raise SeriesError("the prerequisites cannot be added", cause=str(error)) from error
    return extended


def _requiring(text: str, index: int, names: list[str]) -> str:
    """The manifest *text* in which the patch at *index* requires *names* too."""
    document = tomlkit.parse(text)
    table: Any = document["patch"]
    if "requires" in table[index]:
        for name in names:
            table[index]["requires"].append(name)
        return tomlkit.dumps(document)
    lines = text.splitlines(keepends=True)
    at = key_lines(text)["patch", index, "name"]
    new = tomlkit.dumps({"requires": names})
    return "".join([*lines[:at], new, *lines[at:]])


def _entry(name: str, project: str, repository: str | None, base: str, commit: Commit) -> str:
    document = tomlkit.document()
    table = tomlkit.table()
    table.add("name", name)
    table.add("project", project)
    table.add("summary", commit.subject)
    if found := _CHANGE_ID.findall(commit.text):
        table.add("change-id", found[-1])
    table.add("upstream", commit.id)
    table.add("bases", f"=={base}")
    source = tomlkit.inline_table()
    if repository:
        source.add("repository", repository)
    source.add("commit", commit.id)
    table.add("source", source)
    patches = tomlkit.aot()
    patches.append(table)
    document.add("patch", patches)
    return tomlkit.dumps(document)


def prerequisite_names(commits: Sequence[Commit], manifest: Manifest) -> list[str]:
    """Names for *commits* as patches of *manifest*, made of their subjects."""
    taken = {patch.name for patch in manifest.patches}
    names: list[str] = []
    for commit in commits:
        words = re.sub(r"[^a-z0-9]+", "-", commit.subject.lower()).strip("-")[:40].strip("-")
        name = words or commit.id[:10]
        if name in taken or name in names:
            name = f"{name}-{commit.id[:7]}"
        names.append(name)
    return names


def chosen_commits(repository: Repository, chosen: Prerequisites) -> list[Commit]:
    """The commits of a set, oldest first."""
    return [repository.commit(commit) for commit in chosen.commits]


def _facts(commit: Commit, history: Repository) -> CommitFacts:
    return CommitFacts(
        commit.id, commit.subject, iso_date(commit.committer), first_tag(history, commit.id)
    )
