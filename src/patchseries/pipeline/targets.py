"""The targets of a series as the gate looks at them, with what was worked out for each.

Porting and applying are what takes time. Both are pure functions of what a target is made of, so
their facts are kept in the cache, under a digest of all of that and of this program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Base64Bytes, TypeAdapter

from patchseries.checks.inputs import Application, CheckedTarget, Moved, Obstacle, PortedPatch
from patchseries.errors import MachineError, SeriesError
from patchseries.files import read_file, sha256
from patchseries.manifest import patch_names
from patchseries.manifest.setting import SettingEntry
from patchseries.model import CommitId, Target, TreeId
from patchseries.patches.compose import series_directory
from patchseries.patches.dpkg import guard_links
from patchseries.pipeline.applying import AppliedCell, ApplyInputs, apply_series
from patchseries.pipeline.keptresults import KeptResults
from patchseries.pipeline.publish import files_of_target
from patchseries.pipeline.rebased import RebasedCell
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.targetinputs import (
    OwnPatches,
    readable_quilt_files,
    resolutions_digest,
    target_inputs,
    words_digest,
)
from patchseries.progress import Steps
from patchseries.settings.intree import RegisteredOption, options_in
from patchseries.sources import fetch, wants
from patchseries.sources.plan import Want

if TYPE_CHECKING:
    from patchseries.pipeline.inputs import RebaseInputs

_Pins = Mapping[tuple[str, str], CommitId]


@dataclass(frozen=True)
class _Facts:
    """What was worked out for one target; ``files`` are those of one that is not stored."""

    applied: tuple[Application, ...]
    ported: tuple[PortedPatch, ...]
    files: Mapping[str, Base64Bytes]
    options: tuple[RegisteredOption, ...] = ()


class TargetReader:
    """The targets of a selection, with their facts from the cache or worked out anew."""

    def __init__(
        self,
        session: Session,
        series: Series,
        selection: Selection,
        own: OwnPatches,
        *,
        full: bool,
    ) -> None:
        """
        :param own: the own patches that the manifest names
        :param full: work everything out anew, whatever is kept
        """
        self._session = session
        self._series = series
        self._selection = selection
        self._own = own
        self._full = full
        self._resolutions = resolutions_digest(series)
        self._kept = KeptResults(session.cache.root / "checks", _FACTS, session.warn)

    def all(self) -> Iterator[CheckedTarget]:
        """Every selected target, in order."""
        targets = self._selection.targets(self._series.manifest)
        steps = Steps(self._session.progress, len(targets))
        for target in targets:
            steps.begin(f"checking {target.project} on {target.base}")
            yield self._with_facts(self._on_disk(target))

    def _on_disk(self, target: Target) -> CheckedTarget:
        directory = series_directory(self._series.name, target.base, target.project)
        path = self._series.root / directory
        project = self._series.manifest.projects[target.project]
        entries = sorted(_entries(path, deep=project.quilt is not None))
        files = {e: None for e in entries if e.is_file() and not e.is_symlink()}
        return CheckedTarget(
            target.project,
            target.base,
            directory,
            {e.relative_to(path).as_posix(): read_file(e) for e in files},
            tuple(e.relative_to(path).as_posix() for e in entries if e not in files),
            tuple(readable_quilt_files(self._series, target.project)),
            project.vendor,
            stored=path.is_dir(),
        )

    def _with_facts(self, target: CheckedTarget) -> CheckedTarget:
        chosen = self._series.manifest
        if not (chosen.patches_of(target.project) or self._settings(target)):
            return target  # nothing applies there, so nothing of the base is needed
        wanted = wants(self._series.manifest, [target.project], [target.base])
        key = self._key(target)
        kept = None if self._full else self._kept.get(key)
        if kept is None:
            try:
                kept = self._work_out(target, wanted)
            except MachineError:
                raise
            except SeriesError as error:
                return replace(target, obstacle=Obstacle(error.message, error.hint))
            self._kept.keep(key, kept)
        files = target.files if target.stored else kept.files
        return replace(
            target, files=files, applied=kept.applied, ported=kept.ported, options=kept.options
        )

    def _settings(self, target: CheckedTarget) -> list[SettingEntry]:
        """The settings of *target* that its sources must register."""
        settings = self._series.manifest.settings_of(target.project, target.base)
        return [one for one in settings if one.is_registered]

    def _key(self, target: CheckedTarget) -> str:
        """A digest of all that the facts of *target* are a function of."""
        place = Target(target.project, target.base)
        return words_digest(
            [
                *target_inputs(self._series, place, self._own, self._resolutions),
                str(target.stored),
                *(str(setting.option) for setting in self._settings(target)),
                *(f"{name} {sha256(data)}" for name, data in sorted(target.files.items())),
            ]
        )

    def _work_out(self, target: CheckedTarget, wanted: Sequence[Want]) -> _Facts:
        from patchseries.pipeline.rebase import rebase  # the engine: long to import

        pins = self._at_hand(wanted)
        only = Selection((target.project,), (target.base,))
        with self._session.rebase_inputs(self._series, pins, ask=False) as given:
            cells = rebase(given, only, self._session.progress).cells
            files = target.files if target.stored else files_of_target(self._series, cells)
            there = {f"{target.directory}/{name}": data for name, data in files.items()}
            inputs = ApplyInputs(self._series, given.repository, pins, files=there)
            applied = apply_series(inputs, only, self._session.progress)
            whole = replace(target, files=files)
            return _Facts(
                tuple(self._application(given, whole, pins, cell) for cell in applied),
                tuple(_ported(cell) for cell in cells),
                {} if target.stored else files,
                self._options(inputs, target, [cell.tree for cell in applied]),
            )

    def _options(
        self, inputs: ApplyInputs, target: CheckedTarget, trees: Sequence[TreeId | None]
    ) -> tuple[RegisteredOption, ...]:
        """Where the base, or else what the patches make of it, registers the settings' options.

        :param trees: those after each patch; None where it does not apply
        """
        names = [setting.option for setting in self._settings(target) if setting.option]
        start = inputs.start(Target(target.project, target.base))
        ported = next((tree for tree in reversed(trees) if tree), start)
        stock = {one.key for one in options_in(inputs.repository, start, names)}
        found = options_in(inputs.repository, ported, names)
        return tuple(replace(one, in_base=one.key in stock) for one in found)

    def _at_hand(self, wanted: Sequence[Want]) -> dict[tuple[str, str], CommitId]:
        """The pins of *wanted*, their objects in the cache.

        What the lock pins is taken by its commit id, whatever the name means today.
        """
        locked = self._series.lock.pins
        renamed = [
            replace(want, rev=locked.get((want.repository, want.rev), want.rev)) for want in wanted
        ]
        found = fetch(self._session.cache, renamed, {}, self._session.fetching)
        return {
            (want.repository, want.rev): found[want.repository, by_id.rev]
            for want, by_id in zip(wanted, renamed, strict=True)
        }

    def _application(
        self, given: RebaseInputs, target: CheckedTarget, pins: _Pins, cell: AppliedCell
    ) -> Application:
        names = patch_names(given.manifest, target.project)[cell.patch]
        data = target.files.get(names.main, b"")
        repository = given.manifest.projects[target.project].repository
        tree = given.repository.commit(pins[repository, target.base]).tree
        return Application(
            cell.patch,
            str(cell.result),
            cell.reason,
            tuple(Moved(o.path, o.hunk, o.lines) for o in cell.offsets),
            guard_links(given.repository, tree, cell.patch, data),
        )


_FACTS = TypeAdapter(_Facts)


def _entries(directory: Path, *, deep: bool) -> Iterator[Path]:
    """What lies in *directory*; when *deep*, directories in it are looked into, not named."""
    for entry in directory.iterdir() if directory.is_dir() else ():
        if deep and entry.is_dir() and not entry.is_symlink():
            yield from _entries(entry, deep=True)
        else:
            yield entry


def _ported(cell: RebasedCell) -> PortedPatch:
    return PortedPatch(
        cell.patch,
        cell.outcome,
        cell.result.strategies,
        {file.name: file.sha256 for file in cell.files},
        cell.result.findings,
        cell.result.conflicts,
        cell.result.resolutions,
    )
