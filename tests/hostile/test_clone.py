"""What a clone brings along as ``.series`` is neither state nor a work tree of ours."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.manifests import small_manifest
from support.project import Project

PATCH = """
[[patch]]
name = "x"
project = "project"
source = { commit = "0123456789012345678901234567890123456789" }
"""
MANIFEST = small_manifest(["1.0"]) + PATCH


@pytest.fixture
def clone(tmp_path: Path) -> Project:
    """A project that a stranger made, beside a file that is none of its business."""
    root = tmp_path / "clone"
    (root / "series").mkdir(parents=True)
    (root / "series/small.toml").write_text(MANIFEST)
    (root / "series/kept").write_bytes(b"kept")
    (tmp_path / "outside").write_bytes(b"private")
    (tmp_path / "empty").mkdir()
    return Project(root, {f"SERIES_{name}": str(tmp_path / name) for name in ("STATE", "CACHE")})


def outside(project: Project) -> dict[str, bytes | None]:
    """All that lies beside the project, but for the directories of ``series`` itself."""
    top = project.root.parent
    return {
        str(path.relative_to(top)): path.read_bytes() if path.is_file() else None
        for path in top.rglob("*")
        if path.relative_to(top).parts[0] not in ("STATE", "CACHE")
    }


def planted_journal(project: Project) -> None:
    """A change that was decided: over a file outside, away with one, and one moved in."""
    series = project.root / ".series"
    (series / "stage").mkdir(parents=True)
    (series / "stage/0").write_bytes(b"overwritten")
    moves = {
        "../outside": "0",
        str(project.root.parent / "outside"): None,
        "series/stolen": "../../../outside",
    }
    (series / "journal").write_text(json.dumps({"command": "series rebase", "moves": moves}))


def planted_log(project: Project) -> None:
    """An operation whose undoing removes or replaces files outside."""
    entry = project.root / ".series/log/000001"
    entry.mkdir(parents=True)
    old = hashlib.sha256(b"private").hexdigest()
    changes = [{"path": "../outside", "before": None, "after": old}]
    told = {"command": "series rebase", "time": "", "undoes": None, "changes": changes}
    (entry / "operation.json").write_text(json.dumps(told))


def planted_work_tree(project: Project) -> None:
    """A bare repository, which anybody can commit, whose configuration names a program."""
    session = project.root / ".series/resolve/x"
    tree = session / "tree"
    subprocess.run(["git", "init", "--quiet", "--bare", str(tree)], check=True)
    touched = project.root.parent / "executed"
    script = project.root / "evil"
    script.write_text(f"#!/bin/sh\ntouch '{touched}'\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.alternateRefsCommand", "diff.external"):
        subprocess.run(["git", "config", "-f", str(tree / "config"), key, str(script)], check=True)
    empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    told = {
        "series": "small",
        "patch": "x",
        "base": "1.0",
        "opened": "",
        "before": empty,
        "after": empty,
        "ours": empty,
    }
    (session / "state.json").write_text(json.dumps(told))


PLANTED = [planted_journal, planted_log, planted_work_tree]
COMMANDS = [
    ("undo", "--list"),
    ("undo",),
    ("resolve", "--status"),
    ("resolve", "--continue", "-m", "x"),
    ("resolve", "--abort"),
    ("check",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("plant", PLANTED)
def test_nothing_of_it_counts(
    clone: Project, plant: Callable[[Project], None], command: tuple[str, ...]
) -> None:
    plant(clone)
    before = outside(clone)
    done = clone.run(*command)
    assert outside(clone) == before
    assert done.status in (0, 1, 2, 4), done.err
    assert "Traceback" not in done.err
    assert f"{clone.root / '.series'} is not read" in done.err
