"""Whether a patch is in one release, whatever that is: a line, a tag or a branch."""

from __future__ import annotations

from dataclasses import dataclass, replace

from patchseries.landed.evidence import PatchId
from patchseries.landed.index import HistoryIndex
from patchseries.landed.landing import Landing
from patchseries.landed.places import NamedRelease, ReleaseLines
from patchseries.landed.verdict import PatchToTrack, status


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


def answer(
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
    landing = inherited[0] if inherited else None
    return ReleaseAnswer(release.name, release.line.name, landing, replaced)
