"""The release that patch files were made for, where nobody says it: the newest that takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from patchseries.errors import MachineError, SeriesError
from patchseries.git import Repository, borrowed
from patchseries.landed.versions import version_in
from patchseries.lock import MadeFor
from patchseries.manifest import Project
from patchseries.model import CommitId
from patchseries.patches.apply import Rejected
from patchseries.patches.compose import PatchFile
from patchseries.pipeline.filechanges import applied_in_order
from patchseries.pipeline.inputs import MadeForSearch, files_digest
from patchseries.progress import ProgressCallback, no_progress
from patchseries.sources import Cache, FetchOptions, fetch, network
from patchseries.sources.mirrors import mirror_of
from patchseries.sources.plan import Want

MOST_HERE, MOST_FETCHED = 120, 8
"""Releases that are tried: of a mirror, and of a server, where each is a download."""


@dataclass
class TagSearch(MadeForSearch):
    """Tries the tags of a project's repository, the newest version first."""

    searches: ClassVar[bool] = True
    cache: Cache = field(kw_only=True)
    fetching: FetchOptions = field(kw_only=True)
    projects: Mapping[str, Project] = field(kw_only=True)
    repository: Repository = field(kw_only=True)
    progress: ProgressCallback = field(kw_only=True, default=no_progress)

    def find(self, project: str, files: Mapping[str, PatchFile]) -> MadeFor | None:
        """The newest release on which *files* apply in order; it is searched for once."""
        place = project, files_digest(files)
        if place not in self.releases:
            self.releases[place] = self._search(project, files) if files else None
        return self.releases[place]

    def _search(self, project: str, files: Mapping[str, PatchFile]) -> MadeFor | None:
        url = self.projects[project].repository
        if not self.projects[project].has_history:
            return None
        try:
            tags = newest_first(self._tags(url))
        except MachineError:
            raise
        except SeriesError:
            return None
        most = MOST_HERE if mirror_of(url, self.fetching.mirrors) else MOST_FETCHED
        for number, tag in enumerate(tags[:most], 1):
            self.progress(
                f"searching for the release that the patches of {project} were made for:"
                f" {tag} ({number} of {min(most, len(tags))})"
            )
            commit = self._commit(url, tag)
            if commit and self._apply(commit, files):
                return MadeFor(tag, commit)
        return None

    def _tags(self, url: str) -> list[str]:
        if self.fetching.offline:
            return []
        mirror = mirror_of(url, self.fetching.mirrors)
        if mirror is None:
            refs = network.list_refs(url)
        else:
            with borrowed(mirror) as repository:
                refs = dict(repository.refs("refs/tags/"))
        start = "refs/tags/"
        return [name.removeprefix(start) for name in refs if name.startswith(start)]

    def _commit(self, url: str, tag: str) -> CommitId | None:
        want = Want(url, tag, False, None, "a release that patches may be made for")
        try:
            return fetch(self.cache, [want], {}, self.fetching)[url, tag]
        except MachineError:
            raise
        except SeriesError:
            return None

    def _apply(self, commit: CommitId, files: Mapping[str, PatchFile]) -> bool:
        tree = self.repository.commit(commit).tree
        made = applied_in_order(self.repository, tree, files)
        return not any(isinstance(change, Rejected) for _, change in made)


def newest_first(tags: list[str]) -> list[str]:
    """The *tags* that are versions, the newest version first.

    >>> newest_first(["1.9", "v1.10", "release-2.0", "debian/1.0-1", "stable-eol", "2.0.0rc1"])
    ['release-2.0', '2.0.0rc1', 'v1.10', '1.9', 'debian/1.0-1']
    >>> newest_first(["tool-8_4_0", "tool-8_10_0", "1.1.1w"])
    ['tool-8_10_0', 'tool-8_4_0', '1.1.1w']
    """
    versions = ((version.key, tag) for tag in tags if (version := version_in(tag)))
    return [tag for _, tag in sorted(versions, reverse=True)]
