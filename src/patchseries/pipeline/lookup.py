"""Which commit a Change-Id or a short commit id is, by the history of its repository.

The history is a mirror, or what the cache has of it; a Gerrit server is asked for a Change-Id
only where the history does not have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from patchseries.errors import ExitCode, SeriesError, UpstreamError
from patchseries.git import Commit, Repository
from patchseries.landed.evidence import Tracked, find
from patchseries.landed.graph import main_branch
from patchseries.landed.index import HistoryIndex, Indexed
from patchseries.model import ChangeId, CommitId
from patchseries.pipeline.histories import indexed
from patchseries.sources import Cache, FetchOptions, Want

_LISTED = 8
"""So many of the commits that a name may mean are listed."""

_BUG_TRACKERS = {
    "launchpad": r"^[[:space:]]*((closes|fixes|partial)-bug|fixes|closes|lp|bug)[:[:space:]]"
    r"[^0-9]{0,12}NUMBER([^0-9]|$)",
    "debian": r"(bugs\.debian\.org/[^[:space:]]{0,40}|debian[[:space:]]+bug[[:space:]]*#?"
    r"|debian[[:space:]]*#)NUMBER([^0-9]|$)",
}


def commit_of(cache: Cache, fetching: FetchOptions, want: Want) -> CommitId:
    """The commit that the Change-Id or short commit id of *want* means.

    What the cache has of the history is asked first; the server only where that knows nothing.

    :raises SeriesError: several commits have it; they are listed
    :raises UpstreamError: there is none, or nobody can be asked
    """
    cached = replace(fetching, offline=True)
    for way in [cached] if fetching.offline else [cached, fetching]:
        try:
            with indexed(cache, want.repository, way) as (_, index):
                if commit := named(index, want.rev, want.repository):
                    return commit
        except UpstreamError:
            if way.offline and not fetching.offline:
                continue
            raise
    if want.change and not fetching.offline:
        from patchseries.sources.patchset import merged_commit  # HTTP is slow to import

        return merged_commit(want.change, fetching.access(want.change.server))
    raise UpstreamError(
        f"no commit of {want.repository} {_words(want.rev)} ({want.why})",
        hint="correct the manifest, update the mirror, or give the project its `gerrit`"
        if want.rev.startswith("I")
        else "correct the manifest, or update the mirror",
    )


def named(index: HistoryIndex, name: str, repository: str) -> CommitId | None:
    """The commit of *index* that has the Change-Id, or begins with the short id, *name*.

    :raises SeriesError: several may be meant; they are listed
    """
    found = merged(index, ChangeId(name)) if name.startswith("I") else index.beginning(name)
    if len(found) < 2:
        return found[0].commit if found else None
    raise SeriesError(
        f"{name}: {len(found)} commits of {repository} {_words(name, many=True)}: {listed(found)}",
        hint="name one of them: as `source = { commit = … }` in the manifest, or here by its id",
        exit_code=ExitCode.INVALID,
    )


def merged(index: HistoryIndex, change: ChangeId) -> list[Indexed]:
    """The commits by which *change* was merged: that of the main branch, else all there are.

    A commit that squashes several changes counts only where no other has the change. Of several
    on the main branch (it was reverted, and merged again) the last is taken.
    """
    matches = find(index, Tracked(change_ids=(change,)))
    found = [match.entry for match in matches if not match.evidence.is_weak]
    alone = [entry for entry in found if index.change_ids(entry) == [change]]
    main = main_branch(index.named_refs)
    on_main = [entry for entry in alone or found if entry.refs & main]
    return on_main[-1:] or alone or found


def naming_bug(
    history: Repository, index: HistoryIndex, tracker: str, number: str
) -> list[Indexed]:
    """The changes whose messages say that they close bug *number*, one commit for each.

    :param tracker: ``launchpad`` or ``debian``
    :param number: its digits
    """
    pattern = _BUG_TRACKERS[tracker].replace("NUMBER", number)
    options = ("--all", "--extended-regexp", "--regexp-ignore-case", f"--grep={pattern}")
    done = history.run("log", "--format=%H", "--no-show-signature", *options)
    found: dict[str, Indexed] = {}
    for commit in done.stdout.decode().split():
        entry = index.get(commit)
        if entry is None or len(index.parents_of(entry)) > 1:
            continue  # what merges a change is not the change
        changes = index.change_ids(entry)
        best = merged(index, changes[0]) if len(changes) == 1 else []
        chosen = best[0] if best else entry
        found.setdefault(changes[0] if len(changes) == 1 else entry.commit, chosen)
    return sorted(found.values(), key=lambda entry: entry.number)


def own_commits(objects: Repository, index: HistoryIndex, head: CommitId) -> Iterator[Commit]:
    """*head* and the commits before it that are not in the history of *index*, newest first."""
    commit: CommitId | None = head
    while commit is not None and objects.has(commit) and index.get(commit) is None:
        made = objects.commit(commit)
        yield made
        commit = made.parents[0] if made.parents else None


def listed(commits: Sequence[Indexed]) -> str:
    """The commits in words: id and subject of each."""
    words = [f"{entry.commit[:12]} ({entry.subject[:60]})" for entry in commits[:_LISTED]]
    more = len(commits) - len(words)
    return ", ".join(words) + (f" and {more} more" if more else "")


def _words(name: str, *, many: bool = False) -> str:
    if name.startswith("I"):
        return "have this Change-Id" if many else f"has the Change-Id {name}"
    return "begin with it" if many else f"begins with {name}"
