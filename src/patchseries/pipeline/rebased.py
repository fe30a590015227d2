"""What a rebase came to, as values: cells, and the trees with the whole series applied.

What only reads them does not need the engine, which takes long to import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from patchseries.lock import Acceptance, InBase, MadeFor
from patchseries.model import CommitId, Outcome, Target, TreeId
from patchseries.patches.compose import PatchFile
from patchseries.port import Change, PortResult


class CellStatus(StrEnum):
    """What became of a patch on a base, in a packager's words."""

    UNCHANGED = "unchanged"
    """The patch file is the same, byte for byte."""
    REFRESHED = "refreshed"
    """Its diff was made anew; git's merge was enough."""
    ADAPTED = "adapted"
    MERGED = "merged"
    """The base has it already."""
    CONFLICT = "conflict"
    EMPTY = "empty"
    NOT_APPLICABLE = "not-applicable"


_STATUS = {
    Outcome.CLEAN: CellStatus.REFRESHED,
    Outcome.ADAPTED: CellStatus.ADAPTED,
    Outcome.ALREADY_APPLIED: CellStatus.MERGED,
    Outcome.CONFLICT: CellStatus.CONFLICT,
    Outcome.EMPTY: CellStatus.EMPTY,
    Outcome.NOT_APPLICABLE: CellStatus.NOT_APPLICABLE,
}


def status_of(outcome: Outcome, *, kept: bool) -> CellStatus:
    """The status of a port; *kept*: the patch file stays as it is."""
    return CellStatus.UNCHANGED if kept and outcome is Outcome.CLEAN else _STATUS[outcome]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a base contains a patch.

    ``question`` is the digest of the one that was answered; None when it could not be, and then
    ``why`` says why. ``in_base`` is the commit of the base by which it has the change.
    """

    question: str | None = None
    in_base: InBase | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RebasedCell:
    """One patch on one base: the outcome, its files (the patch, then own patches on top).

    ``before`` is the tree it was ported onto; ``source`` the commit, None for a patch file,
    which is ``original`` then; ``change`` what was merged: the commit's, or the file's on the
    release ``made_for``. ``kept``: the patch file, as it is, makes this very tree, for dpkg-source
    too, which takes it with ``-p1``. ``diff`` is the SHA-256 of what the port changes: what a
    person signs off; ``ported`` what the engine made of the change. ``answer`` is what the base's
    history said of the patch.
    """

    patch: str
    project: str
    base: str
    result: PortResult
    before: TreeId
    source: CommitId | None = None
    files: tuple[PatchFile, ...] = ()
    diff: str | None = None
    accepted: Acceptance | None = None
    ported: PortResult | None = None
    answer: Answer = field(default_factory=Answer)
    change: Change | None = None
    made_for: CommitId | None = None
    kept: bool = False
    original: PatchFile | None = None

    @property
    def status(self) -> CellStatus:
        """What became of it, in a packager's words."""
        return status_of(self.outcome, kept=self.kept)

    @property
    def outcome(self) -> Outcome:
        """What porting came to."""
        return self.result.outcome

    @property
    def needs_review(self) -> bool:
        """Whether a person still has to sign it off."""
        return self.outcome is Outcome.ADAPTED and self.accepted is None


@dataclass(frozen=True)
class Rebased:
    """All cells in order, and for each (project, base) the tree with its whole series applied.

    ``made_for`` is what is known of the releases that patch files were made for.
    """

    cells: tuple[RebasedCell, ...]
    trees: Mapping[tuple[str, str], TreeId] = field(default_factory=dict)
    made_for: Mapping[tuple[str, str], MadeFor | None] = field(default_factory=dict)


def joined(targets: Sequence[Target], parts: Iterable[Rebased]) -> Rebased:
    """*parts*, which share no target, as one; its cells in the order of *targets*."""
    cells: dict[Target, list[RebasedCell]] = {target: [] for target in targets}
    trees: dict[tuple[str, str], TreeId] = {}
    made_for: dict[tuple[str, str], MadeFor | None] = {}
    for part in parts:
        for cell in part.cells:
            cells[Target(cell.project, cell.base)].append(cell)
        trees |= part.trees
        made_for |= part.made_for
    return Rebased(tuple(chain.from_iterable(cells.values())), trees, made_for)
