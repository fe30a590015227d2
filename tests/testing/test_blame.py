"""Which patch broke a test: found by bisection, and with few runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.testing.blame import blame
from patchseries.testing.outcomes import Ending, TestRun


class Trees:
    """A row of trees: of each test, whether it passes on each."""

    def __init__(self, tests: Mapping[str, Sequence[bool]]) -> None:
        self.tests = tests
        self.asked: set[int] = set()

    def at(self, number: int) -> TestRun:
        self.asked.add(number)
        word = {True: Ending.PASSED, False: Ending.FAILED}
        return TestRun({test: word[passes[number]] for test, passes in self.tests.items()})


def broken_at(step: int, trees: int = 64) -> list[bool]:
    return [number < step for number in range(trees)]


def test_the_patch_is_found_with_few_runs() -> None:
    trees = Trees({"a": broken_at(37), "b": broken_at(64)})
    found = blame([0, 63], trees.at, lambda _: ())
    assert [(one.test, one.step) for one in found] == [("a", 37)]
    assert len(trees.asked) <= 8


def test_where_nothing_differs_nothing_between_is_run() -> None:
    trees = Trees({"a": broken_at(64)})
    assert blame([0, 63], trees.at, lambda _: ()) == []
    assert trees.asked == {0, 63}


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcd"), st.lists(st.booleans(), min_size=9, max_size=9)),
    st.sets(st.integers(1, 7)),
)
def test_where_every_tree_is_run_every_change_is_seen(
    tests: dict[str, list[bool]], others: set[int]
) -> None:
    found = blame(range(9), Trees(tests).at, lambda _: ())
    changes = {
        (test, n)
        for test, passes in tests.items()
        for n in range(1, 9)
        if passes[n - 1] != passes[n]
    }
    assert {(one.test, one.step) for one in found} == changes
    some = blame(sorted({0, 8, *others}), Trees(tests).at, lambda _: ())
    assert {(one.test, one.step) for one in some} <= changes


def test_a_patch_may_remove_its_own_tests() -> None:
    runs = [TestRun({"m.a": Ending.PASSED}), TestRun({})]
    assert blame([0, 1], lambda n: runs[n], lambda _: ["m"]) == []
    (one,) = blame([0, 1], lambda n: runs[n], lambda _: [])
    assert (one.test, one.step) == ("m.a", 1)


def test_whose_tests_they_are_counts_between_the_trees_that_are_asked() -> None:
    """A patch takes out its own test; those of the patch before the first tree do not count."""
    runs = [TestRun({"m.a": Ending.PASSED}) for _ in range(2)] + [TestRun({}) for _ in range(2)]
    asked = set()

    def run_at(number: int) -> TestRun:
        asked.add(number)
        return runs[number]

    assert blame([0, 3], run_at, lambda n: ["m"] if n == 2 else []) == []
    assert asked == {0, 3}
    (one,) = blame([1, 2], run_at, lambda n: ["m"] if n in (1, 3) else [])
    assert (one.test, one.step) == ("m.a", 2)


@given(st.integers(1, 12), st.integers(1, 12))
def test_the_tests_of_each_patch_between_two_trees_are_its_own(step: int, trees: int) -> None:
    """A test that the patch of its own file takes out is no fault, whichever the patch is."""
    runs = [TestRun({"m.a": Ending.PASSED} if n < step else {}) for n in range(trees + 1)]
    assert blame([0, trees], lambda n: runs[n], lambda n: ["m"] if n == step else []) == []
    faults = [one.step for one in blame([0, trees], lambda n: runs[n], lambda _: [])]
    assert faults == ([step] if step <= trees else [])
