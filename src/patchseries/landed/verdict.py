"""What is known of each patch: where it landed, by which evidence, or what replaced it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from patchseries.landed.evidence import PatchId, Tracked, find
from patchseries.landed.index import HistoryIndex
from patchseries.landed.landing import Landing, Presence, Reverted, landing, point_in, presences
from patchseries.landed.places import ReleaseLines
from patchseries.model import ChangeId, CommitId


class Verdict(StrEnum):
    """The verdict on a patch upstream. The set is closed."""

    LANDED = "landed"
    SUPERSEDED = "superseded"
    """It never landed; what its manifest names as its successors did, all of them."""
    REVERTED = "reverted"
    """It landed, and was reverted in every line that had it."""
    NOT_LANDED = "not-landed"


@dataclass(frozen=True, slots=True)
class PatchToTrack:
    """A patch as the manifest has it: who it is, what to look for, and what supersedes it."""

    name: str
    project: str
    tracked: Tracked
    superseded_by: tuple[ChangeId | CommitId, ...] = ()


@dataclass(frozen=True, slots=True)
class Landings:
    """Where one change is, in a history.

    :param landed: the lines it was merged in, oldest first, one commit a line
    :param possible: the same on weak evidence alone
    :param reverted: commits of the change that were in a line, and are in none to stay
    :param inherited: every line that contains it → the first tag there (None: not tagged)
    """

    landed: tuple[Landing, ...] = ()
    possible: tuple[Landing, ...] = ()
    reverted: tuple[Reverted, ...] = ()
    inherited: tuple[Landing, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the history has the change, by more than author and subject."""
        return bool(self.landed or self.inherited or self.reverted)

    def in_line(self, line: str) -> Landing | None:
        """By which commit and from which tag on *line* contains the change, merged or inherited."""
        return next((found for found in self.inherited if found.line == line.lower()), None)


@dataclass(frozen=True, slots=True)
class Successor:
    """A change that replaced the patch upstream, and where it landed."""

    id: ChangeId | CommitId
    landings: Landings


@dataclass(frozen=True, slots=True)
class PatchStatus:
    """All that a history tells of one patch."""

    name: str
    project: str
    change_id: ChangeId | None
    landings: Landings
    superseded_by: tuple[Successor, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict; weak evidence is never enough for one."""
        if self.landings.landed:
            return Verdict.LANDED
        if self.superseded_by and all(s.landings.landed for s in self.superseded_by):
            return Verdict.SUPERSEDED
        return Verdict.REVERTED if self.landings.reverted else Verdict.NOT_LANDED


def status(
    index: HistoryIndex, lines: ReleaseLines, patch: PatchToTrack, patch_id: PatchId | None = None
) -> PatchStatus:
    """What the history says of *patch*."""
    successors = tuple(
        Successor(known, landings(index, lines, Tracked.named(known), patch_id))
        for known in patch.superseded_by
    )
    change_ids = patch.tracked.change_ids
    return PatchStatus(
        patch.name,
        patch.project,
        change_ids[0] if change_ids else None,
        landings(index, lines, patch.tracked, patch_id),
        successors,
    )


def landings(
    index: HistoryIndex, lines: ReleaseLines, tracked: Tracked, patch_id: PatchId | None = None
) -> Landings:
    """Where the tracked change is in the history."""
    everywhere = presences(index, find(index, tracked, patch_id))
    sure = [p for p in everywhere if not p.match.evidence.is_weak]
    weak = [p for p in everywhere if p.match.evidence.is_weak]
    return Landings(
        landed=_first_of_each_line(sure, lines),
        possible=_first_of_each_line(weak, lines),
        reverted=tuple(
            Reverted(p.match.entry.commit, p.reverted_by)
            for p in sure
            if p.reverted_by and p.contained & lines.refs and landing(p, lines) is None
        ),
        inherited=_inherited(sure, lines),
    )


def _first_of_each_line(presences: Sequence[Presence], lines: ReleaseLines) -> tuple[Landing, ...]:
    """One landing a line: of several commits there, the one that is in its earliest tag."""
    homes = [known for p in presences if (known := landing(p, lines)) is not None]
    landed = []
    for line in lines:
        here = [known for known in homes if known.line == line.name]
        tags = [point.tag for point in line.points]
        if here:
            landed.append(min(here, key=lambda known: tags.index(known.tag)))
    return tuple(landed)


def _inherited(presences: Sequence[Presence], lines: ReleaseLines) -> tuple[Landing, ...]:
    return tuple(
        Landing(line.name, point.tag, presence.match.entry.commit, presence.match.evidence)
        for line in lines
        if (first := point_in(presences, line)) is not None
        for presence, point in [first]
    )
