"""The stock trees and the patched ones, written out for Python 2.7."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from patchseries.cli.common import Given
from patchseries.cli.terminal import Progress
from patchseries.files import read_file
from patchseries.git import Repository
from patchseries.model import Target, TreeId
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.patches.compose import series_directory
from patchseries.patches.quilt import parse_series
from patchseries.pipeline.series import Series
from patchseries.pipeline.testing.worktrees import work_tree

LEASE = "lean-lease-script"


@dataclass(frozen=True)
class Trees:
    """Where the trees of one base are."""

    place: Path
    base: str

    def stock(self, project: str) -> Path:
        return self.place / "stock" / project

    def patched(self, project: str) -> Path:
        return self.place / "patched" / project

    def both(self, project: str) -> tuple[Path, Path]:
        return self.stock(project), self.patched(project)

    def variant(self, name: str) -> Path:
        """quantum with this variant of the lease script."""
        return self.place / "variants" / name


def make(asked: Given, place: Path) -> Trees:
    """Write out the stock and the patched trees of the one base that is selected."""
    series, selection = asked.open()
    targets = selection.targets(series.manifest)
    [base] = {target.base for target in targets}
    trees = Trees(place, base)
    with Progress(asked) as progress:
        session = asked.session(progress)
        pins = session.at_hand(series, selection)
    with session.objects(pins) as repository:
        for target in targets:
            url = series.manifest.projects[target.project].repository
            stock = repository.commit(pins[url, base]).tree
            patched = _with_patches(repository, stock, _directory(series.root, series, target))
            _write(repository, stock, target, trees.stock(target.project))
            _write(repository, patched, target, trees.patched(target.project))
            for variant in _variants(series, target):
                with tempfile.TemporaryDirectory() as copy:
                    _port_variant(series, target, variant, Path(copy))
                    directory = _directory(Path(copy), series, target)
                    patched = _with_patches(repository, stock, directory)
                _write(repository, patched, target, trees.variant(variant))
    return trees


def _variants(series: Series, target: Target) -> list[str]:
    """The variants of the lease script, if it is of this project."""
    patches = series.manifest.patches
    return [
        v for p in patches if (p.name, p.project) == (LEASE, target.project) for v in p.variants
    ]


def _port_variant(series: Series, target: Target, variant: str, copy: Path) -> None:
    """Port the series with this variant of the lease script, in a copy of the project."""
    shutil.copytree(series.root / "patches" / "own", copy / "patches" / "own")
    shutil.copytree(series.manifest_path.parent, copy / "series")
    manifest = copy / "series" / series.manifest_path.name
    content = tomlkit.parse(manifest.read_text(encoding="utf-8")).unwrap()
    for table in content["patch"]:
        if table["name"] == LEASE:
            table["choose"] = variant
    manifest.write_text(tomlkit.dumps(content), encoding="utf-8")
    argv = [sys.executable, "-m", "patchseries", "rebase", series.name, "--quiet"]
    only = ["--project", target.project, "--onto", target.base]
    subprocess.run([*argv, *only], cwd=copy, check=True, stdout=subprocess.DEVNULL)


def _directory(root: Path, series: Series, target: Target) -> Path:
    return root / series_directory(series.name, target.base, target.project)


def _with_patches(repository: Repository, tree: TreeId, directory: Path) -> TreeId:
    for line in parse_series((directory / "series").read_text(encoding="utf-8")):
        applied = apply_patch(repository, tree, read_file(directory / line.name))
        if isinstance(applied, Rejected):
            raise RuntimeError(f"{directory / line.name} does not apply: {applied}")
        tree = applied.tree
    return tree


def _write(repository: Repository, tree: TreeId, target: Target, where: Path) -> None:
    where.parent.mkdir(parents=True, exist_ok=True)
    with work_tree(repository, tree, where.parent) as place:
        (place / "tree").rename(where)
    # what the project's setup code reads instead of git
    (where / "PKG-INFO").write_text(
        f"Metadata-Version: 1.0\nName: {target.project}\nVersion: {target.base}\n", encoding="ascii"
    )
