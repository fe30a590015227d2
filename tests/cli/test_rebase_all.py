"""`series rebase --all`: every series of the project; what is wrong with one stops no other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchseries.errors import MachineError, UpstreamError, UsageError
from patchseries.pipeline import rebaseall
from patchseries.pipeline.session import Session
from patchseries.pipeline.sidebyside import side_by_side
from patchseries.progress import ProgressCallback
from support.small_series import MANIFEST, SmallSeries, enter, small_series

LOST = """\
schema = 1
[series]
name = "lost"
[project.project]
repository = "file:///nonexistent/nobody/lost.git"
bases = ["1.0"]
[[patch]]
name = "p"
project = "project"
source = { commit = "0123456789012345678901234567890123456789" }
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    """The small series, as the current directory."""
    with small_series(tmp_path) as made:
        enter(made, monkeypatch, tmp_path)
        yield made


def add_series(small: SmallSeries, name: str, bases: str = '["1.0"]') -> None:
    """Another series of the same patches; on 1.0 all of them are clean."""
    text = MANIFEST.format(retry=small.retry, log=small.log)
    text = text.replace('"small"', f'"{name}"').replace('["1.0", "1.1", "1.2"]', bases)
    (small.root / f"series/{name}.toml").write_text(text)


def states(document: Any) -> dict[str, int]:
    """The exit status of each series."""
    return {row["name"]: row["exit_status"] for row in document["series"]}


def test_one_that_fails_stops_no_other(small: SmallSeries) -> None:
    add_series(small, "zebra")
    (small.root / "series/broken.toml").write_text("schema = 1\n")
    (small.root / "series/lost.toml").write_text(LOST)
    document = small.json("rebase", "--all")
    assert states(document) == {"broken": 3, "lost": 4, "small": 1, "zebra": 0}
    assert document["ok"] is False
    rows = {row["name"]: row for row in document["series"]}
    assert rows["zebra"]["error"] is None
    assert rows["lost"]["error"]["message"].startswith("cannot fetch from file:///nonexistent/")
    assert (small.root / "patches/zebra/1.0/project/series").read_text().count("\n") == 2
    files = small.tracked()
    assert {"series/small.lock", "series/zebra.lock"} <= files.keys()
    alone = small.json("rebase", "small")
    assert {key: rows["small"][key] for key in ("cells", "findings")} == {
        key: alone[key] for key in ("cells", "findings")
    }
    assert small.json("rebase", "zebra")["cells"] == rows["zebra"]["cells"]
    assert small.tracked() == files


def test_the_summary(small: SmallSeries) -> None:
    add_series(small, "zebra")
    (small.root / "series/broken.toml").write_text("schema = 1\n")
    code, output = small.run("rebase", "--all")
    assert code == 3
    lines = output.split("\n")
    assert "small   6      4 clean, 2 conflict" in lines
    assert "zebra   2      2 clean" in lines
    assert any(line.startswith("conflict: retry on 1.1: call.py (") for line in lines)
    assert "→ `series why retry small --onto 1.1` shows why" in lines
    assert any(line.startswith("series: broken: ") and "broken.toml" in line for line in lines)
    assert lines[-2].startswith("3 series: 1 without conflict, 1 with conflicts, 1 failed; ")
    assert lines[-2].endswith(" files written")


def test_all_of_it_is_one_change(small: SmallSeries) -> None:
    add_series(small, "zebra")
    before = small.tracked()
    small.run("rebase", "--all")
    assert small.tracked() != before
    small.run("undo")
    assert small.tracked() == before


def test_a_dry_run_writes_nothing(small: SmallSeries) -> None:
    before = small.tracked()
    code, output = small.run("rebase", "--all", "-n")
    assert (code, small.tracked()) == (1, before)
    assert "files would change" in output


def test_a_patch_that_was_edited_by_hand_stops_its_series_alone(small: SmallSeries) -> None:
    add_series(small, "zebra")
    small.run("rebase", "--all")
    (edited,) = (small.root / "patches/zebra/1.0/project").glob("*retry.patch")
    edited.write_bytes(edited.read_bytes() + b"by hand\n")
    shutil.rmtree(small.root / "patches/small")
    document = small.json("rebase", "--all")
    assert states(document) == {"small": 1, "zebra": 1}
    assert "was edited by hand" in document["series"][1]["error"]["message"]
    assert (small.root / "patches/small").exists()
    assert edited.read_bytes().endswith(b"by hand\n")
    assert states(small.json("rebase", "--all", "--overwrite")) == {"small": 1, "zebra": 0}
    assert not edited.read_bytes().endswith(b"by hand\n")


def test_locked_refuses_a_difference_of_each(small: SmallSeries) -> None:
    add_series(small, "zebra")
    small.run("rebase", "--all")
    (small.root / "series/zebra.lock").unlink()
    small.run("fetch", "zebra")
    assert states(small.json("rebase", "--all", "--locked")) == {"small": 1, "zebra": 3}


def test_a_second_time_nothing_is_ported(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_series(small, "zebra")
    first = small.json("rebase", "--all")
    files = small.tracked()
    monkeypatch.setattr(rebaseall, "_port", lambda *_: pytest.fail("ported again"))
    assert small.json("rebase", "--all") == first
    assert small.tracked() == files


def test_it_is_the_same_with_any_number_of_processes(
    small: SmallSeries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("alpha", "beta", "gamma"):
        add_series(small, name)
    (small.root / "series/lost.toml").write_text(LOST)
    forked: list[int] = []

    def watched(work: Any, things: Any, jobs: int, hear: ProgressCallback) -> list[Any]:
        forked.append(len(things))
        return side_by_side(work, things, jobs, hear)

    monkeypatch.setattr(rebaseall, "side_by_side", watched)
    results = []
    for jobs in ("1", "2"):
        monkeypatch.setenv("SERIES_CACHE", str(tmp_path / f"cache{jobs}"))
        results.append((small.json("rebase", "--all", "-j", jobs), small.tracked()))
        shutil.rmtree(small.root / "patches")
        for lock in (small.root / "series").glob("*.lock"):
            lock.unlink()
    assert forked == [3]  # the small series is half of all: that one has both processes
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("owner", "step"), [(Session, "cached"), (Session, "fetch"), (rebaseall, "_port")]
)
def test_what_the_machine_lacks_ends_it(
    owner: Any, step: str, small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = UpstreamError("it is not in the cache")

    def fail(one: Any, *_: Any) -> Any:
        offline = step == "fetch" and one.fetching.offline  # as the cache is asked before it
        raise absent if offline else MachineError("git is not installed")

    monkeypatch.setattr(owner, step, fail)
    before = small.tracked()
    with pytest.raises(MachineError):
        small.run("rebase", "--all", "-j1")
    assert small.tracked() == before


@pytest.mark.parametrize(
    "words", [("small",), ("--onto", "1.0"), ("--project", "project"), ("--patch", "log")]
)
def test_a_part_of_all_is_wrong_usage(small: SmallSeries, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="--all takes every series whole"):
        small.run("rebase", "--all", *words)


def test_what_is_offline_is_told_of_each(small: SmallSeries) -> None:
    add_series(small, "zebra")
    document = small.json("rebase", "--all", "--offline")
    assert states(document) == {"small": 4, "zebra": 4}
    assert json.dumps(document).count("is not in the cache") == 2
