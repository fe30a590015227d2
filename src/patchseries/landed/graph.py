"""Which refs contain which commit, for a whole history in one walk.

A set of refs is an integer with one bit a ref. Walking the commits from the youngest to the
oldest, each hands its set to its parents: `git tag --contains` for every commit at once (nova's
71,000 commits and 379 refs: see tests/bench/landed.py), where git needs a walk for each question.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from patchseries.model import MAIN_BRANCHES

RefSet = int
"""A set of refs: bit i stands for the ref numbered i."""


def containing_refs(parents: Sequence[Sequence[int]], tips: Mapping[int, RefSet]) -> list[RefSet]:
    """For each commit, the refs that contain it.

    :param parents: for commit i its parents, each less than i (parents are numbered first)
    :param tips: commit → the refs that point at it
    """
    sets = [0] * len(parents)
    for commit, refs in tips.items():
        sets[commit] = refs
    for commit in range(len(parents) - 1, -1, -1):
        refs = sets[commit]
        if refs:
            for parent in parents[commit]:
                sets[parent] |= refs
    return sets


def difference(
    parents_of: Callable[[int], Iterable[int]], having: Iterable[int], without: Iterable[int]
) -> set[int]:
    """The commits that are *having* or ancestors of them, and no ancestors of *without* or those.

    Only as much of the history is read as lies between them (`git rev-list HAVING ^WITHOUT`).

    :param parents_of: the parents of a commit, each numbered lower than it
    """
    unwanted = set(without)
    wanted = set(having) - unwanted
    todo = [-number for number in wanted | unwanted]
    heapq.heapify(todo)
    waiting = len(wanted)  # of the commits to look at, those that are wanted as yet
    while waiting:
        number = -heapq.heappop(todo)
        if number in wanted:
            waiting -= 1
        for parent in parents_of(number):
            if parent not in wanted and parent not in unwanted:
                heapq.heappush(todo, -parent)
                waiting += number in wanted
            if number in unwanted:
                waiting -= parent in wanted
                wanted.discard(parent)
                unwanted.add(parent)
            elif parent not in unwanted:
                wanted.add(parent)
    return wanted


@dataclass(frozen=True, slots=True)
class NamedRefs:
    """The refs of a repository, by their full names.

    :param bits: the bit of each in a :data:`RefSet`
    :param holders: for each the refs that contain its commit; empty where no history is at hand
    """

    bits: Mapping[str, int]
    holders: Mapping[str, RefSet] = field(default_factory=dict)

    @classmethod
    def of_tags(cls, tags: Iterable[str]) -> NamedRefs:
        """The *tags* (short names) of a repository whose history is not at hand."""
        return cls({f"{_TAGS}{tag}": bit for bit, tag in enumerate(dict.fromkeys(tags))})

    @property
    def tags(self) -> list[str]:
        """The short names of the tags."""
        return [ref.removeprefix(_TAGS) for ref in self.bits if ref.startswith(_TAGS)]

    @property
    def branches(self) -> dict[str, RefSet]:
        """The short names of the branches, each with its refs: a clone has some of them twice."""
        found: dict[str, RefSet] = {}
        for ref, bit in self.bits.items():
            if (name := branch_name(ref)) is not None:
                found[name] = found.get(name, 0) | 1 << bit
        return found

    def holders_of(self, tag: str) -> RefSet | None:
        """The refs that contain the commit of *tag*; None: not known."""
        return self.holders.get(f"{_TAGS}{tag}")


def branch_name(ref: str) -> str | None:
    """The branch that the full name *ref* is; None when it is a tag or something else.

    >>> branch_name("refs/remotes/origin/stable/1.2"), branch_name("refs/tags/1.2")
    ('stable/1.2', None)
    """
    for prefix in ("refs/heads/", "refs/remotes/origin/"):
        if ref.startswith(prefix):
            return ref.removeprefix(prefix)
    return None


def main_branch(refs: NamedRefs) -> RefSet:
    """The refs of the branch that work goes to first."""
    branches = refs.branches
    return next((branches[name] for name in MAIN_BRANCHES if name in branches), 0)


_TAGS = "refs/tags/"
