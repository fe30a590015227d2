"""The Grizzly packages on real packaging and histories (SERIES_MIRRORS)."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from patchseries import process
from patchseries.environment import Inherit
from patchseries.files import directory_contents
from support.packages import our_patches
from support.tools import need

ROOT = Path(__file__).parents[2]
TOOLS = os.environ.get("SERIES_PRECISE_TOOLS")
STOCK = {"nova": "1:2013.1.2-0ubuntu1", "keystone": "2013.1.3-2"}

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the series, to build in."""
    root = tmp_path_factory.mktemp("real project")
    shutil.copytree(ROOT / "series", root / "series")
    shutil.copytree(ROOT / "patches/own", root / "patches/own")
    return root


def series(root: Path, *arguments: str, **env: str) -> Any:
    """What ``series ARGUMENTS --json`` says."""
    import sys

    settings = {
        "PYTHONPATH": str(ROOT / "src"),
        "DEBFULLNAME": "Ada Baker",
        "DEBEMAIL": "ada@example.org",
        **env,
    }
    done = process.run(
        [sys.executable, "-m", "patchseries", *arguments, "--json"],
        cwd=root,
        env=settings,
        inherit=Inherit.ALL,  # as a user's shell gives it: cache, state and mirrors
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("base", ["2013.1.2", "2013.1.3", "2013.1.5"])
def test_three_packages_on_real_packaging(project: Path, base: str, tmp_path: Path) -> None:
    need("dpkg-source", "quilt", "gbp", "dscverify")
    packages = series(project, "build", "grizzly", "--onto", base, "--skip-conflicts")["packages"]
    assert [p["source"] for p in packages] == ["nova", "quantum", "keystone"]
    for package in packages:
        assert package["verified"]
        if base in STOCK.get(package["source"], ""):
            assert package["version"] == STOCK[package["source"]] + "+0perf1"
        dsc, changes = Path(package["dsc"]), Path(package["changes"])
        process.run(["dscverify", "--nosigcheck", changes])
        _quilt(dsc, tmp_path / f"{package['source']}-quilt")
        _gbp(dsc, tmp_path / f"{package['source']}-gbp")
        _precise(dsc, tmp_path / f"{package['source']}-precise")
        given_back = {p.name: p.data for p in our_patches(dsc)}
        assert given_back == _ours(tmp_path / f"{package['source']}-quilt")


def test_the_same_bytes_wherever_it_is_built(project: Path, tmp_path: Path) -> None:
    need("dpkg-source")
    other = tmp_path / "else where"
    shutil.copytree(project, other, ignore=shutil.ignore_patterns("build"))
    first = series(project, "build", "grizzly", "--onto", "2013.1.3", "--project", "keystone")
    mask = os.umask(0o077)
    try:
        second = series(
            other,
            "build",
            "grizzly",
            "--onto",
            "2013.1.3",
            "--project",
            "keystone",
            TZ="Asia/Tokyo",
            DEB_BUILD_OPTIONS="parallel=9",
            XZ_OPT="-0",
            DEB_VENDOR="Ubuntu",
        )
    finally:
        os.umask(mask)
    assert first["packages"][0]["files"] == second["packages"][0]["files"]


def test_lintian_finds_nothing_that_the_stock_package_has_not(project: Path) -> None:
    need("dpkg-source", "lintian")
    done = series(project, "build", "grizzly", "--onto", "2013.1.3", "--check")
    found = [f for package in done["packages"] for f in package["findings"]]
    assert found
    assert [f for f in found if f["severity"] != "note"] == []


def _quilt(dsc: Path, tree: Path) -> None:
    process.run(["dpkg-source", "--no-check", "--skip-patches", "-x", dsc, tree])
    process.run(
        ["quilt", "--quiltrc=-", "push", "-a"], cwd=tree, env={"QUILT_PATCHES": "debian/patches"}
    )


def _gbp(dsc: Path, tree: Path) -> None:
    """gbp rewrites the packager's patches, which have no mail head; of ours not a byte."""
    process.run(["dpkg-source", "--no-check", "--skip-patches", "-x", dsc, tree])
    before = _ours(tree)
    for command in (
        ["git", "init", "-q", "-b", "master"],
        ["git", "add", "-Af", "."],
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "base"],
        ["gbp", "pq", "import"],
        ["gbp", "pq", "export", "--abbrev=40"],
    ):
        process.run(command, cwd=tree, env={"EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "A"})
    assert before
    assert _ours(tree) == before


def _precise(dsc: Path, tree: Path) -> None:
    """The dpkg-source and patch of precise, where they are at hand, unpack the same tree."""
    if not TOOLS:
        return
    now = tree.with_name(tree.name + "-now")
    process.run(["dpkg-source", "--no-check", "-x", dsc, now])
    process.run([Path(TOOLS, "dpkg-source"), "--no-check", "-x", dsc, tree])
    process.run(["diff", "-r", "--no-dereference", "-x", ".pc", now, tree])


def _ours(tree: Path) -> dict[str, bytes]:
    found = directory_contents(tree / "debian/patches")
    return {n: d for n, d in found.items() if re.match(r"\d{4}[.-].*\.patch$", n)}
