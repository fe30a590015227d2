"""What goes into a port and what comes out of it, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patchseries.model import CommitId, Conflict, Finding, Outcome, PortCode, Sides, TreeId

if TYPE_CHECKING:
    from patchseries.git import Commit, Repository
    from patchseries.resolution.replay import Resolution


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit changes: from the tree before it to the tree after it.

    ``commit`` is the commit itself, for what its history can tell; None when there is none
    (a patch file).
    """

    before: TreeId
    after: TreeId
    commit: CommitId | None = None

    @classmethod
    def of(cls, repository: Repository, commit: Commit) -> Change:
        """The change that *commit* made to its first parent (to nothing, for a root commit)."""
        before = (
            repository.commit(commit.parents[0]).tree
            if commit.parents
            else repository.write_tree({})
        )
        return cls(before, commit.tree, commit.id)


@dataclass(frozen=True, slots=True)
class PortOptions:
    """How far the engine may go.

    ``git_only`` stops after git's own merge. ``name_maps`` names identifier maps that hold
    here for sure: a ready-made one (``quantum-neutron``) or one of your own (``OLD=NEW``); the
    other ready-made ones are used where the files show that they hold.
    ``path_map`` declares where files went: (directory or file of the change, the target's).
    ``cautious`` leaves a region open rather than let lines of the target's own give way.
    ``resolutions`` are a person's, for conflicts of this change; they come before any strategy.
    """

    git_only: bool = False
    name_maps: tuple[str, ...] = ()
    path_map: tuple[tuple[str, str], ...] = ()
    cautious: bool = False
    resolutions: tuple[Resolution, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A region that both sides changed: its three texts and all that was proposed for it.

    ``key`` is the region's, as an open conflict and a resolution carry it (``region_key``).
    ``line`` is 1-based in the target's file. ``candidates`` are (rule, text), the best first;
    ``taken`` is the rule whose text is in the result, None when the region is left open.
    """

    path: str
    line: int
    key: str
    sides: Sides[str]
    candidates: tuple[tuple[str, str], ...]
    taken: str | None


_FAILS = frozenset(
    (
        PortCode.DROPPED_NAME_USED,
        PortCode.LEFTOVER_MARKER,
        PortCode.REMOVED_NAME_USED,
        PortCode.SYNTAX,
        PortCode.UNKNOWN_IMPORT,
        PortCode.UNKNOWN_NAME,
        PortCode.WRONG_ARGUMENTS,
    )
)
"""What is found in a program that stops when it is loaded, or when it reaches that line."""


@dataclass(frozen=True, slots=True)
class PortResult:
    """The outcome, the resulting tree (None on conflict) and what a reviewer should know.

    ``resolutions`` are the keys of those that were used.
    """

    outcome: Outcome
    tree: TreeId | None
    strategies: tuple[str, ...] = ()
    review: bool = False
    findings: tuple[Finding, ...] = field(default=())
    conflicts: tuple[Conflict, ...] = field(default=())
    proposals: tuple[Proposal, ...] = field(default=())
    resolutions: tuple[str, ...] = ()

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that say that the result will not run."""
        return tuple(found for found in self.findings if found.code in _FAILS)
