"""The demonstration's lock and patches are committed; made again, they are the same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from patchseries.demo import create
from patchseries.files import directory_contents
from patchseries.pipeline.applying import AppliedCell, Applies, ApplyInputs, apply_series
from patchseries.pipeline.publish import plan, publish
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.sources import Cache, FetchOptions

ROOT = Path(__file__).parents[2]
REBASED = "run `series demo` and commit what changed"


def said(_: str) -> None:
    """A callback that ignores progress."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Series:
    """A project folder made from the manifest alone."""
    root = tmp_path_factory.mktemp("made")
    create(root / "mirrors")
    (root / "series").mkdir()
    shutil.copy(ROOT / "series" / "demo.toml", root / "series")
    series, all_of_it = Series(root, "demo", root / "state"), Selection()
    session = Session(Cache(root / "cache"), FetchOptions([root / "mirrors"]))
    pins = session.fetch(series, all_of_it)
    with session.rebase_inputs(series, pins) as inputs:
        rebased = rebase(inputs, all_of_it, said)
    publish(series, plan(series, rebased, pins), session.operation, locked=False, dry_run=False)
    return Series(root, "demo", root / "state")


def test_the_lock_is_the_committed_one(made: Series) -> None:
    committed = Series(ROOT, "demo", made.home)
    assert made.lock_path.read_text() == committed.lock_path.read_text(), REBASED


def test_the_patches_are_the_committed_ones(made: Series) -> None:
    fresh = directory_contents(made.patches_directory)
    committed = directory_contents(Series(ROOT, "demo", made.home).patches_directory)
    assert fresh.keys() == committed.keys(), REBASED
    assert [name for name in fresh if fresh[name] != committed[name]] == [], REBASED


def test_the_committed_files_apply(made: Series) -> None:
    """All but the one that conflicts and the one that is already there."""
    session = Session(Cache(made.root / "cache"), FetchOptions([made.root / "mirrors"]))
    committed = Series(ROOT, "demo", made.home)
    pins = session.fetch(committed, Selection())
    with session.objects(pins) as repository:
        cells = apply_series(ApplyInputs(committed, repository, pins), Selection(), said)
    assert len(cells) == 24
    failing = [where(c) for c in cells if c.result is Applies.FAILS]
    assert failing == [("no-idle-updates", "2013.1")]
    assert [where(c) for c in cells if c.result is Applies.ALREADY_APPLIED] == [
        ("one-iptables-run", "2013.1.2"),
        ("one-iptables-run", "2013.1.3"),
    ]


def where(cell: AppliedCell) -> tuple[str, str]:
    return cell.patch, cell.base
