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
from patchseries.landed.releaselines import Point, ReleaseLine, ReleaseLines
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
    live = _live(index, match.entry, reverts)
    return Presence(match, live, tuple(revert.commit for revert in reverts))


def _live(index: HistoryIndex, entry: Indexed, reverts: Collection[Indexed]) -> RefSet:
    """The refs in which *entry* is in force. (A revert is younger, so this comes to an end.)"""
    live = entry.refs
    for revert in reverts:
        live &= ~_live(index, revert, reverts_of(index, revert, copies_of(index, revert)))
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
    named: list[Indexed] = []
    for copy in {c.commit: c for c in [entry, *copies]}.values():
        named += index.naming_as_reverted(copy.commit)
        named += index.reverting_a_merge_of(copy)
    named += [
        revert
        for revert in index.reverts_by_subject(entry.subject)
        if _may_revert(index, entry, revert)
    ]
    unique = {revert.commit: revert for revert in named if revert.commit != entry.commit}
    return [revert for revert in unique.values() if index.is_ancestor(entry, revert)]


def _may_revert(index: HistoryIndex, entry: Indexed, revert: Indexed) -> bool:
    """Whether *revert*, which has the subject for it, takes *entry* back.

    It does when it names no commit of its own history: one of another branch, from which it was
    picked, or none that is known. Otherwise what it names counts, and the copies of that.
    """
    named = [target for name in index.reverted(revert) if (target := index.get(name))]
    copies = [copy for target in named for copy in copies_of(index, target)]
    own = [copy.commit for copy in copies if index.is_ancestor(copy, revert)]
    return not own or entry.commit in own


def landing(presence: Presence, lines: ReleaseLines) -> Landing | None:
    """Where the commit was merged: the first line that contains it and keeps it.

    The lines that begin later inherit it; :func:`point_in` answers for them.
    """
    entry = presence.match.entry
    for line in lines:
        kept = point_in([presence], line) if entry.refs & line.refs else None
        if kept is not None:
            return Landing(line.name, kept[1].tag, entry.commit, presence.match.evidence)
    return None


def point_in(presences: Sequence[Presence], line: ReleaseLine) -> tuple[Presence, Point] | None:
    """The first point of *line* since which it has the change by one of the commits or another."""
    if not any(p.contained & line.refs for p in presences):
        return None
    if presences[0].live & line.refs == line.refs:  # as in all lines that began after it
        return presences[0], line.points[0]
    since: tuple[Presence, Point] | None = None
    for point in line.points:
        live = next((p for p in presences if p.live >> point.bit & 1), None)
        if live is not None:
            since = since or (live, point)
        elif any(p.contained >> point.bit & 1 for p in presences):
            since = None  # it was reverted here
    return since
