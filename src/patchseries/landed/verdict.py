"""What is known of each patch: where it landed, by which evidence, or what replaced it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from patchseries.landed.evidence import Evidence, PatchId, Tracked, find
from patchseries.landed.index import HistoryIndex
from patchseries.landed.landing import Landing, Presence, Reverted, landing, point_in, presences
from patchseries.landed.releaselines import NamedRelease, Point, ReleaseLine, ReleaseLines
from patchseries.landed.squash import squashed_parts
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
    :param parts: what it squashes, where it is tracked as a squash
    """

    landed: tuple[Landing, ...] = ()
    possible: tuple[Landing, ...] = ()
    reverted: tuple[Reverted, ...] = ()
    inherited: tuple[Landing, ...] = ()
    parts: tuple[NamedChange, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the history has the change, by more than author and subject."""
        return bool(self.landed or self.inherited or self.reverted)

    def in_line(self, line: str) -> Landing | None:
        """By which commit and from which tag on *line* contains the change, merged or inherited."""
        return next((found for found in self.inherited if found.line == line.lower()), None)


@dataclass(frozen=True, slots=True)
class NamedChange:
    """A change named beside the patch, as its successor or a part of it, and where it landed."""

    id: ChangeId | CommitId
    landings: Landings


@dataclass(frozen=True, slots=True)
class PatchStatus:
    """All that a history tells of one patch."""

    name: str
    project: str
    change_id: ChangeId | None
    landings: Landings
    superseded_by: tuple[NamedChange, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict; weak evidence is never enough for one."""
        if self.landings.landed:
            return Verdict.LANDED
        if self.superseded_by and all(s.landings.landed for s in self.superseded_by):
            return Verdict.SUPERSEDED
        return Verdict.REVERTED if self.landings.reverted else Verdict.NOT_LANDED


@dataclass(frozen=True, slots=True)
class ReleaseAnswer:
    """What a release has of a patch.

    :param release: its name: of the line, or the tag or branch that was asked about
    :param line: the line that it is of
    :param landing: by which commit, and since which tag of the line; None: it has not the patch
    :param is_replaced: whether it has all that supersedes the patch
    """

    release: str
    line: str
    landing: Landing | None = None
    is_replaced: bool = False


def status(
    index: HistoryIndex, lines: ReleaseLines, patch: PatchToTrack, patch_id: PatchId | None = None
) -> PatchStatus:
    """What the history says of *patch*."""
    successors = tuple(
        NamedChange(known, landings(index, lines, Tracked.named(known), patch_id))
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


def in_release(
    index: HistoryIndex,
    lines: ReleaseLines,
    release: NamedRelease,
    patch: PatchToTrack,
    patch_id: PatchId | None = None,
) -> ReleaseAnswer:
    """What *release*, one of *lines* or a part of one, has of *patch*."""
    state = status(index, replace(lines, lines=(release.line,)), patch, patch_id)
    inherited = state.landings.inherited
    replaced = bool(state.superseded_by) and all(
        successor.landings.inherited for successor in state.superseded_by
    )
    first = inherited[0] if inherited else None
    return ReleaseAnswer(release.name, release.line.name, first, replaced)


def landings(
    index: HistoryIndex, lines: ReleaseLines, tracked: Tracked, patch_id: PatchId | None = None
) -> Landings:
    """Where the tracked change is in the history: a squash is where all its parts are, too."""
    parts = {
        part: presences(index, find(index, change, patch_id))
        for part, change in squashed_parts(index, tracked).items()
    }
    whole = _landings(lines, presences(index, find(index, tracked, patch_id)), parts.values())
    return replace(
        whole,
        parts=tuple(NamedChange(part, _landings(lines, there)) for part, there in parts.items()),
    )


def _landings(
    lines: ReleaseLines,
    everywhere: Sequence[Presence],
    parts: Collection[Sequence[Presence]] = (),
) -> Landings:
    """Where a change is whose commits are *everywhere*, or all of whose *parts* are there."""
    sure = _sure(everywhere)
    weak = [p for p in everywhere if p.match.evidence.is_weak]
    by_parts = [_sure(part) for part in parts]
    inherited = tuple(_arrivals(lines, sure, by_parts))
    homes = {at.line for p in [*sure, *chain(*by_parts)] if (at := landing(p, lines))}
    return Landings(
        landed=tuple(at for at in inherited if at.line in homes),
        possible=_first_of_each_line(weak, lines),
        reverted=tuple(
            Reverted(p.match.entry.commit, p.reverted_by)
            for p in sure
            if p.reverted_by and p.contained & lines.refs and landing(p, lines) is None
        ),
        inherited=inherited,
    )


def _sure(presences: Sequence[Presence]) -> list[Presence]:
    return [p for p in presences if not p.match.evidence.is_weak]


def _arrivals(
    lines: ReleaseLines, sure: Sequence[Presence], parts: Sequence[Sequence[Presence]]
) -> Iterator[Landing]:
    """For each line that has the change, since when: by its commits, or by all its parts."""
    for line in lines:
        arrivals = []
        if (whole := point_in(sure, line)) is not None:
            arrivals.append((whole[1], whole[0].match.entry.commit, whole[0].match.evidence))
        if (last := _last_part(parts, line)) is not None:
            arrivals.append((last[1], last[0].match.entry.commit, Evidence.PARTS))
        if arrivals:
            point, commit, evidence = (
                min(arrivals, key=lambda at: line.points.index(at[0]))
                if len(arrivals) > 1
                else arrivals[0]
            )
            yield Landing(line.name, point.tag, commit, evidence)


def _last_part(
    parts: Sequence[Sequence[Presence]], line: ReleaseLine
) -> tuple[Presence, Point] | None:
    """Since when *line* has all *parts*, and the commit that brought the last of them."""
    if not parts:
        return None
    there = [at for part in parts if (at := point_in(part, line)) is not None]
    if len(there) < len(parts):
        return None
    return max(there, key=lambda at: line.points.index(at[1]))


def _first_of_each_line(presences: Sequence[Presence], lines: ReleaseLines) -> tuple[Landing, ...]:
    """One landing a line: of several commits there, the one that is in its earliest tag."""
    homes = [at for p in presences if (at := landing(p, lines)) is not None]
    landed: list[Landing] = []
    if not homes:
        return ()
    for line in lines:
        here = [at for at in homes if at.line == line.name]
        tags = [point.tag for point in line.points]
        if here:
            landed.append(min(here, key=lambda at: tags.index(at.tag)))
    return tuple(landed)
