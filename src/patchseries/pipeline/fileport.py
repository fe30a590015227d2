"""Porting a patch file: as it is where it applies, with the engine where its base is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from patchseries.errors import ProgramError
from patchseries.git import Repository
from patchseries.model import (
    CommitId,
    Conflict,
    Finding,
    Outcome,
    PortCode,
    Severity,
    StrategyName,
    TreeId,
)
from patchseries.patches.apply import Applied, Rejected, any_hunk_applies, apply_patch, is_applied
from patchseries.patches.compose import PatchFile
from patchseries.patches.header import split_patch
from patchseries.patches.parse import FilePatch, PatchSyntaxError, parse_patch
from patchseries.pipeline.filechanges import NotMadeFor
from patchseries.port import Change, PortResult
from patchseries.port.adaptation import NOTHING_TAKEN


@dataclass(frozen=True, slots=True)
class FilePort:
    """What porting a patch file came to.

    :ivar kept: whether the file, as it is, makes this very tree
    :ivar change: what it was merged as; None: its base is not known, or not needed
    :ivar ported: what the engine said
    """

    result: PortResult
    kept: bool
    change: Change | None = None
    ported: PortResult | None = None


class ChangeSource(Protocol):
    """Where the change of a patch file comes from."""

    def declared(self) -> Change | NotMadeFor | None:
        """Its change on the release that the manifest names; None when it names none."""

    def searched(self) -> Change | NotMadeFor | None:
        """Its change on a release that is searched for; None when there is none."""


@dataclass(frozen=True, slots=True)
class FilePorting:
    """One patch file that is ported onto *tree*; ``engine`` ports a change there."""

    repository: Repository
    tree: TreeId
    file: PatchFile
    source: ChangeSource
    engine: Callable[[Change], PortResult]

    def port_file(self) -> FilePort:
        """Port it: as it is where it applies, and by its change where that is known.

        Its release is searched for only when it does not apply as it is.
        """
        if not split_patch(self.file.data)[1]:
            return FilePort(PortResult(Outcome.EMPTY, self.tree), kept=False)
        applied = apply_patch(self.repository, self.tree, self.file.data, strip=self.file.strip)
        fits = applied.tree if isinstance(applied, Applied) and applied.tree != self.tree else None
        change = self.source.declared()
        if not isinstance(change, Change):
            if fits:
                return FilePort(PortResult(Outcome.CLEAN, fits), kept=True)
            if isinstance(applied, Applied) or self._is_there():
                return FilePort(PortResult(Outcome.ALREADY_APPLIED, self.tree), kept=False)
            change = change or self.source.searched()
        if isinstance(change, Change):
            return self._merged(fits, change)
        assert isinstance(applied, Rejected)
        why = f"{applied}; {change}" if change else str(applied)
        return FilePort(rejection(applied, why), kept=False)

    def _merged(self, fits: TreeId | None, change: Change) -> FilePort:
        """What the engine makes of *change*, beside what the file makes as it is (*fits*)."""
        result = ported = self.engine(change)
        if ported.outcome is Outcome.ALREADY_APPLIED and ported.strategies:
            result = self._whole(ported)
        if fits is not None and result.tree == fits and result.outcome.makes_patch:
            return FilePort(result, True, change, ported)
        if result.outcome is Outcome.CONFLICT:
            if fits is not None:
                return FilePort(_as_it_is(fits, result), True, change, ported)
            if self._is_there():
                there = PortResult(Outcome.ALREADY_APPLIED, self.tree)
                return FilePort(there, False, change, ported)
        return FilePort(result, False, change, ported)

    def _is_there(self) -> bool:
        """Whether the tree has all of the file, and no hunk of it could be applied once more."""
        data, strip = self.file.data, self.file.strip
        return is_applied(self.repository, self.tree, data, strip=strip) and not any_hunk_applies(
            self.repository, self.tree, data, strip=strip
        )

    def _whole(self, ported: PortResult) -> PortResult:
        """*ported*, which says that the tree has it all; a conflict where a line is missing."""
        missing = [
            patched.path
            for patched in parse_patch(split_patch(self.file.data)[1], self.file.strip)
            if not _has_lines(self.repository, self.tree, patched)
        ]
        if not missing:
            return ported
        reason = NOTHING_TAKEN if ported.resolutions else "the base has only a part of this patch"
        left = tuple(Conflict(path, 1, reason) for path in dict.fromkeys(missing))
        return replace(ported, outcome=Outcome.CONFLICT, tree=None, strategies=(), conflicts=left)


def touches_all(repository: Repository, commit: CommitId, file: PatchFile) -> bool:
    """Whether *commit*, which is said to be the change of *file*, touches all files that it does.

    True where the files of the commit are not here.
    """
    if not repository.has(commit):
        return True
    made = repository.commit(commit)
    try:
        change = Change.of(repository, made)
        touched = repository.changes(change.before, change.after)
        patched = parse_patch(split_patch(file.data)[1], file.strip)
    except (ProgramError, PatchSyntaxError):
        return True
    return all(one.old_path in touched or one.new_path in touched for one in patched)


def rejection(rejected: Rejected, reason: str = "") -> PortResult:
    """The conflict of a patch file that does not apply."""
    conflict = Conflict(rejected.path or "-", 1, reason or str(rejected))
    return PortResult(Outcome.CONFLICT, None, conflicts=(conflict,))


def _as_it_is(fits: TreeId, conflict: PortResult) -> PortResult:
    """A file that applies without fuzz where the merge conflicts: taken, and to be read."""
    found = tuple(
        Finding(
            PortCode.AS_IT_IS,
            Severity.WARNING,
            "the patch applies as it is, but git's merge has a conflict here",
            file=one.path,
            hint="see that each hunk is in its right place",
        )
        for one in conflict.conflicts
    )
    return PortResult(Outcome.ADAPTED, fits, (StrategyName.AS_IT_IS,), True, found)


def _has_lines(repository: Repository, tree: TreeId, patched: FilePatch) -> bool:
    data = repository.file(tree, patched.path)
    if data is None:
        return patched.new_path is None
    there = set(data.split(b"\n"))
    return all(
        line.rstrip(b"\n") in there
        for hunk in patched.hunks
        for line in set(hunk.new) - set(hunk.old)
    )
