"""Test-applying the Grizzly series agrees with ``patch -F0`` and ``quilt push -a``."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from patchseries.git import Repository
from patchseries.model import TreeId
from patchseries.patches.apply import Applied, apply_patch
from patchseries.patches.header import split_patch
from patchseries.patches.parse import parse_patch
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import Rebased
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.sources import Cache, FetchOptions
from support.patch_program import patch_program
from support.project import REPOSITORY
from support.tools import need

pytestmark = pytest.mark.real


@dataclass(frozen=True)
class Grizzly:
    """The real series, rebased in memory, and the repository that holds its objects."""

    given: RebaseInputs
    rebased: Rebased

    def start(self, project: str, base: str) -> TreeId:
        """The tree of a base."""
        pin = self.given.pins[self.given.manifest.projects[project].repository, base]
        return self.given.repository.commit(pin).tree


@pytest.fixture
def grizzly(mirrors: Path, tmp_path: Path) -> Iterator[Grizzly]:
    folder = tmp_path / "grizzly"
    shutil.copytree(REPOSITORY / "series", folder / "series")
    shutil.copytree(REPOSITORY / "patches" / "own", folder / "patches" / "own")
    series, everything = Series(folder, "grizzly", folder / "state"), Selection()
    session = Session(Cache(folder / "cache"), FetchOptions([mirrors]))
    pins = session.fetch(series, everything)
    with session.rebase_inputs(series, pins) as given:
        yield Grizzly(given, rebase(given, everything, lambda _: None))


def test_every_patch_on_every_base_as_patch_does(grizzly: Grizzly) -> None:
    """Each patch of 2013.1.2 on each base by itself: where it applies, and where it does not."""
    verdicts: dict[bool, int] = {True: 0, False: 0}
    for cell in (c for c in grizzly.rebased.cells if c.base == "2013.1.2"):
        for file in cell.files[:1]:
            for base in grizzly.given.manifest.projects[cell.project].bases:
                ours, theirs = both(grizzly, grizzly.start(cell.project, base), file.data)
                assert ours == theirs, (file.name, base)
                verdicts[ours is not None] += 1
    assert verdicts[True] > 40
    assert verdicts[False] > 3


def both(
    grizzly: Grizzly, tree: TreeId, data: bytes
) -> tuple[dict[str, bytes] | None, dict[str, bytes] | None]:
    """The touched files after our own applying and after patch's; None when refused."""
    repository: Repository = grizzly.given.repository
    paths = [patched.path for patched in parse_patch(split_patch(data)[1])]
    before = {p: text for p in paths if (text := repository.file(tree, p)) is not None}
    applied = apply_patch(repository, tree, data)
    ours = None
    if isinstance(applied, Applied):
        after = {p: repository.file(applied.tree, p) for p in paths}
        ours = {path: text for path, text in after.items() if text is not None}
    with tempfile.TemporaryDirectory() as folder:
        return ours, patch_program(Path(folder), before, data)


@pytest.mark.parametrize("base", ["2013.1", "2013.1.2", "2013.1.5"])
def test_quilt_pushes_the_series(grizzly: Grizzly, base: str, tmp_path: Path) -> None:
    need("quilt")
    for project in grizzly.given.manifest.projects:
        cells = [c for c in grizzly.rebased.cells if (c.project, c.base) == (project, base)]
        files = [file for cell in cells for file in cell.files]
        tree, patches = tmp_path / project, tmp_path / f"{project}-patches"
        patches.mkdir()
        for file in files:
            (patches / file.name).write_bytes(file.data)
        (patches / "series").write_text("".join(f"{file.name}\n" for file in files))
        checked_out(grizzly.given.repository, grizzly.start(project, base), tree)
        env = {**os.environ, "QUILT_PATCHES": str(patches)}
        done = subprocess.run(
            ["quilt", "--quiltrc=-", "push", "-a", "--fuzz=0"],
            cwd=tree,
            env=env,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode()
        wanted = grizzly.given.repository.walk(grizzly.rebased.trees[project, base])
        for path, entry in wanted:
            if entry.is_file:
                assert (tree / path).read_bytes() == grizzly.given.repository.blob(entry.oid), path


def checked_out(repository: Repository, tree: TreeId, folder: Path) -> None:
    """Write the files of *tree* to *folder*."""
    for path, entry in repository.walk(tree):
        if entry.is_file:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(repository.blob(entry.oid))
            (folder / path).chmod(int(entry.mode[-3:], 8))
