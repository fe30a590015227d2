"""What a tarball from outside may unpack to."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from patchseries import process
from patchseries.debian import tarball as module
from patchseries.debian.tarball import BoundedStream, check_tarball, open_compressed, read_unpacked
from patchseries.errors import SeriesError


def _tar(*sizes: int) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for number, size in enumerate(sizes):
            info = tarfile.TarInfo(f"oven/{number}")
            info.size = size
            archive.addfile(info, io.BytesIO(bytes(size)))
    return raw.getvalue()


@pytest.mark.parametrize(
    ("ending", "compress"),
    [
        ("gz", gzip.compress),
        ("bz2", bz2.compress),
        ("xz", lzma.compress),
        ("lzma", lambda data: lzma.compress(data, lzma.FORMAT_ALONE)),
    ],
)
def test_each_compression(tmp_path: Path, ending: str, compress: Callable[[bytes], bytes]) -> None:
    path = tmp_path / f"oven_1.0.orig.tar.{ending}"
    path.write_bytes(compress(_tar(3, 5000)))
    check_tarball(path)
    with open_compressed(path) as stream:
        assert stream.read() == _tar(3, 5000)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (gzip.compress(_tar(200_000)), "unpacks to more than"),
        (gzip.compress(_tar(*[30_000] * 5)), "unpacks to more than"),
        (gzip.compress(_tar(*[0] * 30)), "more than 20 members"),
        (gzip.compress(_tar()), "is an empty tar archive"),
        (gzip.compress(b"no tar" * 999), "is not a tar archive"),
        (gzip.compress(_tar(9))[:60], "is not a tar archive"),
        (b"", "is not a tar archive"),
    ],
    ids=["one large file", "in sum", "members", "empty", "no tar", "cut off", "nothing"],
)
def test_what_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, why: str
) -> None:
    monkeypatch.setattr(module, "_ALWAYS", 100_000)
    monkeypatch.setattr(module, "_MEMBERS", 20)
    monkeypatch.setattr(module, "_BYTES_OF_A_MEMBER", 1 << 30)
    path = tmp_path / "oven_1.0.orig.tar.gz"
    path.write_bytes(data)
    with pytest.raises(SeriesError, match=why):
        check_tarball(path)


def test_so_many_bytes_may_come_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"x" * 1000))
    assert read_unpacked(path, 1000) == b"x" * 1000
    with pytest.raises(SeriesError, match=r"x\.gz unpacks to more than 0 MiB"):
        read_unpacked(path, 999)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SeriesError, match=r"x\.gz is damaged"):
        read_unpacked(path, 1000)


def test_so_many_members_may_be_there_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "oven_1.0.orig.tar.gz"
    path.write_bytes(gzip.compress(_tar(*[0] * 7)))
    monkeypatch.setattr(module, "_BYTES_OF_A_MEMBER", 1 << 30)
    monkeypatch.setattr(module, "_MEMBERS", 7)
    check_tarball(path)
    monkeypatch.setattr(module, "_MEMBERS", 6)
    with pytest.raises(SeriesError, match="more than 6 members"):
        check_tarball(path)
    monkeypatch.setattr(module, "_BYTES_OF_A_MEMBER", path.stat().st_size + 1)
    with pytest.raises(SeriesError, match="more than 6 members"):
        check_tarball(path)
    monkeypatch.setattr(module, "_BYTES_OF_A_MEMBER", path.stat().st_size)
    check_tarball(path)


def test_an_archive_may_unpack_to_so_many_times_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "oven_1.0.orig.tar.gz"
    path.write_bytes(gzip.compress(_tar(50_000)))
    monkeypatch.setattr(module, "_ALWAYS", 0)
    times = -(-len(_tar(50_000)) // path.stat().st_size)
    monkeypatch.setattr(module, "_RATIO", times)
    check_tarball(path)
    monkeypatch.setattr(module, "_RATIO", times - 1)
    with pytest.raises(SeriesError, match="unpacks to more than"):
        check_tarball(path)


def test_a_large_archive_may_have_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ALWAYS", 1000)
    path = tmp_path / "oven_1.0.orig.tar.gz"
    path.write_bytes(gzip.compress(_tar(50_000), 0))
    check_tarball(path)


def test_a_file_with_holes_is_as_long_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "holes").touch()
    os.truncate(tmp_path / "holes", 1 << 20)
    path = tmp_path / "oven_1.0.orig.tar.gz"
    process.run(["tar", "-C", tmp_path, "-S", "-czf", path, "holes"])
    monkeypatch.setattr(module, "_LARGEST", 1 << 20)
    check_tarball(path)
    monkeypatch.setattr(module, "_LARGEST", (1 << 20) - 1)
    with pytest.raises(SeriesError, match="unpacks to more than 0 MiB"):
        check_tarball(path)


def test_a_bounded_stream_is_read_to_its_end_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"x" * 10))
    inner = open_compressed(path)
    with BoundedStream(inner, "x", 10) as stream:
        assert stream.read() == b"x" * 10
    assert (stream.closed, inner.closed) == (True, True)
