"""Rebase: every patch onto every base, in series order, as data; nothing is written here.

Porting is a pure function of manifest, lock, resolutions, own patches and upstream objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from patchseries.errors import SeriesError
from patchseries.files import sha256
from patchseries.git import Repository
from patchseries.lock import Acceptance, Lock
from patchseries.manifest import (
    Manifest,
    PatchEntry,
    Project,
    Source,
    SourceKind,
    patch_names,
)
from patchseries.model import CommitId, Conflict, Outcome, Target, TreeId
from patchseries.patches.apply import Rejected, apply_patch, is_applied
from patchseries.patches.compose import (
    PatchFile,
    compose,
    keep_header,
    patch_diff,
    text_diff,
)
from patchseries.patches.header import split_patch
from patchseries.pipeline.inclusion import Answer
from patchseries.pipeline.portcache import Porter
from patchseries.pipeline.provenance import Provenance, kept_header, patch_header
from patchseries.pipeline.series import Selection
from patchseries.port import Change, PortOptions, PortResult, port
from patchseries.progress import ProgressCallback, Steps
from patchseries.resolution.replay import Resolution
from patchseries.sources.plan import repository_of


@dataclass(frozen=True, slots=True)
class RebasedCell:
    """One patch on one base: the outcome, its files (the patch, then own patches on top).

    ``before`` is the tree it was ported onto; ``source`` the commit, None for a patch file;
    ``diff`` the SHA-256 of what the port changes: what a person signs off; ``ported`` what the
    engine made of the commit. ``answer`` is what the base's history said of the patch.
    """

    patch: str
    project: str
    base: str
    result: PortResult
    before: TreeId
    source: CommitId | None = None
    files: tuple[PatchFile, ...] = ()
    diff: str | None = None
    accepted: Acceptance | None = None
    ported: PortResult | None = None
    answer: Answer = field(default_factory=Answer)

    @property
    def outcome(self) -> Outcome:
        """What porting came to."""
        return self.result.outcome

    @property
    def needs_review(self) -> bool:
        """Whether a person still has to sign it off."""
        return self.outcome is Outcome.ADAPTED and self.accepted is None


@dataclass(frozen=True)
class Rebased:
    """All cells in order, and for each (project, base) the tree with its whole series applied."""

    cells: tuple[RebasedCell, ...]
    trees: Mapping[tuple[str, str], TreeId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RebaseInputs:
    """What a rebase is a function of.

    ``pins`` say which commit each (repository, rev) is; ``patch_bytes`` gives the bytes of a
    patch file named in the manifest; ``starts`` overrides the tree that a base's series starts
    on (the packager's own patches applied, say); ``resolutions`` are those of the whole series.
    ``porter`` ports one change: the engine, or what remembers its answers. ``answers``, by patch
    and base, say which bases contain a patch: those are not ported.
    """

    repository: Repository
    manifest: Manifest
    lock: Lock
    pins: Mapping[tuple[str, str], CommitId]
    patch_bytes: Callable[[Source | str], bytes]
    starts: Mapping[tuple[str, str], TreeId] = field(default_factory=dict)
    resolutions: tuple[Resolution, ...] = ()
    porter: Porter = port
    answers: Mapping[tuple[str, str], Answer] = field(default_factory=dict)

    def start_of(self, target: Target) -> TreeId:
        """The tree that the series of *target* starts on."""
        if start := self.starts.get(target):
            return start
        project = self.manifest.projects[target.project]
        return self.repository.commit(self.pins[project.repository, target.base]).tree

    def options_for(self, patch: PatchEntry) -> PortOptions:
        """What the engine may do for *patch*."""
        mine = tuple(one for one in self.resolutions if one.patch == patch.name)
        return PortOptions(
            name_maps=self.manifest.projects[patch.project].name_maps,
            cautious=True,  # what is built from must not lose a line of the release unread
            resolutions=mine,
        )


def rebase(given: RebaseInputs, selection: Selection, progress: ProgressCallback) -> Rebased:
    """Port every selected patch onto every selected base; a conflict stops nothing else."""
    cells: list[RebasedCell] = []
    trees: dict[tuple[str, str], TreeId] = {}
    targets = selection.targets(given.manifest)
    steps = Steps(progress, sum(len(given.manifest.patches_of(t.project)) for t in targets))
    for target in targets:
        porter = _TargetPorter(given, target)
        cells += porter.port_all(steps)
        trees[target] = porter.tree
    return Rebased(tuple(cells), trees)


class _TargetPorter:
    """One project on one base: its patches ported one on top of the other."""

    def __init__(self, given: RebaseInputs, target: Target) -> None:
        self._given = given
        self._name, self._base = target
        self._project: Project = given.manifest.projects[self._name]
        self._names = patch_names(given.manifest, self._name)
        self.tree = given.start_of(target)

    def port_all(self, steps: Steps) -> list[RebasedCell]:
        cells = []
        for patch in self._given.manifest.patches_of(self._name):
            steps.begin(f"rebasing {self._name} onto {self._base}: {patch.name}")
            cells.append(self._port(patch))
        return cells

    def _port(self, patch: PatchEntry) -> RebasedCell:
        source = patch.source_for(self._base) if patch.applies_to(self._base) else None
        ported = None
        if source is None:
            nothing = PortResult(Outcome.NOT_APPLICABLE, self.tree)
            return RebasedCell(patch.name, self._name, self._base, nothing, self.tree)
        commit = self._commit_of(source)
        answer = self._given.answers.get((patch.name, self._base), Answer())
        if answer.in_base:
            result = PortResult(Outcome.ALREADY_APPLIED, self.tree)
        elif commit is None:
            result = self._port_file(self._given.patch_bytes(source))
        else:
            result = ported = self._port_commit(patch, commit)
        cell = RebasedCell(
            patch.name,
            self._name,
            self._base,
            result,
            self.tree,
            commit,
            ported=ported,
            answer=answer,
        )
        if not result.outcome.makes_patch or result.tree is None:
            return cell
        return self._written(patch, source, cell)

    def _port_commit(self, patch: PatchEntry, commit: CommitId) -> PortResult:
        options = self._given.options_for(patch)
        change = Change.of(self._given.repository, self._given.repository.commit(commit))
        return self._given.porter(self._given.repository, change, self.tree, options)

    def _port_file(self, data: bytes) -> PortResult:
        """A patch file is applied as it is: without a commit there is nothing to merge by."""
        applied = apply_patch(self._given.repository, self.tree, data)
        if not isinstance(applied, Rejected) and applied.tree != self.tree:
            return PortResult(Outcome.CLEAN, applied.tree)
        if not split_patch(data)[1]:
            return PortResult(Outcome.EMPTY, self.tree)
        if not isinstance(applied, Rejected) or is_applied(self._given.repository, self.tree, data):
            return PortResult(Outcome.ALREADY_APPLIED, self.tree)
        return _conflict(applied)

    def _written(self, patch: PatchEntry, source: Source, cell: RebasedCell) -> RebasedCell:
        """The cell with its patch files; the target's tree moves on, past the own patches too."""
        assert cell.result.tree is not None
        diff = patch_diff(self._given.repository, self.tree, cell.result.tree)
        digest = sha256(split_patch(diff)[1])
        accepted = self._accepted(patch, digest)
        data = self._composed(patch, source, cell, accepted, diff)
        names = self._names[patch.name]
        files = [PatchFile(names.main, data)]
        tree = cell.result.tree
        for file, name in zip(names.fixups, patch.fixups_in_use, strict=True):
            data = self._given.patch_bytes(name)
            applied = apply_patch(self._given.repository, tree, data)
            if isinstance(applied, Rejected):
                reason = f"the fixup {name} does not apply"
                return replace(cell, result=_conflict(applied, reason))
            if applied.tree == tree:
                nothing = Rejected("", f"the fixup {name} changes nothing")
                return replace(cell, result=_conflict(nothing))
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
    ) -> bytes:
        origin = Provenance(self._project, patch, self._given.lock.landed.get(patch.name))
        if cell.source is None:
            data = self._given.patch_bytes(source)
            header = kept_header(origin, data)
            return keep_header(header, text_diff(diff, data))
        made = self._given.repository.commit(cell.source)
        fields = patch_header(origin, source, made, cell.result, accepted)
        return compose(fields, diff)

    def _fixup(self, name: str, data: bytes, before: TreeId, after: TreeId) -> PatchFile:
        """An own patch in the series: its header as it is, and its diff with the context of the
        tree it now stands on."""
        diff = patch_diff(self._given.repository, before, after)
        return PatchFile(name, keep_header(split_patch(data)[0], text_diff(diff, data)))

    def _accepted(self, patch: PatchEntry, digest: str) -> Acceptance | None:
        cell = self._given.lock.cells.get((patch.name, self._base))
        accepted = cell.accepted if cell else None
        return accepted if accepted and accepted.diff == digest else None

    def _commit_of(self, source: Source) -> CommitId | None:
        if source.kind in (SourceKind.FILE, SourceKind.URL):
            return None
        where = (repository_of(self._project, source), source.rev)
        if where not in self._given.pins:
            raise missing_pin(*where)
        return self._given.pins[where]


def _conflict(rejected: Rejected, why: str = "") -> PortResult:
    reason = f"{why}: {rejected}" if why else str(rejected)
    return PortResult(
        Outcome.CONFLICT, None, conflicts=(Conflict(rejected.path or "-", 1, reason),)
    )


def missing_pin(repository: str, rev: str) -> SeriesError:
    """The error for a revision that was never fetched."""
    return SeriesError(f"{rev} of {repository} is not pinned", hint="run `series fetch`")
