"""Archives and diffs of strangers: files of debian/ come out as they are, or an error does."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.packages import new_file_diff, tar_bytes
from patchseries.errors import SeriesError
from patchseries.imports import archive
from patchseries.imports.archive import debian_files_of_tar, files_of_diff


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress)],
)
@pytest.mark.parametrize("prefix", ["debian/", "./debian/", "oven-1.0/debian/"])
def test_the_files_below_debian(tmp_path: Path, suffix: str, pack: object, prefix: str) -> None:
    assert callable(pack)
    files = {
        f"{prefix}patches/series": b"a\n",
        "tarballs/x.zip": b"x",
        f"{prefix}patches/a": b"\xff",
    }
    path = tmp_path / f"x.tar.{suffix}"
    path.write_bytes(pack(tar_bytes(files, "")))
    found = debian_files_of_tar(path)
    assert {name: file.data for name, file in found.items()} == {
        "patches/series": b"a\n",
        "patches/a": b"\xff",
    }


def test_links_are_values_and_devices_and_hard_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(tar_bytes({"a": b"x", "b": ("link", "a"), "debian/c": b"y"}))
    found = {name: file.is_link for name, file in debian_files_of_tar(path).items()}
    assert found == {"a": False, "b": True, "debian/c": False}
    for odd in ("hard", "device"):
        path.write_bytes(tar_bytes({"a": b"x", "c": (odd, "debian/a")}))
        with pytest.raises(SeriesError, match="neither file nor link"):
            debian_files_of_tar(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 9,
        gzip.compress(b"x" * 600, mtime=0),
        b"\x1f\x8b\x08",
    ],
)
def test_a_damaged_archive_is_an_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(data)
    with pytest.raises(SeriesError, match="damaged"):
        debian_files_of_tar(path)


def test_an_archive_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_MOST_UNPACKED", 20_000)
    path = tmp_path / "x.tar.gz"
    path.write_bytes(gzip.compress(tar_bytes({"a": bytes(50_000)}, "elsewhere/")))
    with pytest.raises(SeriesError, match="unpacks to more"):
        debian_files_of_tar(path)


def test_an_unknown_packing(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.zst"
    path.write_bytes(b"")
    with pytest.raises(SeriesError, match="packed in a way"):
        debian_files_of_tar(path)


FILES = st.binary(min_size=1, max_size=60).filter(lambda data: b"\r" not in data)


@given(st.dictionaries(st.sampled_from(["a", "b/c.patch", "series"]), FILES))
def test_the_diff_of_format_1_gives_new_files_back(files: dict[str, bytes]) -> None:
    diff = b"".join(new_file_diff(f"debian/{name}", data) for name, data in files.items())
    found, odd = files_of_diff(diff)
    assert {name: file.data for name, file in found.items()} == files
    assert odd == ()


def test_a_diff_that_also_changes_upstream_says_so() -> None:
    change = b"--- oven-1.0.orig/x\n+++ oven-1.0/x\n@@ -1 +1 @@\n-a\n+b\n"
    found, odd = files_of_diff(change + new_file_diff("debian/rules", b"y\n"))
    assert set(found) == {"rules"}
    assert odd == ("the package's diff also changes 1 upstream files: x",)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_diff(data: bytes) -> None:
    files_of_diff(b"--- a/debian/x\n+++ b/debian/x\n@@ -0,0 +1,9 @@\n" + data)
