"""``series build``, ``publish`` and ``import``: from a manifest with packaging to an archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries import process
from patchseries.cli import group
from patchseries.debian.build import build
from patchseries.errors import ProgramError, SeriesError, UsageError
from support.packages import HOTTER, Upstream, packaging
from support.tools import need


@pytest.fixture
def dsc(upstream: Upstream) -> Path:
    need("dpkg-source", "xz")
    package = build(upstream.request(HOTTER, {"README": b"Hot.\n"}))
    return package.directory / package.dsc


@pytest.fixture
def project(upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder whose series patches the oven on packaging that patches README."""
    need("dpkg-source", "xz")
    base = upstream.base()
    upstream.repository.run("update-ref", "refs/tags/1.0", base.commit)
    root = tmp_path / "project"
    (root / "series").mkdir(parents=True)
    (root / "patches/own").mkdir(parents=True)
    patch = upstream.patch(base.tree, upstream.tree(HOTTER, base.tree))
    (root / "patches/own/hotter.patch").write_bytes(patch.data)
    theirs = upstream.patch(base.tree, upstream.tree({"README": b"Debian's.\n"}, base.tree))
    given = packaging({"patches/theirs.patch": theirs.data, "patches/series": b"theirs.patch\n"})
    for name, file in given.debian.items():
        path = root / "oven-debian" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    (root / "series/fast.toml").write_text(
        f"""schema = 1
[series]
name = "fast"
[project.oven]
repository = "{upstream.repository.git_dir}"
bases = ["1.0"]
packaging = {{ folder = "oven-debian" }}
[[patch]]
name = "hotter"
project = "oven"
source = {{ file = "own/hotter.patch" }}
options = ["oven.conf, [DEFAULT] heat: how hot"]
"""
    )
    monkeypatch.chdir(root)
    monkeypatch.setenv("DEBFULLNAME", "Ada Baker")
    monkeypatch.setenv("DEBEMAIL", "ada@example.org")
    return root


def series(*arguments: str) -> Any:
    """What ``series ARGUMENTS --json`` says."""
    done = CliRunner().invoke(group, [*arguments, "--json"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout)


def test_build_puts_the_series_on_top_of_the_packaging(project: Path) -> None:
    (row,) = series("build")["packages"]
    assert row["verified"]
    assert row["version"] == "1:1.0-1+0fast1"
    tree = project / "x"
    process.run(["dpkg-source", "--no-check", "-x", row["dsc"], tree])
    assert (tree / "README").read_bytes() == b"Debian's.\n"
    assert (tree / "oven/bake.py").read_bytes() == HOTTER["oven/bake.py"]
    assert "heat: how hot" in (tree / "debian/NEWS").read_text()
    assert series("build")["packages"] == [row]


TESTS = """
[project.oven.tests]
command = ["sh", "-c", "grep -q Debian README && grep -q 'heat = {heat}' oven/bake.py"]
format = "exit-status"
"""


def test_build_with_tests_refuses_what_breaks_them(project: Path) -> None:
    """They are run on what is packaged: with the packager's own patch, which `series test` has not.

    Without --test nothing is run.
    """
    manifest = project / "series/fast.toml"
    text = manifest.read_text()
    with pytest.raises(UsageError, match="does not say how tests are run"):
        series("build", "--test")
    manifest.write_text(text + TESTS.format(heat=180))
    with pytest.raises(SeriesError, match=r"(?s)not built.*hotter on 1\.0 breaks 1 test"):
        series("build", "--test")
    assert not (project / "build").exists()
    assert series("build")["packages"][0]["verified"]
    manifest.write_text(text + TESTS.format(heat=""))
    assert series("build", "--test")["packages"][0]["verified"]
    assert not series("test")["ok"]


def test_a_packagers_patch_that_does_not_apply_stops_the_build(project: Path) -> None:
    patch = project / "oven-debian/patches/theirs.patch"
    patch.write_bytes(patch.read_bytes().replace(b"-An oven.", b"-A stove."))
    with pytest.raises(
        SeriesError, match=r"(?s)1 of the packager's patches does.*theirs\.patch: README"
    ):
        series("build")
    assert not (project / "build").exists()


@pytest.mark.usefixtures("project")
def test_publish_hands_on_what_was_built_and_nothing_else() -> None:
    need("dput")
    with pytest.raises(UsageError, match="no package was built"):
        series("publish", "shelf")
    (row,) = series("build")["packages"]
    with pytest.raises(ProgramError, match="was not uploaded to nowhere"):
        series("publish", "nowhere", "--dry-run")
    Path(row["dsc"]).write_text("changed")
    with pytest.raises(SeriesError, match="changed after the build"):
        series("publish", "shelf")
