"""The search keeps to its bounds, and says what it is doing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries.git import Repository, scratch
from patchseries.port.prerequisites import Bounds, CherryPick, why
from support.small_series import between
from support.upstreams import Upstream


@pytest.fixture
def needy(tmp_path: Path) -> Iterator[tuple[Repository, CherryPick]]:
    """A change that needs each of the twelve commits before it."""
    with Upstream(tmp_path / "org" / "made.git") as upstream:
        start = upstream.commit({"a.py": between()}, "Start")
        for size in range(12):
            fix = upstream.commit({"a.py": between(f"x = {size}")}, f"Step {size}")
        with scratch(tmp_path, [upstream.repository.objects_directory]) as repository:
            onto = repository.commit(start).tree
            yield repository, CherryPick(repository.commit(fix), start, onto)


def test_the_time_is_bounded(needy: tuple[Repository, CherryPick]) -> None:
    ticks = iter(range(1000))
    found = why(*needy, Bounds(seconds=3), clock=lambda: next(ticks))
    assert found.stopped
    assert found.sets == ()
    assert 0 < found.tried < 12


def test_the_merges_are_bounded(needy: tuple[Repository, CherryPick]) -> None:
    found = why(*needy, Bounds(trials=2, size=20))
    assert found.sets == ()
    assert not found.stopped
    assert found.tried <= 12


def test_the_members_are_bounded(needy: tuple[Repository, CherryPick]) -> None:
    assert why(*needy, Bounds(size=10)).sets == ()
    (best,) = why(*needy, Bounds(size=11)).sets
    assert len(best.commits) == 11


def test_progress_is_told(needy: tuple[Repository, CherryPick]) -> None:
    heard: list[str] = []
    why(*needy, Bounds(size=20), heard.append)
    assert heard[0] == "looking for prerequisites: 10 merges tried"
