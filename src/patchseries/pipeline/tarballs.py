"""The releases of projects that have no repository: commits that are made of their tarballs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from patchseries.errors import UpstreamError
from patchseries.manifest.schema import TARBALLS, OrigTable
from patchseries.model import CommitId
from patchseries.pipeline.series import Series
from patchseries.progress import ProgressCallback
from patchseries.sources import Cache, FetchOptions, Want
from patchseries.sources.download import download
from patchseries.sources.tarballs import bring_tarball, kept_tarball


@dataclass(frozen=True, slots=True)
class TarballFetch:
    """Brings tarballs into the cache."""

    cache: Cache
    fetching: FetchOptions
    progress: ProgressCallback

    def bring(self, series: Series, wanted: Sequence[Want]) -> dict[tuple[str, str], CommitId]:
        """The commit of each of *wanted*, a release of a project without a repository.

        :raises SeriesError: a tarball is not there, not the one of the manifest, or not as pinned
        """
        brought = {}
        for want in wanted:
            project = series.manifest.projects[want.repository.removeprefix(TARBALLS)]
            commit = self._commit(series, want, project.orig[want.rev])
            pinned = series.lock.pins.get((want.repository, want.rev))
            if pinned not in (None, commit):
                raise UpstreamError(
                    f"the tarball of {want.rev} is {commit}, pinned as {pinned}",
                    hint="restore `orig` in the manifest from git, or remove the line of the lock",
                )
            brought[want.repository, want.rev] = commit
        return brought

    def _commit(self, series: Series, want: Want, named: OrigTable) -> CommitId:
        kept = kept_tarball(self.cache, want.repository, named.sha256)
        if kept is not None:
            return kept
        self.progress(f"reading the tarball of {want.why}")
        path = self._path(series, named)
        return bring_tarball(self.cache, want.repository, path, named.sha256)

    def _path(self, series: Series, named: OrigTable) -> Path:
        if not named.file.startswith(("https://", "http://")):
            return series.root / named.file
        options = self.fetching.for_downloads(self.cache)
        name = named.file.rsplit("/", 1)[-1]
        path = self.cache.root / "downloads" / named.sha256[:16] / name
        return download(named.file, named.sha256, path, options)
