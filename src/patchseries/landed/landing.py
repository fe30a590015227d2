"""In which lines and tags a commit has landed, reverts taken into account.

A commit is *live* in the refs that contain it and no live revert of it; a revert of the revert
brings it back. With sets of refs as integers that is one line of arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from patchseries.landed.evidence import Evidence, Match, Tracked, find
from patchseries.landed.graph import RefSet
from patchseries.landed.index import HistoryIndex, Indexed
from patchseries.landed.places import Point, ReleaseLine, ReleaseLines
from patchseries.model import CommitId


@dataclass(frozen=True, slots=True)
class Landing:
    """Where one commit was merged: its line and the first tag there (None: not yet tagged)."""

    line: str
    tag: str | None
    commit: CommitId
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Reverted:
    """A commit of the change that was taken back, and the commits that did it."""

    commit: CommitId
    by: tuple[CommitId, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """One commit of a change in its history: the refs that contain it, and where it is in force."""

    match: Match
    live: RefSet
    reverted_by: tuple[CommitId, ...] = ()

    @property
    def contained(self) -> RefSet:
        """The refs that contain the commit, reverted or not."""
        return self.match.entry.refs


def presences(index: HistoryIndex, matches: Sequence[Match]) -> list[Presence]:
    """Each commit of one change with the refs in which it is live."""
    copies = [f.entry for f in matches if not f.evidence.is_weak]
    return [_presence(index, f, copies) for f in matches]


def _presence(index: HistoryIndex, match: Match, copies: Collection[Indexed]) -> Presence:
    reverts = reverts_of(index, match.entry, copies)
    live = _live(index, match.entry, copies)
    return Presence(match, live, tuple(revert.commit for revert in reverts))


def _live(index: HistoryIndex, entry: Indexed, copies: Collection[Indexed]) -> RefSet:
    """The refs in which *entry* is in force. (A revert is younger, so this comes to an end.)"""
    live = entry.refs
    for revert in reverts_of(index, entry, copies):
        live &= ~_live(index, revert, copies_of(index, revert))
    return live


def in_force(
    index: HistoryIndex,
    entry: Indexed,
    copies: Collection[Indexed],
    within: Callable[[Indexed], bool],
) -> bool:
    """Whether *entry* is in a history, and no revert of it is in force there.

    :param copies: the same change on other branches (:func:`reverts_of`)
    :param within: whether a commit is in the history that is asked about
    """
    return within(entry) and not any(
        within(revert) and in_force(index, revert, copies_of(index, revert), within)
        for revert in reverts_of(index, entry, copies)
    )


def copies_of(index: HistoryIndex, entry: Indexed) -> list[Indexed]:
    """*entry* and the commits that brought it to other branches."""
    found = find(index, Tracked(commits=(entry.commit,)))
    copies = [f.entry for f in found if not f.evidence.is_weak]
    # A revert that quotes the Change-Id of what it reverts would find that, and no copy of its own.
    return copies if entry in copies else [entry]


def reverts_of(index: HistoryIndex, entry: Indexed, copies: Collection[Indexed]) -> list[Indexed]:
    """The commits that revert *entry*, on top of it.

    :param copies: the same change on other branches: a revert that was cherry-picked to a stable
        branch still names the commit of the branch that it came from
    """
    named = index.naming_as_reverted(entry.commit)
    for copy in copies:
        if copy.commit != entry.commit:
            named += index.naming_as_reverted(copy.commit)
    for revert in index.reverts_by_subject(entry.subject):
        if not any(index.get(target) for target in index.reverted(revert)):
            named.append(revert)
    unique = {revert.commit: revert for revert in named if revert.commit != entry.commit}
    return [revert for revert in unique.values() if index.is_ancestor(entry, revert)]


def landing(presence: Presence, lines: ReleaseLines) -> Landing | None:
    """Where the commit was merged: the first line that contains it and keeps it.

    The lines that begin later inherit it; :func:`point_in` answers for them.
    """
    for line in lines:
        point = _kept_since(presence, line)
        if point is not None:
            entry = presence.match.entry
            return Landing(line.name, point.tag, entry.commit, presence.match.evidence)
    return None


def point_in(presences: Sequence[Presence], line: ReleaseLine) -> tuple[Presence, Point] | None:
    """The first point of *line* at which one of the commits is there to stay, by any way."""
    there = [(p, point) for p in presences if (point := _kept_since(p, line)) is not None]
    return min(there, key=lambda pair: line.points.index(pair[1]), default=None)


def _kept_since(presence: Presence, line: ReleaseLine) -> Point | None:
    """The first point of the line since which the commit is in it and not reverted."""
    since: Point | None = None
    for point in line.points:
        if presence.live >> point.bit & 1:
            since = since or point
        elif presence.contained >> point.bit & 1:
            since = None
    return since
