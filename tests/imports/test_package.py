"""Source packages and trees: the patches, and what is missing or odd, said and no obstacle."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from imports.packages import (
    CHANGELOG,
    PATCH,
    debian,
    new_file_diff,
    package,
    tar_bytes,
    write_dsc,
)
from patchseries.errors import SeriesError
from patchseries.imports import package as package_module
from patchseries.imports.directory import RawFile
from patchseries.imports.package import (
    files_below,
    from_debian_files,
    read_package,
    read_tree,
)

PATCHES = {"series": b"# c\nCVE-1_x.patch\n", "CVE-1_x.patch": PATCH, "README": b"r\n"}


def test_a_package_without_its_upstream_tarball(tmp_path: Path) -> None:
    found = read_package(package(tmp_path, PATCHES))
    assert dict(found.directory.files) == PATCHES
    assert (found.source, found.version) == ("oven", "1:1.0-2")
    assert found.orig is not None
    assert not found.orig.is_here
    assert found.problems == (
        "oven_1.0.orig.tar.gz, oven_1.0.orig.tar.gz.asc not here: not needed to take the patches",
    )


def test_format_1_with_a_quilt_directory(tmp_path: Path) -> None:
    files = debian(PATCHES)
    diff = b"".join(
        new_file_diff(f"debian/{n}", d) for n, d in files.items() if isinstance(d, bytes)
    )
    found = read_package(write_dsc(tmp_path, diff, "diff.gz", "1.0"))
    assert dict(found.directory.files) == PATCHES


def test_a_native_package_with_patches(tmp_path: Path) -> None:
    tar = tar_bytes(debian(PATCHES), "oven/debian/")
    found = read_package(write_dsc(tmp_path, tar, "tar.gz", "3.0 (native)"))
    assert dict(found.directory.files) == PATCHES
    assert any("3.0 (native)" in one for one in found.problems)


def test_what_is_outside_of_debian_is_not_read(tmp_path: Path) -> None:
    files = {f"debian/{n}": d for n, d in debian(PATCHES).items()} | {"tarballs/x.zip": b"x"}
    found = read_package(write_dsc(tmp_path, tar_bytes(files, "")))
    assert dict(found.directory.files) == PATCHES


def test_a_file_with_another_checksum_is_refused(tmp_path: Path) -> None:
    dsc = package(tmp_path, PATCHES)
    (tmp_path / "oven_1.0.orig.tar.gz").write_bytes(b"other")
    with pytest.raises(SeriesError, match="is not the file that"):
        read_package(dsc)


def test_a_missing_debian_part_is_named(tmp_path: Path) -> None:
    dsc = package(tmp_path, PATCHES)
    (tmp_path / "oven_1.0-2.debian.tar.gz").unlink()
    with pytest.raises(SeriesError, match=r"oven_1\.0-2\.debian\.tar\.gz is not beside"):
        read_package(dsc)


@pytest.mark.parametrize("text", ["", "x\n", "Source: a\nVersion: 1\n", "\x00\n"])
def test_what_is_no_dsc(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.dsc"
    path.write_text(text)
    with pytest.raises(SeriesError):
        read_package(path)


def test_a_dsc_with_an_unsafe_name(tmp_path: Path) -> None:
    path = tmp_path / "x.dsc"
    head = "Format: 1.0\nSource: oven\nVersion: 1\nChecksums-Sha256:\n"
    path.write_text(f"{head} {'0' * 64} 1 ../../etc/passwd\n")
    with pytest.raises(SeriesError, match="unsafe file"):
        read_package(path)


def test_a_source_tree(tmp_path: Path) -> None:
    for name, data in debian(PATCHES).items():
        path = tmp_path / "debian" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert isinstance(data, bytes)
        path.write_bytes(data)
    (tmp_path / "debian" / "patches" / "away").symlink_to("/etc/passwd")
    found = read_tree(tmp_path)
    assert dict(found.directory.files) == PATCHES
    assert (found.source, found.version) == ("oven", "1:1.0-2")
    assert found.debian["changelog"] == CHANGELOG.decode()
    assert found.directory.problems == ("away is left out: a link to '/etc/passwd'",)


def test_links_to_directories_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "loop").symlink_to("..")
    (tmp_path / "in" / "a").write_bytes(b"x")
    found = files_below(tmp_path / "in")
    assert {name: file.is_link for name, file in found.items()} == {"a": False, "loop": True}


def test_the_texts_that_tell_of_the_upstream(tmp_path: Path) -> None:
    more = {"watch": b"version=4\n", "source/format": b"3.0 (quilt)\n", "other": b"x"}
    files = debian({"series": b""}, **more) | {"copyright": ("link", "x")}
    found = read_package(write_dsc(tmp_path, tar_bytes(files)))
    assert set(found.debian) == {"changelog", "control", "watch", "source/format"}
    tree = from_debian_files({"changelog": RawFile(b"odd")}, "it")
    assert (tree.source, tree.version, tree.form) == (None, None, "1.0")
    assert tree.problems == (
        "debian/changelog does not begin with an entry",
        "there is no debian/patches",
    )


def dsc_of(folder: Path, *names: str) -> Path:
    """A .dsc that names files, which are all there and hold a debian/."""
    data = gzip.compress(tar_bytes(debian({"series": b""})), mtime=0)
    rows = ""
    for name in names:
        (folder / name).write_bytes(data)
        rows += f" {hashlib.sha256(data).hexdigest()} {len(data)} {name}\n"
    path = folder / "x.dsc"
    path.write_text(f"Format: 3.0 (quilt)\nSource: oven\nVersion: 1-1\nChecksums-Sha256:\n{rows}")
    return path


@pytest.mark.parametrize(
    ("names", "orig"),
    [
        (("x.debian.tar.gz", "x.orig.tar.gz"), "x.orig.tar.gz"),
        (("x.debian.tar.gz", "x.orig.tar.gz", "x.orig-more.tar.gz"), "x.orig.tar.gz"),
        (("x.debian.tar.gz", "x.orig.tar.gz", "y.orig.tar.xz"), None),
        (("x.tar.gz",), None),
        (("x.tar.gz", "x.orig-docs.tar.gz"), None),
    ],
)
def test_which_file_is_which(tmp_path: Path, names: tuple[str, ...], orig: str | None) -> None:
    found = read_package(dsc_of(tmp_path, *names))
    assert (found.orig.path.name if found.orig else None) == orig
    assert found.problems == ()
    assert found.dsc is not None
    assert found.dsc.is_here


@pytest.mark.parametrize(
    "names", [("x.orig.tar.gz",), ("x.debian.tar.gz", "y.debian.tar.gz"), ("x.orig-a.tar.gz",)]
)
def test_no_file_or_two_that_hold_debian(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(SeriesError, match=r"x\.dsc names no file that holds debian/"):
        read_package(dsc_of(tmp_path, *names))


def test_what_is_below_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"12345")
    (tmp_path / "c").write_bytes(b"67890")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(package_module, "LARGEST", 10)
    monkeypatch.setattr(package_module, "MOST_FILES", 1)
    assert {name: file.data for name, file in files_below(tmp_path).items()} == {
        "a/b": b"12345",
        "c": b"67890",
    }
    monkeypatch.setattr(package_module, "MOST_FILES", 0)
    with pytest.raises(SeriesError, match="is larger than"):
        files_below(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(package_module, "LARGEST", 9)
    with pytest.raises(SeriesError, match="is larger than"):
        files_below(tmp_path)
    with pytest.raises(SeriesError, match="cannot read"):
        files_below(tmp_path / "gone")
