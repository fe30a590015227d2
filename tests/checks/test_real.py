"""The Grizzly series: shut exactly for the cells that are open, on the real histories."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries.cli.check import command
from patchseries.model import Outcome
from patchseries.pipeline.porting import rebase_and_publish
from patchseries.pipeline.rebased import Rebased
from patchseries.pipeline.series import Selection, find_series
from patchseries.pipeline.session import Session
from patchseries.pipeline.settled import SettledTargets
from patchseries.sources import Cache, FetchOptions

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.real

Grizzly = tuple[Path, Path, Rebased]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("grizzly")


@pytest.fixture
def grizzly(mirrors: Path, folder: Path) -> Grizzly:
    """A copy of the project with the series rebased anew: its root, its cache, the cells."""
    return _rebased(mirrors, folder)


@cache
def _rebased(mirrors: Path, folder: Path) -> Grizzly:
    for part in ("series", "patches/own"):
        shutil.copytree(ROOT / part, folder / "project" / part)
    series = find_series(folder / "project", folder / "state", "grizzly")
    session = Session(Cache(folder / "cache"), FetchOptions((mirrors,)))
    pins = session.fetch(series, Selection())
    done = rebase_and_publish(SettledTargets(session), series, Selection(), pins, overwrite=True)
    return folder / "project", folder / "cache", done.rebased


def check(grizzly: Grizzly, *options: str) -> tuple[int, list[dict[str, Any]]]:
    root, cache, _ = grizzly
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("SERIES_CACHE", str(cache))
        patch.setenv("SERIES_STATE", str(cache.parent / "state"))
        result = CliRunner().invoke(command, ["grizzly", "--json", *options], standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value, json.loads(result.stdout)["findings"]


def test_every_setting_is_an_option_of_every_base(grizzly: Grizzly) -> None:
    root = grizzly[0]
    manifest = root / "series" / "grizzly.toml"
    _, findings = check(grizzly)
    assert [f["message"] for f in findings if f["code"].startswith("setting-")] == []
    text = manifest.read_text()
    try:
        manifest.write_text(text.replace('option = "workers"', 'option = "porkers"'))
        _, findings = check(grizzly)
    finally:
        manifest.write_text(text)
    told = [f["message"] for f in findings if f["code"] == "setting-unknown"]
    assert len(told) == len([m for m in told if "no source of" in m]) == 18


def is_open(cell: Any) -> bool:
    """Whether a cell wants a person: it conflicts, or was adapted and not signed off."""
    return cell.outcome is Outcome.CONFLICT or cell.needs_review


def test_the_open_cells_and_no_others_shut_it(grizzly: Grizzly) -> None:
    cells = grizzly[2].cells
    bases = list(dict.fromkeys(cell.base for cell in cells))
    for base in bases:
        status, findings = check(grizzly, "--onto", base)
        wanted = {
            f"{cell.patch} on {base}" for cell in cells if cell.base == base and is_open(cell)
        }
        named = {
            " ".join(f["message"].split()[:3]).rstrip(":")
            for f in findings
            if f["severity"] == "error"
        }
        assert named == wanted
        assert status == (1 if wanted else 0)


def test_it_opens_where_everything_applies(grizzly: Grizzly) -> None:
    for base in ("2013.1.2", "2013.1.3"):
        assert check(grizzly, "--onto", base)[0] == 0


def test_nothing_but_open_cells_fails_the_whole(grizzly: Grizzly) -> None:
    _, findings = check(grizzly, "--full")
    codes = {f["code"] for f in findings if f["severity"] == "error"}
    assert codes <= {"conflict", "not-signed-off"}
