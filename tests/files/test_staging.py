"""Scratch folders and folders that are swapped: what is left when a run is killed."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from patchseries import files
from patchseries.files import STAGE, publish_directory, put_back, staging, swap_in, sweep


def in_child(act: Callable[[], None]) -> int:
    """Run *act* in a child; the status that wait gives."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave_one(parent: Path) -> None:
    def killed() -> None:
        with staging(parent) as folder:
            (folder / "big").write_bytes(b"x")
            die()

    assert os.WIFSIGNALED(in_child(killed))


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    leave_one(tmp_path)
    (left,) = tmp_path.iterdir()
    with staging(tmp_path) as mine:
        assert list(tmp_path.iterdir()) == [mine]
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_is_held_stays_whoever_looks(tmp_path: Path) -> None:
    with staging(tmp_path) as mine:
        sweep(tmp_path)
        in_child(lambda: sweep(tmp_path))
        assert mine.is_dir()


def in_another_pid_namespace(code: str, *args: str) -> None:
    """Run Python's *code* where no process of ours has a number, as in another container."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    enter = ["unshare", *user, "--pid", "--fork", "--mount-proc"]
    if not shutil.which("unshare") or subprocess.run([*enter, "true"], check=False).returncode:
        pytest.skip("unshare may not make a PID namespace here")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(files.__file__).parents[1])}
    subprocess.run([*enter, sys.executable, "-c", code, *args], check=True, env=env)


_SWEEP = """
import os, sys
from pathlib import Path
from patchseries.files import sweep
assert not Path(f"/proc/{sys.argv[2]}").exists() or int(sys.argv[2]) < 10, "the same namespace"
sweep(Path(sys.argv[1]))
"""


def test_a_live_run_keeps_its_own_before_another_pid_namespace(tmp_path: Path) -> None:
    with staging(tmp_path) as mine:
        in_another_pid_namespace(_SWEEP, str(tmp_path), str(os.getpid()))
        assert mine.is_dir()


def test_a_killed_run_leaves_what_another_pid_namespace_sweeps(tmp_path: Path) -> None:
    leave_one(tmp_path)
    in_another_pid_namespace(_SWEEP, str(tmp_path), str(os.getpid()))
    assert list(tmp_path.iterdir()) == []


def test_memory_is_taken_for_what_a_file_holds(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 3_000_000)
    assert files.read_file(tmp_path / "file", 1 << 50) == b"x" * 3_000_000


def test_only_what_is_ours_is_swept(tmp_path: Path) -> None:
    names = [f"{STAGE}notes-of-mine", f"{STAGE}", ".series-notes", f"{STAGE}ABCDEFGH"]
    for name in names:
        (tmp_path / name).mkdir()
    (tmp_path / f"{STAGE}a1b2c3d4").write_text("a file\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"{STAGE}e5f6a7b8").symlink_to(elsewhere)
    before = sorted(tmp_path.iterdir())
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_swept_between_its_birth_and_its_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run looks in the very moment: the folder is made anew."""
    made: list[Path] = []
    real = files._held

    def swept_first(handle: int) -> bool | None:
        if not made:
            made.append(next(tmp_path.iterdir()))
            in_child(lambda: shutil.rmtree(made[0]))
        return real(handle)

    monkeypatch.setattr(files, "_held", swept_first)
    with staging(tmp_path) as mine:
        assert mine.is_dir()
        assert mine != made[0]


def test_no_locks_on_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some network file systems: it works, and nothing is swept."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    leave_one(tmp_path)
    monkeypatch.setattr("fcntl.flock", refuse)
    with staging(tmp_path):
        assert len(list(tmp_path.iterdir())) == 2


def content(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.fixture(params=["exchange", "two renames"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ways of swapping: in one step, or as where the file system has no such step."""
    if request.param == "two renames":
        monkeypatch.setattr(files, "_exchanged", lambda *_: False)
    return str(request.param)


def test_the_file_system_of_the_tests_exchanges(tmp_path: Path) -> None:
    """So that what is tested as one step is one."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert files._exchanged(tmp_path / "a", tmp_path / "b")


@pytest.mark.usefixtures("how")
def test_swapped(tmp_path: Path) -> None:
    publish_directory(tmp_path / "t", {"record": b"1"})
    publish_directory(tmp_path / "t", {"record": b"2"})
    assert content(tmp_path / "t") == {"record": b"2"}
    for name in ("t", "none"):
        put_back(tmp_path / name)
    assert list(tmp_path.iterdir()) == [tmp_path / "t"]


@pytest.mark.usefixtures("how")
def test_a_failed_swap_changes_nothing(tmp_path: Path) -> None:
    publish_directory(tmp_path / "t", {"record": b"1"})
    with pytest.raises(OSError, match="No such file"):
        swap_in(tmp_path / "nothing", tmp_path / "t")
    assert content(tmp_path / "t") == {"record": b"1"}


def test_killed_between_the_two_renames(tmp_path: Path, how: str) -> None:
    """The old folder, with its record of the versions used, is never lost."""
    target = tmp_path / "t"
    publish_directory(target, {"record": b"1"})
    moment = 0
    while True:
        moment += 1

        def killed(at: int = moment) -> None:
            left = [at]

            def before(old: object, new: object, real: Callable[..., None] = os.rename) -> None:
                left[0] -= 1
                if left[0] == 0:
                    die()
                real(old, new)

            os.rename = before  # type: ignore[assignment]
            publish_directory(target, {"record": b"2"})

        was_killed = os.WIFSIGNALED(in_child(killed))
        put_back(target)
        assert content(target) in ({"record": b"1"}, {"record": b"2"})
        with staging(tmp_path):  # what the next run sweeps holds no record
            assert content(target) in ({"record": b"1"}, {"record": b"2"})
        if not was_killed:
            break
        assert content(target) == {"record": b"1"} or moment > 2
        shutil.rmtree(target)
        publish_directory(target, {"record": b"1"})
    assert moment == (1 if how == "exchange" else 4)
    assert content(target) == {"record": b"2"}
