"""From a commit of the main branch to its backport on a release line.

An answer is a claim, so there is one only when the evidence is sure and of one mind.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchseries.landed.evidence import Evidence, Match, PatchId, Tracked, find, origins
from patchseries.landed.index import HistoryIndex, Indexed
from patchseries.landed.releaselines import ReleaseLines
from patchseries.model import CommitId


def backport(
    index: HistoryIndex,
    lines: ReleaseLines,
    upstream: CommitId,
    line: str,
    patch_id: PatchId | None = None,
) -> Match | None:
    """The commit of *line* (``havana``) that brought *upstream* to it; None when unsure.

    Whether it stayed there is another question (:func:`patchseries.landed.verdict.landings`).
    """
    others = _others(index, upstream, patch_id)
    found = _only([other for other in others if _is_on(other.entry, line.lower(), lines)])
    if found is None:
        return None
    # It carries the Change-Id, and says that it was picked from something else altogether?
    change = {upstream, *(other.entry.commit for other in others)}
    told = _all_origins(index, found.entry)
    return found if not told or any(origin.commit in change for origin in told) else None


def _all_origins(index: HistoryIndex, entry: Indexed) -> list[Indexed]:
    """What the commit says it was picked from, and what that was picked from in its turn."""
    found: dict[CommitId, Indexed] = {}
    todo = [entry]
    while todo:
        fresh = [o for o in origins(index, todo.pop()) if o.commit not in found]
        found.update((origin.commit, origin) for origin in fresh)
        todo += fresh
    return sorted(found.values(), key=lambda origin: origin.number)


def _others(index: HistoryIndex, commit: CommitId, patch_id: PatchId | None) -> list[Match]:
    found = find(index, Tracked(commits=(commit,)), patch_id)
    return [f for f in found if f.entry.commit != commit and not f.evidence.is_weak]


def _is_on(entry: Indexed, line: str, lines: ReleaseLines) -> bool:
    """Whether the commit was made on *line*: it is in no older line, nor on the main branch."""
    if entry.refs & lines.main:
        return False
    first = next(
        (known for known in lines if any(entry.refs >> p.bit & 1 for p in known.points)), None
    )
    return first is not None and first.name == line


def _only(matches: Sequence[Match]) -> Match | None:
    """The one commit on the surest evidence that there is; None when there are several."""
    for evidence in Evidence:
        same = [f for f in matches if f.evidence is evidence]
        if same:
            return same[0] if len(same) == 1 else None
    return None
