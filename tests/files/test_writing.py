"""What is written is there whole, as it was asked for, or all is as it was before."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patchseries import files
from patchseries.errors import ExitCode, SeriesError, UsageError
from patchseries.files import (
    DamagedError,
    clear_place,
    directory_contents,
    explained,
    is_regular,
    publish_directory,
    put_back,
    read_cached,
    read_sealed,
    rewrite,
    staging,
    swap_in,
    sweep,
    write_atomic,
    write_sealed,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def tree(directory: Path) -> dict[str, object]:
    """All that is below *directory*: bytes of files, targets of links, and None for the rest."""
    return {
        str(path.relative_to(directory)): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in directory.rglob("*")
    }


@pytest.fixture(params=[0o000, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


WRITERS: dict[str, Callable[[Path, bytes], None]] = {
    "write_atomic": write_atomic,
    "rewrite": lambda path, data: rewrite(path, data, new_mode=0o640),
    "write_sealed": write_sealed,
}
writers = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


@pytest.mark.usefixtures("umask")
def test_a_mode_is_that_of_the_file_whoever_runs(tmp_path: Path) -> None:
    write_atomic(tmp_path / "sub" / "deep" / "a", b"1")
    assert mode(tmp_path / "sub" / "deep" / "a") == 0o644
    rewrite(tmp_path / "b", b"1", new_mode=0o640)
    assert mode(tmp_path / "b") == 0o640
    (tmp_path / "b").chmod(0o4751)
    rewrite(tmp_path / "b", b"2", new_mode=0o640)
    assert (mode(tmp_path / "b"), (tmp_path / "b").read_bytes()) == (0o4751, b"2")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("owner", [(12345, 0), (0, 12345), (0, 0)])
def test_a_file_keeps_its_owner(tmp_path: Path, owner: tuple[int, int]) -> None:
    (tmp_path / "a").write_bytes(b"1")
    os.chown(tmp_path / "a", *owner)
    (tmp_path / "a").chmod(0o2755)
    rewrite(tmp_path / "a", b"2", new_mode=0o600)
    after = (tmp_path / "a").stat()
    assert (after.st_uid, after.st_gid, mode(tmp_path / "a")) == (*owner, 0o2755)


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"1")
    publish_directory(tmp_path / "d", {"x/y": b"1", "z": b"2"})
    before = [(p, p.stat().st_ino) for p in sorted(tmp_path.rglob("*"))]
    write_atomic(tmp_path / "a", b"1")
    publish_directory(tmp_path / "d", {"x/y": b"1", "z": b"2"})
    assert before == [(p, p.stat().st_ino) for p in sorted(tmp_path.rglob("*"))]


@writers
@pytest.mark.parametrize("call", ["fchmod", "fsync", "replace"])
def test_what_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, bytes], None], call: str
) -> None:
    """Each call on the way is made, and no failure of one leaves a trace."""
    path = tmp_path / "a"
    write(path, b"1")
    before = tree(tmp_path)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "there")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(SeriesError, match=r"cannot write .*a: there No space left") as caught:
            write(path, b"2")
    assert caught.value.exit_code == ExitCode.PROGRAM
    assert caught.value.hint is not None
    assert "nothing was changed" in caught.value.hint
    assert tree(tmp_path) == before


@writers
@pytest.mark.parametrize("size", [1, 99999])
def test_a_new_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path, bytes], None],
    size: int,
) -> None:
    synced: list[bytes] = []
    real = os.fsync

    def sync(handle: int) -> None:
        real(handle)
        synced.append(Path(f"/proc/self/fd/{handle}").read_bytes())
        assert not (tmp_path / "a").exists()

    monkeypatch.setattr(os, "fsync", sync)
    write(tmp_path / "a", b"1" * size)
    assert synced == [(tmp_path / "a").read_bytes()]


def test_an_error_without_a_file_has_its_own_words() -> None:
    with pytest.raises(SeriesError, match=r"^cannot do it: what\?; free"), explained("do it"):
        raise OSError("what?")


def test_the_first_failure_is_told_whatever_the_clearing_up_meets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(old: str, _: Path) -> None:
        Path(old).unlink()  # as by a person who clears up
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(SeriesError, match="No space left"):
        write_atomic(tmp_path / "a", b"1")


# Sealed ------------------------------------------------------------------------------------------


def test_each_bit_of_a_sealed_file_counts(tmp_path: Path) -> None:
    path = tmp_path / "sealed"
    for data in (b"", b"\n", b"one\ntwo\n"):
        write_sealed(path, data)
        assert read_sealed(path) == data
        whole = path.read_bytes()
        for at in range(len(whole)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(DamagedError):
                read_sealed(path)
    with pytest.raises(FileNotFoundError):
        read_sealed(tmp_path / "none")


def make_directory(path: Path) -> None:
    (path / "deep").mkdir(parents=True)
    (path / "deep" / "file").write_bytes(b"x")


@pytest.mark.parametrize(
    "make",
    [
        os.mkfifo,
        make_directory,
        lambda path: path.symlink_to(path.with_name("elsewhere")),
        lambda path: path.symlink_to("nothing"),
        lambda path: path.symlink_to(path.with_name("directory")),
    ],
    ids=["pipe", "directory", "link", "link to nothing", "link to a directory"],
)
def test_what_is_no_regular_file_is_not_read_and_gives_way(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    write_sealed(tmp_path / "elsewhere", b"1")
    make_directory(tmp_path / "directory")
    before = tree(tmp_path)
    path = tmp_path / "sealed"
    make(path)
    assert not is_regular(path)
    with pytest.raises(DamagedError):
        read_cached(path)
    write_sealed(path, b"2")
    assert read_sealed(path) == b"2"
    path.unlink()
    assert tree(tmp_path) == before


def test_what_becomes_a_link_while_we_look_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "private").write_bytes(b"1")
    (tmp_path / "link").symlink_to("private")
    monkeypatch.setattr(files, "is_regular", lambda _: True)
    with pytest.raises(OSError, match="symbolic links"):
        read_cached(tmp_path / "link")


def test_a_place_is_cleared_of_nothing_that_is_regular(tmp_path: Path) -> None:
    clear_place(tmp_path / "none")
    assert not is_regular(tmp_path / "none")
    (tmp_path / "file").write_bytes(b"1")
    clear_place(tmp_path / "file")
    assert tree(tmp_path) == {"file": b"1"}


def test_whatever_else_stands_there_goes_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_bytes(b"1")
    places = {name: tmp_path / name for name in ("link", "broken", "pipe", "directory")}
    places["link"].symlink_to("kept")
    places["broken"].symlink_to("none")
    os.mkfifo(places["pipe"])
    (places["directory"] / "deep").mkdir(parents=True)
    for place in places.values():
        clear_place(place)
        assert not os.path.lexists(place)
    assert tree(tmp_path / "kept") == {"file": b"1"}


# Directories -------------------------------------------------------------------------------------


def test_the_contents_of_a_directory_are_its_regular_files(tmp_path: Path) -> None:
    contents = {"b": b"2", "a/b/d": b"", "a/b/e": b"5", "a/c": b"long" * 99}
    publish_directory(tmp_path / "deep" / "t", contents)
    assert directory_contents(tmp_path / "deep" / "t") == contents
    (tmp_path / "deep" / "t" / "link").symlink_to("b")
    os.mkfifo(tmp_path / "deep" / "t" / "pipe")
    assert directory_contents(tmp_path / "deep" / "t") == contents
    assert directory_contents(tmp_path / "none") == {}
    assert directory_contents(tmp_path / "deep" / "t" / "b") == {}


@pytest.mark.parametrize(
    ("make", "is_seen"),
    [
        (Path.touch, True),
        (Path.mkdir, True),
        (make_directory, True),
        (Path.touch, False),
        (make_directory, False),  # an empty one would be replaced in that moment: nothing is lost
    ],
)
def test_a_place_that_is_taken_is_not_published_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    is_seen: bool,
) -> None:
    """Even where another run comes in between, after we had looked."""
    make(tmp_path / "t")
    before = tree(tmp_path)
    if not is_seen:
        monkeypatch.setattr(Path, "exists", lambda *_, **__: False)
    with pytest.raises(UsageError, match="already exists"):
        publish_directory(tmp_path / "t", {"x": b"1"}, replace=False)
    monkeypatch.undo()
    assert tree(tmp_path) == before


def test_a_new_place_is_published_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_directory(tmp_path / "deep" / "t", {"x": b"1"}, replace=False)
    assert tree(tmp_path / "deep") == {"t": None, "t/x": b"1"}
    publish_directory(tmp_path / "deep" / "empty", {}, replace=False)
    assert tree(tmp_path / "deep") == {"t": None, "t/x": b"1", "empty": None}

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(SeriesError, match="Input/output error"):
        publish_directory(tmp_path / "u", {"x": b"1"}, replace=False)


def test_what_an_earlier_run_put_aside_gives_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had put the new one in its place, and was killed before it had removed the old one."""
    monkeypatch.setattr(files, "_exchanged", lambda *_: False)
    publish_directory(tmp_path / "t", {"x": b"2"})
    publish_directory(tmp_path / ".t.series-old", {"x": b"1"})
    put_back(tmp_path / "t")
    assert tree(tmp_path / "t") == {"x": b"2"}
    publish_directory(tmp_path / "t", {"x": b"3"})
    assert tree(tmp_path) == {"t": None, "t/x": b"3"}


