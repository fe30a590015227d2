"""Killed (SIGKILL) at random moments: the next start finds the old state or the new, and says so.

``make soak-kill KILLS=200`` runs it that often; the suite, a few times.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import click
import pytest

from patchseries import process
from patchseries.cli import group
from patchseries.journal import commit
from support.small_series import HEAD, MERGED, TAIL, SmallSeries, text

MOMENTS = int(os.environ.get("SOAK_KILL", "14"))
_WRITING = (
    "open",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.remove",
    "os.chmod",
    "subprocess.Popen",
    "shutil.rmtree",
    "shutil.copytree",
    "tempfile.mkdtemp",
)
"""The audit events (PEP 578) that count as moments."""

Prepare = Callable[[SmallSeries], None]


def fresh(_: SmallSeries) -> None:
    """As it is."""


def resolved(small: SmallSeries) -> None:
    small.run("resolve", "retry", "--take", "both", "-m", "x")


def rebased(small: SmallSeries) -> None:
    resolved(small)
    small.run("rebase")


def edited(small: SmallSeries) -> None:
    small.run("rebase")
    small.run("resolve", "retry", "--onto", "1.1")
    typed_file(small).write_bytes(text(HEAD, MERGED, TAIL))


def branched(small: SmallSeries) -> None:
    rebased(small)
    small.run("checkout", "project", "--onto", "1.1", "work")
    (small.root / "work/log.py").write_bytes(b"louder\n")
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@test.invalid")
    words = ("commit", "--quiet", "--all", "--amend", "--no-edit")
    process.run(["git", "-C", small.root / "work", *who, *words])


def typed_file(small: SmallSeries) -> Path:
    return small.conflicts / "small-retry@1.1/tree/call.py"


KEPT = ("project", "state")


def restore(start: Path, folder: Path) -> None:
    """Give *folder* the content of *start*; it stays the same directory, as the state wants."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(start, folder, symlinks=True, dirs_exist_ok=True)


CASES: dict[str, tuple[Prepare, tuple[str, ...]]] = {
    "rebase": (resolved, ("rebase",)),
    "accept": (rebased, ("accept", "retry", "--yes")),
    "take": (fresh, ("resolve", "retry", "--take", "theirs", "-m", "x")),
    "open": (fresh, ("resolve", "retry", "--onto", "1.1")),
    "continue": (edited, ("resolve", "--continue", "-m", "x")),
    "refresh": (branched, ("refresh", "work", "--yes")),
    "undo": (rebased, ("undo",)),
}


def run_killed(words: tuple[str, ...], moment: int) -> tuple[int, bool]:
    """Run a command in a child, killed at its *moment*-th event (0: never): events, was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        seen = 0

        def audit(event: str, _: object) -> None:
            nonlocal seen
            if event in _WRITING:
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(audit)
        try:
            with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
                group.main(list(words), standalone_mode=False)
        finally:
            os.write(writing, str(seen).encode())
            os._exit(0)
    os.close(writing)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(reading) as pipe:
        return int(pipe.read() or 0), os.WIFSIGNALED(status)


@pytest.mark.parametrize("name", CASES)
def test_old_or_new(small: SmallSeries, name: str, tmp_path: Path) -> None:
    prepare, words = CASES[name]
    prepare(small)
    small.run("fetch")
    old = small.tracked()
    start = tmp_path / "start"
    for part in KEPT:
        shutil.copytree(tmp_path / part, start / part, symlinks=True)
    events, _ = run_killed(words, 0)
    new = small.tracked()
    assert (old != new) == (name != "open")
    chance = random.Random(name)
    killed = 0
    for _ in range(max(1, MOMENTS // len(CASES))):
        for part in KEPT:
            restore(start / part, tmp_path / part)
        killed += run_killed(words, chance.randint(1, events))[1]
        _, said = small.run("undo", "--list")
        found = small.tracked()
        assert found in (old, new)
        if "interrupted" in said:
            assert ("now written" in said) == (found == new)
        small.run("resolve", "--status")
        if name == "continue":
            assert found == new or typed_file(small).read_bytes() == text(HEAD, MERGED, TAIL)
        run_killed(words, 0)  # what was interrupted can be done again
        if name != "undo":
            assert small.tracked() in (old, new) if name == "open" else small.tracked() == new
    assert killed


def outputs(root: Path) -> dict[str, bytes]:
    """The files of the package on 1.1."""
    folder = root / "build/small/1.1/project"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_a_killed_build(small: SmallSeries, tmp_path: Path) -> None:
    """The package is the old one or the new, its record with it, and nothing else stays."""
    rebased(small)
    words = ("build", "--onto", "1.1", "--allow-unreviewed", "--urgency")
    small.run(*words, "low")
    old = outputs(small.root)
    start = tmp_path / "start"
    for part in KEPT:
        shutil.copytree(tmp_path / part, start / part, symlinks=True)
    events, _ = run_killed((*words, "high"), 0)
    new = outputs(small.root)
    chance = random.Random("build")
    killed = 0
    for number in range(max(2, MOMENTS // (len(CASES) + 1))):
        for part in KEPT:
            restore(start / part, tmp_path / part)
        moment = events - number * 3 if number < 8 else chance.randint(1, events)
        killed += run_killed((*words, "high"), moment)[1]
        found = outputs(small.root)
        assert found in (old, new)
        assert b'"number": 1' in old["series-build.json"]
        assert b'"number": 2' in new["series-build.json"]
        run_killed((*words, "high"), 0)
        assert outputs(small.root) == new
        assert [p.name for p in (small.root / "build/small/1.1").iterdir()] == ["project"]
    assert killed


def test_an_interrupted_undo_is_not_done_twice(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted after it was decided, the same command again finishes it, and undoes no more."""
    rebased(small)
    before = small.tracked()
    monkeypatch.setattr(sys, "argv", ["series", "accept", "retry", "--yes"])
    small.run("accept", "retry", "--yes")
    assert small.tracked() != before
    monkeypatch.setattr(sys, "argv", ["series", "undo"])
    with monkeypatch.context() as patch:
        patch.setattr(commit, "_finish_decided", interrupt)
        with pytest.raises((KeyboardInterrupt, click.Abort)):
            small.run("undo")
    assert small.tracked() != before
    _, said = small.run("undo")
    assert "`series undo` was interrupted: its" in said
    assert "series accept retry --yes" in said
    assert said.count("undid ") == 1
    assert small.tracked() == before
    assert small.run("undo")[1].count("undid ") == 1  # and then one more
    assert small.tracked() != before


def interrupt(_: object) -> None:
    raise KeyboardInterrupt
