"""The trees of one project on one base, stock and after each patch, and the tests to run there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from patchseries.git import Repository
from patchseries.manifest.suite import SuiteTable
from patchseries.model import Target, TreeId
from patchseries.pipeline.applying import Applies, ApplyInputs, apply_series
from patchseries.pipeline.series import Selection
from patchseries.pipeline.testing.running import WHOLE
from patchseries.progress import no_progress
from patchseries.testing.selection import USUAL, belonging_tests, is_test, module_name

STOCK = "stock"


@dataclass(frozen=True)
class PatchedTree:
    """The stock tree, or that after one patch.

    :ivar tests: the files of tests that are run for the patch
    :ivar own: what the ids of tests begin with that are in files which the patch changes
    :ivar there: all files of tests in the tree
    """

    name: str
    tree: TreeId
    tests: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    there: frozenset[str] = frozenset()


_NOTHING_TO_TEST = (Applies.NOT_APPLICABLE, Applies.ALREADY_APPLIED)


@dataclass(frozen=True)
class PatchedTrees:
    """The trees of *target*, stock first; ``untested`` are patches without one, and why."""

    target: Target
    steps: tuple[PatchedTree, ...]
    untested: dict[str, str] = field(default_factory=dict)


def steps_of(inputs: ApplyInputs, target: Target, table: SuiteTable) -> PatchedTrees:
    """The trees of *target*: its patch files, applied one after the other."""
    cells = apply_series(inputs, Selection((target.project,), (target.base,)), no_progress)
    tree = inputs.start(target)
    reader = _TestReader(inputs.repository, table)
    steps = [PatchedTree(STOCK, tree, there=reader.there(tree))]
    untested: dict[str, str] = {}
    for cell in cells:
        if cell.tree is None or cell.result is not Applies.APPLIES:
            if cell.result not in _NOTHING_TO_TEST:
                untested[cell.patch] = cell.reason
        elif cell.tree != tree:
            steps.append(reader.step(cell.patch, tree, cell.tree))
            tree = cell.tree
    return PatchedTrees(target, tuple(steps), untested)


@dataclass
class _TestReader:
    """Finds files of tests in trees, and those that belong to a patch."""

    repository: Repository
    table: SuiteTable
    texts: dict[str, str] = field(default_factory=dict)

    def there(self, tree: TreeId) -> frozenset[str]:
        if not self.table.has("tests"):
            return frozenset([WHOLE])
        return frozenset(self._files(tree))

    def step(self, patch: str, before: TreeId, tree: TreeId) -> PatchedTree:
        changed = tuple(self.repository.changes(before, tree))
        there = self.there(tree)
        own = tuple(name for path in changed for name in id_beginnings(path))
        return PatchedTree(patch, tree, self._chosen(tree, changed, there), own, there)

    def _chosen(
        self, tree: TreeId, changed: Sequence[str], there: frozenset[str]
    ) -> tuple[str, ...]:
        if self.table.select == "all" or not self.table.has("tests"):
            return tuple(sorted(there))
        if self.table.select == "own":
            return tuple(sorted(there & set(changed)))
        texts = {path: self._text(oid) for path, oid in self._files(tree).items()}
        return tuple(belonging_tests(changed, texts))

    def _files(self, tree: TreeId) -> dict[str, str]:
        patterns = self.table.files or USUAL
        files = self.repository.walk(tree)
        return {
            path: entry.oid
            for path, entry in files
            if entry.mode.startswith("100") and is_test(path, patterns)
        }

    def _text(self, oid: str) -> str:
        if oid not in self.texts:
            self.texts[oid] = self.repository.blob(oid).decode("utf-8", "replace")
        return self.texts[oid]


def id_beginnings(path: str) -> tuple[str, ...]:
    """What the ids of the tests in the file *path* may begin with, as formats write them."""
    stem = path.rpartition("/")[2].removesuffix(".py")
    return (path, module_name(path) or path, stem)
