"""`series test`, killed or interrupted at any moment, goes on where it was, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.project import REPOSITORY
from support.suiteproject import TABLE, SuiteProject, suite_project, values

SLOW = b"a __import__('time').sleep(0.1) is None\nb B == 1\n"
STOCK = {"values": values(A=1, B=1), **{f"tests/t{n}": SLOW for n in range(4)}}
PATCHES = {"p": {"values": values(A=2, B=1)}, "q": {"values": values(A=2, B=0)}}
RUNS = 3 * 4 + 4 * 2  # four files on three trees; four that fail are run again, twice


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SuiteProject]:
    with suite_project(tmp_path, monkeypatch, STOCK, PATCHES, TABLE + 'select = "all"\n') as small:
        yield small


def stopped_after(project: SuiteProject, runs: int, how: signal.Signals) -> int:
    """The exit status of a run that gets a signal when so many files of tests were begun."""
    running = subprocess.Popen(
        # a background job is started with Ctrl-C ignored
        ["env", "--default-signal=INT", sys.executable, "-m", "patchseries", "test"],
        cwd=project.root,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "src")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while len(project.runs) < runs and time.monotonic() < until:
        time.sleep(0.01)
    running.send_signal(how)
    return running.wait(timeout=30)


def of_the_project(project: SuiteProject) -> list[str]:
    """The processes whose command line names the project."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(project.root).encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("how", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)]
)
def test_it_goes_on_where_it_was(project: SuiteProject, how: signal.Signals, status: int) -> None:
    begun = 0
    for more in (3, 6):
        assert stopped_after(project, begun + more, how) == status
        begun = len(project.runs)
    until = time.monotonic() + 5
    while of_the_project(project) and time.monotonic() < until:
        time.sleep(0.05)
    assert of_the_project(project) == []
    assert project.cells()["q"]["result"] == "breaks"
    assert len(project.runs) <= RUNS + 2  # what was running when it was stopped ran again
    scratch = project.folder / "cache" / "scratch"
    assert not [path for path in scratch.glob("tests-*") if path.is_dir()]
