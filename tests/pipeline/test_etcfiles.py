"""A host's files from a directory or an archive that a stranger made."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from patchseries.errors import SeriesError, UsageError
from patchseries.pipeline import etcfiles
from patchseries.pipeline.etcfiles import open_etc
from patchseries.settings.etc import UnreadableError


def test_a_directory(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    (etc / "oven").mkdir(parents=True)
    (etc / "oven" / "b").write_bytes(b"x\xff\r\n")
    (etc / "oven" / "a").symlink_to("b")
    files, status = open_etc(etc)
    assert status is None
    assert files.names("oven") == ["a", "b"]
    assert files.names("none") == files.names("oven/a") == []
    assert files.read("oven/a") == "x\udcff\r\n"
    assert files.read("oven/none") is files.read("oven/a/b") is None


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "loop", "pipe", "directory"])
def test_what_is_not_read_of_a_directory(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside").write_text("secret")
    etc = tmp_path / "etc"
    (etc / "directory").mkdir(parents=True)
    (etc / "loop").symlink_to("loop")
    os.mkfifo(etc / "pipe")
    (etc / "link").symlink_to(target)
    files, _ = open_etc(etc)
    with pytest.raises(UnreadableError):
        files.read("link")


def test_a_directory_that_leads_out(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "init").symlink_to("/")
    files, _ = open_etc(tmp_path / "etc")
    with pytest.raises(UnreadableError, match="leads out"):
        files.names("init")


def archive(path: Path, members: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as made:  # type: ignore[call-overload]
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("name", "mode"),
    [("e.tar.gz", "w:gz"), ("e.tgz", "w:gz"), ("e.tar", "w"), ("e.tar.xz", "w:xz")],
)
def test_an_archive(tmp_path: Path, name: str, mode: str) -> None:
    members = {"./etc/oven/a": b"1", "etc/b": b"2", "var/lib/dpkg/status": b"3", "other": b"4"}
    files, status = open_etc(archive(tmp_path / name, members, mode))
    assert (files.read("oven/a"), files.read("b"), files.read("other")) == ("1", "2", None)
    assert files.names("oven") == ["a"]
    assert status == b"3"


def test_an_archive_of_what_is_below_etc(tmp_path: Path) -> None:
    files, status = open_etc(archive(tmp_path / "e.tar.gz", {"oven/a": b"1", "oven/b/c": b"2"}))
    assert (files.read("oven/a"), status) == ("1", None)
    assert files.names("oven") == ["a", "b"]


def test_an_archive_with_links_and_holes(tmp_path: Path) -> None:
    path = tmp_path / "e.tar"
    with tarfile.open(path, "w") as made:
        for name, kind in (("etc/a", tarfile.SYMTYPE), ("etc/b", tarfile.LNKTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            made.addfile(member)
        large = tarfile.TarInfo("etc/c")
        large.size = 5 << 20
        made.addfile(large, io.BytesIO(bytes(large.size)))
    files, _ = open_etc(path)
    assert [files.read(name) for name in "abc"] == [None] * 3


def test_what_is_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="neither a directory nor"):
        open_etc(tmp_path / "none")
    (tmp_path / "x.tar").write_text("x" * 600)
    (tmp_path / "x.tar.gz").write_text("x")
    for name in ("x.tar", "x.tar.gz"):
        with pytest.raises(SeriesError, match=f"{name} is not a tar archive"):
            open_etc(tmp_path / name)
    monkeypatch.setattr(etcfiles, "_LARGEST_ARCHIVE", 4000)
    with pytest.raises(SeriesError, match="unpacks to more than"):
        open_etc(archive(tmp_path / "bomb.tar.gz", {"etc/a": bytes(9000)}))
    monkeypatch.setattr(etcfiles, "_LARGEST_ARCHIVE", 1 << 20)
    monkeypatch.setattr(etcfiles, "_MOST_FILES", 2)
    with pytest.raises(SeriesError, match="more than 2 members"):
        open_etc(archive(tmp_path / "many.tar", dict.fromkeys("abc", b""), "w"))
