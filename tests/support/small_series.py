"""A project folder with one small series, whose patch conflicts on some bases; and its commands.

``retry`` is ported onto 1.0 (clean), 1.1 and 1.2 (both conflict, in the same region), and ``log``
(clean everywhere) after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.model import CommitId
from support.manifests import small_manifest
from support.state import open_conflicts
from support.upstreams import Upstream

HEAD = [f"line {n}\n" for n in range(1, 9)]
TAIL = [f"more {n}\n" for n in range(1, 9)]
BODY = ["def call():\n", "    send()\n"]
OURS = ["def call():\n", "    lock()\n", "    send(timeout=3)\n"]
THEIRS = ["def call():\n", "    while not send():\n", "        wait()\n"]
MERGED = ["def call():\n", "    lock()\n", "    while not send(timeout=3):\n", "        wait()\n"]

PATCHES = """
[[patch]]
name = "retry"  # the one that conflicts
project = "project"
source = {{ commit = "{retry}" }}

[[patch]]
name = "log"
project = "project"
source = {{ commit = "{log}" }}
"""
MANIFEST = "# a comment that stays\n" + small_manifest(["1.0", "1.1", "1.2"]) + PATCHES


def text(*parts: list[str]) -> bytes:
    return "".join(line for part in parts for line in part).encode()


def between(*middle: str) -> bytes:
    """The lines *middle* between lines that no test changes."""
    return text(HEAD, [f"{line}\n" for line in middle], TAIL)


@dataclass
class SmallSeries:
    """The project folder and its upstream."""

    root: Path
    upstream: Upstream
    retry: CommitId
    log: CommitId

    def run(self, *words: str) -> tuple[int, str]:
        """The exit status and the output of ``series WORDS``; errors are raised."""
        done = CliRunner().invoke(group, list(words), standalone_mode=False)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return int(done.return_value or 0), done.output

    def json(self, *words: str) -> Any:
        """The JSON document of ``series WORDS --json``."""
        done = CliRunner().invoke(group, [*words, "--json"], standalone_mode=False)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return json.loads(done.stdout)

    def outcomes(self) -> dict[str, str]:
        """What a rebase says of each base, for the patch that conflicts: outcome or strategy."""
        cells = self.json("rebase", "--overwrite")["cells"]
        return {
            cell["base"]: ", ".join(cell["strategies"]) or cell["outcome"]
            for cell in cells
            if cell["patch"] == "retry"
        }

    def check_out(self, base: str, directory: str = "work") -> Path:
        """The branch of the series on *base*, in a work tree; nothing is ported before."""
        made = self.json("checkout", "project", "--onto", base, directory)
        return Path(made["folder"])

    @property
    def conflicts(self) -> Path:
        """Where its open conflicts are."""
        return open_conflicts(self.root.parent / "state")

    @property
    def resolutions(self) -> list[Path]:
        """The files of its resolutions."""
        return sorted((self.root / "series/resolutions/small").glob("*"))

    def resolve_from_both(self, files: dict[str, bytes | None]) -> None:
        """Resolve ``retry`` from a commit on 1.1 that makes *files*, then from its patch file.

        Both must be kept alike, byte for byte.
        """
        parent = self.upstream.repository.resolve("1.1")
        done = self.upstream.commit(files, "Backport", branch="backport", parent=parent)
        self.run("resolve", "retry", "--from", done, "-m", "x")
        (stored,) = self.resolutions
        by_commit = stored.read_bytes()
        stored.unlink()
        diff = self.upstream.repository.diff("1.1^{tree}", f"{done}^{{tree}}")
        (self.root / "backport.patch").write_bytes(diff)
        self.run("resolve", "retry", "--from", "backport.patch", "-m", "x")
        assert stored.read_bytes() == by_commit

    def tracked(self) -> dict[str, bytes]:
        """The files that belong to the series."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for top in ("series", "patches")
            for path in (self.root / top).rglob("*")
            if path.is_file()
        }


@contextmanager
def small_series(folder: Path) -> Iterator[SmallSeries]:
    """A fresh one below *folder*."""
    with Upstream(folder / "mirrors/org/project.git") as upstream:
        start = upstream.commit(
            {"call.py": text(HEAD, BODY, TAIL), "log.py": b"quiet\n", "README": b"text\n"}
        )
        upstream.tag("1.0")
        upstream.commit({"call.py": text(HEAD, OURS, TAIL)}, "Lock", branch="stable", parent=start)
        upstream.tag("1.1", "refs/heads/stable")
        upstream.commit({"call.py": text(["new\n"], HEAD, OURS, TAIL)}, branch="stable")
        upstream.tag("1.2", "refs/heads/stable")
        retry = upstream.commit({"call.py": text(HEAD, THEIRS, TAIL)}, "Retry")
        log = upstream.commit({"log.py": b"loud\n"}, "Log")
        root = folder / "project"
        (root / "series").mkdir(parents=True)
        (root / "series/small.toml").write_text(MANIFEST.format(retry=retry, log=log))
        yield SmallSeries(root, upstream, retry, log)


def enter(small: SmallSeries, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Work in its folder, as somebody, with its own mirrors and cache."""
    monkeypatch.chdir(small.root)
    monkeypatch.setenv("SERIES_MIRRORS", str(folder / "mirrors"))
    monkeypatch.setenv("SERIES_CACHE", str(folder / "cache"))
    monkeypatch.setenv("SERIES_STATE", str(folder / "state"))
    monkeypatch.setenv("DEBFULLNAME", "Ann Packager")
    monkeypatch.setenv("DEBEMAIL", "ann@test.invalid")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1365033600")
