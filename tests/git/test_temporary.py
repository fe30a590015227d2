"""Throw-away repositories: where they are made, and that nothing of them stays."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from patchseries.git import scratch, temporary


@pytest.fixture(params=["memory", "disk"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that scratch repositories are made in: a stand-in for memory, or the parent."""
    memory = tmp_path / "memory"
    memory.mkdir()
    in_memory = request.param == "memory"
    monkeypatch.setattr(temporary, "_MEMORY", memory)
    monkeypatch.setattr(temporary, "_ENOUGH", 0 if in_memory else 10**18)
    return memory if in_memory else tmp_path / "parent"


def test_a_scratch_repository_is_gone_afterwards(home: Path, tmp_path: Path) -> None:
    with scratch(tmp_path / "parent", []) as store:
        oid = store.write_blob(b"text\n")
        assert store.git_dir.is_relative_to(home)
        with scratch(tmp_path / "parent", [store.objects_directory]) as over:
            assert over.blob(oid) == b"text\n"
    assert list(home.iterdir()) == []


@pytest.mark.usefixtures("home")
def test_what_a_killed_run_left_is_cleared_and_what_runs_is_not(tmp_path: Path) -> None:
    with scratch(tmp_path / "parent", []) as store:
        mine = store.git_dir.parent
        left = mine.with_name(mine.name[:-8] + "a1b2c3d4")  # nobody holds it
        left.mkdir()
        with scratch(tmp_path / "parent", []):
            assert not left.exists()
            assert mine.is_dir()


def test_memory_is_used_where_it_is_known_to_be_large_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporary, "_MEMORY", tmp_path)
    monkeypatch.setattr(temporary, "_ENOUGH", 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=8000))
    parent = tmp_path / "parent"
    assert temporary.scratch_home(parent, 999)[0] == tmp_path
    assert temporary.scratch_home(parent, 1000)[0] == parent
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        assert temporary.scratch_home(parent)[0] == parent
    monkeypatch.setattr(shutil, "disk_usage", refused)
    assert temporary.scratch_home(parent)[0] == parent


def refused(_: object) -> None:
    raise PermissionError


@pytest.mark.usefixtures("home")
def test_nothing_is_compressed_in_it(tmp_path: Path) -> None:
    with scratch(tmp_path / "parent", []) as store:
        by_us = store.write_blob(b"a" * 5000)
        hashed = store.run("hash-object", "-w", "--stdin", stdin=b"b" * 5000)
        by_git = hashed.stdout.decode().strip()
        for oid in (by_us, by_git):
            assert (store.objects_directory / oid[:2] / oid[2:]).stat().st_size > 5000
            assert len(store.blob(oid)) == 5000
