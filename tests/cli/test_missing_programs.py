"""No git, or a git that cannot read its configuration: exit 5 from every command that needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from patchseries.errors import MachineError
from patchseries.sources.network import list_refs
from support.project import Project, Ran, demo_project

PATCH = "no-idle-updates"
COMMANDS = [
    ["fetch"],
    ["rebase"],
    ["test-apply"],
    ["build", "--onto", "2013.1.3"],
    ["run"],
    ["status"],
    ["check"],
    ["check", "--online"],
    ["report"],
    ["show", PATCH],
    ["diff", PATCH],
    ["why", PATCH],
    ["resolve", PATCH, "--onto", "2013.1.3"],
    ["accept", PATCH],
    ["checkout", "nova", "--onto", "2013.1.3"],
    ["port", "HEAD", "--onto", "HEAD", "--repo", "mirrors/demo/nova"],
]
NAMES = [" ".join(words) for words in COMMANDS]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A series that was ported, and whose upstreams are at hand."""
    made = demo_project(tmp_path_factory.mktemp("missing") / "p")
    assert made.run("rebase").status in (0, 1)
    return made


@pytest.fixture(scope="module")
def no_programs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which there is Python and nothing else."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "python3").symlink_to(sys.executable)
    return str(folder)


def says_what_to_do(done: Ran, *words: str) -> None:
    lines = done.err.splitlines()
    assert done.status == 5, done.err
    assert len(lines) == 1, lines
    assert all(part in lines[0] for part in words), lines


@pytest.mark.parametrize("words", COMMANDS, ids=NAMES)
def test_without_git(project: Project, no_programs: str, words: list[str]) -> None:
    before = project.state()
    done = project.run(*words, env={"PATH": no_programs})
    says_what_to_do(done, "git is not installed", "apt-get install git")
    assert project.state() == before


def test_a_batch_without_git_ends(project: Project, no_programs: str) -> None:
    """Not one line after the other that says the same."""
    line = '{"repo": "mirrors/demo/nova", "upstream": "HEAD", "onto": "HEAD"}\n'
    done = subprocess.run(
        [sys.executable, "-m", "patchseries", "port", "--batch"],
        cwd=project.root,
        env=project.environment | {"PATH": no_programs},
        input=line * 3,
        capture_output=True,
        text=True,
        check=False,
    )
    says_what_to_do(Ran(done.returncode, done.stdout, done.stderr), "git is not installed")


def test_without_dpkg(project: Project, no_programs: str, tmp_path: Path) -> None:
    shutil.rmtree(project.root / "build", ignore_errors=True)
    (tmp_path / "git").symlink_to(_where("git"))
    for name, package in (("tar", "tar"), ("gzip", "gzip"), ("dpkg-source", "dpkg-dev")):
        done = project.run(
            "build", "--onto", "2013.1.3", env={"PATH": f"{no_programs}{os.pathsep}{tmp_path}"}
        )
        assert done.status == 5, done.err
        if f"{name} is not installed" in done.err:
            assert f"apt-get install {package}" in done.err
        (tmp_path / name).symlink_to(_where(name))
    assert not list((project.root / "build").rglob("*.dsc"))


@pytest.mark.parametrize("words", COMMANDS, ids=NAMES)
def test_a_broken_configuration_of_git_is_named_or_not_needed(
    project: Project, tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / ".gitconfig").write_text("[user\nname = x\n")
    done = project.run(*words, env=_home(tmp_path))
    if done.status == 5:
        says_what_to_do(done, f"bad config line 1 in file {tmp_path}/.gitconfig", "correct the")
    assert done.status in (0, 1, 2, 5), done.err
    assert "bug" not in done.err


@pytest.mark.parametrize(
    "text", ["[user\n", '[user]\nname = "x\n', "[include]\npath = .gitconfig\n"]
)
def test_what_needs_the_configuration_names_the_file(
    project: Project, tmp_path: Path, text: str
) -> None:
    """`build` does, where nobody else says who the maintainer is; and so does fetching."""
    (tmp_path / ".gitconfig").write_text(text)
    who = {"DEBFULLNAME": "", "DEBEMAIL": ""}
    done = project.run("build", "--onto", "2013.1.3", env=_home(tmp_path) | who)
    says_what_to_do(done, f"{tmp_path}/.gitconfig", "correct the file")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path))
        with pytest.raises(MachineError, match=r"\.gitconfig"):
            list_refs(str(project.root / "mirrors/demo/nova"))


def _home(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def _where(program: str) -> str:
    found = shutil.which(program)
    assert found
    return found
