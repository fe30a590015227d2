"""``series import`` and ``series publish`` on packages that were built."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.debian.build import build
from patchseries.debian.dsc import import_series
from patchseries.errors import UsageError
from patchseries.files import folder_contents
from support.packages import HOTTER, Upstream
from support.tools import need


@pytest.fixture
def dsc(upstream: Upstream) -> Path:
    need("dpkg-source", "xz")
    package = build(upstream.request(HOTTER, {"README": b"Hot.\n"}))
    return package.folder / package.dsc


def test_import_writes_the_series_as_it_went_in(dsc: Path, tmp_path: Path) -> None:
    to = tmp_path / "taken"
    done = CliRunner().invoke(group, ["import", str(dsc), "--to", str(to), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["source"], said["version"]) == ("oven", "1.0-0+0fast1")
    patches = import_series(dsc).patches
    assert [row["name"] for row in said["patches"]] == [p.name for p in patches]
    series = "".join(f"{p.name}\n" for p in patches).encode()
    assert folder_contents(to) == {p.name: p.data for p in patches} | {"series": series}


def test_import_leaves_a_folder_that_is_there_alone(dsc: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(group, ["import", str(dsc), "--to", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
