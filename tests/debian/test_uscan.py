"""The upstream tarball that debian/watch finds."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from patchseries.debian.uscan import tarball_of_watch
from patchseries.errors import ProgramError, UpstreamError, UsageError
from patchseries.sources.download import ONLINE
from support.packagetree import CHANGELOG
from support.tools import need


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    need("uscan")
    (tmp_path / "www").mkdir()
    for name in ("oven-1.9.tar.gz", "oven-2.0.tar.gz", "oven-2.1.tar.gz"):
        (tmp_path / "www" / name).write_bytes(name.encode())
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


def watch(line: str, **debian: bytes) -> Mapping[str, bytes]:
    return {"watch": f"version=4\n{line}\n".encode(), "changelog": CHANGELOG, **debian}


def found(debian: Mapping[str, bytes], directory: Path, release: str = "2.0") -> Path:
    return tarball_of_watch(debian, f"oven_{release}", release, directory, ONLINE)


def test_the_release_that_is_asked_for_and_no_script(server: str, tmp_path: Path) -> None:
    line = f"{server} oven-([\\d.]+)\\.tar\\.gz debian touch {tmp_path}/touched"
    out = tmp_path / "out"
    path = found(watch(line), out)
    assert (path.name, path.read_bytes()) == ("oven_2.0.orig.tar.gz", b"oven-2.0.tar.gz")
    assert list(out.iterdir()) == [path]
    assert not (tmp_path / "touched").exists()


def test_what_is_not_found(server: str, tmp_path: Path) -> None:
    line = f"{server} oven-([\\d.]+)\\.tar\\.gz"
    with pytest.raises(ProgramError, match=r"finds no tarball of 3\.0"):
        found(watch(line), tmp_path / "out", "3.0")
    with pytest.raises(ProgramError, match="finds no tarball"):
        found(watch("not a watch line"), tmp_path / "out")
    (tmp_path / "www" / "oven-2.0.zip").write_bytes(b"")
    with pytest.raises(UpstreamError, match="found no tarball but"):
        found(watch(f"{server} oven-([\\d.]+)\\.zip"), tmp_path / "out")


def test_what_uscan_cannot_do_here(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="debian/watch is missing"):
        found({"changelog": CHANGELOG}, tmp_path)
    copyright_ = b"Format: x\nFiles-Excluded: a.js\n"
    with pytest.raises(UsageError, match="has to be repacked"):
        found(watch("https://oven.invalid/ (.*)", copyright=copyright_), tmp_path)


def test_a_url_of_a_run_that_failed_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "#!/bin/sh\necho '<upstream-url>http://127.0.0.1:1/oven-2.0.tar.gz</upstream-url>'\n"
    (tmp_path / "uscan").write_text(f"{script}exit 1\n")
    (tmp_path / "uscan").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramError, match=r"finds no tarball of 2\.0"):
        found(watch("x"), tmp_path / "out")
