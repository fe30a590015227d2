"""Reading a file: what is wrong with the machine is not taken for a missing or invalid file."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries import files
from patchseries.errors import MachineError, SeriesError
from patchseries.files import read_file


@pytest.fixture(autouse=True)
def no_descriptor_is_left() -> Iterator[None]:
    before = sorted(os.listdir("/proc/self/fd"))
    yield
    assert sorted(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_what_the_machine_cannot_do_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "record"
    path.write_bytes(b"kept")

    def refused(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(MachineError, match="cannot read"):
        read_file(path)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "record")


def test_what_is_too_large_or_no_file(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"12345")
    assert read_file(tmp_path / "large", 5) == b"12345"
    with pytest.raises(SeriesError, match="larger"):
        read_file(tmp_path / "large", 4)
    os.mkfifo(tmp_path / "pipe")  # a reader would wait for ever
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(SeriesError, match="not a regular file"):
            read_file(path)


def test_a_file_that_is_larger_than_it_says() -> None:
    with pytest.raises(SeriesError, match="larger"):
        read_file(Path("/proc/self/status"), 4)  # 0 bytes, says the system


def test_a_link_is_followed_where_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert read_file(tmp_path / "link") == b"x"
    with pytest.raises(OSError, match="symbolic links"):
        read_file(tmp_path / "link", follow=False)


def test_a_file_that_grows_while_it_is_read_is_read_to_the_limit() -> None:
    class Slow(io.BytesIO):
        """Gives a byte at a time, as a file system may."""

        def read(self, most: int | None = -1, /) -> bytes:
            return super().read(min(1, -1 if most is None else most))

    for size in (3, 4, 5):
        assert files._read(Slow(b"x" * 5), size) == b"x" * size
