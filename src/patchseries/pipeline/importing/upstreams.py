"""The upstream of what is imported: its history, and the release that the patches are made for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from patchseries.errors import UpstreamError, UsageError
from patchseries.git import Repository
from patchseries.imports.branch import CommitSource
from patchseries.imports.origin import KnownHistory
from patchseries.imports.upstream import (
    UpstreamPlace,
    base_name,
    find_upstream,
    place_of,
    tag_of_version,
    upstream_version,
)
from patchseries.landed.index import HistoryIndex
from patchseries.landed.releaselines import ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from patchseries.model import CommitId
from patchseries.pipeline.histories import indexed
from patchseries.pipeline.importing.reading import ReadSource
from patchseries.pipeline.session import Session

_TAGS = "refs/tags/"
_OPTION = "--repository"


@dataclass(frozen=True, slots=True)
class UpstreamOptions:
    """What the user says of the upstream: its repository, and the release that is patched."""

    repository: str | None = None
    base: str | None = None


@dataclass(frozen=True)
class UpstreamFacts:
    """What is known of the upstream.

    :param place: its repository; None: the base is the tree of its tarball
    :param base: the release that the patches are made for, or one to begin with
    :param is_made_for: whether they are made for *base*
    :param history: the history to ask for origins, when there is one
    :param notes: what was not found, and what stands in for it
    """

    place: UpstreamPlace | None
    base: str
    is_made_for: bool
    history: KnownHistory | None = None
    notes: tuple[str, ...] = ()


@contextmanager
def opened_upstream(
    session: Session, read: ReadSource, options: UpstreamOptions, opened: Repository | None
) -> Iterator[UpstreamFacts]:
    """The upstream of *read*, with its history open.

    :param opened: the repository that the commits are in
    :raises UsageError: neither a repository nor a tarball is known
    """
    place = _place(read, options.repository)
    with ExitStack() as stack:
        history: _OpenHistory | None = None
        notes: tuple[str, ...] = ()
        if place is not None:
            session.progress(f"reading the history of {place.repository}")
            history, notes = _history(session, place, _name(read), stack)
        yield _BaseSearch(read, place, options.base, history, opened).answer(notes)


# Private -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _OpenHistory:
    repository: Repository
    index: HistoryIndex
    lines: ReleaseLines

    def for_base(self, base: CommitId | None) -> KnownHistory:
        return KnownHistory(self.index, self.repository, self.lines.main, base)

    @property
    def tags(self) -> dict[str, CommitId]:
        return _tags(self.repository)

    @property
    def newest(self) -> str | None:
        """The last release of the last line that has one; where there is none, the last tag."""
        releases = [line.newest_release for line in self.lines if line.newest_release]
        tags = [point.tag for line in self.lines for point in line.points if point.tag]
        return next(reversed(releases or tags), None)


def _tags(repository: Repository) -> dict[str, CommitId]:
    found = repository.refs(_TAGS)
    return {name.removeprefix(_TAGS): commit for name, commit in found.items()}


def _name(read: ReadSource) -> str:
    return (read.package.source if read.package else None) or ""


def _place(read: ReadSource, repository: str | None) -> UpstreamPlace | None:
    if repository:
        return place_of(repository, _OPTION)
    if read.place or read.package is None:
        return read.place or (UpstreamPlace(read.repository, "") if read.repository else None)
    return find_upstream(read.package.debian, _name(read))


def _history(
    session: Session, place: UpstreamPlace, name: str, stack: ExitStack
) -> tuple[_OpenHistory | None, tuple[str, ...]]:
    url = place.repository
    try:
        way = indexed(session.cache, url, session.fetching)
        repository, index = stack.enter_context(way)
    except UpstreamError as error:
        why = error.cause or error.message
        return None, (
            f"the history of {url} was not read ({why}): no origin is looked up; undo the import"
            " and repeat it with the network, or with a clone (--mirror DIR)",
        )
    return _OpenHistory(repository, index, lines_of(scheme_for(name, url), index.named_refs)), ()


@dataclass(frozen=True)
class _BaseSearch:
    """The search for the release that patches are made for."""

    read: ReadSource
    place: UpstreamPlace | None
    base: str | None
    history: _OpenHistory | None
    opened: Repository | None

    def answer(self, notes: tuple[str, ...]) -> UpstreamFacts:
        """The release: a tag; else the tarball's tree; else what the version is called."""
        if self.read.commits is not None:
            return self._of_commits(self.read.commits, notes)
        version = self.read.package.version if self.read.package else None
        wanted = upstream_version(version) if version else None
        if self.history is not None and self.place is not None:
            found = self._by_tag(self.history, self.place, wanted, notes)
            if found is not None:
                return found
            notes = (*notes, f"{self.place.repository} has no tag for {wanted or 'any release'}")
        return self._by_tarball(self.base or (base_name(wanted) if wanted else None), notes)

    def _by_tag(
        self,
        history: _OpenHistory,
        place: UpstreamPlace,
        wanted: str | None,
        notes: tuple[str, ...],
    ) -> UpstreamFacts | None:
        tag = self.base
        if tag is None and wanted:
            tag = tag_of_version(wanted, history.tags, _name(self.read))
        commit = history.repository.resolve(tag) if tag else None
        if tag and commit:
            return UpstreamFacts(place, tag, True, history.for_base(commit), notes)
        if self.base:
            raise UsageError(f"{place.repository} has no revision {self.base!r}")
        if wanted or not history.newest:
            return None
        words = "which release the patches are made for is not said: it will be searched"
        asked = history.for_base(None)
        return UpstreamFacts(place, history.newest, False, asked, (*notes, words))

    def _by_tarball(self, base: str | None, notes: tuple[str, ...]) -> UpstreamFacts:
        """The base is the tree of upstream's tarball; or, without one, what it is called."""
        place, orig = self.place, self.read.orig
        given = place is not None and place.where == _OPTION
        if base and orig and not given and (self.read.has_orig or place is None):
            if place is not None:
                notes = (*notes, f"its repository may be {place.repository} ({place.where})")
            if not self.read.has_orig:
                notes = (*notes, f"{orig['file']} is not here: put it there before a rebase")
            return UpstreamFacts(None, base, True, None, notes)
        if base and place is not None:
            words = f"that {base} is a tag of {place.repository} was not looked up"
            return UpstreamFacts(place, base, True, None, (*notes, words))
        if place is not None:
            raise UsageError(
                f"no release of {place.repository} is known", hint="name one with --base TAG"
            )
        release = "" if base else ", and the release with --base TAG"
        raise UsageError(
            "the upstream of these patches is not known",
            hint=f"name its git repository with --repository URL{release}",
        )

    def _of_commits(self, commits: CommitSource, notes: tuple[str, ...]) -> UpstreamFacts:
        """Commits know what they are made on: a tag of that commit, or its id."""
        start, base = commits.start, self.base
        if base is None:
            tags = _tags(self.opened) if self.opened else {}
            base = min((tag for tag, commit in tags.items() if commit == start), default=start)
        has_start = self.history is not None and self.history.index.get(start) is not None
        asked = self.history.for_base(start) if self.history and has_start else None
        return UpstreamFacts(self.place, base, False, asked, notes)
