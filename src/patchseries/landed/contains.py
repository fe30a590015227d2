"""Whether a base contains a change, and by which evidence: what makes a port of it needless.

The answer is a function of the base's own history. Reverts count where that history has them,
and so do reverts of reverts; what happened on other branches does not. Author and subject alone
are never an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from patchseries.landed.evidence import Evidence, PatchId, Tracked, find
from patchseries.landed.index import HistoryIndex, Indexed
from patchseries.landed.landing import in_force
from patchseries.landed.message import links
from patchseries.landed.squash import squashed_parts
from patchseries.model import CommitId

_ORIGIN = re.compile(r"^Origin:[ \t]*(?:upstream|backport)\b(.*(?:\n[ \t]+\S.*)*)", re.M | re.I)
_ID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{12,64}(?![0-9a-zA-Z])")
"""An id in an Origin line; shorter ones are easily part of something else."""


@dataclass(frozen=True, slots=True)
class Contained:
    """A commit in a base's history that is the change, and how it was recognised."""

    commit: CommitId
    evidence: Evidence


def contained(
    index: HistoryIndex, base: CommitId, tracked: Tracked, patch_id: PatchId | None = None
) -> Contained | None:
    """The commit by which *base* contains the change *tracked*, on the surest evidence.

    :param base: the full id of a commit
    :param patch_id: compares diffs, where nothing surer than author and subject was found
    :return: None when the base does not contain it, or has reverted it, or is not in the index
    """
    tip = index.get(base)
    if tip is None:
        return None
    within = index.history_of(tip)
    if (whole := _contained(index, within, tracked, patch_id)) is not None:
        return whole
    parts = squashed_parts(index, tracked).values()
    there = [_contained(index, within, part, patch_id) for part in parts]
    commits = [entry for at in there if at is not None and (entry := index.get(at.commit))]
    if not parts or len(commits) < len(parts):
        return None
    last = max(commits, key=lambda entry: entry.number)
    return Contained(last.commit, Evidence.PARTS)


def _contained(
    index: HistoryIndex,
    within: Callable[[Indexed], bool],
    tracked: Tracked,
    patch_id: PatchId | None,
) -> Contained | None:
    """The commit of the change itself, of the history that *within* answers for."""
    found = find(index, tracked, patch_id)
    sure = [f for f in found if not f.evidence.is_weak]
    copies = [f.entry for f in sure]
    there = [f for f in sure if in_force(index, f.entry, copies, within)]
    order = list(Evidence)
    best = min(there, key=lambda f: (order.index(f.evidence), -f.entry.number), default=None)
    return Contained(best.entry.commit, best.evidence) if best else None


def all_contained(
    index: HistoryIndex,
    base: CommitId,
    changes: Sequence[Tracked],
    patch_id: PatchId | None = None,
) -> tuple[Contained, ...]:
    """How *base* contains each of *changes*, in their order; empty unless it contains them all."""
    found = [contained(index, base, change, patch_id) for change in changes]
    there = tuple(one for one in found if one is not None)
    return there if len(there) == len(found) else ()


def first_contained(
    index: HistoryIndex,
    base: CommitId,
    ways: Iterable[Sequence[Tracked]],
    patch_id: PatchId | None = None,
) -> tuple[Contained, ...]:
    """How *base* contains a patch: by all the changes of the first of *ways* that it contains."""
    every = (all_contained(index, base, changes, patch_id) for changes in ways)
    return next(filter(None, every), ())


def changes_named(text: str, commit: CommitId | None = None) -> tuple[Tracked, ...]:
    """The changes that *text* says it is: the message of a commit, or the head of a patch file.

    They are those of its Change-Ids and of an ``Origin: upstream`` or ``backport`` (DEP-3); where
    it has neither, those that it was cherry-picked from. A base has what the text describes when
    it contains all of them (:func:`all_contained`).

    :param commit: the commit that has the message; it is one of the commits of its change, unless
        it brings several changes at once

    >>> changes_named("Origin: backport, https://host.invalid/commit/0123456789ab")[0].commits
    ('0123456789ab',)
    >>> changes_named("Origin: vendor")
    ()
    """
    said = links(text)
    changes = [Tracked(change_ids=(change,)) for change in said.change_ids]
    named = [known for found in _ORIGIN.findall(text) for known in _ID.findall(found)]
    picked = () if changes or named else said.picked_from
    changes += [Tracked(commits=(CommitId(known),)) for known in dict.fromkeys([*named, *picked])]
    if commit is None:
        return tuple(changes)
    if len(changes) > 1:
        return tuple(changes)
    own = changes[0] if changes else Tracked()
    return (replace(own, commits=(commit, *own.commits)),)
