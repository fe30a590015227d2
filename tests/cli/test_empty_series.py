"""A series that has just begun: projects and bases, and no patch yet. Every command takes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.small_series import MANIFEST, SmallSeries, enter, small_series


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    with small_series(tmp_path) as made:
        text = MANIFEST.split("\n[[patch]]")[0]
        (made.root / "series/small.toml").write_text(text)
        enter(made, monkeypatch, tmp_path)
        yield made


def test_it_passes_the_check_before_anything_is_fetched(empty: SmallSeries) -> None:
    assert empty.run("check", "--strict") == (0, "no findings\n")
    assert empty.run("check", "--online", "--strict")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("fetch",),
        ("rebase",),
        ("test-apply",),
        ("status",),
        ("report",),
        ("run",),
        ("build", "--onto", "1.0", "--onto", "1.1", "--onto", "1.2"),
        ("checkout", "project", "--onto", "1.1", "work"),
    ],
    ids=" ".join,
)
def test_each_command_takes_it_and_it_passes_the_check_after(
    empty: SmallSeries, words: tuple[str, ...]
) -> None:
    assert empty.run(*words)[0] == 0
    assert empty.run("check", "--strict") == (0, "no findings\n")


def test_it_is_edited_from_nothing(empty: SmallSeries) -> None:
    empty.run("checkout", "project", "--onto", "1.1", "work")
    assert empty.run("refresh", "work", "--yes") == (0, "nothing changed\n")
