"""Output that cannot be written: full, closed, or a pipe that nobody reads."""

from __future__ import annotations

import errno
import os
import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from patchseries.cli import COMMANDS, group
from support.project import Project, demo_project

FULL = Path("/dev/full")
PRINTING = (
    "--help",
    "--version",
    "fetch --json",
    "rebase",
    "rebase --json",
    "test-apply --json",
    "status",
    "status --json",
    "status --format csv",
    "check",
    "check --json",
    "check --format sarif",
    "show keystone-workers",
    "show keystone-workers --json",
    "diff keystone-workers",
    "undo --list",
    "undo --list --json",
    "undo --json -n",
    *(f"{name} --help" for name in COMMANDS if group.get_command(None, name)),  # type: ignore[arg-type]
)
FAILING = {"nosuch": 2, "why nosuch": 2, "why nosuch --json": 2, "undo 99 --json": 2}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = demo_project(tmp_path_factory.mktemp("output") / "p")
    made.run("rebase")
    return made


def run(project: Project, words: str, shell: str) -> tuple[int, str]:
    """The status, and what stderr got, of ``series WORDS`` with streams as *shell* says."""
    done = subprocess.run(
        ["bash", "-c", f"exec {shlex.quote(sys.executable)} -m patchseries {words} {shell}"],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", PRINTING)
def test_full(project: Project, words: str) -> None:
    status, said = run(project, words, f">{FULL}")
    assert status == 5
    assert said.splitlines()[-1].startswith(
        "series: cannot write the output (No space left on device)"
    )
    assert "Traceback" not in said
    assert said.count("cannot write") == 1


@pytest.mark.parametrize("words", PRINTING[:18])
def test_closed(project: Project, words: str) -> None:
    status, said = run(project, words, ">&-")
    assert (status, said.count("cannot write the output (Bad file descriptor)")) == (5, 1)
    assert "Traceback" not in said


@pytest.mark.parametrize("words", PRINTING[:18])
def test_nothing_can_be_written(project: Project, words: str) -> None:
    assert run(project, words, f">{FULL} 2>&1")[0] == 5
    assert run(project, words, ">&- 2>&- <&-")[0] == 5


@pytest.mark.parametrize("words", FAILING)
@pytest.mark.parametrize("shell", [f">{FULL}", ">&-", f"2>{FULL}", "2>&-", f">{FULL} 2>&1"])
def test_an_error_keeps_its_status(project: Project, words: str, shell: str) -> None:
    status, said = run(project, words, shell)
    assert status == FAILING[words]
    assert "Traceback" not in said
    assert "cannot write" not in said


@pytest.mark.parametrize("words", ["rebase --onto 2013.1.3", "status --json", "--help", "check"])
def test_only_the_error_stream_is_lost(project: Project, words: str) -> None:
    usual = run(project, words, "")[0]
    assert run(project, words, f"2>{FULL}")[0] == usual
    assert run(project, words, "2>&-")[0] == usual


@pytest.mark.parametrize("words", PRINTING[:18])
def test_a_reader_that_went_away(project: Project, words: str) -> None:
    """Quietly: with its own status, or as the signal says, never with that of findings."""
    usual = run(project, words, "")[0]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "patchseries", *words.split()],
        cwd=project.root,
        env=project.environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert done.returncode in (usual, -13)
    assert b"cannot" not in done.stderr
    assert b"Traceback" not in done.stderr


def no_file_grows() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(
    "words",
    [
        "fetch",
        "rebase",
        "status",
        "status --record",
        "check",
        "check --json",
        "report",
        "build",
        "run",
        "undo",
        "undo --list",
        "demo",
        "resolve no-idle-updates --take theirs -m x",
        "accept keystone-workers --yes",
        "test-apply",
    ],
)
def test_every_file_is_full(project: Project, words: str, tmp_path: Path) -> None:
    """No file may grow: each command is done, or says what it could not write."""
    before = project.state()
    cache = {"SERIES_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-B", "-m", "patchseries", *words.split()],
        cwd=project.root,
        env=project.environment | cache,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=no_file_grows,
    )
    assert project.state() == before
    assert "Traceback" not in done.stderr
    if words == "undo --list":
        assert done.returncode == 0
        return
    if words.startswith("check"):  # the gate goes on: what it could not look at is a finding
        assert done.returncode == 1
        assert "not-at-hand" in done.stdout
        return
    assert done.returncode == 5
    (line,) = done.stderr.splitlines()
    assert line.startswith("series: ")
    assert any(words in line for words in (os.strerror(errno.EFBIG), "SIGXFSZ", "disk I/O error"))


@pytest.mark.usefixtures("unmeasured")
def test_a_bug_without_room_for_its_log(project: Project, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import patchseries.cli\n"
        "def fail(*_, **__): raise ZeroDivisionError\n"
        "patchseries.cli.group.main = fail\n"
    )
    path = f"{tmp_path}{os.pathsep}{project.environment['PYTHONPATH']}"
    done = subprocess.run(
        [sys.executable, "-B", "-m", "patchseries", "status"],
        cwd=project.root,
        env=project.environment | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=no_file_grows,
    )
    assert done.returncode == 70
    (line,) = done.stderr.splitlines()
    assert "a bug in series (ZeroDivisionError)" in line
    assert "sitecustomize.py:2" in line
