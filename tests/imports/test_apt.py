"""A source package by name: what apt-get is asked, and what becomes of its answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.packages import PATCH, debian, package, tar_bytes, write_dsc
from patchseries.debian.download import download_dsc
from patchseries.errors import MachineError, UpstreamError
from patchseries.imports.apt import PACKAGE, fetch_package, parse_uris
from patchseries.sources.download import DownloadOptions

FAKE = """#!/bin/sh
printf '%s\\n' "$*" >> "{log}"
case "$*" in
*--print-uris*)
    echo "'http://h.invalid/pool/oven_1.0-2.dsc' oven_1.0-2.dsc 5 SHA256:{zeros}"
    echo "'http://h.invalid/pool/oven_1.0.orig.tar.gz' oven_1.0.orig.tar.gz 5 SHA256:{zeros}"
    echo "'http://h.invalid/pool/x' oven_1.0-2.debian.tar.gz 5 SHA256:{zeros}"
    ;;
*--dsc-only*) cp "{pool}"/*.dsc . ;;
*--diff-only*) cp "{pool}"/*.debian.tar.gz . ;;
esac
exit {status}
"""


def fake_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int = 0) -> Path:
    """An apt-get that serves the oven; the file in which it notes what it was asked."""
    log = tmp_path / "asked"
    package(tmp_path / "pool", {"series": b"a\n", "a": PATCH})
    program = tmp_path / "bin" / "apt-get"
    program.parent.mkdir()
    text = FAKE.format(log=log, pool=tmp_path / "pool", zeros="0" * 64, status=status)
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return log


def test_only_what_is_needed_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = fake_apt(tmp_path, monkeypatch)
    (tmp_path / "to").mkdir()
    found = fetch_package("oven", tmp_path / "to")
    assert dict(found.source.directory.files) == {"series": b"a\n", "a": PATCH}
    assert found.source.problems == ()
    orig = found.file(r"\.orig\.tar\.\w+$")
    assert orig is not None
    assert orig.url == "http://h.invalid/pool/oven_1.0.orig.tar.gz"
    asked = log.read_text().splitlines()
    assert all("--download-only" in line and line.endswith("-- oven") for line in asked)
    parts = [line.split()[-3] for line in asked]
    assert parts == ["--print-uris", "--dsc-only", "--diff-only"]


def test_a_url_is_one_that_is_downloaded(tmp_path: Path) -> None:
    """Versions with ``~`` and ``+``: apt escapes these characters in the URL."""
    lines = f"'http://h.invalid/p%7e/a_1%7edeb12u4%2bb1.dsc' a_1~deb12u4+b1.dsc 5 SHA256:{'0' * 64}"
    [row] = parse_uris(lines)
    assert row.url == "http://h.invalid/p%7e/a_1~deb12u4+b1.dsc"
    with pytest.raises(UpstreamError, match="not in the cache"):  # and not: not the URL of a file
        download_dsc(row.url, row.sha256, tmp_path, DownloadOptions(offline=True))


def test_a_package_that_apt_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_apt(tmp_path, monkeypatch, status=100)
    with pytest.raises(UpstreamError, match="cannot fetch the source package oven"):
        fetch_package("oven", tmp_path)


def test_without_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineError):
        fetch_package("oven", tmp_path)


@pytest.mark.parametrize(
    "name", ["-o", "--option=x", "Oven", "oven;x", "oven=", "oven/../x", "o v"]
)
def test_what_is_no_name_of_a_package(name: str) -> None:
    assert not PACKAGE.fullmatch(name)


@given(st.text(max_size=200))
def test_any_answer(text: str) -> None:
    parse_uris(text)
    parse_uris(f"'{text}' {text} 5 SHA256:{'0' * 64}")


def test_an_unsafe_name_is_no_file() -> None:
    assert parse_uris(f"'http://h/x' ../x 5 SHA256:{'0' * 64}") == []
    assert parse_uris(f"'http://h/x' %2e%2e%2fx 5 SHA256:{'0' * 64}") == []


def answering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], pool: Path
) -> Path:
    """An apt-get that names these files, and copies all of *pool* when it is asked for any."""
    uris = "\n".join(f"'http://h.invalid/{name}' {name} 5 SHA256:{'0' * 64}" for name in names)
    program = tmp_path / "bin" / "apt-get"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$*\" >> '{tmp_path}/asked'\n"
        f'case "$*" in *--print-uris*) echo "{uris}";; *) cp \'{pool}\'/* . ;; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path / "asked"


def test_of_a_native_package_the_archive_itself_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tar = tar_bytes(debian({"series": b"a\n", "a": PATCH}), "oven/debian/")
    write_dsc(tmp_path / "pool", tar, "tar.gz", "3.0 (native)")
    names = ["oven_1.0-2.dsc", "oven_1.0-2.tar.gz"]
    asked = answering(tmp_path, monkeypatch, names, tmp_path / "pool")
    (tmp_path / "to").mkdir()
    found = fetch_package("oven", tmp_path / "to")
    assert found.source.label == "oven"
    assert found.source.problems == (
        "source format 3.0 (native): debian/patches is read all the same",
    )
    assert [line.split()[-3] for line in asked.read_text().splitlines()] == [
        "--print-uris",
        "--dsc-only",
        "--diff-only",
        "--tar-only",
    ]
    assert found.file(r"\.orig\.") is None


def test_a_package_without_a_dsc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pool").mkdir()
    (tmp_path / "pool" / "x").touch()
    answering(tmp_path, monkeypatch, ["oven.tar.gz"], tmp_path / "pool")
    with pytest.raises(UpstreamError, match=r"apt-get names no \.dsc for oven"):
        fetch_package("oven", tmp_path)


@pytest.mark.parametrize(
    ("url", "name", "expected"),
    [
        ("http://h/p%7e/a%7e1.dsc", "a~1.dsc", "http://h/p%7e/a~1.dsc"),
        ("http://h/other.dsc", "a.dsc", "http://h/other.dsc"),
        ("a.dsc", "a%2edsc", "a.dsc"),
    ],
)
def test_the_url_of_a_file_ends_with_its_name(url: str, name: str, expected: str) -> None:
    (row,) = parse_uris(f"words\n '{url}' {name} 5 SHA256:{'0' * 64} \n")
    assert row.url == expected
