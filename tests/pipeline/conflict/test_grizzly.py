"""The resolutions of the Grizzly series on the real histories."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from patchseries.model import Outcome
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import Rebased
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.resolution.reading import parse_resolution
from patchseries.sources import Cache, FetchOptions

ROOT = Path(__file__).parents[3]
RESOLVED = {
    ("coalesced-updates", "2013.1"),
    ("fewer-libvirt-calls", "2013.1.4"),
    ("fewer-libvirt-calls", "2013.1.5"),
}
BASES = Selection(("nova",), ("2013.1", "2013.1.4", "2013.1.5"))


@pytest.fixture
def grizzly(tmp_path: Path) -> Series:
    """A copy of the series."""
    shutil.copytree(ROOT / "series", tmp_path / "series")
    shutil.copytree(ROOT / "patches/own", tmp_path / "patches/own")
    return Series(tmp_path, "grizzly", tmp_path / "state")


def rebased(series: Series, tmp_path: Path, mirrors: Path) -> Rebased:
    session = Session(Cache(tmp_path / "cache"), FetchOptions([mirrors]))
    pins = session.fetch(series, BASES)
    with session.rebase_inputs(series, pins) as given:
        return rebase(given, BASES, lambda _: None)


@pytest.mark.real
def test_no_cell_conflicts_and_without_the_resolutions_three_do(
    grizzly: Series, tmp_path: Path, mirrors: Path
) -> None:
    cells = rebased(grizzly, tmp_path, mirrors).cells
    by_hand = {(c.patch, c.base) for c in cells if c.result.strategies == ("resolution",)}
    assert by_hand == RESOLVED
    assert not [c for c in cells if c.outcome is Outcome.CONFLICT]
    shutil.rmtree(grizzly.root / "series/resolutions/grizzly")
    cells = rebased(grizzly, tmp_path, mirrors).cells
    assert {(c.patch, c.base) for c in cells if c.outcome is Outcome.CONFLICT} == RESOLVED


def test_the_resolutions_are_small_and_readable() -> None:
    files = sorted((ROOT / "series/resolutions/grizzly").glob("*.toml"))
    found = [parse_resolution(file.read_text()) for file in files]
    assert {one.patch for one in found} == {name for name, _ in RESOLVED}
    assert all(one.reason for one in found)
    assert all(len(file.read_text().splitlines()) < 60 for file in files)