def test_what_was_there_comes_to_be_where_the_new_one_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_directory(tmp_path / "new", {"x": b"2"})
    swap_in(tmp_path / "new", tmp_path / "very" / "deep" / "t")
    publish_directory(tmp_path / "new", {"x": b"3"})
    monkeypatch.chdir(tmp_path)
    swap_in(Path("new"), Path("very", "deep", "t"))
    assert directory_contents(tmp_path) == {"new/x": b"2", "very/deep/t/x": b"3"}


@pytest.mark.parametrize(
    ("failure", "told"),
    [(OSError(errno.EIO, "disk"), SeriesError), (KeyboardInterrupt("now"), KeyboardInterrupt)],
)
def test_a_swap_that_fails_half_way_is_taken_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    told: type[BaseException],
) -> None:
    monkeypatch.setattr(files, "_exchanged", lambda *_: False)
    publish_directory(tmp_path / "t", {"x": b"1"})
    real = os.rename

    def rename(old: Path, new: Path) -> None:
        if old.name == "new":
            raise failure
        real(old, new)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(told, match=r"disk|now"):
        publish_directory(tmp_path / "t", {"x": b"2"})
    assert tree(tmp_path) == {"t": None, "t/x": b"1"}


class NoExchange:
    """A C library whose renameat2 says *number*."""

    def __init__(self, number: int) -> None:
        self._number = number

    def renameat2(self, *_: object) -> int:
        ctypes.set_errno(self._number)
        return -1


