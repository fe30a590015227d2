"""The histories of a series' projects: opened with their index, and asked of packagers' patches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from patchseries.errors import ProgramError, UpstreamError
from patchseries.git import Repository
from patchseries.git.objects import decode
from patchseries.landed.builder import open_index
from patchseries.landed.contains import Contained, changes_named, first_contained
from patchseries.landed.evidence import Evidence, Tracked
from patchseries.landed.index import HistoryIndex
from patchseries.landed.message import links
from patchseries.model import Base, CommitId
from patchseries.patches.header import split_patch
from patchseries.patches.parse import PatchSyntaxError, parse_patch
from patchseries.progress import no_progress
from patchseries.sources import Cache, FetchOptions
from patchseries.sources.history import index_path, open_history

if TYPE_CHECKING:
    from patchseries.debian.basetree import History, HistoryEvidence

_HOW = {
    Evidence.CHANGE_ID: "the same Change-Id",
    Evidence.COMMIT: "the commit itself",
    Evidence.CHERRY_PICK: "a cherry-pick of it, or its original",
    Evidence.PATCH_ID: "the same diff",
    Evidence.PATCH_ID_ONLY: "the same diff, under another author or subject",
    Evidence.PARTS: "the last of the changes that it squashes",
}


@contextmanager
def indexed(
    cache: Cache,
    url: str,
    fetching: FetchOptions,
    *,
    having: Sequence[CommitId] | None = None,
) -> Iterator[tuple[Repository, HistoryIndex]]:
    """The history of *url*, and the index of it.

    :param having: the commits that it is about (:func:`open_history`)
    :raises UpstreamError: the history cannot be reached, or is not in the cache
    """
    tell = fetching.progress or no_progress

    def progress(words: str) -> None:
        tell(f"{words} of {url}")

    with (
        open_history(cache, url, fetching, having=having) as history,
        open_index(index_path(cache, url), history, cache.warn, progress) as index,
    ):
        yield history, index


@dataclass
class Histories:
    """The histories of upstream repositories, each opened when first asked.

    They stay open as long as ``stack``.
    """

    cache: Cache
    fetching: FetchOptions
    stack: ExitStack
    _open: dict[str, tuple[Repository, HistoryIndex]] = field(default_factory=dict)

    def of(self, url: str, base: Base) -> History:
        """A function that searches the history of *base* in the repository *url*.

        :raises UpstreamError: (when asked) the history cannot be reached, or is not in the cache
        """

        def ask(data: bytes, upstream: Sequence[str]) -> HistoryEvidence | None:
            from patchseries.debian.basetree import HistoryEvidence

            changes = [Tracked.named(name) for name in upstream] or _changes(data)
            if not changes:
                return None
            history, index = self._at(url, base)
            found = first_contained(index, base.commit, [changes])
            if not found:
                return None
            if upstream:
                words = f"{_words(found)}, which the manifest names as its upstream"
                return HistoryEvidence(words, vouched=True)
            return HistoryEvidence(_words(found), missing=_missing(history, data, found))

        return ask

    def _at(self, url: str, base: Base) -> tuple[Repository, HistoryIndex]:
        """The history of *url*: from the cache where it knows *base*, else brought up to date."""
        if url not in self._open:
            try:
                opened = self._opened(url, replace(self.fetching, offline=True))
            except UpstreamError:
                opened = None
            if opened is None or opened[1].get(base.commit) is None:
                opened = self._opened(url, self.fetching)
            self._open[url] = opened
        return self._open[url]

    def _opened(self, url: str, fetching: FetchOptions) -> tuple[Repository, HistoryIndex]:
        return self.stack.enter_context(indexed(self.cache, url, fetching))


def _changes(data: bytes) -> list[Tracked]:
    """The upstream changes that a patch file says it is.

    Several patches in one file have their messages between their diffs: it is all their changes.
    """
    head, diff = split_patch(data)
    changes = list(changes_named(decode(head)))
    named = {change_id for change in changes for change_id in change.change_ids}
    more = [each for each in links(decode(diff)).change_ids if each not in named]
    return changes + [Tracked(change_ids=(each,)) for each in more]


def _words(contained: Sequence[Contained]) -> str:
    commits = (f"commit {each.commit[:12]} ({_HOW[each.evidence]})" for each in contained)
    return ", ".join(dict.fromkeys(commits))


def _missing(
    history: Repository, data: bytes, contained: Sequence[Contained]
) -> tuple[str, ...] | None:
    """The files of the patch that the commits do not touch; None: the commits are not here."""
    touched: set[str] = set()
    for one in contained:
        try:
            done = history.run(
                "diff-tree",
                "--root",
                "-r",
                "-m",
                "-z",
                "--no-renames",
                "--no-commit-id",
                "--name-only",
                one.commit,
                "--",
            )
        except ProgramError:
            return None
        touched.update(done.stdout.decode("utf-8", "surrogateescape").split("\0"))
    try:
        files = parse_patch(split_patch(data)[1])
    except PatchSyntaxError:
        return None
    paths = (path for file in files for path in (file.old_path, file.new_path) if path)
    return tuple(dict.fromkeys(path for path in paths if path not in touched))
