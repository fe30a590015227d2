"""Damage in each kind of cache file: said in a line, never believed, and made again.

The suite damages each file in two ways; ``make soak-faults`` (FAULTS=all) in all of them.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from patchseries import cli
from patchseries.files import sha256
from support.gitserver import GitServer, serve
from support.upstreams import Upstream

ALL = os.environ.get("FAULTS") == "all"
COMMANDS = (("rebase",), ("check",), ("status",), ("report",))
SECONDS = 10.0

MANIFEST = """\
schema = 1

[series]
name = "cached"

[project.project]
repository = "{url}org/project.git"
bases = ["1.0", "1.1"]

[[patch]]
name = "fix"
project = "project"
source = {{ repository = "{url}fork/project.git", commit = "{fix}" }}

[[patch]]
name = "hello"
project = "project"
source = {{ url = "{www}hello.patch", sha256 = "{digest}" }}
"""

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

KINDS = {
    "HEAD": "repositories/org-project-*/HEAD",
    "configuration": "repositories/org-project-*/config",
    "shallow": "repositories/org-project-*/shallow",
    "alternates": "repositories/org-project-*/objects/info/alternates",
    "ref": "repositories/org-project-*/refs/series/1.0",
    "pack": "repositories/org-project-*/objects/pack/*.pack",
    "pack index": "repositories/org-project-*/objects/pack/*.idx",
    "reverse index": "repositories/org-project-*/objects/pack/*.rev",
    "object": "repositories/fork-project-*/objects/??/*",
    "fork's ref": "repositories/fork-project-*/refs/series/*",
    "seal": "repositories/org-project-*/series-seal",
    "history's HEAD": "histories/repositories/*/HEAD",
    "history's configuration": "histories/repositories/*/config",
    "history's alternates": "histories/repositories/*/objects/info/alternates",
    "history's pack": "histories/repositories/*/objects/pack/*.pack",
    "history's pack index": "histories/repositories/*/objects/pack/*.idx",
    "history's promisor": "histories/repositories/*/objects/pack/*.promisor",
    "history's reverse index": "histories/repositories/*/objects/pack/*.rev",
    "history's tag": "histories/repositories/*/refs/tags/1.1",
    "history's branch": "histories/repositories/*/refs/heads/master",
    "history's seal": "histories/repositories/*/series-seal",
    "index": "index/*.sqlite",
    "index's digest": "index/*.sqlite.sha256",
    "ports": "ports/*.json",
    "settled": "rebased/*.json",
    "checks": "checks/*.json",
    "trials": "trials/*.json",
    "comparisons": "compared/*.json",
    "download": "downloads/*/hello.patch",
    "lock": "repositories/*.lock",
    "history's lock": "histories/repositories/*.lock",
    "index's lock": "index/*.lock",
}
SILENT = {"lock", "history's lock", "index's lock"}
"""Their content is never read."""
OPTIONAL = {"reverse index", "history's reverse index"}
"""git makes them since 2.41."""


@dataclass(frozen=True)
class Made:
    """A series that was rebased, checked and asked for its status, and its cache."""

    directory: Path
    server: GitServer
    statuses: list[int]
    result: dict[str, bytes]


def content(root: Path) -> dict[str, bytes]:
    """What belongs to the series."""
    files = (path for top in ("series", "patches") for path in (root / top).rglob("*"))
    return {str(path.relative_to(root)): path.read_bytes() for path in files if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    directory = tmp_path_factory.mktemp("damaged")
    (directory / "www").mkdir()
    (directory / "www/hello.patch").write_bytes(PATCH)
    with Upstream(directory / "git/org/project.git") as upstream:
        upstream.commit({f"d{n}/f": b"%d\n" % n for n in range(120)}, "Start")
        upstream.tag("1.0")
        upstream.commit({"more": b"1\n"}, "More")
        upstream.tag("1.1")
        upstream.commit({"more": b"2\n"}, "More of it")
        upstream.tag("1.2")
    with Upstream(directory / "git/fork/project.git") as fork:  # so small that git keeps no pack
        fork.commit({"d7/f": b"7\n"}, "Start")
        fix = fork.commit({"d7/f": b"seven\n"}, "Fix")
    handler = partial(SimpleHTTPRequestHandler, directory=str(directory / "www"))
    with (
        serve(directory / "git") as server,
        ThreadingHTTPServer(("127.0.0.1", 0), handler) as files,
        pytest.MonkeyPatch.context() as patch,
    ):
        threading.Thread(target=files.serve_forever, daemon=True).start()
        www = f"http://127.0.0.1:{files.server_port}/"
        values = {"url": server.url(), "fix": fix, "www": www, "digest": sha256(PATCH)}
        start = directory / "start"
        (start / "project/series").mkdir(parents=True)
        (start / "project/series/cached.toml").write_text(MANIFEST.format(**values))
        enter(start, patch)
        first = [cli.run(list(words)) for words in COMMANDS]
        statuses = [cli.run(list(words)) for words in COMMANDS]
        assert first == statuses
        yield Made(start, server, statuses, content(start / "project"))
        files.shutdown()


def enter(directory: Path, patch: pytest.MonkeyPatch) -> None:
    patch.chdir(directory / "project")
    patch.setenv("SERIES_CACHE", str(directory / "cache"))
    patch.setenv("SERIES_STATE", str(directory / "state"))
    patch.setenv("SERIES_MIRRORS", "")
    patch.setenv("SOURCE_DATE_EPOCH", "1365033600")


@pytest.fixture
def copy(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("project", "cache"):
        shutil.copytree(made.directory / name, tmp_path / name, symlinks=True)
    enter(tmp_path, monkeypatch)
    return tmp_path


# Ways to damage a file


def flip(place: Callable[[int], int], path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[place(len(data))] ^= 0x04
    rewrite(path, bytes(data))


def rewrite(path: Path, data: bytes) -> None:
    os.chmod(path, 0o600)
    path.write_bytes(data)


def replaced(make: Callable[[Path], object], path: Path) -> None:
    path.unlink()
    make(path)


def full_directory(path: Path) -> None:
    path.mkdir()
    (path / "inside").write_bytes(b"x")


def link_outside(path: Path) -> None:
    outside = next(p for p in path.parents if p.name == "cache").parent / "outside"
    outside.write_bytes(b"of somebody else\n")
    path.symlink_to(outside)


def make_socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


WAYS: dict[str, Callable[[Path], object]] = {
    "first byte": partial(flip, lambda _: 0),
    "middle byte": partial(flip, lambda size: size // 2),
    "last byte": partial(flip, lambda size: size - 1),
    "cut": lambda path: rewrite(path, path.read_bytes()[: path.stat().st_size // 2]),
    "longer": lambda path: rewrite(path, path.read_bytes() + b"\n"),
    "empty": lambda path: rewrite(path, b""),
    "garbage": lambda path: rewrite(path, b"\xff\x00garbage\n" * 9),
    "pipe": partial(replaced, os.mkfifo),
    "directory": partial(replaced, Path.mkdir),
    "full directory": partial(replaced, full_directory),
    "link outside": partial(replaced, link_outside),
    "dangling link": partial(replaced, lambda path: path.symlink_to("nowhere")),
    "socket": partial(replaced, make_socket),
}
NEED_BYTES = {"first byte", "middle byte", "last byte", "cut", "empty"}


def chosen() -> Iterator[tuple[str, str]]:
    """Kind and way: of each kind a flipped bit and one other way, or all of them."""
    others = [way for way in WAYS if way != "middle byte"]
    for number, kind in enumerate(KINDS):
        ways = WAYS if ALL else ("middle byte", others[number % len(others)])
        yield from ((kind, way) for way in dict.fromkeys(ways))


@pytest.mark.parametrize(("kind", "way"), list(chosen()))
def test_damage(
    made: Made, copy: Path, kind: str, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = sorted((copy / "cache").glob(KINDS[kind]))
    if kind in OPTIONAL and not found:
        return
    if kind == "ports":  # they are read where a target is not settled
        shutil.rmtree(copy / "cache" / "rebased")
    path = found[0]
    if way in NEED_BYTES and not path.read_bytes():
        way = "garbage"
    WAYS[way](path)
    before = time.monotonic()
    capsys.readouterr()
    assert [cli.run(list(words)) for words in COMMANDS] == made.statuses
    assert time.monotonic() - before < SECONDS
    said = capsys.readouterr().err
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if "damaged" in line]
    assert len(lines) == (0 if kind in SILENT else 1), said
    assert content(copy / "project") == made.result
    outside = copy / "outside"
    assert not outside.exists() or outside.read_bytes() == b"of somebody else\n"
    assert [cli.run(list(words)) for words in COMMANDS] == made.statuses  # once more: all is well
    assert "damaged" not in capsys.readouterr().err


def test_each_file_of_the_cache_is_of_a_kind(made: Made) -> None:
    """So that a new kind of file is not forgotten here."""
    cache = made.directory / "cache"
    alike = (
        "repositories/*/HEAD",
        "repositories/*/config",
        "repositories/*/shallow",
        "repositories/*/objects/info/alternates",
        "repositories/*/series-seal",
        "repositories/*/refs/series/*",
        "repositories/org-project-*/objects/??/*",
        "histories/repositories/*/refs/tags/*",
    )
    known = {path for kind in (*KINDS.values(), *alike) for path in cache.glob(kind)}
    files = {path for path in cache.rglob("*") if not path.is_dir()}
    assert files - known == set()
    assert all(list(cache.glob(KINDS[kind])) for kind in KINDS if kind not in OPTIONAL)


@pytest.mark.parametrize("kind", ["pack", "ref", "object", "configuration", "history's tag"])
def test_offline_says_what_mends_it(
    made: Made, copy: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sorted((copy / "cache").glob(KINDS[kind]))[0]
    WAYS["middle byte"](path)
    command = "status" if kind.startswith("history") else "rebase"
    capsys.readouterr()
    before = path.read_bytes()
    assert cli.run([command, "--offline"]) == 4
    said = capsys.readouterr().err
    assert "damaged" in said
    assert len(said.splitlines()) == 1
    assert path.read_bytes() == before
    (hint,) = re.findall(r"run `series (\w+)`: it fetches", said)
    cli.run([hint])
    assert "is fetched again" in capsys.readouterr().err
    assert cli.run([command, "--offline"]) == cli.run([command])
    assert content(copy / "project") == made.result


def test_a_download_offline(made: Made, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = (copy / "cache").glob(KINDS["download"])
    WAYS["middle byte"](path)
    assert cli.run(["rebase", "--offline"]) == made.statuses[0], "settled: it is not needed"
    shutil.rmtree(copy / "cache" / "rebased")
    assert cli.run(["rebase", "--offline"]) == 4
    assert f"{path} is damaged; run the command without --offline" in capsys.readouterr().err
    assert cli.run(["rebase"]) == made.statuses[0]
