"""A repository of the cache is as it was left, or the file that is not is named."""

from __future__ import annotations

import os
import shutil
import socket
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from patchseries.sources.seal import damage, seal, sealing

PACK = "objects/pack/pack-1.pack"
FILES = {"HEAD": b"ref: refs/heads/master\n", "refs/series/1.0": b"1" * 40, PACK: bytes(300)}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "r"
    for name, data in FILES.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    seal(path)
    assert damage(path) is None
    return path


@pytest.mark.parametrize("name", FILES)
def test_every_bit(repository: Path, name: str) -> None:
    path = repository / name
    data = path.read_bytes()
    for at in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        path.write_bytes(flipped)
        assert damage(repository) == f"{name} is damaged"
    path.write_bytes(data)
    assert damage(repository) is None


def test_other_bytes_with_the_same_checksum(repository: Path) -> None:
    name = next(name for name in FILES if name != PACK)
    path = repository / name
    blind = b"\x9d\x0a\xd9\x6d"
    assert zlib.crc32(blind) == zlib.crc32(b"") == 0
    path.write_bytes(b"")
    seal(repository)
    assert damage(repository) is None
    path.write_bytes(blind)
    assert damage(repository) == f"{name} is damaged"


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


ODD: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "empty": Path.touch,
    "pipe": os.mkfifo,
    "directory": Path.mkdir,
    "link": lambda path: path.symlink_to(path.parent / "same"),
    "socket": make_socket,
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", FILES)
def test_in_its_place(
    repository: Path, name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository / name
    path.rename(repository.parent / "same")
    monkeypatch.chdir(path.parent)
    ODD[kind](Path(path.name))
    assert damage(repository) == f"{name} is damaged"
    seal(repository)  # whatever the odd thing is, it is not taken for good
    never_good = ("pipe", "link", "socket", *(["empty"] if name == PACK else []))
    assert (damage(repository) == f"{name} is damaged") == (kind in never_good)


@pytest.mark.parametrize("kind", [kind for kind in ODD if kind != "nothing"])
@pytest.mark.parametrize("name", ["packed-refs", "refs/heads/x", "info/grafts"])
def test_something_more(
    repository: Path, name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    monkeypatch.chdir(path.parent)
    ODD[kind](Path(path.name))
    if (name, kind) == ("refs/heads/x", "directory"):
        assert damage(repository) is None  # git leaves such behind
    else:
        assert damage(repository) in (f"{name} is damaged", "info is damaged")


@pytest.mark.parametrize("spoil", [Path.unlink, Path.touch, lambda path: path.write_bytes(b"x\n")])
def test_the_seal_itself(repository: Path, spoil: Callable[[Path], object]) -> None:
    path = repository / "series-seal"
    if spoil is Path.touch:
        path.write_bytes(b"")
    spoil(path)
    missing = "not finished, or of an earlier version"
    assert damage(repository) == (missing if spoil is Path.unlink else f"{path.name} is damaged")


@pytest.mark.parametrize("kind", ["pipe", "link", "empty"])
def test_the_repository_itself(repository: Path, kind: str) -> None:
    repository.rename(repository.parent / "same")
    ODD[kind](repository)
    assert damage(repository) == "it is not a directory"


def test_damage_is_not_sealed(repository: Path) -> None:
    """A pack that spoils while the repository is held stays damaged."""
    with sealing(repository):
        (repository / PACK).write_bytes(bytes(299) + b"1")
        (repository / "refs/series/1.1").write_bytes(b"2" * 40)
    assert damage(repository) == f"{PACK} is damaged"


def test_a_change_is_sealed_however_it_ends(repository: Path) -> None:
    with suppress(KeyboardInterrupt), sealing(repository):
        (repository / "shallow").write_bytes(b"3" * 40)
        raise KeyboardInterrupt
    assert damage(repository) is None
    before = (repository / "series-seal").stat()
    with sealing(repository):
        pass
    assert (repository / "series-seal").stat() == before


@pytest.mark.parametrize("name", ["refs/series/1.0.lock", "packed-refs.lock", "refs/tags/a/b.lock"])
def test_the_locks_of_a_git_that_was_killed_are_removed(repository: Path, name: str) -> None:
    """Else each later command would fail at them, until somebody deletes them by hand."""

    def leave() -> None:
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_bytes(b"")

    with suppress(KeyboardInterrupt), sealing(repository):
        leave()
        raise KeyboardInterrupt
    assert not (repository / name).exists()
    assert damage(repository) is None
    leave()
    seal(repository)  # as an earlier version left it
    with sealing(repository):
        assert not (repository / name).exists()
    assert damage(repository) is None


def test_refs_that_are_gone(repository: Path) -> None:
    shutil.rmtree(repository / "refs")
    (repository / "refs/tags").mkdir(parents=True)
    assert damage(repository) == "refs/series/1.0 is damaged"


def test_no_file_stays_open(tmp_path: Path) -> None:
    (tmp_path / "HEAD").write_bytes(b"x")
    before = len(os.listdir("/proc/self/fd"))
    seal(tmp_path)
    assert damage(tmp_path) is None
    assert len(os.listdir("/proc/self/fd")) == before
