"""The layout of the repository: its top level, and where tests and their modules lie."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.tools import need

ROOT = Path(__file__).parent.parent

TOP = {"pyproject.toml", "series", "patches", "src", "build", "tests", "CHANGELOG.md"}
BESIDE = {
    "README.md",
    "LICENSE",
    "Makefile",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs",
    "tools",
    ".gitignore",
    ".ci",
}


def git(*words: str) -> list[str]:
    """The lines that git prints in this repository."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone: nothing is tracked")
def test_the_top_level() -> None:
    assert {path.split("/")[0] for path in git("ls-files")} == TOP | BESIDE


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone: nothing is tracked")
def test_build_is_in_a_clone_and_what_is_made_there_is_not() -> None:
    assert git("ls-files", "build") == ["build/.gitignore"]
    made = ["build/demo/report.html", "build/demo/.hidden", "build/x"]
    assert git("check-ignore", *made) == made


def test_make_clean_leaves_build_as_in_a_fresh_clone(tmp_path: Path) -> None:
    need("make")
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "build", tmp_path / "build", ignore=lambda _, names: set(names))
    kept = shutil.copy(ROOT / "build" / ".gitignore", tmp_path / "build")
    (tmp_path / "build" / "demo" / "2013.1").mkdir(parents=True)
    (tmp_path / "build" / "demo" / "report.html").write_text("x")
    (tmp_path / "build" / ".hidden").write_text("x")
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [str(p) for p in (tmp_path / "build").iterdir()] == [str(kept)]
