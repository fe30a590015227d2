"""``series demo``: from a manifest to packages, in a folder of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from patchseries import process
from patchseries.cli import group
from patchseries.demo import tour
from patchseries.errors import ProgramError, SeriesError
from patchseries.files import directory_contents

MANIFEST = Path(__file__).parents[2] / "series" / "demo.toml"
BUILT = "2013.1.3"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with nothing but the manifest; the work starts in it."""
    (tmp_path / "series").mkdir()
    shutil.copy(MANIFEST, tmp_path / "series")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def demo(*options: str) -> int:
    status: int = group.main(["demo", *options], prog_name="series", standalone_mode=False)
    return status


def test_the_whole_path(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo("--json") == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["ok"]) == (2, True)
    assert len(document["rebase"]) == len(document["test_apply"]) == 24
    outcomes = {(c["patch"], c["base"]): c["outcome"] for c in document["rebase"]}
    assert [cell for cell, word in outcomes.items() if word == "conflict"] == [
        ("no-idle-updates", "2013.1")
    ]
    packages = document["packages"]
    assert [(p["project"], p["base"], p["verified"]) for p in packages] == [
        (name, BUILT, True) for name in ("nova", "quantum", "keystone")
    ]
    unpacked = project / "unpacked"
    process.run(["dpkg-source", "--no-check", "-x", packages[0]["dsc"], unpacked])
    assert "times=1" in (unpacked / "nova" / "launch.py").read_text()
    again_and_for_people(project, capsys)


def test_in_an_empty_directory_its_manifest_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert demo("--json") == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert (tmp_path / "series/demo.toml").read_bytes() == MANIFEST.read_bytes()
    assert demo() == 0
    assert "make grizzly" not in capsys.readouterr().out  # no Makefile is here


def test_another_project_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "series").mkdir()
    (tmp_path / "series/other.toml").write_text("schema = 1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SeriesError, match=r"without series/demo\.toml.*in an empty directory"):
        demo()
    assert [path.name for path in (tmp_path / "series").iterdir()] == ["other.toml"]


def again_and_for_people(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second run changes nothing, and says so; every path that it names is there."""
    before = directory_contents(project)
    assert demo("--color", "never", "--locked") == 0
    said = capsys.readouterr().out
    assert directory_contents(project) == before
    assert "nothing changed" in said
    assert said.count("unpacks to the ported tree, unchanged") == 3
    places = said.partition("Where to find things:\n")[2].partition("\n\n")[0]
    named = [line.split()[0] for line in places.splitlines()]
    assert len(named) == 5
    assert all(Path(name).exists() for name in named)
    dsc = said.partition("dpkg-source -x ")[2].split()[0]
    assert Path(dsc).is_file()
    assert "series why no-idle-updates demo --onto 2013.1" in said
    assert group.main(["status", "demo"], standalone_mode=False) == 0  # its upstreams are found


@pytest.mark.usefixtures("project")
def test_locked_refuses_a_first_run() -> None:
    with pytest.raises(SeriesError, match="does not pin"):
        demo("--locked")


def test_the_manifest_lies_in_the_package_or_in_the_source_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "src/patchseries/demo"
    monkeypatch.setattr(tour, "__file__", str(package / "tour.py"))
    with pytest.raises(ProgramError, match="the demonstration is not installed"):
        tour.manifest_bytes()
    for place in (tmp_path / "series", package):
        place.mkdir(parents=True)
        (place / "demo.toml").write_text(place.name)
        assert tour.manifest_bytes() == place.name.encode()
