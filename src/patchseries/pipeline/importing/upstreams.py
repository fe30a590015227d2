"""The upstream of what is imported: its history, and the release that the patches are made for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from patchseries.errors import UpstreamError, UsageError
from patchseries.git import Repository
from patchseries.imports.origin import KnownHistory
from patchseries.imports.upstream import (
    UpstreamPlace,
    base_name,
    find_upstream,
    place_of,
    tag_of_version,
    upstream_version,
)
from patchseries.landed.builder import open_index
from patchseries.landed.index import HistoryIndex
from patchseries.landed.places import ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from patchseries.model import CommitId
from patchseries.pipeline.importing.reading import ReadSource
from patchseries.pipeline.session import Session
from patchseries.sources.history import index_path, open_history

_TAGS = "refs/tags/"


@dataclass(frozen=True)
class FoundUpstream:
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
    session: Session,
    read: ReadSource,
    repository: str | None,
    base: str | None,
    opened: Repository | None,
) -> Iterator[FoundUpstream]:
    """The upstream of *read*, with its history open.

    :param repository: what the user says that it is
    :param base: the release that the user says the patches are made for
    :param opened: the repository that the commits are in
    :raises UsageError: neither a repository nor a tarball is known
    """
    place = _place(read, repository)
    with ExitStack() as stack:
        history: _OpenHistory | None = None
        notes: tuple[str, ...] = ()
        if place is not None:
            history, notes = _history(session, place, _name(read), stack)
        yield _base_of(read, place, base, history, notes, opened)


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
        found = self.repository.refs(_TAGS)
        return {name.removeprefix(_TAGS): commit for name, commit in found.items()}

    @property
    def newest(self) -> str | None:
        """The last tag of the last line of releases."""
        tags = [point.tag for line in self.lines for point in line.points if point.tag]
        return tags[-1] if tags else None


def _name(read: ReadSource) -> str:
    return (read.package.source if read.package else None) or ""


def _place(read: ReadSource, repository: str | None) -> UpstreamPlace | None:
    if repository:
        return place_of(repository, "--repository")
    if read.place or read.package is None:
        return read.place or (UpstreamPlace(read.repository, "") if read.repository else None)
    return find_upstream(read.package.debian, _name(read))


def _history(
    session: Session, place: UpstreamPlace, name: str, stack: ExitStack
) -> tuple[_OpenHistory | None, tuple[str, ...]]:
    url = place.repository
    try:
        repository = stack.enter_context(open_history(session.cache, url, session.fetching))
    except UpstreamError as error:
        return None, (f"the history of {url} was not asked: {error.message}",)
    session.progress(f"indexing the history of {url}")
    index = stack.enter_context(open_index(index_path(session.cache, url), repository))
    return _OpenHistory(repository, index, lines_of(scheme_for(name, url), index.refs)), ()


def _base_of(
    read: ReadSource,
    place: UpstreamPlace | None,
    base: str | None,
    history: _OpenHistory | None,
    notes: tuple[str, ...],
    opened: Repository | None,
) -> FoundUpstream:
    if read.commits is not None:
        return _of_commits(read, place, base, history, notes, opened)
    version = read.package.version if read.package else None
    wanted = upstream_version(version) if version else None
    if history is not None and place is not None:
        tags = history.tags
        tag = base or (tag_of_version(wanted, tags, _name(read)) if wanted else None)
        commit = history.repository.resolve(tag) if tag else None
        if tag and commit:
            return FoundUpstream(place, tag, True, history.for_base(commit), notes)
        if base:
            raise UsageError(f"{place.repository} has no revision {base!r}")
        if not wanted and history.newest:
            words = "which release the patches are made for is not said: it will be searched"
            return FoundUpstream(
                place, history.newest, False, history.for_base(None), (*notes, words)
            )
        notes = (*notes, f"{place.repository} has no tag for {wanted or 'any release'}")
    return _by_tarball(read, place, base or (base_name(wanted) if wanted else None), notes)


def _by_tarball(
    read: ReadSource, place: UpstreamPlace | None, base: str | None, notes: tuple[str, ...]
) -> FoundUpstream:
    """The base is the tree of upstream's tarball; or, without one, what the version is called."""
    given = place is not None and place.where == "--repository"
    if base and read.orig and not given and (read.has_orig or place is None):
        if place is not None:
            notes = (*notes, f"its repository may be {place.repository} ({place.where})")
        if not read.has_orig:
            notes = (*notes, f"{read.orig['file']} is not here: put it there before a rebase")
        return FoundUpstream(None, base, True, None, notes)
    if base and place is not None:
        words = f"that {base} is a tag of {place.repository} was not looked up"
        return FoundUpstream(place, base, True, None, (*notes, words))
    if place is not None:
        raise UsageError(
            f"no release of {place.repository} is known", hint="name one with --base TAG"
        )
    raise UsageError(
        "the upstream of these patches is not known",
        hint="name its git repository with --repository URL, and the release with --base TAG",
    )


def _of_commits(
    read: ReadSource,
    place: UpstreamPlace | None,
    base: str | None,
    history: _OpenHistory | None,
    notes: tuple[str, ...],
    opened: Repository | None,
) -> FoundUpstream:
    """Commits know what they are made on: a tag of that commit, or its id."""
    assert read.commits is not None
    start = read.commits.start
    if base is None:
        refs = opened.refs(_TAGS) if opened else {}
        tags = sorted(name.removeprefix(_TAGS) for name, at in refs.items() if at == start)
        base = tags[0] if tags else start
    asked = history.for_base(start) if history and history.index.get(start) else None
    return FoundUpstream(place, base, False, asked, notes)
