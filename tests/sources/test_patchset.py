"""Which patchset of a change is meant, and by which commit it was merged."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from patchseries.errors import UpstreamError
from patchseries.model import ChangeId, CommitId
from patchseries.sources.access import Access
from patchseries.sources.gerrit import AmbiguousChangeError, ChangeState, GerritChange, Patchset
from patchseries.sources.patchset import find_patchset, merged_commit
from patchseries.sources.plan import ChangeWant

ID = ChangeId("I" + "0" * 40)
SERVER = "https://review.invalid"
WANTED = ChangeWant(SERVER, "kitchen/oven", ID)
COMMITS = [CommitId(f"{n}" * 40) for n in range(1, 4)]


def change(branch: str, state: ChangeState, *commits: CommitId) -> GerritChange:
    patchsets = (Patchset(n, f"refs/changes/{n}", c) for n, c in enumerate(commits, 1))
    return GerritChange(7, "kitchen/oven", branch, ID, state, "Bake", tuple(patchsets))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[GerritChange]:
    """The changes that the server has; it notes nothing and is asked nothing."""
    changes: list[GerritChange] = []

    class Server:
        def __init__(self, url: str, access: Access) -> None:
            assert (url, access) == (SERVER, Access(timeout=1))

        def change(self, name: str, *, project: str, branch: str | None) -> GerritChange:
            assert (name, project, branch) == (ID, "kitchen/oven", None)
            return changes[0]

        def search(self, name: str, project: str, branch: str | None) -> Sequence[GerritChange]:
            assert (name, project, branch) == (ID, "kitchen/oven", None)
            return changes

    monkeypatch.setattr("patchseries.sources.patchset.Gerrit", Server)
    return changes


def found(patchset: int | None, pinned: CommitId | None = None) -> int:
    wanted = ChangeWant(SERVER, "kitchen/oven", ID, None, patchset)
    return find_patchset(wanted, pinned, Access(timeout=1)).number


def test_the_patchset_that_is_named_or_pinned_or_else_the_newest(
    answers: list[GerritChange],
) -> None:
    answers.append(change("main", ChangeState.NEW, *COMMITS))
    assert [found(number) for number in (None, 1, 2, 3)] == [3, 1, 2, 3]
    assert found(None, COMMITS[1]) == 2
    assert found(None, CommitId("9" * 40)) == 3
    assert found(1, COMMITS[1]) == 1
    with pytest.raises(UpstreamError, match=f"change 7 \\({ID}\\) has no patchset 4") as caught:
        found(4)
    assert caught.value.hint == "its newest is 3"


def merged() -> CommitId:
    return merged_commit(WANTED, Access(timeout=1))


def test_a_change_was_merged_as_its_newest_patchset(answers: list[GerritChange]) -> None:
    answers.append(change("stable", ChangeState.NEW, *COMMITS[:1]))
    answers.append(change("stable/2", ChangeState.MERGED, *COMMITS[:2]))
    assert merged() == COMMITS[1]
    answers.append(change("main", ChangeState.MERGED, *COMMITS))
    assert merged() == COMMITS[2]  # of several the one of the main branch


@pytest.mark.parametrize("branches", [("stable/1", "stable/2"), ("main", "master", "stable/1")])
def test_several_of_a_kind_are_listed(answers: list[GerritChange], branches: Sequence[str]) -> None:
    answers += [change(branch, ChangeState.MERGED, COMMITS[0]) for branch in branches]
    with pytest.raises(AmbiguousChangeError, match=f"{ID} matches 2 changes") as caught:
        merged()
    assert ("stable/1" in caught.value.message) == (branches[0] == "stable/1")


def test_a_change_that_is_not_merged_is_told_with_what_to_write(
    answers: list[GerritChange],
) -> None:
    with pytest.raises(UpstreamError) as caught:
        merged()
    assert caught.value.message == f"{SERVER}: no such change: {ID}"
    assert caught.value.hint == "correct the Change-Id, or name the project's own Gerrit"
    answers.append(change("main", ChangeState.ABANDONED, *COMMITS))
    with pytest.raises(UpstreamError) as caught:
        merged()
    assert caught.value.message == f"{SERVER}: change {ID} is not merged"
    source = f'source = {{ change-id = "{ID}", patchset = 3 }}'
    assert caught.value.hint == f"to port it, write `{source}`"
