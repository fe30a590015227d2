"""Branches that are no longer at the commit that is pinned, and how far they went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from patchseries.counting import counted
from patchseries.model import CommitId

if TYPE_CHECKING:
    from patchseries.git import Repository

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class BranchMove:
    """A branch that is at another commit than the one that is pinned.

    :ivar now: None: the upstream has no branch or tag of that name any more
    :ivar commits: how many commits it went forward by; None: not counted, or it was rewritten
    :ivar is_rewritten: whether the pinned commit is no longer in it; None: not known
    """

    repository: str
    rev: str
    pinned: CommitId
    now: CommitId | None
    commits: int | None = None
    is_rewritten: bool | None = None

    @property
    def kind(self) -> str:
        """How it moved, in one word: ``forward``, ``rewritten``, ``deleted`` or ``unknown``."""
        if self.now is None:
            return "deleted"
        known = {True: "rewritten", False: "forward"}
        return "unknown" if self.is_rewritten is None else known[self.is_rewritten]

    def __str__(self) -> str:
        what, old = f"{self.rev} of {self.repository}", self.pinned[:_DIGITS]
        if self.now is None:
            return f"{self.repository} no longer has {self.rev}, which is pinned as {old}"
        new = self.now[:_DIGITS]
        if self.is_rewritten:
            return f"{what} was rewritten: it is {new} now, and {old} is no longer in it"
        if self.commits is None:
            return f"{what} moved from {old} to {new}"
        return f"{what} went forward by {counted(self.commits, 'commit')}, from {old} to {new}"


def measured(moves: Iterable[BranchMove], history: Repository) -> Iterator[BranchMove]:
    """*moves* with how far each branch went, as far as *history*, of their upstream, can tell.

    :param history: has all branches of the upstream; it may be cut off (shallow)
    """
    for move in moves:
        if move.now is None or not history.has(move.now):
            yield move
        elif history.has(move.pinned) and _contains(history, move.now, move.pinned):
            listed = history.run("rev-list", "--count", f"{move.pinned}..{move.now}", "--")
            yield replace(move, commits=int(listed.stdout), is_rewritten=False)
        else:
            yield replace(move, is_rewritten=None if history.is_shallow else True)


def _contains(history: Repository, commit: CommitId, old: CommitId) -> bool:
    done = history.run("merge-base", "--is-ancestor", old, commit, accept=(0, 1))
    return done.status == 0
