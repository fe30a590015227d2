"""Rebase: every patch onto every base, in series order, as data; nothing is written here.

Porting is a pure function of manifest, lock, resolutions, own patches and upstream objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from patchseries.files import sha256
from patchseries.lock import Acceptance
from patchseries.manifest import PatchEntry, Project, Source, SourceKind, patch_names
from patchseries.model import Outcome, Target, TreeId
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.patches.compose import PatchFile, compose, keep_header, patch_diff, text_diff
from patchseries.patches.header import split_patch
from patchseries.pipeline.filechanges import ChangeCache
from patchseries.pipeline.fileport import FilePorting, rejection, touches_all
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.portcache import KeptPort, PortCache
from patchseries.pipeline.provenance import Provenance, kept_header, patch_header
from patchseries.pipeline.rebased import Answer, Rebased, RebasedCell
from patchseries.pipeline.series import Selection
from patchseries.pipeline.sidebyside import ForkedWork, side_by_side
from patchseries.port import Change, PortResult
from patchseries.progress import ProgressCallback, Steps
from patchseries.sources.plan import repository_of


def rebase(given: RebaseInputs, selection: Selection, progress: ProgressCallback) -> Rebased:
    """Port every selected patch onto every selected base; a conflict stops nothing else."""
    return rebase_targets(given, selection.targets(given.manifest), progress)


def rebase_targets(
    given: RebaseInputs, targets: Sequence[Target], progress: ProgressCallback
) -> Rebased:
    """Port the patches of each of *targets*; a conflict stops nothing else.

    Many are ported side by side, in as many processes as *given* allows; what comes of them is the
    same.
    """
    count = sum(len(given.manifest.patches_of(t.project)) for t in targets)
    steps = Steps(progress, count)
    if given.jobs > 1 and len(targets) > 1 and count >= _MANY and not _searches(given):
        work = ForkedWork(partial(_Apart, given), _Apart.port)
        parts = side_by_side(work, targets, given.jobs, steps.begin)
        if isinstance(given.porter, PortCache):
            given.porter.add(*(part.ports for part in parts))
        ported = [part.ported for part in parts]
    else:
        changes = ChangeCache(given.repository)
        ported = [_port_target(given, target, changes, steps.begin) for target in targets]
    cells = tuple(chain.from_iterable(cells for cells, _ in ported))
    trees: dict[tuple[str, str], TreeId] = dict(
        zip(targets, (tree for _, tree in ported), strict=True)
    )
    return Rebased(cells, trees, dict(given.made_for.releases))


_MANY = 16
"""Cells from which on it is worth to start other processes."""


def _searches(given: RebaseInputs) -> bool:
    """Whether releases may be searched for that patch files were made for: that is done once."""
    return given.made_for.searches and any(
        (source.file or source.url)
        and not (source.made_for or given.manifest.projects[patch.project].made_for)
        for patch in given.manifest.patches
        for source in patch.sources
    )


_Ported = tuple[list["RebasedCell"], TreeId]


def _port_target(
    given: RebaseInputs, target: Target, changes: ChangeCache, begin: ProgressCallback
) -> _Ported:
    porter = _TargetPorter(given, target, changes)
    return porter.port_all(begin), porter.tree


@dataclass(frozen=True, slots=True)
class _PortedApart:
    """What another process made of a target, and what it has to add to the cache of ports."""

    ported: _Ported
    ports: dict[str, KeptPort]


class _Apart:
    """Porting in another process: with git processes of its own, into the same repository."""

    def __init__(self, given: RebaseInputs) -> None:
        self._given = replace(given, repository=given.repository.reopened(), jobs=1)
        self._changes = ChangeCache(self._given.repository)

    def port(self, target: Target, begin: ProgressCallback) -> _PortedApart:
        porter = self._given.porter
        before = set(porter.fresh) if isinstance(porter, PortCache) else set()
        ported = _port_target(self._given, target, self._changes, begin)
        fresh = porter.fresh if isinstance(porter, PortCache) else {}
        return _PortedApart(ported, {key: fresh[key] for key in fresh.keys() - before})


class _TargetPorter:
    """One project on one base: its patches ported one on top of the other."""

    def __init__(self, given: RebaseInputs, target: Target, changes: ChangeCache) -> None:
        self._given = given
        self._changes = changes
        self._name, self._base = target
        self._project: Project = given.manifest.projects[self._name]
        self._names = patch_names(given.manifest, self._name)
        self.tree = given.start_of(target)

    def port_all(self, begin: ProgressCallback) -> list[RebasedCell]:
        cells = []
        for patch in self._given.manifest.patches_of(self._name):
            begin(f"rebasing {self._name} onto {self._base}: {patch.name}")
            cells.append(self._port(patch))
        return cells

    def _port(self, patch: PatchEntry) -> RebasedCell:
        source = patch.source_for(self._base) if patch.applies_to(self._base) else None
        nothing = PortResult(Outcome.NOT_APPLICABLE, self.tree)
        cell = RebasedCell(patch.name, self._name, self._base, nothing, self.tree)
        if source is None:
            return cell
        cell = replace(cell, answer=self._given.answers.get((patch.name, self._base), Answer()))
        if source.kind in (SourceKind.FILE, SourceKind.URL):
            cell = self._file_cell(cell, patch, source)
        else:
            cell = self._commit_cell(cell, patch, source)
        if not cell.outcome.makes_patch or cell.result.tree is None:
            return cell
        return self._written(patch, source, cell)

    def _commit_cell(self, cell: RebasedCell, patch: PatchEntry, source: Source) -> RebasedCell:
        given = self._given
        commit = given.pinned(repository_of(self._project, source), source.rev)
        cell = replace(cell, source=commit)
        if cell.answer.in_base:
            return replace(cell, result=PortResult(Outcome.ALREADY_APPLIED, self.tree))
        change = Change.of(given.repository, given.repository.commit(commit))
        result = given.porter(given.repository, change, self.tree, given.options_for(patch))
        return replace(cell, result=result, change=change, ported=result)

    def _file_cell(self, cell: RebasedCell, patch: PatchEntry, source: Source) -> RebasedCell:
        given = self._given
        file = given.patch_file(patch, source)
        if (found := cell.answer.in_base) and touches_all(given.repository, found.commit, file):
            return replace(cell, result=PortResult(Outcome.ALREADY_APPLIED, self.tree))
        files = self._changes.of(given, self._name, self._base, patch, source)
        porting = FilePorting(
            given.repository,
            self.tree,
            file,
            files,
            lambda change: given.porter(
                given.repository, change, self.tree, given.options_for(patch)
            ),
        )
        ported = porting.port_file()
        return replace(
            cell,
            result=ported.result,
            change=ported.change,
            made_for=files.release() if ported.change else None,
            ported=ported.ported,
            kept=ported.kept and file.strip == 1,
            original=file,
            answer=cell.answer
            if ported.result.outcome is Outcome.ALREADY_APPLIED
            else replace(cell.answer, in_base=None),
        )

    def _written(self, patch: PatchEntry, source: Source, cell: RebasedCell) -> RebasedCell:
        """The cell with its patch files; the target's tree moves on, past the own patches too."""
        assert cell.result.tree is not None
        diff = patch_diff(self._given.repository, self.tree, cell.result.tree)
        digest = sha256(split_patch(diff)[1])
        accepted = self._accepted(patch, digest)
        names = self._names[patch.name]
        files = [self._composed(patch, source, cell, accepted, diff)]
        tree = cell.result.tree
        for file, name in zip(names.fixups, patch.fixups_in_use, strict=True):
            data = self._given.patch_bytes(name)
            applied = apply_patch(self._given.repository, tree, data)
            if isinstance(applied, Rejected):
                reason = f"the fixup {name} does not apply: {applied}"
                return replace(cell, result=rejection(applied, reason))
            if applied.tree == tree:
                nothing = Rejected("", f"the fixup {name} changes nothing")
                return replace(cell, result=rejection(nothing))
            files.append(self._fixup(file, data, tree, applied.tree))
            tree = applied.tree
        self.tree = tree
        return replace(cell, files=tuple(files), diff=digest, accepted=accepted)

    def _composed(
        self,
        patch: PatchEntry,
        source: Source,
        cell: RebasedCell,
        accepted: Acceptance | None,
        diff: bytes,
    ) -> PatchFile:
        """The file of *patch*; one of a packager's, which has a name of its own, keeps its bytes
        where nothing changed, and else its header."""
        name = self._names[patch.name].main
        origin = Provenance(self._project, patch, self._given.lock.landed.get(patch.name))
        if cell.source is None:
            file = self._given.patch_file(patch, source)
            if self._project.quilt and cell.kept:
                return file
            quilt = self._project.quilt
            header = split_patch(file.data)[0] if quilt else kept_header(origin, file.data)
            assert cell.result.tree is not None
            anew = text_diff(self._given.repository, cell.before, cell.result.tree, file.data)
            return PatchFile(name, keep_header(header, anew))
        made = self._given.repository.commit(cell.source)
        fields = patch_header(origin, source, made, cell.result, accepted)
        return PatchFile(name, compose(fields, diff))

    def _fixup(self, name: str, data: bytes, before: TreeId, after: TreeId) -> PatchFile:
        """An own patch in the series: its header as it is, and its diff with the context of the
        tree it now stands on."""
        diff = text_diff(self._given.repository, before, after, data)
        return PatchFile(name, keep_header(split_patch(data)[0], diff))

    def _accepted(self, patch: PatchEntry, digest: str) -> Acceptance | None:
        cell = self._given.lock.cells.get((patch.name, self._base))
        accepted = cell.accepted if cell else None
        return accepted if accepted and accepted.diff == digest else None
