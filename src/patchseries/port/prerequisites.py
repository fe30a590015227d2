"""What a change needs that its target lacks: commits that history proposes, proven by trying.

A set of prerequisites is named when it was applied, each by git's own merge and in order, and the
change then merged cleanly on top; each member is needed for that. Three ways, until one helps:

1. each commit alone that touched what conflicts;
2. sets that grow by what blame names for the conflict at which the last set stopped;
3. all that touched the change's files and merges, less what is not needed.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from patchseries.git import Commit, Merge, Repository
from patchseries.git.blame import creators, introduced, merge_base, touching
from patchseries.git.textmerge import split_lines
from patchseries.model import CommitId, Sides, TreeId
from patchseries.port.result import Change
from patchseries.progress import ProgressCallback, no_progress
from patchseries.resolution.conflict import OpenFile, open_files

NEAR = 3
"""How many lines around a region are blamed with it: what a hunk has as context."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far the search goes: merges (of 2 to 20 ms) in each of its ways, commits looked at.

    ``size`` and ``width`` bound the sets that blame proposes: members, and branches per conflict.
    """

    trials: int = 400
    commits: int = 300
    size: int = 5
    width: int = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one region of a conflict comes from: commit → number of lines, most lines first.

    ``relies_on``: what brought the lines in that the change was made on, and the target lacks.
    ``changed_by``: what the target's side did there since the two parted.
    """

    path: str
    line: int
    relies_on: tuple[tuple[CommitId, int], ...]
    changed_by: tuple[tuple[CommitId, int], ...]


@dataclass(frozen=True, slots=True)
class Prerequisites:
    """A set that was tried: with these before it, oldest first, the change merges cleanly.

    ``lines`` they change in all, and ``files``: how much comes along.
    """

    commits: tuple[CommitId, ...]
    lines: int
    files: int


@dataclass(frozen=True)
class Why:
    """Why a change conflicts, and what was found by trying, the smallest first."""

    origins: tuple[Origin, ...]
    sets: tuple[Prerequisites, ...]
    tried: int
    common: CommitId | None = field(default=None)


@dataclass(frozen=True, slots=True)
class CherryPick:
    """A commit that is to be applied to a tree.

    :ivar target: the commit whose history is the target's
    :ivar onto: the tree of *target*, or one made from it
    """

    commit: Commit
    target: CommitId
    onto: TreeId


def why(
    repository: Repository,
    pick: CherryPick,
    bounds: Bounds | None = None,
    progress: ProgressCallback = no_progress,
) -> Why:
    """Why *pick* conflicts, and which commits before it would help.

    :param progress: hears how far the search is
    """
    search = _Search(repository, pick, bounds or Bounds(), progress)
    if not pick.commit.parents or search.common is None:
        return Why((), (), 0)
    change = Change.of(repository, pick.commit)
    merge = repository.merge(change.before, pick.onto, change.after)
    origins = tuple(search.origins(merge, pick.commit))
    return Why(origins, tuple(search.find()), search.tried, search.common)


