"""``series manual``: the pages, from the package or the source tree."""

from __future__ import annotations

import json
import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from patchseries.cli import manual, run
from patchseries.errors import ProgramError
from support.project import REPOSITORY


def test_without_a_topic_the_pages_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manual"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:-2]]
    there = {path.stem for path in (REPOSITORY / "docs/manual").rglob("*.md")} - {"index"}
    assert set(listed) == there | {"glossary"}
    assert listed[:3] == ["upgrade", "first-upgrade", "series"]  # the tutorials, as in the index
    assert listed.index("glossary") < listed.index("porting")


def test_a_page_goes_into_a_pipe_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manual", "security"]) == 0
    assert capsys.readouterr().out == (REPOSITORY / "docs/manual/security.md").read_text()


def test_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manual", "security", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["title"] == "Security"
    assert document["text"].startswith("# Security")


def test_a_page_that_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manual", "securty"]) == 2
    assert "did you mean 'security'" in capsys.readouterr().err
    assert run(["manual", "../design"]) == 2


def test_a_terminal_gets_the_pager(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text('#!/bin/sh\nread -r line\necho "paged: $line"\ncat > /dev/null\n')
    pager.chmod(0o755)
    ours, theirs = pty.openpty()
    environ = os.environ | {
        "PAGER": shlex.quote(str(pager)),
        "PYTHONPATH": f"{REPOSITORY}/src",
        "TERM": "xterm",
    }
    subprocess.run(
        [sys.executable, "-m", "patchseries", "manual", "security"],
        env=environ,
        stdin=theirs,
        stdout=theirs,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    assert os.read(ours, 1000).split(b"\r\n")[0] == b"paged: # Security"
    os.close(ours)


def test_a_wheel_has_the_pages_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        manual, "__file__", str(tmp_path / "x/site-packages/patchseries/cli/manual.py")
    )
    with pytest.raises(ProgramError, match="the manual is not installed"):
        manual.topics()
    package = tmp_path / "x/site-packages/patchseries/docs"
    (package / "manual").mkdir(parents=True)
    (package / "manual/one.md").write_text("# One\n")
    (package / "glossary.md").write_text("# Glossary\n")
    assert set(manual.topics()) == {"one", "glossary"}


def test_the_wheel_is_told_where_the_package_looks() -> None:
    import tomllib

    hatch = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["hatch"]
    included = hatch["build"]["targets"]["wheel"]["force-include"]
    assert included == {
        "docs/manual": "patchseries/docs/manual",
        "docs/glossary.md": "patchseries/docs/glossary.md",
        "series/demo.toml": "patchseries/demo/demo.toml",  # which `series demo` begins with
    }
    assert all((REPOSITORY / source).exists() for source in included)
