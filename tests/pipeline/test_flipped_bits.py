"""A bit that flips in the cache: seen, said, and what it spoilt is made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.small_series import SmallSeries, enter, small_series

PLACES = {
    "ports": ("rebase", "ports/*.json", "the cached result is computed again"),
    "checks": ("check", "checks/*.json", "it is checked again"),
    "index": ("status", "index/*.sqlite", "the index is rebuilt"),
}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    with small_series(tmp_path) as made:
        enter(made, monkeypatch, tmp_path)
        yield made


def flip(path: Path, place: Callable[[int], int]) -> None:
    data = bytearray(path.read_bytes())
    data[place(len(data))] ^= 0x04
    path.write_bytes(data)


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("where", ["start", "middle", "end"])
def test_flipped(small: SmallSeries, tmp_path: Path, kind: str, where: str) -> None:
    command, pattern, words = PLACES[kind]
    small.run("rebase")
    usual = small.run(command)
    (path, *_) = sorted((tmp_path / "cache").glob(pattern))
    before = path.read_bytes()
    at = {"start": lambda _: 0, "middle": lambda size: size // 2, "end": lambda size: size - 1}
    flip(path, at[where])
    status, said = small.run(command)
    assert f"{path} is damaged" in said
    assert words in said
    assert status == usual[0]
    without = "".join(line for line in said.splitlines(True) if "is damaged" not in line)
    assert without == usual[1]
    if kind != "index":  # SQLite's own counters differ
        assert path.read_bytes() == before
    assert small.run(command) == usual