def test_only_a_file_system_that_cannot_exchange_is_helped_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: NoExchange(number))  # noqa: B023
        assert not files._exchanged(tmp_path, tmp_path)
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: object())
    assert not files._exchanged(tmp_path, tmp_path)
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: NoExchange(errno.EIO))
    with pytest.raises(OSError, match="error") as caught:
        files._exchanged(tmp_path, tmp_path)
    assert (caught.value.errno, caught.value.filename) == (errno.EIO, str(tmp_path))


# Scratch directories -----------------------------------------------------------------------------


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_scratch_directory_is_gone_whatever_happens(tmp_path: Path) -> None:
    before = descriptors()

    def interrupted() -> None:
        with staging(tmp_path / "a" / "b") as mine:
            (mine / "file").write_bytes(b"x")
            sweep(tmp_path / "a" / "b")
            assert tree(mine) == {"file": b"x"}
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert tree(tmp_path) == {"a": None, "a/b": None}
    assert descriptors() == before


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_a_scratch_directory_is_removed_again_where_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """A program that has just ended may have written a last file meanwhile."""
    calls: list[Path] = []
    real = shutil.rmtree

    def rmtree(path: Path, *, ignore_errors: bool) -> None:
        assert ignore_errors
        calls.append(path)
        if len(calls) > failures:
            real(path)

    with staging(tmp_path) as mine:
        monkeypatch.setattr(shutil, "rmtree", rmtree)
    assert calls == [mine] * min(failures + 1, 2)
    assert mine.exists() == (failures == 2)


def test_all_that_killed_runs_left_is_swept_whatever_lies_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, left = set(), set()
    for number in range(9):
        left.add(tmp_path / f"{files.STAGE}left000{number}")
        kept.add(tmp_path / f"{files.STAGE}of-mine-{number}")
        (tmp_path / f"{files.STAGE}file000{number}").write_bytes(b"")
    for directory in kept | left:
        make_directory(directory)
    real = shutil.rmtree

    def rmtree(path: Path, *, ignore_errors: bool = False) -> None:
        real(path)
        if not ignore_errors:  # what cannot be removed stops nothing
            raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(shutil, "rmtree", rmtree)
    sweep(tmp_path)
    assert {path for path in tmp_path.iterdir() if path.is_dir()} == kept


def test_what_cannot_be_held_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(OSError, match="Too many"), staging(tmp_path):
        pytest.fail("it is not held")
    assert list(tmp_path.iterdir()) == []


def test_one_that_another_run_took_in_between_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is held by another, or it is gone and its name is another's: a new one is made."""
    real = files._held
    before = descriptors()
    for taken in (False, None):
        answers = [taken]

        def held(handle: int, answers: list[bool | None] = answers) -> bool | None:
            if not answers:
                return real(handle)
            (mine,) = tmp_path.iterdir()
            if answers[0] is None:
                mine.rename(tmp_path / "moved")
            return answers.pop()

        monkeypatch.setattr(files, "_held", held)
        with staging(tmp_path) as mine:
            assert len(list(tmp_path.iterdir())) == 2
        assert not mine.exists()
        for left in tmp_path.iterdir():
            left.rmdir()
    assert descriptors() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_what_another_user_left_is_not_swept(tmp_path: Path) -> None:
    left = tmp_path / f"{files.STAGE}a1b2c3d4"
    left.mkdir()
    os.chown(left, 12345, 12345)
    before = descriptors()
    sweep(tmp_path)
    assert left.is_dir()
    os.chown(left, os.geteuid(), 12345)
    sweep(tmp_path)
    assert not left.exists()
    assert descriptors() == before


def test_one_that_is_swept_before_it_is_opened_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open
    gone: list[Path] = []

    def swept(path: Path, flags: int) -> int:
        if not gone:
            gone.append(path)
            path.rmdir()
        return real(path, flags)

    monkeypatch.setattr(os, "open", swept)
    with staging(tmp_path) as mine:
        assert list(tmp_path.iterdir()) == [mine]
        assert gone


def test_held_by_another_is_told_from_what_cannot_be_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staging(tmp_path) as mine:
        handle = os.open(mine, os.O_RDONLY)
        assert files._held(handle) is False
        os.close(handle)
    handle = os.open(tmp_path, os.O_RDONLY)
    assert files._held(handle) is True

    def refuse(*_: object) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr("fcntl.flock", refuse)
    assert files._held(handle) is None
    os.close(handle)
