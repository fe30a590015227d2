"""Source packages and trees: the patches, and what is missing or odd, said and no obstacle."""

from __future__ import annotations

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
from patchseries.imports.package import files_below, read_package, read_tree

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
