"""What a command may use besides the series itself, passed in by the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from patchseries.errors import SeriesError, UpstreamError
from patchseries.files import read_cached, read_file
from patchseries.journal import Operation, plain_directory
from patchseries.lock import Lock
from patchseries.manifest import Source, SourceKind
from patchseries.manifest.schema import TARBALLS
from patchseries.model import CommitId
from patchseries.patches.quiltdir import read_quilt_directory
from patchseries.pipeline.series import Selection, Series
from patchseries.progress import ProgressCallback, no_progress
from patchseries.sources import Cache, FetchOptions, Want, fetch, open_objects, wants

if TYPE_CHECKING:
    from patchseries.git import Repository
    from patchseries.pipeline.cluster.dispatch import JobExecutor
    from patchseries.pipeline.inputs import MadeForSearch, RebaseInputs
    from patchseries.pipeline.rebased import Answer

_UNNAMED = Operation("series", "")


@dataclass(frozen=True, slots=True)
class Session:
    """The cache, where to fetch from, and what may change.

    ``locked``: nothing on disk may change; a difference is an error. ``ask_again``: histories are
    asked what bases contain whatever the lock says of it. ``progress`` hears what is being done;
    ``operation`` is what the log says of what is changed; ``warn`` hears what a person is to know.
    ``jobs``: how many processes may port at once; ``cluster`` connects to machines that port too.
    """

    cache: Cache
    fetching: FetchOptions
    locked: bool = False
    dry_run: bool = False
    progress: ProgressCallback = no_progress
    operation: Operation = _UNNAMED
    warn: ProgressCallback = no_progress
    ask_again: bool = False
    jobs: int = 1
    cluster: Callable[[], AbstractContextManager[JobExecutor]] | None = None

    def fetch(self, series: Series, selection: Selection) -> dict[tuple[str, str], CommitId]:
        """Bring what the selection needs; the pins, checked against the lock.

        :raises UpstreamError: not reachable, not there, not what was pinned, not in a locked lock
        """
        projects = selection.projects_of(series.manifest)
        wanted = wants(series.manifest, projects, selection.bases)
        searched = list(_searched(series, projects))
        tarballs = [want for want in wanted if want.repository.startswith(TARBALLS)]
        others = [want for want in (*wanted, *searched) if want not in tarballs]
        from patchseries.pipeline.tarballs import TarballFetch

        releases = TarballFetch(self.cache, self.fetching, self.progress)
        brought = releases.bring(series, tarballs) | self.bring(others, series.lock.pins)
        pins = {(want.repository, want.rev): brought[want.repository, want.rev] for want in wanted}
        new = pins.keys() - series.lock.pins.keys()
        if self.locked and new:
            repository, rev = min(new)
            raise UpstreamError(
                f"{series.lock_path.name} does not pin {rev} of {repository}",
                hint="run `series fetch` without --locked and commit the lock",
            )
        return pins

    def bring(
        self, wanted: Sequence[Want], pinned: Mapping[tuple[str, str], CommitId]
    ) -> dict[tuple[str, str], CommitId]:
        """Bring *wanted*; what is sought is first looked up: the pin, else the history."""
        named = [self._named(want, pinned) if want.sought else want for want in wanted]
        brought = fetch(self.cache, named, pinned, self.fetching)
        return {
            (want.repository, want.rev): brought[want.repository, by_id.rev]
            for want, by_id in zip(wanted, named, strict=True)
        }

    def _named(self, want: Want, pinned: Mapping[tuple[str, str], CommitId]) -> Want:
        """*want* by the commit's whole id."""
        commit = pinned.get((want.repository, want.rev))
        if commit is None:
            self.progress(f"searching {want.rev} in {want.repository}")
            from patchseries.pipeline.lookup import commit_of

            commit = commit_of(self.cache, self.fetching, want)
        elif not want.rev.startswith("I") and not commit.startswith(want.rev):
            raise UpstreamError(
                f"{want.rev} of {want.repository} ({want.why}) is pinned as {commit}",
                hint="restore the lock from git, or remove its line",
            )
        return replace(want, rev=commit, change=None, sought=False)

    def cached(self, series: Series, selection: Selection) -> dict[tuple[str, str], CommitId]:
        """The pins of what the selection needs, from the cache alone.

        :raises UpstreamError: it has not all of it
        """
        offline = replace(self, fetching=replace(self.fetching, offline=True))
        return offline.fetch(series, selection)

    def at_hand(self, series: Series, selection: Selection) -> dict[tuple[str, str], CommitId]:
        """The pins of what the selection needs, from the cache alone where it has all of it."""
        try:
            return self.cached(series, selection)
        except UpstreamError:
            if self.fetching.offline:
                raise
            return self.fetch(series, selection)

    @contextmanager
    def rebase_inputs(
        self, series: Series, pins: Mapping[tuple[str, str], CommitId], *, ask: bool = True
    ) -> Iterator[RebaseInputs]:
        """All that a rebase is a function of, with a scratch repository over the cache.

        :param ask: whether the histories of the bases may be asked what they contain; what the
            lock says of that comes first, and when *locked* it is all there is
        """
        from patchseries.pipeline.inputs import RebaseInputs
        from patchseries.pipeline.portcache import PortCache
        from patchseries.pipeline.resolutions import load_resolutions

        urls = [repository for repository, _ in pins]
        ports = PortCache.load(self.cache.root / "ports" / f"{series.name}.json", self.warn)
        asks = ask and not self.locked
        with ports.saving(), open_objects(self.cache, urls) as repository:
            yield RebaseInputs(
                repository,
                series.manifest,
                series.lock,
                pins,
                lambda source: self.patch_bytes(series, source),
                resolutions=load_resolutions(series),
                porter=ports,
                answers=self._answers(series, pins, repository, ask=asks),
                quilt_files=cache(partial(quilt_files, series)),
                made_for=self._made_for(series, repository, ask=asks),
                jobs=self.jobs,
            )

    def _made_for(self, series: Series, repository: Repository, *, ask: bool) -> MadeForSearch:
        """What the lock knows of releases that files were made for; the search, where it may."""
        from patchseries.pipeline.inputs import MadeForSearch
        from patchseries.pipeline.madefor import TagSearch

        known = dict(series.lock.made_for)
        if not ask:
            return MadeForSearch(known)
        return TagSearch(
            known,
            cache=self.cache,
            fetching=self.fetching,
            projects=series.manifest.projects,
            repository=repository,
            progress=self.progress,
        )

    def _answers(
        self,
        series: Series,
        pins: Mapping[tuple[str, str], CommitId],
        repository: Repository,
        *,
        ask: bool,
    ) -> dict[tuple[str, str], Answer]:
        """What is known of which bases contain a patch."""
        from patchseries.pipeline.inclusion import from_history, from_lock, questions
        from patchseries.pipeline.rebased import Answer

        chosen = series.manifest
        bytes_of = partial(self.patch_bytes, series)
        asked = list(questions(chosen, pins, repository, bytes_of, chosen.projects))
        answers = {} if ask and self.ask_again else from_lock(series.lock, asked)
        rest = [question for question in asked if question.cell not in answers]
        if not ask:
            return answers | {q.cell: Answer(why="the lock does not say") for q in rest}
        return answers | from_history(self.cache, self.fetching, chosen, rest, repository)

    def patch_bytes(self, series: Series, source: Source | str) -> bytes:
        """The bytes of a patch file: at a URL (kept in the cache), or below patches/."""
        if isinstance(source, str) or source.kind is not SourceKind.URL:
            return patch_bytes(series, source)
        from patchseries.sources.download import download

        url, digest = source.url or "", source.sha256 or ""
        path = self.cache.root / "downloads" / digest[:16] / url.rsplit("/", 1)[-1]
        options = self.fetching.for_downloads(self.cache)
        return read_cached(download(url, digest, path, options))

    @contextmanager
    def objects(self, pins: Mapping[tuple[str, str], CommitId]) -> Iterator[Repository]:
        """A scratch repository over the cached upstreams of *pins*."""
        with open_objects(self.cache, [repository for repository, _ in pins]) as repository:
            yield repository


