"""Which refs contain which commit, for a whole history in one walk.

A set of refs is an integer with one bit a ref. Walking the commits from the youngest to the
oldest, each hands its set to its parents: `git tag --contains` for every commit at once (nova's
71,000 commits and 379 refs: see tests/bench/landed.py), where git needs a walk for each question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
