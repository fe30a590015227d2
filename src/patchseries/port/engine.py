"""The ladder: strategies from the safest up, until one gives a result that passes its checks."""

from __future__ import annotations

from patchseries.git import Merge, Repository
from patchseries.model import Outcome, TreeId
from patchseries.port.resolutions import replay
from patchseries.port.result import Change, PortOptions, PortResult


def port(
    repository: Repository, change: Change, onto: TreeId, options: PortOptions | None = None
) -> PortResult:
    """Port *change* onto the tree *onto*. New objects are written to *repository* (a scratch one).

    A conflict is a result, not an exception. The same inputs give the same result.
    """
    options = options or PortOptions()
    if change.before == change.after:
        return PortResult(Outcome.EMPTY, onto)
    merge = repository.merge(change.before, onto, change.after)
    if not merge.clean:
        return _resolved(repository, merge, onto, options)
    outcome = Outcome.ALREADY_APPLIED if merge.tree == onto else Outcome.CLEAN
    return PortResult(outcome, merge.tree)


def _resolved(
    repository: Repository, merge: Merge, onto: TreeId, options: PortOptions
) -> PortResult:
    """What a person's resolutions make of a merge that conflicts."""
    replayed = replay(repository, merge, options.resolutions)
    if replayed.conflicts:
        return PortResult(Outcome.CONFLICT, None, conflicts=replayed.conflicts)
    tree = repository.edit_tree(merge.tree, replayed.edits)
    return PortResult(
        Outcome.ALREADY_APPLIED if tree == onto else Outcome.ADAPTED,
        tree,
        ("resolution",),
        review=True,
        findings=replayed.findings,
        resolutions=tuple(one.key for one in replayed.used),
    )