def patch_bytes(series: Series, source: Source | str) -> bytes:
    """The bytes of a patch file that the manifest names: below patches/.

    :raises SeriesError: there is no such file
    """
    name = source if isinstance(source, str) else source.file or ""
    path = series.root / "patches" / name
    try:
        return read_file(path)
    except OSError as error:
        raise SeriesError(
            f"{series.manifest_path.name} names patches/{name}, which cannot be read",
            cause=error.strerror,
        ) from error


def _searched(series: Series, projects: Sequence[str]) -> Iterator[Want]:
    """The releases that the lock says patch files were made for: by their ids, which pin them."""
    for (project, _), one in series.lock.made_for.items():
        if one and project in projects:
            url = series.manifest.projects[project].repository
            yield Want(url, one.commit, False, None, f"made-for of {project}, as found")


def quilt_files(series: Series, project: str) -> dict[str, bytes]:
    """The files of the directory that the manifest's ``quilt`` names; nothing without it.

    :raises SeriesError: it is not there, or cannot be used
    """
    name = series.manifest.projects[project].quilt
    if not name:
        return {}
    return read_quilt_directory(plain_directory(series.root, f"patches/{name}"))


def merged_lock(series: Series, pins: Mapping[tuple[str, str], CommitId]) -> Lock:
    """The lock with *pins* added, and without those that nothing in the manifest needs."""
    needed = {(want.repository, want.rev) for want in wants(series.manifest, (), ())}
    merged = dict(series.lock.pins) | dict(pins)
    return replace(series.lock, pins={pin: merged[pin] for pin in merged if pin in needed})
