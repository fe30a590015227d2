"""The walk over a history agrees with the plain definition of "contains"."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.graph import containing_refs, difference


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[list[int]], dict[int, int]]:
    """Parents of each commit (each younger than them), and refs (bits) at some commits."""
    size = draw(st.integers(1, 12))
    parents = [
        draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True)) if n else []
        for n in range(size)
    ]
    heads = draw(st.lists(st.integers(0, size - 1), max_size=6))
    tips: dict[int, int] = {}
    for bit, commit in enumerate(heads):
        tips[commit] = tips.get(commit, 0) | 1 << bit
    return parents, tips


def ancestors(parents: list[list[int]], commit: int) -> set[int]:
    """The commit and all that it descends from."""
    return {commit}.union(*(ancestors(parents, parent) for parent in parents[commit]))


@given(histories())
def test_a_ref_contains_the_ancestors_of_its_tip(
    history: tuple[list[list[int]], dict[int, int]],
) -> None:
    parents, tips = history
    expected = [0] * len(parents)
    for tip, refs in tips.items():
        for commit in ancestors(parents, tip):
            expected[commit] |= refs
    assert containing_refs(parents, tips) == expected


@given(histories(), st.data())
def test_the_difference_of_two_sets_of_tips(
    history: tuple[list[list[int]], dict[int, int]], data: st.DataObject
) -> None:
    parents, _ = history
    some = st.lists(st.integers(0, len(parents) - 1), max_size=3)
    having, without = data.draw(some), data.draw(some)
    expected = {c for tip in having for c in ancestors(parents, tip)}
    expected -= {c for tip in without for c in ancestors(parents, tip)}
    found = difference(parents.__getitem__, having, without)
    assert found - {c for tip in without for c in ancestors(parents, tip)} == expected
    assert found == expected
