"""A source tree on disk: what dpkg's tools see of the machine, and how debian/ is written."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from pathlib import Path

import pytest

from patchseries import process
from patchseries.debian.request import OrigUpload, PackagedFile
from patchseries.debian.source import describe, environment, settled, unpack_orig, write_debian
from patchseries.errors import SeriesError
from support import tarballs
from support.tools import need

WHEN = 1378000000


def test_an_environment_depends_on_nothing_of_the_machine(tmp_path: Path) -> None:
    assert environment(WHEN, tmp_path) == {
        "SOURCE_DATE_EPOCH": str(WHEN),
        "DEB_BUILD_OPTIONS": "parallel=1",
        "DEB_VENDOR": "Debian",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
    }
    assert list(tmp_path.iterdir()) == []


def test_dpkg_knows_each_vendor_and_its_parent(tmp_path: Path) -> None:
    need("dpkg-vendor")
    for _ in range(2):
        env = environment(WHEN, tmp_path, "ubuntu")
    assert env["DEB_VENDOR"] == "Ubuntu"
    for words in (["--is", "ubuntu"], ["--derives-from", "debian"]):
        process.run(["dpkg-vendor", *words], env=env)


def test_a_debian_directory_is_written_as_it_is_and_dated(tmp_path: Path) -> None:
    files = {
        "rules": PackagedFile("100755", b"1"),
        "a/b/c": PackagedFile("100644", b"2"),
        "a/link": PackagedFile("120000", b"b/\xff"),
        "dangling": PackagedFile("120000", b"/nowhere"),
    }
    before = os.umask(0o027)
    try:
        write_debian(tmp_path, files, WHEN)
    finally:
        os.umask(before)
    found = {str(p.relative_to(tmp_path / "debian")): p for p in (tmp_path / "debian").rglob("*")}
    assert found.keys() == files.keys() | {"a", "a/b"}
    for name in ("rules", "a/b/c"):
        assert found[name].read_bytes() == files[name].data
    assert os.fsencode(os.readlink(found["a/link"])) == b"b/\xff"
    for path in (tmp_path / "debian", *found.values()):
        status = path.lstat()
        assert status.st_mtime == WHEN
        if not path.is_symlink():
            private = path.is_file() and path.name != "rules"
            assert stat.S_IMODE(status.st_mode) == (0o644 if private else 0o755)


def tarball(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w") as archive:
        for info in (tarfile.TarInfo("oven-1.0/README"), *members):
            archive.addfile(info, io.BytesIO(b"x" * info.size))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    return tarballs.member(f"oven-1.0/{name}", kind, link)


@pytest.mark.parametrize(
    "members",
    [
        (),
        (member("debian/control"), member("debian/a/b")),
        (member("debian"),),
        (member("debian", tarfile.SYMTYPE, "../outside"),),
        (member("debian", tarfile.SYMTYPE, "nowhere"),),
    ],
    ids=["none", "directory", "file", "link", "link to nothing"],
)
def test_a_debian_of_upstream_is_taken_away(
    tmp_path: Path, members: tuple[tarfile.TarInfo, ...]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    tree = unpack_orig(tarball(tmp_path / "x.tar", *members), tmp_path)
    assert tree == tmp_path / "tree"
    assert [path.name for path in tree.iterdir()] == ["README"]
    assert [path.name for path in outside.iterdir()] == ["kept"]


@pytest.mark.parametrize("kind", [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.REGTYPE])
def test_the_state_of_quilt_is_refused(tmp_path: Path, kind: bytes) -> None:
    orig = tarball(tmp_path / "x.tar", member(".pc", kind, "nowhere"))
    with pytest.raises(SeriesError, match=r"x\.tar has a directory \.pc"):
        unpack_orig(orig, tmp_path)


def test_a_buildinfo_tells_nothing_of_the_machine_and_the_hour() -> None:
    kept = b"Format: 1.0\nChecksums-Sha256:\n 12 3 x\n"
    odd = (
        b"Build-Date: Mon, 01 Jul 2013 10:00:00 +0000\n"
        b"Build-Path: /home/ann/x\nBuild-Tainted-By:\n usr-local-has-programs\n merged-usr\n"
        b'Environment:\n DPKG_ORIGINS_DIR="/tmp/x"\n LANG="C"\n'
    )
    date = b"Build-Date: Sun, 01 Sep 2013 01:46:40 +0000\n"
    assert settled(kept + odd, WHEN) == kept + date + b'Environment:\n LANG="C"\n'


def test_the_changes_are_of_a_buildinfo_without_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    scripts = {
        "dpkg-genbuildinfo": r"printf 'Build-Path: /x\nFormat: 1.0\n' >../x_source.buildinfo",
        "dpkg-genchanges": 'read line <../x_source.buildinfo; echo "$2 $line" >"${3#-O}"',
    }
    for name, script in scripts.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    changes = describe(tree, {}, WHEN, OrigUpload.ALWAYS)
    assert changes == tmp_path / "x_source.changes"
    assert changes.read_text() == "-sa Format: 1.0\n"
