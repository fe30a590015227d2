"""A patch that lies at a URL: fetched once, by its SHA-256, and kept for --offline."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from patchseries.files import sha256
from support.project import Project, demo_project

PATCH = b"""From: A Person <person@test.invalid>
Date: Thu, 4 Apr 2013 00:00:00 +0000
Subject: say hello

Forwarded: no
---
--- /dev/null
+++ b/HELLO
@@ -0,0 +1 @@
+hello
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "hello.patch").write_bytes(PATCH)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hello.patch"
        server.shutdown()


def with_url(root: Path, url: str, digest: str) -> Project:
    project = demo_project(root)
    entry = (
        f'\n[[patch]]\nname = "hello"\nproject = "nova"\n'
        f'source = {{ url = "{url}", sha256 = "{digest}" }}\n'
    )
    manifest = root / "series" / "demo.toml"
    manifest.write_text(manifest.read_text() + entry)
    return project


def test_fetched_once_and_kept(tmp_path: Path, address: str) -> None:
    project = with_url(tmp_path / "p", address, sha256(PATCH))
    args = ("rebase", "--json", "--project", "nova", "--onto", "2013.1.3")
    (cell,) = (c for c in project.run(*args).document["cells"] if c["patch"] == "hello")
    assert cell["outcome"] == "clean"
    assert b"+hello" in (project.root / cell["file"]).read_bytes()
    (tmp_path / "www" / "hello.patch").unlink()
    assert project.run(*args, "--offline", "--locked").status == 0


def test_other_bytes_are_refused(tmp_path: Path, address: str) -> None:
    project = with_url(tmp_path / "p", address, "0" * 64)
    done = project.run("rebase", "--project", "nova", "--onto", "2013.1.3")
    assert done.status == 4
    assert f"{address} has SHA-256 {sha256(PATCH)}, not {'0' * 64}" in done.err
