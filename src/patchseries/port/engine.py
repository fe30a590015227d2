"""The engine: strategies from the safest on, until one gives a result that passes its checks.

0. A person's resolutions, where they settle all that git's merge leaves open.
1. git's own merge: ``clean``, unless a name that the change brings in is called otherwise here.
2. Names: files whose words differ are ported in the target's words.
3. Paths: files that live elsewhere in the target.
4. Hunks: the regions that both sides changed.
5. What then is still open is a ``conflict``, with its candidates.

Whatever comes of it is examined (:mod:`patchseries.port.verify`).
"""

from __future__ import annotations

from patchseries.git import Merge, Repository
from patchseries.model import Outcome, StrategyName, TreeId
from patchseries.port.adaptation import adapt, adopt, conclude
from patchseries.port.completion import complete
from patchseries.port.context import Context
from patchseries.port.result import Change, PortOptions, PortResult
from patchseries.port.strategies import EVERY_FILE, OPEN_FILES
from patchseries.port.verify import Port, examine, wants_review
from patchseries.resolution.replay import Replay, replay


def port(
    repository: Repository, change: Change, onto: TreeId, options: PortOptions | None = None
) -> PortResult:
    """Port *change* onto the tree *onto*. New objects are written to *repository* (a scratch one).

    A conflict is a result, not an exception. The same inputs give the same result.
    """
    options = options or PortOptions()
    if change.before == change.after:
        return PortResult(Outcome.EMPTY, onto)
    repository.begin_difference(change.before, change.after)  # what is wanted first
    merging = repository.begin_merge(change.before, onto, change.after)
    context = Context(repository, change, onto, merging, options)
    if not options.git_only:
        context.look_ahead()
    merge = context.merge
    if merge.clean and merge.tree == onto:
        return PortResult(Outcome.ALREADY_APPLIED, onto)
    replayed = replay(repository, merge, options.resolutions)
    if replayed.used and not replayed.conflicts:
        return _resolved(repository, change, onto, merge, replayed)
    if options.git_only and not merge.clean:
        return PortResult(Outcome.CONFLICT, None, conflicts=merge.conflicts)
    if merge.clean:
        repository.begin_difference(onto, merge.tree)
    parts = [] if options.git_only else adapt(context, context.changed_files(), EVERY_FILE)
    if merge.clean and not any(part.entries for part in parts):
        return _clean(context)
    parts = adapt(context, context.open_files(), OPEN_FILES, adopt(replayed, parts))
    result = conclude(context, parts, replayed.misfits)
    if merge.clean and result.tree == merge.tree:  # the strategies came to what git has
        return _clean(context)
    return result


def _resolved(
    repository: Repository, change: Change, onto: TreeId, merge: Merge, replayed: Replay
) -> PortResult:
    """A conflict that a person's resolutions settle, all of it."""
    tree = repository.edit_tree(merge.tree, replayed.edits)
    return PortResult(
        Outcome.ALREADY_APPLIED if tree == onto else Outcome.ADAPTED,
        tree,
        (StrategyName.RESOLUTION,),
        review=True,
        findings=(*replayed.findings, *examine(Port(repository, change, onto, tree))),
        resolutions=tuple(one.key for one in replayed.used),
    )


def _clean(context: Context) -> PortResult:
    """What git's merge settles alone, but for imports that it lacks."""
    merged = context.merge.tree
    if context.options.git_only:
        findings = examine(Port(context.repository, context.change, context.onto, merged))
        return PortResult(Outcome.CLEAN, merged, review=wants_review(findings), findings=findings)
    tree, findings, completed = complete(context, merged)
    outcome = Outcome.ADAPTED if completed else Outcome.CLEAN
    review = bool(completed) or wants_review(findings)
    return PortResult(outcome, tree, completed, review, findings)
