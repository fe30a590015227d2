"""Fetching what a plan needs, upstream by upstream, and pinning it.

Over the network only the wanted commits come, shallow and by id where the server allows it. From
a mirror nothing is copied: its objects are read through alternates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from patchseries.errors import SeriesError, UpstreamError
from patchseries.git import Repository, borrowed, scratch
from patchseries.manifest.schema import TARBALLS
from patchseries.model import CommitId
from patchseries.progress import ProgressCallback, Steps, no_progress
from patchseries.sources import network
from patchseries.sources.access import Access
from patchseries.sources.cache import Cache
from patchseries.sources.download import WITHOUT_OFFLINE, DownloadOptions
from patchseries.sources.mirrors import mirror_of
from patchseries.sources.moves import BranchMove
from patchseries.sources.plan import Want

Pins = dict[tuple[str, str], CommitId]

_ID = re.compile(r"[0-9a-f]{40}")
_KEPT = "refs/series/"
"""Where the cache remembers what a revision's name meant when it was fetched."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Where to look: mirror directories first; *offline* asks no server.

    ``access`` says how a Gerrit server, given by its URL, is reached; ``online_hint`` how a person
    lets this command ask the servers. ``on_move`` hears of each branch that is no longer at the
    commit that is pinned; ``update`` takes it as it is now, where else the pinned commit is taken.
    """

    mirrors: Sequence[Path] = ()
    offline: bool = False
    progress: ProgressCallback | None = None
    access: Callable[[str], Access] = field(default=lambda _: Access())
    online_hint: str = WITHOUT_OFFLINE
    update: bool = False
    on_move: Callable[[BranchMove], None] = field(default=lambda _: None)

    def for_downloads(self, cache: Cache) -> DownloadOptions:
        """How files are downloaded; *cache* hears of damage."""
        return DownloadOptions(self.access, self.offline, cache.warn, self.online_hint)


def fetch(
    cache: Cache,
    wanted: Sequence[Want],
    pinned: Mapping[tuple[str, str], CommitId],
    options: FetchOptions,
) -> Pins:
    """Bring every want into the cache; what each revision is, by (repository, rev).

    :param pinned: what the lock says each revision was. A branch may have moved since: it is taken
        as it was pinned. A tag that is another commit is an error
    :raises UpstreamError: not reachable, not there, or not what was pinned
    """
    pins: Pins = {}
    urls = list(dict.fromkeys(want.repository for want in wanted))
    steps = Steps(options.progress or no_progress, len(urls))
    for url in urls:
        mine = [want for want in wanted if want.repository == url]
        with cache.locked(url, offline=options.offline) as repository:
            fetcher = _Fetcher(url, repository, options, pinned)
            steps.begin(f"{'reading' if fetcher.is_local else 'fetching'} {url}")
            found = fetcher.bring(mine)
            for want in mine:
                if want.rev not in fetcher.moves:
                    _agree(want, found[want.rev], pinned.get((url, want.rev)))
                pins[url, want.rev] = found[want.rev]
            _keep(repository, found)
        for move in fetcher.moves.values():
            options.on_move(move)
    return pins


@contextmanager
def open_objects(cache: Cache, urls: Sequence[str]) -> Iterator[Repository]:
    """A scratch repository that reads all objects of the cached upstreams *urls*."""
    directories = [cache.repository_directory(url) / "objects" for url in dict.fromkeys(urls)]
    with scratch(cache.scratch, [f for f in directories if f.is_dir()]) as repository:
        yield repository


class _Fetcher:
    """One upstream during one fetch."""

    def __init__(
        self,
        url: str,
        repository: Repository,
        options: FetchOptions,
        pinned: Mapping[tuple[str, str], CommitId],
    ) -> None:
        self._url = url
        self._pinned = pinned
        self._repository = repository
        self._options = options
        self._mirror = None if options.offline else mirror_of(url, options.mirrors)
        self.moves: dict[str, BranchMove] = {}
        """By their names: the branches that are not at the commit that is pinned."""

    @property
    def is_local(self) -> bool:
        """Whether no server is asked: there is a mirror, or the cache has to do."""
        return self._options.offline or self._mirror is not None

    def bring(self, wanted: Sequence[Want]) -> dict[str, CommitId]:
        """What each wanted revision is, with its objects in the repository."""
        changes = [want for want in wanted if want.change and not self._options.offline]
        if changes:
            found = {want.rev: self._patchset(want) for want in changes}
            return found | self.bring([want for want in wanted if want not in changes])
        if not wanted:
            return {}
        if self._mirror is not None:
            return self._from_mirror(self._mirror, wanted)
        if self._options.offline or self._url.startswith(TARBALLS):
            return {want.rev: self._kept(want) for want in wanted}
        return self._from_network(wanted)

    def _from_mirror(self, directory: Path, wanted: Sequence[Want]) -> dict[str, CommitId]:
        found: dict[str, CommitId] = {}
        with borrowed(directory) as mirror:
            self._repository.set_alternates([mirror.objects_directory])
            for want in wanted:
                now, is_branch = _in_mirror(mirror, want.rev)
                commit = self._moved(want, now, is_branch=is_branch) or now
                if commit is None:
                    raise _missing(want, f"its mirror {directory}")
                if not self._repository.has(commit):
                    raise self._absent(replace(want, rev=commit), f"its mirror {directory}")
                if not self._whole(commit, want.with_parent):
                    raise _cut_off(want, f"its mirror {directory}")
                found[want.rev] = commit
        return found

    def _moved(self, want: Want, now: CommitId | None, *, is_branch: bool) -> CommitId | None:
        """The pinned commit, where it is to be taken in the place of what *want* names *now*.

        :param now: None: the upstream has no such name (any more)
        """
        pinned = self._pinned.get((self._url, want.rev))
        if pinned in (None, now) or _ID.fullmatch(want.rev) or not (is_branch or now is None):
            return None
        self.moves[want.rev] = BranchMove(self._url, want.rev, pinned, now)
        return None if now and self._options.update else pinned

    def _from_network(self, wanted: Sequence[Want]) -> dict[str, CommitId]:
        named = [want for want in wanted if not _ID.fullmatch(want.rev)]
        refs = network.list_refs(self._url) if named else {}
        found = {want.rev: CommitId(want.rev) for want in wanted if want not in named}
        names: dict[str, str] = {}
        for want in named:
            name = _listed(refs, want.rev)
            now = CommitId(refs[name]) if name else None
            is_branch = name is not None and name.startswith("refs/heads/")
            if pinned := self._moved(want, now, is_branch=is_branch):
                found[want.rev] = pinned
            elif name is None or now is None:
                raise _missing(want, self._url)
            else:
                names[want.rev], found[want.rev] = name, now
        for depth, with_parent in ((1, False), (2, True)):
            group = [w for w in wanted if w.with_parent == with_parent]
            absent = [w for w in group if not self._whole(found[w.rev], with_parent)]
            # By name what has one: a server that refuses ids still gives those, shallow.
            self._fetch([names[w.rev] for w in absent if w.rev in names], depth)
            by_id = [w for w in absent if w.rev not in names]
            self._fetch_ids([replace(want, rev=found[want.rev]) for want in by_id], depth)
        return found

    def _patchset(self, want: Want) -> CommitId:
        """The commit of a patchset; what is pinned and at hand needs no Gerrit."""
        assert want.change is not None
        if self._mirror is not None:
            with borrowed(self._mirror) as mirror:
                self._repository.set_alternates([mirror.objects_directory])
        pinned = self._pinned.get((self._url, want.rev))
        if pinned is not None and self._whole(pinned, with_parent=True):
            return pinned
        from patchseries.sources.patchset import find_patchset

        patchset = find_patchset(want.change, pinned, self._options.access(want.change.server))
        self._fetch([patchset.ref], 2)
        if not self._repository.has(patchset.commit):
            raise UpstreamError(
                f"{patchset.ref} of {self._url} is not {patchset.commit}, as its Gerrit says",
                hint="a patchset never changes: find out why before you use this one",
            )
        return patchset.commit

    def _fetch_ids(self, absent: Sequence[Want], depth: int) -> None:
        try:
            self._fetch([want.rev for want in absent], depth)
        except network.RefusedError as refused:
            for want in absent:
                if network.says_missing(refused, want.rev):
                    raise self._absent(want, self._url) from None
            self._fetch_histories(absent)
            for want in absent:
                if not self._repository.has(want.rev):
                    raise self._absent(want, self._url) from None

    def _absent(self, want: Want, where: str) -> SeriesError:
        """What is wrong when *where* does not have the commit of *want*."""
        move = next((one for one in self.moves.values() if one.pinned == want.rev), None)
        return _lost(want, move, where) if move else _missing(want, where)

    def _fetch_histories(self, wanted: Sequence[Want]) -> None:
        """What a server that refuses ids still gives: the branches named, else all, whole."""
        moved = {one.rev for one in self.moves.values() if one.now}
        branches = {want.hint for want in wanted if want.hint} | moved
        try:
            self._fetch([f"refs/heads/{b}" for b in sorted(branches)], None)
        except network.RefusedError:
            branches = set()
        if not branches or not all(self._repository.has(want.rev) for want in wanted):
            self._fetch(["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"], None)

    def _fetch(self, refspecs: Sequence[str], depth: int | None) -> None:
        network.fetch_commits(
            self._url,
            self._repository.git_dir,
            refspecs,
            depth=depth,
            progress=self._options.progress,
        )

    def _whole(self, commit: CommitId, with_parent: bool) -> bool:
        """Whether the commit is here already (with the one before it, where that is needed)."""
        if not self._repository.has(commit):
            return False
        parents = self._repository.commit(commit).parents if with_parent else ()
        return all(self._repository.has(parent) for parent in parents[:1])

    def _kept(self, want: Want) -> CommitId:
        commit: CommitId | None = CommitId(want.rev)
        if not _ID.fullmatch(want.rev):
            pinned = self._pinned.get((self._url, want.rev))
            commit = pinned or self._repository.resolve(_KEPT + want.rev)
        if commit is None or not self._whole(commit, want.with_parent):
            raise _not_cached(want)
        return commit


def _keep(repository: Repository, commits: Mapping[str, CommitId]) -> None:
    """Remember what the names meant, so that --offline can answer, and gc leaves it alone."""
    # What was remembered is not read: a mirror that was made anew may have lost it.
    lines = "".join(f"update {_KEPT}{rev} {commit}\n" for rev, commit in commits.items())
    repository.run("update-ref", "--stdin", stdin=lines.encode())


def _in_mirror(mirror: Repository, rev: str) -> tuple[CommitId | None, bool]:
    """The commit that *rev* is in *mirror*, if it is there, and whether that is a branch."""
    if _ID.fullmatch(rev):
        with suppress(SeriesError, ValueError):  # a tag's id, or none: git says what it leads to
            return mirror.commit(rev).id, False
        return mirror.resolve(rev), False
    for name in (f"refs/tags/{rev}", f"refs/heads/{rev}", f"refs/remotes/origin/{rev}"):
        if commit := mirror.resolve(name):
            return commit, not name.startswith("refs/tags/")
    return None, False


def _listed(refs: Mapping[str, str], rev: str) -> str | None:
    """The full name of the tag or branch *rev*, if it is among *refs*."""
    return next((n for n in (f"refs/tags/{rev}", f"refs/heads/{rev}") if n in refs), None)


def _agree(want: Want, commit: CommitId, pinned: CommitId | None) -> None:
    if pinned is not None and pinned != commit:
        raise UpstreamError(
            f"{want.rev} of {want.repository} ({want.why}) is {commit}, but was pinned as {pinned}",
            hint="find out why it moved; to accept it, remove its line from the lock",
        )


def _lost(want: Want, move: BranchMove, where: str) -> SeriesError:
    """*where* does not have the commit any more that is pinned for a branch."""
    keep = "a clone that still has the commit: --mirror DIR"
    if move.now is None:
        cause = "no branch and no tag is called so any more"
        hint = f"name another revision in the manifest, or {keep}"
    else:
        cause = "the branch was rewritten"
        hint = f"take it up as it is now with `series fetch --update`, or name {keep}"
    what = f"commit {move.pinned}, which is pinned for {move.rev} ({want.why})"
    return UpstreamError(f"{where} no longer has {what}", cause=cause, hint=hint)


def _missing(want: Want, where: str) -> SeriesError:
    what = f"commit {want.rev}" if _ID.fullmatch(want.rev) else f"tag or branch {want.rev!r}"
    return UpstreamError(
        f"{where} has no {what} ({want.why})",
        hint="correct the manifest, or name a clone that has it: --mirror DIR",
    )


def _cut_off(want: Want, where: str) -> SeriesError:
    return UpstreamError(
        f"{where} lacks the commit before {want.rev} ({want.why})",
        hint="a shallow clone lacks it: run `git fetch --unshallow` there, or name another clone: "
        "--mirror DIR",
    )


def _not_cached(want: Want) -> SeriesError:
    return UpstreamError(
        f"{want.rev} of {want.repository} ({want.why}) is not in the cache",
        hint="run `series fetch`",
    )
