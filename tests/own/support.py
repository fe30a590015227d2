"""Trees of the real upstreams with a published patch, and with our own patch on top of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from own.published import PATCHES, USUAL_BASE, Published
from patchseries import process
from patchseries.git import Repository, scratch
from patchseries.model import CommitId, TreeId
from patchseries.port import Change
from patchseries.port.engine import port
from support.mirrors import FOLDERS

PYTHON2 = Path(__file__).parent / "python2"
_CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
MADE_PYTHON2 = Path(_CACHE, "patchseries", "python2", "bin", "python")
"""Where tools/python2/setup puts it."""


def require(program: str, package: str) -> None:
    """Skip the test without *program*; in CI, where all are meant to be there, fail it."""
    if shutil.which(program) is not None:
        return
    words = f"{program} is missing: apt-get install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)


def mirror(name: str) -> Path:
    """The mirror ORG/REPO below one of SERIES_MIRRORS' folders; without it the test is skipped."""
    for folder in FOLDERS:
        for path in (Path(folder, name), Path(folder, f"{name}.git")):
            if folder and path.is_dir():
                return path
    pytest.skip(f"no mirror of {name} below SERIES_MIRRORS")


def extract_published(published: Published, base: str, folder: Path) -> None:
    """Write the files of *base* with the published patch into *folder*.

    Skips the test where the published patch itself is known to conflict: it needs a resolution.
    """
    with _both(published, base, folder.parent) as (repository, tree):
        commit = repository.commit(CommitId(published.commit))
        result = port(repository, Change.of(repository, commit), tree)
        if result.tree is None:
            assert not any(base in group for group in published.alike), result.conflicts
            pytest.skip(f"{published.commit[:12]} conflicts on {base}")
        for path in published.paths:
            data = repository.file(result.tree, path)
            assert data is not None, path
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)


@contextmanager
def _both(published: Published, base: str, parent: Path) -> Iterator[tuple[Repository, TreeId]]:
    """A scratch repository over the upstream and the fork, and the tree of the tag *base*."""
    with (
        Repository(mirror(published.upstream)) as upstream,
        Repository(mirror(published.fork)) as fork,
        scratch(parent, [upstream.objects_directory, fork.objects_directory]) as repository,
    ):
        commit = upstream.resolve(f"refs/tags/{base}")
        assert commit is not None, base
        yield repository, repository.commit(commit).tree


def apply_fix(published: Published, folder: Path) -> None:
    """Apply our patch to *folder* as strictly as dpkg-source does: no fuzz, no leftovers."""
    argv = ["patch", "-p1", "-F0", "--batch", "--no-backup-if-mismatch"]
    process.run([*argv, "-i", PATCHES / published.fix], cwd=folder)


def extract_both(published: Published, folder: Path, base: str = USUAL_BASE) -> tuple[Path, Path]:
    """Two folders below *folder*: the published patch as it is, and with ours on top."""
    as_published, fixed = folder / "published", folder / "fixed"
    extract_published(published, base, as_published)
    shutil.copytree(as_published, fixed)
    apply_fix(published, fixed)
    return as_published, fixed


def python2(
    script: str,
    args: Sequence[str | Path],
    *,
    stdin: bytes = b"",
    jython_path: str = "",
    **env: str,
) -> bytes:
    """Run a script of ours below tests/own/python2 with Python 2; its output.

    That is the Python 2.7 that PYTHON2 names or that tools/python2/setup has made, else Jython.

    :param jython_path: a directory beside it with modules for what Jython's library lacks
    """
    cpython = Path(os.environ.get("PYTHON2") or MADE_PYTHON2)
    if cpython.is_file():
        return process.run(
            [cpython, "-B", PYTHON2 / script, *args], stdin=stdin, env=env, timeout=120
        ).stdout
    require("jython", "jython")
    # Without these two switches it would leave class files here and a cache in its own folder.
    argv = ["jython", "-B", "-Dpython.cachedir.skip=true", PYTHON2 / script, *args]
    extra = {"JYTHONPATH": str(PYTHON2 / jython_path)} if jython_path else {}
    return process.run(argv, stdin=stdin, env=extra | env, timeout=120).stdout


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of each scenario, by its name: with the published patch, and with ours on top."""

    published: dict[str, Any]
    fixed: dict[str, Any]


def run_scenarios(script: str, published: Published, folder: Path, base: str = USUAL_BASE) -> Seen:
    """Run all scenarios of *script* on both trees."""
    trees = extract_both(published, folder, base)
    return Seen(*(json.loads(python2(script, [tree])) for tree in trees))
