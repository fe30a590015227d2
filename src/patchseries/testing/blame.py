"""Which patch of a series broke a test, or fixed it.

A series is a row of trees: 0 is stock, n the tree after patch n. A file of tests need not have run
on each: between two trees on which it ran, the patch is found by bisection.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patchseries.testing.outcomes import TestChange, TestRun, compare

RunAt = Callable[[int], TestRun]
"""The run of one file of tests on the tree with this number."""


@dataclass(frozen=True, slots=True)
class Blamed:
    """A test that another ending came to by a patch: the number of the tree after the patch."""

    test: str
    step: int
    change: TestChange


def blame(
    trees: Sequence[int], run_at: RunAt, own: Callable[[int], Collection[str]]
) -> list[Blamed]:
    """Each test of a file that broke or was fixed, with the patch that did it.

    :param trees: the numbers of the trees to begin with, ascending
    :param own: the files of tests that the patch with this number changes, as test ids begin
    """
    found = []
    for before, after in pairwise(trees):
        found += _between(before, after, run_at, own)
    return found


def _between(
    before: int, after: int, run_at: RunAt, own: Callable[[int], Collection[str]]
) -> list[Blamed]:
    """What differs between two trees: where nothing does, the trees between are not asked."""
    named = {name for step in range(before + 1, after + 1) for name in own(step)}
    change = compare(run_at(before), run_at(after), named)
    if not change.faults and not change.fixed:
        return []
    if after - before == 1:
        return [Blamed(test, after, change) for test in sorted(change.faults | change.fixed)]
    middle = (before + after) // 2
    return [*_between(before, middle, run_at, own), *_between(middle, after, run_at, own)]
