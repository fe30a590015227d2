"""The ladder: strategies from the safest up, until one gives a result that passes its checks."""

from __future__ import annotations

from patchseries.git import Repository
from patchseries.model import Outcome, TreeId
from patchseries.port.result import Change, PortOptions, PortResult
from patchseries.port.trust import examine, wants_review


def port(
    repository: Repository, change: Change, onto: TreeId, options: PortOptions | None = None
) -> PortResult:
    """Port *change* onto the tree *onto*. New objects are written to *repository* (a scratch one).

    A conflict is a result, not an exception. The same inputs give the same result.
    """
    del options
    if change.before == change.after:
        return PortResult(Outcome.EMPTY, onto)
    merge = repository.merge(change.before, onto, change.after)
    if not merge.clean:
        return PortResult(Outcome.CONFLICT, None, conflicts=merge.conflicts)
    if merge.tree == onto:
        return PortResult(Outcome.ALREADY_APPLIED, onto)
    findings = examine(repository, change, onto, merge.tree)
    return PortResult(Outcome.CLEAN, merge.tree, review=wants_review(findings), findings=findings)
