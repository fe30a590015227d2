"""A stranger's program is bounded, whatever it does, and nothing of it is left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from patchseries.environment import environment
from patchseries.errors import MachineError
from patchseries.process import bounded
from patchseries.process.bounded import BoundedRun, Limits, RunEnd, run_bounded


def sh(folder: Path, script: str, **bounds: Any) -> RunEnd:
    out, err, watched = (folder / name for name in ("out", "err", "watched"))
    argv = ["sh", "-c", script]
    run = BoundedRun(argv, folder, environment(), out, err, (watched,), folder)
    return run_bounded(run, Limits(**({"seconds": 20, "silent": 20} | bounds)))


def is_running(pid: str) -> bool:
    try:
        status = Path("/proc", pid.strip(), "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_one_that_ends_is_read(tmp_path: Path) -> None:
    assert sh(tmp_path, "echo out; echo err >&2; exit 3") == RunEnd(3)
    assert (tmp_path / "out").read_bytes() == b"out\n"
    assert (tmp_path / "err").read_bytes() == b"err\n"


SLEEPER = "sh -c 'echo $$ >pid; exec sleep 60'"
"""It writes its own process id: that of what a shell starts in a shell is not known there."""
UNTIL_IT_SLEEPS = "until test -s pid; do sleep 0.01; done"


@pytest.mark.parametrize("start", ["{} &", "setsid {} &", "(setsid {} &) &"])
def test_what_it_started_is_ended_with_it(tmp_path: Path, start: str) -> None:
    assert sh(tmp_path, f"{start.format(SLEEPER)} {UNTIL_IT_SLEEPS}") == RunEnd(0)
    assert not is_running((tmp_path / "pid").read_text())


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = "import pathlib, sys\nfrom process.test_bounded import *\n"
    code += "sh(pathlib.Path(sys.argv[1]), 'exec ' + SLEEPER)"
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", code, tmp_path], env=os.environ | path)
    until = time.monotonic() + 20
    while not bounded._size(tmp_path / "pid") and time.monotonic() < until:
        time.sleep(0.01)
    parent.send_signal(signal.SIGKILL)
    assert parent.wait() == -signal.SIGKILL
    pid = (tmp_path / "pid").read_text()
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_running(pid)


@pytest.mark.parametrize("where", ["", ">&2", ">>watched"])
def test_one_that_writes_is_not_silent(tmp_path: Path, where: str) -> None:
    script = f"for n in 1 2 3 4 5; do echo $n {where}; sleep 0.3; done"
    assert sh(tmp_path, script, silent=1) == RunEnd(0)


def test_one_that_empties_its_file_is_not_silent(tmp_path: Path) -> None:
    script = "for n in 1 2 3 4; do echo x >watched; sleep 0.2; : >watched; sleep 0.2; done"
    assert sh(tmp_path, script, silent=1) == RunEnd(0)


def test_nothing_comes_on_its_input(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    before = os.dup(0)
    os.dup2(ours, 0)
    try:
        assert sh(tmp_path, "cat", seconds=2) == RunEnd(0)
    finally:
        os.dup2(before, 0)
        for descriptor in (before, ours, theirs):
            os.close(descriptor)


@pytest.mark.parametrize(
    ("script", "bounds", "words"),
    [
        ("sleep 60", {"seconds": 0.3}, r"did not end within 0\.3 s"),
        ("sleep 60", {"silent": 0.3}, r"wrote nothing for 0\.3 s"),
        ("trap '' TERM; while :; do :; done", {"seconds": 0.3}, "did not end"),
        ("cat /dev/urandom", {"output": 1 << 20}, "printed more than 1 MiB"),
        ("cat /dev/urandom >&2", {"output": 1 << 20}, "printed more than 1 MiB"),
        ("cat /dev/urandom >watched", {"output": 1 << 20}, "printed more than 1 MiB"),
        (
            "mkdir -p a/b; i=0; while :; do i=$((i+1)); head -c 99999 /dev/zero >a/b/f$i; done",
            {"disk": 8 << 20},
            "8 MiB",
        ),
    ],
)
def test_one_that_goes_too_far_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, bounds: Any, words: str
) -> None:
    monkeypatch.setattr(bounded, "_COUNT", 0.1)
    begun = time.monotonic()
    end = sh(tmp_path, script, **bounds)
    assert re.search(words, end.stopped), end
    assert end.status < 0
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("where", ["", ">&2", ">watched"])
def test_what_it_may_write_it_may_write_whole(tmp_path: Path, where: str) -> None:
    write = f"head -c {{}} /dev/zero {where}"
    assert sh(tmp_path, write.format(1 << 20), output=1 << 20) == RunEnd(0)
    end = sh(tmp_path, write.format((1 << 20) + 1), output=1 << 20)
    assert end == RunEnd(-signal.SIGKILL, "it printed more than 1 MiB")


def test_what_lies_in_a_directory_is_counted_as_du_counts_it(tmp_path: Path) -> None:
    place, outside = tmp_path / "place", tmp_path / "outside"
    for number in range(3):
        (place / f"{number}" / "deep").mkdir(parents=True)
        (place / f"{number}" / "deep" / "file").write_bytes(b"x" * 10_000 * number)
    (outside / "deep").mkdir(parents=True)
    (outside / "deep" / "large").write_bytes(b"x" * 1_000_000)
    (place / "link").symlink_to(outside)
    (place / "file").symlink_to(outside / "deep" / "large")
    (place / "dangling").symlink_to("nowhere")
    done = subprocess.run(["du", "-s", "-B", "1", place], capture_output=True, check=True)
    itself = place.stat().st_blocks * 512
    assert bounded._taken(place, 1 << 30) == int(done.stdout.split()[0]) - itself
    assert bounded._taken(tmp_path / "none", 1 << 30) == 0


def test_what_is_beyond_the_bound_counts_also_where_a_part_fills_it(tmp_path: Path) -> None:
    parts = [tmp_path / name for name in ("a", "b", "c")]
    for part in parts:
        part.mkdir()
        (part / "file").write_bytes(b"x" * 100_000)
    one = bounded._taken(parts[0], 1 << 30)
    whole = bounded._taken(tmp_path, 1 << 30)
    for enough in range(0, whole, 512):
        assert bounded._taken(tmp_path, enough) > enough
    assert one < whole


def test_a_directory_may_be_filled_to_the_last_byte(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    taken = bounded._taken(tmp_path, 1 << 30)
    out, err = tmp_path / "out", tmp_path / "err"
    run = BoundedRun(["true"], tmp_path, environment(), out, err, (), tmp_path)
    assert bounded._excess(run, Limits(60, 60, disk=taken), "none") == ""
    assert (
        bounded._excess(run, Limits(60, 60, disk=taken - 1), "none") == "it wrote more than 0 MiB"
    )


def test_nothing_of_one_that_is_ended_is_left_to_be_waited_for(tmp_path: Path) -> None:
    sh(tmp_path, "echo $$ >pid; exec sleep 60", seconds=0.2)
    assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()


def test_one_that_forks_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "_COUNT", 0.05)
    monkeypatch.setattr(bounded, "MOST_PROCESSES", 30)
    end = sh(tmp_path, "while :; do setsid sleep 50 & sleep 0.002; done")
    assert "more than 30 processes" in end.stopped


def test_so_many_processes_are_not_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "_COUNT", 0)
    monkeypatch.setattr(bounded, "MOST_PROCESSES", 1)
    assert sh(tmp_path, "exec sleep 0.2") == RunEnd(0)
    assert sh(tmp_path, "sleep 30; :").stopped == "it started more than 1 processes"


def test_a_file_and_memory_are_the_kernels_care(tmp_path: Path) -> None:
    assert sh(tmp_path, "head -c 9000000 /dev/zero > f", file=1 << 20).status != 0
    assert (tmp_path / "f").stat().st_size == 1 << 20
    sh(tmp_path, "ulimit -c")
    assert (tmp_path / "out").read_bytes() == b"0\n"  # no core is dumped
    code = "python3 -c 'bytearray(1 << 30)'"
    assert sh(tmp_path, code, memory=300 << 20).status == 1
    assert b"MemoryError" in (tmp_path / "err").read_bytes()


def test_one_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    out, err = tmp_path / "out", tmp_path / "err"
    run = BoundedRun(["true"], tmp_path / "none", environment(), out, err, (), tmp_path)
    with pytest.raises(MachineError, match="true could not be started"):
        run_bounded(run, Limits(60, 60))


def test_what_looks_on_may_end_it(tmp_path: Path) -> None:
    def look() -> None:
        raise KeyboardInterrupt

    out, err = tmp_path / "out", tmp_path / "err"
    run = BoundedRun(["sleep", "60"], tmp_path, environment(), out, err, (), tmp_path)
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_bounded(run, Limits(60, 60), look)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(("there", "missing"), [((), "prlimit"), (("prlimit",), "setpriv")])
def test_without_what_bounds_it_nothing_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], missing: str
) -> None:
    for program in there:
        (tmp_path / program).symlink_to(shutil.which(program) or "")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineError, match=f"{missing} is not installed; apt-get install util-lin"):
        sh(tmp_path, "touch ran")
    assert not (tmp_path / "ran").exists()
