"""A small project whose own tests are run: its upstream, its series, and how its tests end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.manifests import small_manifest
from support.small_series import SmallSeries
from support.upstreams import Upstream

RUNNER = """\
import os, sys, time
_, path, *left_out = sys.argv
with open(os.environ["COUNT"], "a") as log:
    print(path, *left_out, file=log)
values = {name: int(value) for name, value in (x.split(" = ") for x in open("values"))}
left_out = open(left_out[0]).read().split() if left_out else []
for line in open(path):
    name, check = line.strip().split(" ", 1)
    if name in left_out:
        continue
    print(f"# {name}", flush=True)
    if check == "hang":
        time.sleep(60)
    print("ok" if eval(check, {}, values) else "not ok", "-", name, flush=True)
"""
"""Runs a file of tests, one a line: a name and an expression of the upstream's values. TAP."""

TABLE = """
[project.project.tests]
command = ["python3", "{root}/run.py", "{tests}"]
format = "tap"
files = ["tests/*"]
inputs = ["run.py"]
"""

PATCH = """
[[patch]]
name = "{name}"
project = "project"
source = {{ commit = "{commit}" }}
"""

Files = Mapping[str, bytes | None]


def values(**given: int) -> bytes:
    """The upstream's file of values, far enough apart that patches do not touch each other."""
    lines = [f"{name} = {value}\n" + f"_{name} = 0\n" * 3 for name, value in given.items()]
    return "".join(lines).encode()


@dataclass
class SuiteProject(SmallSeries):
    """The project folder of a series whose project says how its tests are run."""

    folder: Path = Path()

    @property
    def runs(self) -> list[str]:
        """The files of tests that were run, in order."""
        log = self.folder / "count"
        return log.read_text().splitlines() if log.exists() else []

    def table(self, old: str, new: str) -> None:
        """Change the manifest."""
        path = self.root / "series/small.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def cells(self, *words: str) -> dict[str, Any]:
        """The cells of ``series test WORDS``, by patch."""
        return {cell["patch"]: cell for cell in self.json("test", *words)["cells"]}


@contextmanager
def suite_project(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    stock: Files,
    patches: Mapping[str, Files],
    table: str,
) -> Iterator[SuiteProject]:
    """A ported series in *folder*, its *patches* one after the other on the files *stock*."""
    text = small_manifest(["1.0"]) + table
    with Upstream(folder / "mirrors/org/project.git") as upstream:
        start = upstream.commit(stock)
        upstream.tag("1.0")
        for name, files in patches.items():
            text += PATCH.format(name=name, commit=upstream.commit(files, name))
        root = folder / "root"
        (root / "series").mkdir(parents=True)
        (root / "series/small.toml").write_text(text)
        (root / "run.py").write_text(RUNNER)
        monkeypatch.chdir(root)
        for name in ("mirrors", "cache", "state"):
            monkeypatch.setenv(f"SERIES_{name.upper()}", str(folder / name))
        small = SuiteProject(root, upstream, start, start, folder)
        small.table("command = [", f'command = ["env", "COUNT={folder}/count", ')
        small.run("rebase")
        yield small