class _Search:
    """Sets of prerequisites, tried from the smallest up."""

    def __init__(
        self,
        repository: Repository,
        pick: CherryPick,
        bounds: Bounds,
        progress: ProgressCallback,
    ) -> None:
        self._repository = repository
        self._commit = pick.commit
        self._target = pick.target
        self._onto = pick.onto
        self._bounds = bounds
        self._progress = progress
        self._proposed: dict[tuple[CommitId, TreeId], list[CommitId]] = {}
        self._left = bounds.trials
        self.tried = 0
        self.common = merge_base(repository, pick.commit.id, pick.target)

    def origins(self, merge: Merge, commit: Commit) -> Iterator[Origin]:
        """Where each region of *merge* comes from."""
        parent = commit.parents[0]
        for file in open_files(self._repository, merge):
            if file.is_whole:
                made = [(c, 0) for c in self._creators(parent, file.path)]
                yield Origin(file.path, 1, tuple(made), ())
                continue
            their_lines = self._lines(parent, file.path)
            ours = split_lines(self._repository.file(self._onto, file.path) or b"")
            spans = zip(
                spans_of(file, "ancestor", their_lines),
                spans_of(file, "ours", ours),
                strict=True,
            )
            for ancestor_span, ours_span in spans:
                yield Origin(
                    file.path,
                    ours_span[0] + 1,
                    self._blamed(parent, file.path, ancestor_span, len(their_lines)),
                    self._blamed(self._target, file.path, ours_span, len(ours)),
                )

    def find(self) -> list[Prerequisites]:
        """The sets that help, none with a member too many: the smallest first."""
        found: dict[frozenset[CommitId], Prerequisites] = {}
        for way in (self._singles, self._guided, self._all):
            self._left = self._bounds.trials
            for chosen in way():
                least = self._least(chosen)
                found[least] = self._measured(least)
            if found:
                break
        return sorted(found.values(), key=lambda one: (len(one.commits), one.lines, one.files))

    def _singles(self) -> Iterator[frozenset[CommitId]]:
        """Each commit alone that touched what conflicts, the last first."""
        stuck = self._try(frozenset())
        if stuck is None:
            return
        for commit in reversed(self._touching(*stuck[2].conflicted_paths)):
            if self._left > 0 and self._try(frozenset({commit})) is None:
                yield frozenset({commit})

    def _guided(self) -> Iterator[frozenset[CommitId]]:
        """Sets that grow by what blame names where they stop; all of the least size that helps."""
        seen: set[frozenset[CommitId]] = {frozenset()}
        queue: list[tuple[int, int, frozenset[CommitId]]] = [(0, 0, frozenset())]
        helps = self._bounds.size
        while queue and self._left > 0 and queue[0][0] <= helps:
            size, _, chosen = heapq.heappop(queue)
            stuck = self._try(chosen)
            if stuck is None:
                helps = size
                yield chosen
            elif size < helps:
                for commit in self._proposals(*stuck):
                    wider = chosen | {commit}
                    if wider not in seen:
                        seen.add(wider)
                        heapq.heappush(queue, (len(wider), len(seen), wider))

    def _all(self) -> Iterator[frozenset[CommitId]]:
        """All that touched the change's files and merges one after the other."""
        change = Change.of(self._repository, self._commit)
        tree, taken = self._onto, set()
        for commit in self._touching(*self._repository.changes(change.before, change.after)):
            step = Change.of(self._repository, self._repository.commit(commit))
            merge = self._merged(step, tree)
            if merge.clean and merge.tree != tree:
                tree = merge.tree
                taken.add(commit)
        if self._merged(change, tree).clean:
            yield frozenset(taken)

    def _touching(self, *paths: str) -> list[CommitId]:
        assert self.common is not None
        found = touching(self._repository, self.common, self._commit.parents[0], *paths)
        return found[max(0, len(found) - self._bounds.commits) :]

    def _merged(self, change: Change, tree: TreeId) -> Merge:
        self.tried += 1
        self._left -= 1
        if self.tried % 20 == 0:
            self._progress(f"looking for prerequisites: {self.tried} merges tried")
        return self._repository.merge(change.before, tree, change.after)

    def _try(self, chosen: frozenset[CommitId]) -> tuple[Commit, TreeId, Merge] | None:
        """Apply *chosen*, then the change: None when all is clean, else where it stops."""
        tree = self._onto
        for commit in [*self._ordered(chosen), self._commit]:
            merge = self._merged(Change.of(self._repository, commit), tree)
            if not merge.clean:
                return commit, tree, merge
            tree = merge.tree
        return None

    def _least(self, chosen: frozenset[CommitId]) -> frozenset[CommitId]:
        """*chosen* without the members that are not needed, the last ones tried first."""
        before = None
        while before != chosen:
            before = chosen
            for commit in reversed(self._ordered(chosen)):
                if self._try(chosen - {commit.id}) is None:
                    chosen -= {commit.id}
        return chosen

    def _proposals(self, commit: Commit, tree: TreeId, merge: Merge) -> list[CommitId]:
        """The commits that blame names for a conflict, those of most lines first."""
        if (commit.id, tree) not in self._proposed:
            counted: Counter[CommitId] = Counter()
            for origin in self.origins(merge, commit):
                counted.update({c: n + 1 for c, n in origin.relies_on})
            ranked = [c for c, _ in counted.most_common() if self._is_single(c)]
            self._proposed[commit.id, tree] = ranked[: self._bounds.width]
        return self._proposed[commit.id, tree]

    def _blamed(
        self, commit: CommitId, path: str, span: tuple[int, int], length: int
    ) -> tuple[tuple[CommitId, int], ...]:
        assert self.common is not None
        near = max(1, span[0] + 1 - NEAR), min(length, span[1] + NEAR)
        found = introduced(self._repository, self.common, commit, path, near)
        return tuple(found.most_common())

    def _creators(self, commit: CommitId, path: str) -> list[CommitId]:
        assert self.common is not None
        return creators(self._repository, self.common, commit, path)

    def _lines(self, commit: CommitId, path: str) -> list[bytes]:
        tree = self._repository.commit(commit).tree
        return split_lines(self._repository.file(tree, path) or b"")

    def _is_single(self, commit: CommitId) -> bool:
        return len(self._repository.commit(commit).parents) == 1

    def _ordered(self, chosen: frozenset[CommitId]) -> list[Commit]:
        """*chosen* as history has them, oldest first."""
        if len(chosen) < 2:
            return [self._repository.commit(c) for c in chosen]
        done = self._repository.run(
            "rev-list", "--no-walk=sorted", "--topo-order", "--reverse", *sorted(chosen)
        )
        return [self._repository.commit(c) for c in done.stdout.decode().split()]

    def _measured(self, chosen: frozenset[CommitId]) -> Prerequisites:
        ordered = self._ordered(chosen)
        lines = files = 0
        for commit in ordered:
            change = Change.of(self._repository, commit)
            done = self._repository.run("diff-tree", "-r", "--numstat", change.before, change.after)
            rows = [row.split(b"\t") for row in done.stdout.splitlines()]
            files += len(rows)
            lines += sum(int(n) for row in rows for n in row[:2] if n.isdigit())
        return Prerequisites(tuple(c.id for c in ordered), lines, files)


def spans_of(file: OpenFile, side: str, lines: Sequence[bytes]) -> list[tuple[int, int]]:
    """Where the regions of *file* stand in *lines*, the text of one *side*: from, to (from 0).

    A region that is empty there stands behind the agreed line before it.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    agreed: Sequence[bytes] = ()
    for chunk in file.chunks:
        if not isinstance(chunk, Sides):
            agreed = chunk
            continue
        wanted = getattr(chunk, side)
        start = _find(lines, (*agreed[-2:], *wanted), at) + len(agreed[-2:])
        if start < len(agreed[-2:]):
            start = max(_find(lines, wanted, at), 0) if wanted else at
        spans.append((start, start + len(wanted)))
        at = start + len(wanted)
        agreed = ()
    return spans


def _find(lines: Sequence[bytes], wanted: Sequence[bytes], at: int) -> int:
    """The first place from *at* on where *wanted* stands in *lines*, or -1."""
    size = len(wanted)
    places = range(at, len(lines) - size + 1)
    return next((n for n in places if tuple(lines[n : n + size]) == tuple(wanted)), -1)
