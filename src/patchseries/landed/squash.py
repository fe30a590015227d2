"""A commit that squashes several changes: which they are, by what its message says.

A release has the squash when it has all of them, each by itself or in another squash.
"""

from __future__ import annotations

from collections.abc import Mapping

from patchseries.landed.evidence import Tracked, distinct_origins
from patchseries.landed.index import HistoryIndex, Indexed
from patchseries.landed.message import reverted_subject
from patchseries.model import ChangeId, CommitId

_MOST_PARTS = 200
"""A message that names more is somebody's trick, or tells nothing."""


def parts_of(index: HistoryIndex, entry: Indexed) -> Mapping[ChangeId | CommitId, Tracked]:
    """The changes that *entry* squashes, each as what to look for; empty when it is no squash.

    They are the Change-Ids of its message that another commit carries alone, and the changes that
    it was cherry-picked from. A Change-Id that nobody else carries is the squash's own, where its
    message says of every part that it was cherry-picked; otherwise that may be a change of which
    nothing more is known, and nothing is answered.
    """
    ids = index.change_ids(entry)
    sources = index.sources(entry)
    if len(ids) < 2 and len(sources) < 2:
        return {}
    if reverted_subject(entry.subject) or index.reverted(entry):
        return {}  # it quotes what it takes back
    picked = {_key(index, origin) for origin in distinct_origins(index, entry)}
    alone = {change for change in ids if len(ids) > 1 and _is_carried_alone(index, change)}
    parts = sorted(picked | alone)
    own = set(ids) - set(parts)
    if not own and len(ids) == 1:
        return {}  # its Change-Id says what it is
    if own and (len(own) > 1 or alone - picked):
        return {}
    is_open = any(index.get(source) is None for source in sources) and (own or len(ids) < 2)
    if is_open or len(parts) + len(own) < 2 or len(parts) > _MOST_PARTS:
        return {}
    return {part: Tracked.named(part) for part in parts}


def squashed_parts(index: HistoryIndex, tracked: Tracked) -> Mapping[ChangeId | CommitId, Tracked]:
    """The parts of the squash that *tracked* is; empty when it is none.

    It is one by its commit; or by its Change-Id, when that is the squash's own.
    """
    entries = [entry for commit in tracked.commits if (entry := index.get(commit))]
    for change in tracked.change_ids:
        entries += index.by_change(change)
    for entry in entries:
        whole = set(tracked.change_ids) == set(index.change_ids(entry))
        if whole or not tracked.change_ids:
            parts = parts_of(index, entry)
            if parts and not parts.keys() & set(tracked.change_ids):
                return parts
    return {}


def _key(index: HistoryIndex, origin: Indexed) -> ChangeId | CommitId:
    """What the change of *origin* is called: its Change-Id, where it has one."""
    ids = index.change_ids(origin)
    return ids[0] if len(ids) == 1 else origin.commit


def _is_carried_alone(index: HistoryIndex, change: ChangeId) -> bool:
    return any(len(index.change_ids(entry)) == 1 for entry in index.by_change(change))
