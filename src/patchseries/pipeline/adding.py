"""What `series add` takes for a patch: a change, a commit, a review, a bug or a patch file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries.errors import DeclinedError, SeriesError, UpstreamError, UsageError
from patchseries.files import read_file
from patchseries.git import Repository
from patchseries.git.objects import decode
from patchseries.landed.index import HistoryIndex
from patchseries.landed.message import bugs_closed, links
from patchseries.model import ChangeId, CommitId
from patchseries.patches.dep3 import read_header
from patchseries.patches.header import split_patch
from patchseries.pipeline.edit.addition import Addition
from patchseries.pipeline.edit.entry import NewPatch, name_from, summary_from
from patchseries.pipeline.histories import indexed
from patchseries.pipeline.lookup import listed, merged, named, naming_bug, own_commits
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import Session
from patchseries.sources import Want
from patchseries.sources.addresses import (
    BugAddress,
    CommitAddress,
    RequestAddress,
    ReviewAddress,
    read_address,
)
from patchseries.sources.gerrit import ChangeState, Gerrit
from patchseries.sources.mirrors import repository_path
from patchseries.sources.plan import ChangeWant, is_full
from patchseries.sources.request import request_head

_CHANGE = re.compile(r"I[0-9a-f]{40}")
_COMMIT = re.compile(r"[0-9a-f]{7,40}|[0-9a-f]{64}")
_WHY = "what is added"
_MAILS = re.compile(rb"^From [0-9a-f]{40} ", re.MULTILINE)


@dataclass(frozen=True)
class Finder:
    """Finds what a person names, for the projects of *series* (those in *only*, when given)."""

    session: Session
    series: Series
    only: Sequence[str] = ()

    def find(self, thing: str) -> Addition:
        """The patch that *thing* names, as it would be added.

        :raises SeriesError: it names nothing, or several changes, or is in the series already
        :raises UpstreamError: a server or a history cannot be reached, or does not have it
        """
        made = self._resolved(thing)
        made.check_is_new(self.series.manifest)
        return made

    def _resolved(self, thing: str) -> Addition:
        if _CHANGE.fullmatch(thing):
            return self._by_change(ChangeId(thing))
        if "://" in thing:
            address = read_address(thing)
            if isinstance(address, CommitAddress):
                return self._by_address(address)
            if isinstance(address, RequestAddress):
                return self._by_request(address)
            if isinstance(address, ReviewAddress):
                return self._by_review(address)
            if isinstance(address, BugAddress):
                return self._by_bug(address)
            raise UsageError(
                f"not the address of a change, a commit or a bug: {thing}",
                hint="name a commit's page, a Gerrit change, a bug, or a file",
            )
        path = Path(thing)
        if _COMMIT.fullmatch(thing) and not path.exists():
            return self._by_commit(thing)
        return self._by_file(path)

    @property
    def _projects(self) -> list[str]:
        named_projects = self.series.manifest.projects
        return [name for name in named_projects if not self.only or name in self.only]

    def _with_history(self, projects: Sequence[str]) -> list[str]:
        return [name for name in projects if self.series.manifest.projects[name].has_history]

    def _url(self, project: str) -> str:
        return self.series.manifest.projects[project].repository

    # One kind of thing each ------------------------------------------------------------------

    def _by_change(self, change: ChangeId) -> Addition:
        if found := self._in_histories(change):
            return self._upstream(*found, change)
        for project in self._projects:
            if server := self.series.manifest.projects[project].gerrit:
                return self._by_review(ReviewAddress(server.rstrip("/"), change))
        raise UpstreamError(
            f"no history has the Change-Id {change} ({', '.join(self._projects)})",
            hint="give the project its `gerrit`, or name the address of the change",
        )

    def _by_commit(self, commit: str) -> Addition:
        if found := self._in_histories(commit):
            return self._upstream(*found)
        raise UpstreamError(
            f"no history has the commit {commit} ({', '.join(self._projects)})",
            hint="name the address of its page, or the change",
        )

    def _by_address(self, address: CommitAddress) -> Addition:
        project = self._project_of(address.repository)
        if project is None:
            raise self._which_project(address.repository)
        same = self._path(project) == str(repository_path(address.repository))
        if same and (found := self._in_histories(address.commit, [project])):
            return self._upstream(*found)
        short = not is_full(address.commit)
        url = address.repository
        commit = self._brought(Want(url, address.commit, True, None, _WHY, sought=short))
        if found := self._in_histories(commit, [project]):
            return self._upstream(*found)
        return self._elsewhere(project, url, commit)

    def _by_request(self, address: RequestAddress) -> Addition:
        """The one commit of a request, on top of the history of the project."""
        project = self._project_of(address.repository)
        if project is None:
            raise self._which_project(address.repository)
        cache, url = self.session.cache, address.repository
        head = request_head(cache, address, self.session.fetching)
        self._brought(Want(url, head, True, None, _WHY))
        with (
            self.session.objects({(url, head): head}) as objects,
            self._history(project) as (_, index),
        ):
            commits = list(own_commits(objects, index, head))
        if len(commits) != 1:
            shown = ", ".join(f"{commit.id[:12]} ({commit.subject[:60]})" for commit in commits)
            raise DeclinedError(
                f"{address.ref} of {url} has {len(commits)} commits of its own"
                f"{': ' if shown else ', for it is merged'}{shown}",
                hint="add its commits one by one: series add COMMIT-URL",
            )
        return self._elsewhere(project, url, head)

    def _by_review(self, address: ReviewAddress) -> Addition:
        gerrit = Gerrit(address.server, self.session.fetching.access(address.server))
        projects = {self._path(name): name for name in self._projects}
        narrow = next(iter(projects)) if len(projects) == 1 else None
        change = gerrit.change(address.change, project=narrow)
        project = projects.get(change.project)
        if project is None:
            raise self._which_project(change.project)
        newest = change.newest.number
        patchset = address.patchset or newest
        if change.state is ChangeState.MERGED and patchset == newest:
            found = self._in_histories(change.change_id, [project])
            commit = found[1] if found else change.newest.commit
            return self._upstream(project, commit, change.change_id)
        server = self.series.manifest.projects[project].gerrit
        if server is None or server.rstrip("/") != address.server:
            raise SeriesError(
                f"change {change.number} is not merged, and [project.{project}] has "
                f"{'another' if server else 'no'} `gerrit`",
                hint=f'write `gerrit = "{address.server}"` there, and run it again',
            )
        rev = f"changes/{change.change_id}/{patchset}"
        where = f"{address.server}/{change.project}"
        asked = ChangeWant(
            address.server, change.project, change.change_id, change.branch, patchset
        )
        commit = self._brought(Want(where, rev, True, None, _WHY, asked))
        source: dict[str, str | int] = {"change-id": str(change.change_id), "patchset": patchset}
        return self._made(project, where, commit, source, change.change_id)

    def _by_bug(self, address: BugAddress) -> Addition:
        found: list[tuple[str, CommitId]] = []
        words: list[str] = []
        for project in self._with_history(self._projects):
            with self._history(project) as (history, index):
                entries = naming_bug(history, index, address.tracker, address.number)
                found += [(project, entry.commit) for entry in entries]
                words += [listed([entry]) for entry in entries]
        if not found:
            raise UpstreamError(
                f"no commit says that it closes bug {address.number} ({', '.join(self._projects)})",
                hint="name the change or the commit",
            )
        if len(found) > 1:
            raise SeriesError(
                f"{len(found)} changes say that they close bug {address.number}: "
                f"{', '.join(words)}",
                hint="add them one by one: series add COMMIT",
            )
        return self._upstream(*found[0])

    def _by_file(self, path: Path) -> Addition:
        try:
            data = read_file(path)
        except OSError as error:
            raise UsageError(
                f"{path}: {error.strerror}",
                hint="name a Change-Id, a commit id, the address of a change, or a patch file",
            ) from error
        head, diff = split_patch(data)
        if not diff:
            raise UsageError(f"{path} is no patch: there is no diff in it")
        if len(_MAILS.findall(data)) > 1:
            raise UsageError(
                f"{path} holds several patches", hint="split it: git mailsplit -oDIR FILE"
            )
        if len(self._projects) != 1:
            raise self._which_project(str(path))
        header, text = read_header(data), decode(head)
        subject = re.sub(r"^\[PATCH[^\]]*\]\s*", "", header.subject or path.stem)
        told = links(text)
        made = self._entry(self._projects[0], subject, {})
        file = f"own/{made.name}.patch"
        return Addition(
            replace(
                made,
                change_id=told.change_ids[0] if len(told.change_ids) == 1 else None,
                bugs=bugs_closed(text),
                source={"file": file},
            ),
            (file, data),
        )

    # What they have in common ----------------------------------------------------------------

    def _history(self, project: str) -> AbstractContextManager[tuple[Repository, HistoryIndex]]:
        return indexed(self.session.cache, self._url(project), self.session.fetching)

    def _in_histories(
        self, name: str, projects: Sequence[str] | None = None
    ) -> tuple[str, CommitId] | None:
        """The project, and the commit of its history, that has this Change-Id or (short) id.

        :raises SeriesError: several have it
        """
        found: list[tuple[str, CommitId]] = []
        for project in self._with_history(projects or self._projects):
            self.session.progress(f"searching {name} in {self._url(project)}")
            with self._history(project) as (_, index):
                if commit := named(index, name, self._url(project)):
                    found.append((project, commit))
        if len(found) > 1:
            names = ", ".join(project for project, _ in found)
            raise UsageError(f"{name} is in {names}", hint="name one with --project")
        return found[0] if found else None

    def _brought(self, want: Want) -> CommitId:
        """The commit of *want*, in the cache."""
        return self.session.bring([want], {})[want.repository, want.rev]

    def _upstream(self, project: str, commit: CommitId, change: ChangeId | None = None) -> Addition:
        """A commit of the project's own history: what is ported is what is tracked.

        One of a stable branch is ported as it is, and what is tracked is the main branch's.
        """
        url = self._url(project)
        self._brought(Want(url, commit, True, None, _WHY))
        made = self._made(project, url, commit, {}, change)
        tracked = made.patch.change_id
        main = self._merged(project, tracked) if tracked else None
        if main is not None and main != commit:
            patch = replace(made.patch, upstream=main, source={"commit": str(commit)})
            return replace(made, patch=patch)
        return replace(made, patch=replace(made.patch, upstream=commit))

    def _elsewhere(self, project: str, repository: str, commit: CommitId) -> Addition:
        """A commit of another repository, and the upstream one of its change, if it has one."""
        source: dict[str, str | int] = {"repository": repository, "commit": str(commit)}
        made = self._made(project, repository, commit, source, None)
        if made.patch.change_id is None:
            return made
        main = self._merged(project, made.patch.change_id)
        return replace(made, patch=replace(made.patch, upstream=main))

    def _merged(self, project: str, change: ChangeId) -> CommitId | None:
        with self._history(project) as (_, index):
            found = merged(index, change)
        return found[0].commit if len(found) == 1 else None

    def _made(
        self,
        project: str,
        repository: str,
        commit: CommitId,
        source: dict[str, str | int],
        change: ChangeId | None,
    ) -> Addition:
        with self.session.objects({(repository, commit): commit}) as objects:
            made = objects.commit(commit)
        told = links(made.text).change_ids
        entry = self._entry(project, made.subject, source)
        return Addition(
            replace(
                entry,
                change_id=change or (told[0] if len(told) == 1 else None),
                bugs=bugs_closed(made.text),
            )
        )

    def _entry(self, project: str, subject: str, source: dict[str, str | int]) -> NewPatch:
        taken = {patch.name for patch in self.series.manifest.patches}
        return NewPatch(name_from(subject, taken), project, summary_from(subject), source=source)

    def _path(self, project: str) -> str:
        return str(repository_path(self._url(project)))

    def _project_of(self, repository: str) -> str | None:
        """The project that *repository* is, or is a fork of, by its name."""
        name = repository_path(repository).name
        same = [one for one in self._projects if repository_path(self._url(one)).name == name]
        fit = same or self._projects
        return fit[0] if len(fit) == 1 else None

    def _which_project(self, what: str) -> UsageError:
        known = ", ".join(self._projects)
        return UsageError(f"of which project is {what}?", hint=f"name one of {known}: --project P")
