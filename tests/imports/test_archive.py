"""Archives and diffs of strangers: files of debian/ come out as they are, or an error does."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
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


def test_directories_are_no_files_and_what_lies_elsewhere_is_passed_over(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, kind in (
            ("debian", tarfile.DIRTYPE),
            ("debian/patches/", tarfile.DIRTYPE),
            ("debian/a", tarfile.REGTYPE),
            ("src/debian.py", tarfile.REGTYPE),
            ("a/b/debian/x", tarfile.REGTYPE),
            ("debian2/x", tarfile.REGTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type = kind
            tar.addfile(member)
    (tmp_path / "x.tar").write_bytes(stream.getvalue())
    assert set(debian_files_of_tar(tmp_path / "x.tar")) == {"a"}


def test_a_debian_directory_that_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.tar"
    monkeypatch.setattr(archive, "LARGEST", 10)
    path.write_bytes(tar_bytes({"a": b"12345", "b": b"67890"}))
    assert len(debian_files_of_tar(path)) == 2
    path.write_bytes(tar_bytes({"a": b"12345", "b": b"678901"}))
    with pytest.raises(SeriesError, match=r"the debian/ of x.tar is more than 64 MiB"):
        debian_files_of_tar(path)
    path.write_bytes(tar_bytes({"../x": b""}))
    with pytest.raises(SeriesError, match="unsafe"):
        debian_files_of_tar(path)


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchseries.debian.paths._MOST", 2)
    path = tmp_path / "x.tar"
    path.write_bytes(tar_bytes({"a": b"", "b": b""}) + b"")
    assert len(debian_files_of_tar(path)) == 2
    path.write_bytes(tar_bytes({"a": b"", "b": b"", "c": b""}))
    with pytest.raises(SeriesError, match="more than 2 files"):
        debian_files_of_tar(path)


def section(path: str, *hunks: str) -> bytes:
    return f"--- a/{path}\n+++ b/{path}\t2013-01-01\n{''.join(hunks)}".encode()


ONE, TWO = "@@ -0,0 +1 @@\n+one\n", "@@ -0,0 +2,2 @@\n+two\n+--- x\n"
CHANGED = "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"


@pytest.mark.parametrize(
    ("diff", "files", "others"),
    [
        (section("debian/x", ONE, TWO), {"x": b"one\ntwo\n--- x\n"}, 0),
        (section("debian/x", CHANGED) + section("debian/y", ONE), {"y": b"one\n"}, 1),
        (section("debian/x", ONE, CHANGED) + section("debian/y", ONE), {"y": b"one\n"}, 1),
        (section("x", CHANGED, "\\ No newline\n") + section("debian/y", ONE), {"y": b"one\n"}, 1),
        (section("x", "@@ -1,2 +0,0 @@\n-a\n-b\n") + section("debian/y", ONE), {"y": b"one\n"}, 1),
        (section("debian/x", ONE, "\\ No newline\n") + b"words\n", {"x": b"one"}, 0),
        (section("debian/x", "@@ -0,0 +1,3 @@\n+one\n"), {"x": b"one\n"}, 0),
        (
            section("x", "@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n") + section("debian/y", ONE),
            {"y": b"one\n"},
            1,
        ),
        (b"words\n--- a/x\nwords\n" + section("debian/y", ONE), {"y": b"one\n"}, 0),
    ],
)
def test_sections_of_a_diff(diff: bytes, files: dict[str, bytes], others: int) -> None:
    found, odd = files_of_diff(diff)
    assert {name: file.data for name, file in found.items()} == files
    assert len(odd) == others


def test_of_many_upstream_files_three_are_named() -> None:
    diff = [section(f"f{n}", CHANGED) for n in range(4)]
    begin = "the package's diff also changes"
    assert files_of_diff(b"".join(diff[:3]))[1] == (f"{begin} 3 upstream files: f0, f1, f2",)
    assert files_of_diff(b"".join(diff))[1] == (f"{begin} 4 upstream files: f0, f1, f2 …",)
