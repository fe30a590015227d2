"""Sets of prerequisites, tried from the smallest up.

A set is named when it was applied, in upstream's order, and the change then merged cleanly on top;
each member is needed for that. At first git's own merge has to take every member. When no such set
helps, a member may be one that the engine adapts and of which it reports nothing. Where a set
stops, what is missing there proposes the commits that make it wider.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from patchseries.git import Commit, Merge, Repository
from patchseries.git.blame import merge_base
from patchseries.model import CommitId, Outcome, TreeId
from patchseries.port.engine import port
from patchseries.port.prerequisites.lacking import Lacking, Missing, Stop
from patchseries.port.prerequisites.origins import origins
from patchseries.port.prerequisites.values import Bounds, CherryPick, Prerequisites, Why
from patchseries.port.result import Change
from patchseries.progress import ProgressCallback, no_progress

_ENOUGH = 3
"""How many sets of the same size are offered."""

Members = frozenset[CommitId]


def why(
    repository: Repository,
    pick: CherryPick,
    bounds: Bounds | None = None,
    progress: ProgressCallback = no_progress,
    clock: Callable[[], float] = time.monotonic,
) -> Why:
    """Why *pick* conflicts, or needs what the target lacks, and which commits before it would help.

    :param progress: hears how far the search is
    :param clock: seconds, by which the search ends
    """
    common = merge_base(repository, pick.commit.id, pick.target)
    if not pick.commit.parents or common is None:
        return Why((), (), 0)
    bounds = bounds or Bounds()
    change = Change.of(repository, pick.commit)
    merge = repository.merge(change.before, pick.onto, change.after)
    found = tuple(origins(repository, pick, merge, common))
    search = _Search(repository, pick, common, bounds, _Effort(bounds, progress, clock))
    sets = tuple(search.find())
    return Why(found, sets, search.effort.tried, common, search.effort.is_late)


class _Effort:
    """What the search has used of its bounds."""

    def __init__(
        self, bounds: Bounds, progress: ProgressCallback, clock: Callable[[], float]
    ) -> None:
        self._bounds = bounds
        self._progress = progress
        self._clock = clock
        self._started = clock()
        self.tried = 0
        self.is_late = False
        self.allow(1)

    @property
    def is_left(self) -> bool:
        """Whether to go on."""
        now = self._clock()
        self.is_late = self.is_late or now >= self._until
        return self.tried < self._trials and now < self._until

    def allow(self, share: float) -> None:
        """Go on until this *share* of the bounds is used."""
        self._trials = int(self._bounds.trials * share)
        self._until = self._started + self._bounds.seconds * share
        self.is_late = False

    def count(self) -> None:
        """One more merge is tried."""
        self.tried += 1
        if self.tried % 10 == 0:
            self._progress(f"looking for prerequisites: {self.tried} merges tried")


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of a set: the trees after each member, or where it stopped.

    :ivar adapted: the members that git's merge did not settle
    """

    trees: tuple[TreeId, ...]
    adapted: tuple[CommitId, ...]
    stop: Stop

    @property
    def is_clean(self) -> bool:
        """Whether git merged all of it, the change too."""
        return self.stop.merge.clean

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing any more."""
        return self.is_clean and not self.stop.missing

    def is_better(self, other: _Tried) -> bool:
        """Whether less is missing than with *other*."""
        return len(self.stop.missing) < len(other.stop.missing)

    def stops_like(self, other: _Tried) -> bool:
        """Whether it stops where *other* does, as if no member had been added."""
        mine, theirs = self.stop, other.stop
        return (
            mine.commit.id == theirs.commit.id
            and mine.merge.files == theirs.merge.files
            and mine.missing == theirs.missing
        )


class _Search:
    def __init__(
        self,
        repository: Repository,
        pick: CherryPick,
        common: CommitId,
        bounds: Bounds,
        effort: _Effort,
    ) -> None:
        self._repository = repository
        self._pick = pick
        self._common = common
        self._bounds = bounds
        self.effort = effort
        self._lacking = Lacking(repository, pick, common, bounds)
        self._may_adapt = False
        self._merges: dict[tuple[CommitId, TreeId], Merge] = {}
        self._ports: dict[tuple[CommitId, TreeId], TreeId | None] = {}
        self._missing: dict[TreeId, tuple[Missing, ...]] = {}
        self._places: dict[CommitId, int] = {}

    def find(self) -> list[Prerequisites]:
        """The sets that help, none with a member too many: the best first."""
        found: dict[Members, Prerequisites] = {}
        for may_adapt, share in ((False, 0.5), (True, 1)):
            self._may_adapt = may_adapt
            self.effort.allow(share)
            for chosen in self._helpful():
                least = self._least(chosen)
                found[least] = self._measured(least)
            if found:
                break
        return sorted(found.values(), key=_preference)

    def _helpful(self) -> Iterator[Members]:
        """Sets that grow by what is missing where they stop; all of the least size that helps."""
        alone = self._applied(frozenset())
        seen: set[Members] = {frozenset()}
        queue = [(0, 0, frozenset[CommitId](), alone)]
        helps, found = self._bounds.size, 0
        while queue and self.effort.is_left and queue[0][0] <= helps and found < _ENOUGH:
            size, _, chosen, chain = heapq.heappop(queue)
            if chain.is_clean and (not alone.is_clean or chain.is_better(alone)):
                yield chosen
                if not chain.stop.missing:
                    helps, found = size, found + 1
            if size == helps or chain.is_whole:
                continue
            for commit in self._lacking.proposals(chain.stop):
                wider = chosen | {commit}
                if wider not in seen and self.effort.is_left:
                    seen.add(wider)
                    applied = self._applied(wider)
                    if not applied.stops_like(chain):
                        heapq.heappush(queue, (size + 1, len(seen), wider, applied))

    def _applied(self, chosen: Members) -> _Tried:
        """Apply *chosen*, then the change."""
        tree = self._pick.onto
        trees, adapted = [], []
        for commit in self._ordered(chosen):
            merge = self._merged(commit, tree)
            after = merge.tree if merge.clean else self._adapted(commit, tree)
            if after is None:
                return _Tried((), (), Stop(commit, tree, merge))
            if not merge.clean:
                adapted.append(commit.id)
            tree = after
            trees.append(tree)
        merge = self._merged(self._pick.commit, tree)
        missing = self._missing_on(tree) if merge.clean else ()
        stop = Stop(self._pick.commit, tree, merge, missing)
        return _Tried(tuple(trees), tuple(adapted), stop)

    def _adapted(self, commit: Commit, tree: TreeId) -> TreeId | None:
        """What the engine makes of a member that git leaves open, if it may and has no doubts."""
        if not self._may_adapt:
            return None
        if (commit.id, tree) not in self._ports:
            result = port(self._repository, Change.of(self._repository, commit), tree)
            fits = result.outcome is Outcome.ADAPTED and not result.findings
            self._ports[commit.id, tree] = result.tree if fits else None
        return self._ports[commit.id, tree]

    def _merged(self, commit: Commit, tree: TreeId) -> Merge:
        if (commit.id, tree) not in self._merges:
            self.effort.count()
            change = Change.of(self._repository, commit)
            self._merges[commit.id, tree] = self._repository.merge(
                change.before, tree, change.after
            )
        return self._merges[commit.id, tree]

    def _missing_on(self, tree: TreeId) -> tuple[Missing, ...]:
        if tree not in self._missing:
            result = port(self._repository, Change.of(self._repository, self._pick.commit), tree)
            self._missing[tree] = self._lacking.missing(tree, result)
        return self._missing[tree]

    def _least(self, chosen: Members) -> Members:
        """*chosen* without the members that are not needed, the last ones tried first."""
        wanted = len(self._applied(chosen).stop.missing)
        for commit in reversed(self._ordered(chosen)):
            fewer = chosen - {commit.id}
            chain = self._applied(fewer)
            if fewer and chain.is_clean and len(chain.stop.missing) <= wanted:
                chosen = fewer
        return chosen

    def _ordered(self, chosen: Members) -> list[Commit]:
        """*chosen* as upstream's history has them, oldest first."""
        if len(chosen) > 1 and not self._places:
            self._places = self._order()
        ordered = sorted(chosen, key=lambda commit: self._places.get(commit, 0))
        return [self._repository.commit(commit) for commit in ordered]

    def _order(self) -> dict[CommitId, int]:
        """The place of each commit between the common ancestor and the change."""
        since = f"{self._common}..{self._pick.commit.id}"
        done = self._repository.run("rev-list", "--topo-order", "--reverse", since)
        return {CommitId(c): n for n, c in enumerate(done.stdout.decode().split())}

    def _measured(self, chosen: Members) -> Prerequisites:
        ordered = self._ordered(chosen)
        chain = self._applied(chosen)
        lines = files = 0
        only_adds = []
        before = self._pick.onto
        for commit, after in zip(ordered, chain.trees, strict=True):
            change = self._repository.difference(before, after)
            runs = [run for runs in change.lines.values() for run in runs]
            removed = sum(len(run.removed) for run in runs)
            lines += removed + sum(len(run.added) for run in runs)
            files += len(change.entries)
            if not removed and all(new for _, new in change.entries.values()):
                only_adds.append(commit.id)
            before = after
        unknown = tuple(one.text.decode("utf-8", "replace") for one in chain.stop.missing)
        ids = tuple(commit.id for commit in ordered)
        return Prerequisites(ids, lines, files, tuple(only_adds), chain.adapted, unknown)


def _preference(made: Prerequisites) -> tuple[int, ...]:
    """Nothing unknown, few adapted, few members, those that only add, few lines, few files."""
    others = len(made.commits) - len(made.only_adds)
    sizes = len(made.commits), others, made.lines, made.files
    return len(made.unknown), len(made.adapted), *sizes
