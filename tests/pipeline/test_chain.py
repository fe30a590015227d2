"""A commit with its prerequisites: the chain, and its patches, which `git am` takes in order."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchseries.cli import run
from support.small_series import between
from support.upstreams import Upstream


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Upstream]:
    """``fix`` needs ``helper``; ``lone`` needs nothing, and nothing helps ``odd``."""
    with Upstream(tmp_path / "org" / "made.git") as upstream:
        start = upstream.commit({"a.py": between(), "b.py": b"x = 1\ny = 1\n"}, "Start")
        old = upstream.commit({"b.py": b"x = 5\ny = 1\n"}, "Old", branch="old", parent=start)
        upstream.tag("stable", old)
        upstream.tag("alien", upstream.commit({"a.py": between("z")}, "Alien", branch="alien"))
        helper = "Add a helper\n\nFrom a Mon Sep 17 00:00:00 2001\nit is needed."
        upstream.tag("helper", upstream.commit({"a.py": between("def f():", "    a()")}, helper))
        upstream.tag("lone", upstream.commit({"c.py": b"z = 1\n"}, "Lone"))
        upstream.tag("fix", upstream.commit({"a.py": between("def f():", "    b()")}, "Fix it"))
        upstream.tag("odd", upstream.commit({"b.py": b"x = 2\ny = 1\n"}, "Odd", parent=start))
        yield upstream


def chain(made: Upstream, *words: str) -> int:
    where = ["--onto", "stable", "--repo", str(made.path), "--with-prerequisites"]
    return run(["port", *where, *words])


def document(made: Upstream, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    chain(made, *words, "--json")
    return json.loads(capsys.readouterr().out)


def test_each_commit_is_a_patch_that_git_am_takes(
    made: Upstream, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    assert chain(made, "fix") == 0
    out, err = capfdbinary.readouterr()
    ids = [made.repository.resolve(name) for name in ("helper", "fix")]
    said = err.decode().splitlines()
    assert said == [
        f"prerequisite 1 of 1: {str(ids[0])[:12]} Add a helper, only adds lines",
        "clean",
        f"then {str(ids[1])[:12]} Fix it",
        "clean",
    ]
    work = tmp_path / "work"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.invalid"]
    subprocess.run([*git, "clone", "-q", "-b", "stable", made.path, work], check=True)
    subprocess.run([*git, "am", "-q"], input=out, cwd=work, check=True)
    shown = subprocess.run(
        [*git, "log", "--format=%an: %s", "stable.."], cwd=work, check=True, capture_output=True
    )
    assert shown.stdout.decode().splitlines() == [
        "Test Author: Fix it",
        "Test Author: Add a helper",
    ]
    assert (work / "a.py").read_bytes() == between("def f():", "    b()")
    assert re.findall(rb"^Origin: upstream, commit:(\w+)$", out, re.M) == [
        str(one).encode() for one in ids
    ]


def test_the_document_has_the_chain(made: Upstream, capsys: pytest.CaptureFixture[str]) -> None:
    shown = document(made, capsys, "fix")
    (helper,) = shown["prerequisites"]
    assert helper["commit"] == made.repository.resolve("helper")
    assert (helper["subject"], helper["outcome"]) == ("Add a helper", "clean")
    assert helper["only_adds"] is True
    assert (shown["ok"], shown["outcome"], shown["findings"]) == (True, "clean", [])
    assert shown["onto"] == made.repository.resolve("stable")
    assert shown["merges_tried"] > 0


def test_what_is_clean_needs_none(made: Upstream, capsys: pytest.CaptureFixture[str]) -> None:
    assert chain(made, "lone") == 0
    assert capsys.readouterr().err == "no prerequisites are needed\nclean\n"
    assert document(made, capsys, "lone")["merges_tried"] == 0


def test_where_nothing_helps_the_plain_port_is_told(
    made: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    chain(made, "odd")
    first, second = capsys.readouterr().err.splitlines()[:2]
    assert re.fullmatch(r"no prerequisites would help \(\d+ merges? tried\)", first)
    assert second.startswith("adapted")
    assert document(made, capsys, "odd")["prerequisites"] == []


def test_without_a_common_ancestor_no_search_is_claimed(
    made: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    made.repository.run("update-ref", "refs/tags/stable", "refs/tags/alien")
    assert chain(made, "fix") == 1
    said = capsys.readouterr().err.splitlines()[0]
    assert said == "no search for prerequisites: the two histories have no common ancestor here"


@pytest.mark.parametrize("words", [["--batch"], ["fix", "--test", "true"]])
def test_it_goes_with_no_batch_and_no_test(
    made: Upstream, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert chain(made, *words) == 2
    assert "--with-prerequisites goes with neither --test nor --batch" in capsys.readouterr().err
