"""Test-apply: the patch *files* on disk, on their bases, as dpkg-source would apply them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from patchseries.files import read_file
from patchseries.git import Repository
from patchseries.manifest import PatchNames, patch_names
from patchseries.model import CommitId, Outcome, Target, TreeId
from patchseries.patches.apply import Offset, Rejected, apply_patch, is_applied
from patchseries.patches.compose import series_directory
from patchseries.patches.quilt import parse_series, strip_level
from patchseries.pipeline.series import Selection, Series
from patchseries.progress import ProgressCallback, Steps


class Applies(StrEnum):
    """The result of test-applying one patch on one base."""

    APPLIES = "applies"
    ALREADY_APPLIED = "already-applied"
    NOT_APPLICABLE = "not-applicable"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class AppliedCell:
    """One patch on one base; ``offsets`` are the hunks found elsewhere than they say.

    ``tree`` is what is there after it; None: it does not apply.
    """

    patch: str
    project: str
    base: str
    result: Applies
    reason: str = ""
    offsets: tuple[Offset, ...] = ()
    tree: TreeId | None = None


@dataclass(frozen=True, slots=True)
class ApplyInputs:
    """What is applied: the series, its bases (*pins*), and the *repository* that has them.

    :param starts: trees to apply on instead of those of the bases, by target
    :param files: path below the root → bytes, to be taken instead of what is on disk
    """

    series: Series
    repository: Repository
    pins: Mapping[tuple[str, str], CommitId]
    starts: Mapping[tuple[str, str], TreeId] = field(default_factory=dict)
    files: Mapping[str, bytes] | None = None

    @property
    def is_as_on_disk(self) -> bool:
        """Whether the patch files on disk are applied on the bases themselves."""
        return not self.starts and self.files is None

    def start(self, target: Target) -> TreeId:
        """The tree that the series is applied on."""
        repository = self.series.manifest.projects[target.project].repository
        commit = self.pins[repository, target.base]
        return self.starts.get(target) or self.repository.commit(commit).tree


def apply_series(
    inputs: ApplyInputs, selection: Selection, progress: ProgressCallback
) -> list[AppliedCell]:
    """Apply the series of each selected project and base from its files; nothing is written."""
    cells: list[AppliedCell] = []
    targets = selection.targets(inputs.series.manifest)
    steps = Steps(progress, len(targets))
    for target in targets:
        steps.begin(f"applying {target.project} on {target.base}")
        cells += _TargetApplier(inputs, target).apply_all()
    if selection.patches:
        return [cell for cell in cells if cell.patch in selection.patches]
    return cells


class _TargetApplier:
    """One project on one base."""

    def __init__(self, inputs: ApplyInputs, target: Target) -> None:
        self._series = inputs.series
        self._repository = inputs.repository
        self._project, self._base = target
        self._directory = series_directory(inputs.series.name, self._base, self._project)
        self._files = inputs.files
        self._tree = inputs.start(target)

    def apply_all(self) -> list[AppliedCell]:
        lines = parse_series(self._series_text())
        names = {line.name: strip_level(line.options) for line in lines}
        files = patch_names(self._series.manifest, self._project)
        return [self._cell(patch, mine, names) for patch, mine in files.items()]

    def _cell(self, patch: str, mine: PatchNames, names: Mapping[str, int]) -> AppliedCell:
        main = mine.main
        files = [name for name in names if name in mine.all]
        if not files:
            return self._without_file(patch)
        tree, offsets = self._tree, list[Offset]()
        for name in files:
            data = self._read(name)
            applied = apply_patch(self._repository, tree, data, strip=names[name])
            if isinstance(applied, Rejected):
                if name == main and is_applied(self._repository, tree, data, strip=names[name]):
                    return self._made(patch, Applies.ALREADY_APPLIED, "already in the base")
                return self._made(patch, Applies.FAILS, f"{name}: {applied}")
            tree = applied.tree
            offsets += applied.offsets
        self._tree = tree
        return self._made(patch, Applies.APPLIES, "", tuple(offsets))

    def _without_file(self, patch: str) -> AppliedCell:
        """No file: for a reason that the lock knows, or it is missing."""
        locked = self._series.lock.cells.get((patch, self._base))
        outcome = locked.outcome if locked else None
        entry = self._series.manifest.patch(patch)
        if outcome is Outcome.NOT_APPLICABLE or (entry and not entry.applies_to(self._base)):
            return self._made(patch, Applies.NOT_APPLICABLE, "the manifest excludes this base")
        if outcome in (Outcome.ALREADY_APPLIED, Outcome.EMPTY):
            return self._made(patch, Applies.ALREADY_APPLIED, "already in the base")
        if outcome is Outcome.CONFLICT:
            return self._made(patch, Applies.FAILS, "conflict: no patch file")
        return self._made(patch, Applies.FAILS, "no patch file; run `series rebase`")

    def _made(
        self, patch: str, result: Applies, reason: str, offsets: tuple[Offset, ...] = ()
    ) -> AppliedCell:
        tree = None if result is Applies.FAILS else self._tree
        return AppliedCell(patch, self._project, self._base, result, reason, offsets, tree)

    def _series_text(self) -> str:
        """The file that lists the patches: the vendor's own, where there is one."""
        vendor = self._series.manifest.projects[self._project].vendor
        return (self._read(f"{vendor}.series") or self._read("series")).decode("utf-8", "replace")

    def _read(self, name: str) -> bytes:
        if self._files is not None:
            return self._files.get(f"{self._directory}/{name}", b"")
        path = self._series.root / self._directory / name
        return read_file(path) if path.is_file() else b""
