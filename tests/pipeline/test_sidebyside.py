"""ForkedWork in other processes: the same results in the same order, errors, words, and Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from patchseries.errors import ProgramError, SeriesError, UpstreamError
from patchseries.files import read_sealed
from patchseries.model import CommitId
from patchseries.pipeline.sidebyside import ForkedWork, side_by_side
from patchseries.progress import ProgressCallback, no_progress
from support.longseries import long_series
from support.small_series import SmallSeries, enter
from support.upstreams import Upstream


def _square(start: int, number: int, say: ProgressCallback) -> tuple[int, int]:
    say(f"squaring {number}")
    return number * number, start


def test_results_come_in_order_from_other_processes() -> None:
    said: list[str] = []
    done = side_by_side(ForkedWork(os.getpid, _square), range(9), 3, said.append)
    assert [square for square, _ in done] == [n * n for n in range(9)]
    assert os.getpid() not in {process for _, process in done}
    assert sorted(said) == sorted(f"squaring {n}" for n in range(9))


def _failing(_: int, number: int, __: ProgressCallback) -> int:
    if number == 5:
        raise UpstreamError("five", hint="take six")
    if number == 7:
        raise SeriesError("seven")
    return number


def test_the_error_of_the_first_thing_comes_back_whole() -> None:
    with pytest.raises(UpstreamError) as caught:
        side_by_side(ForkedWork(os.getpid, _failing), range(9), 2, no_progress)
    assert (caught.value.message, caught.value.hint) == ("five", "take six")


def _killed(_: int, number: int, __: ProgressCallback) -> int:
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_process_that_is_killed_is_no_bug_of_ours() -> None:
    with pytest.raises(ProgramError, match="was killed"):
        side_by_side(ForkedWork(os.getpid, _killed), range(9), 2, no_progress)


_SLOW = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run behind a shell
from patchseries.pipeline.sidebyside import ForkedWork, side_by_side
def slow(_, number, say):
    say(str(os.getpid()))
    time.sleep(60)
def hear(words):
    print(words, flush=True)
side_by_side(ForkedWork(lambda: None, slow), range(4), 2, hear)
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_the_processes_end_with_this_one(tmp_path: Path, sent: signal.Signals) -> None:
    (tmp_path / "slow.py").write_text(_SLOW)
    with subprocess.Popen(
        [sys.executable, tmp_path / "slow.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        children = [int(parent.stdout.readline()) for _ in range(2)]
        parent.send_signal(sent)
        parent.wait(30)
    end = time.monotonic() + 30
    while any(_runs(child) for child in children):
        assert time.monotonic() < end, "a process was left behind"
        time.sleep(0.05)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # nobody waits for it in a container without init


def test_a_series_is_the_same_with_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = long_series(tmp_path, 10)
    small = SmallSeries(root, Upstream(tmp_path / "other.git"), CommitId(""), CommitId(""))
    enter(small, monkeypatch, tmp_path)
    forked: list[int] = []

    def watched(work: Any, things: Any, jobs: int, hear: ProgressCallback) -> list[Any]:
        forked.append(jobs)
        return side_by_side(work, things, jobs, hear)

    monkeypatch.setattr("patchseries.pipeline.rebase.side_by_side", watched)
    results = []
    for jobs in ("1", "2"):
        monkeypatch.setenv("SERIES_CACHE", str(tmp_path / f"cache{jobs}"))
        rebased = small.json("rebase", "-j", jobs)
        ports = json.loads(read_sealed(tmp_path / f"cache{jobs}/ports/small.json"))
        results.append((rebased, small.tracked(), ports))
        shutil.rmtree(root / "patches")
        (root / "series/small.lock").unlink()
    assert forked == [2]
    assert results[0] == results[1]
