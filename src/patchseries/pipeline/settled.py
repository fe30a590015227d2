"""Targets that were rebased before on the same inputs: their cells from the cache, without git.

A port is a pure function of what :mod:`patchseries.pipeline.targetinputs` names, so what a rebase
came to stands as long as that is the same, conflicts and adapted ports too. It is kept under the
lock that the rebase wrote. The bytes of the patch files are those on disk: what has another file
there now does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Base64Bytes, TypeAdapter

from patchseries.errors import SeriesError
from patchseries.files import read_file, sha256
from patchseries.lock import Acceptance, MadeFor
from patchseries.manifest import patch_names
from patchseries.model import CommitId, Target, TreeId
from patchseries.patches.compose import PatchFile, series_directory
from patchseries.pipeline.keptresults import KeptResults
from patchseries.pipeline.rebased import Answer, Rebased, RebasedCell
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.targetinputs import (
    own_patches,
    resolutions_digest,
    target_inputs,
    words_digest,
)
from patchseries.port import Change, PortResult
from patchseries.sources import wants


@dataclass(frozen=True, slots=True)
class _KeptFile:
    """A patch file that was written below patches/."""

    name: str
    sha256: str
    strip: int


@dataclass(frozen=True, slots=True)
class _KeptOriginal:
    """A patch file as it was before it was ported."""

    name: str
    data: Base64Bytes
    strip: int


@dataclass(frozen=True, slots=True)
class _KeptCell:
    """A :class:`RebasedCell`, field by field, but for its project and base.

    ``ported`` is None where it is the ``result``, and ``engine`` says so.
    """

    patch: str
    result: PortResult
    before: TreeId
    source: CommitId | None
    files: tuple[_KeptFile, ...]
    diff: str | None
    accepted: Acceptance | None
    engine: bool
    ported: PortResult | None
    answer: Answer
    change: Change | None
    made_for: CommitId | None
    kept: bool
    original: _KeptOriginal | None


_ALIKE = (
    *("patch", "result", "before", "source", "diff"),
    *("accepted", "answer", "change", "made_for", "kept"),
)
"""The fields that a cell and a kept one have in common."""


@dataclass(frozen=True, slots=True)
class _KeptTarget:
    """What a target came to; ``tree`` has its whole series applied."""

    tree: TreeId
    cells: tuple[_KeptCell, ...]


_FORM = TypeAdapter(_KeptTarget)

Pins = dict[tuple[str, str], CommitId]


class SettledTargets:
    """What an earlier rebase came to, for the targets of a series as it is on disk."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._kept = KeptResults(session.cache.root / "rebased", _FORM, session.warn)
        self._last: tuple[Series, Selection, dict[Target, Rebased]] | None = None

    def pins(self, series: Series, selection: Selection) -> Pins | None:
        """The pins of all that *selection* needs, where each target of it is settled.

        None: something is to be ported, which needs the objects that are pinned; or the cache is
        damaged, which is told and repaired where they are fetched.
        """
        chosen, pinned = series.manifest, series.lock.pins
        wanted = wants(chosen, selection.projects_of(chosen), selection.bases)
        places = {(want.repository, want.rev) for want in wanted}
        if not places <= pinned.keys():
            return None
        is_settled = self.rebased(series, selection).keys() >= set(selection.targets(chosen))
        if not is_settled or any(map(self.session.cache.is_damaged, {url for url, _ in places})):
            return None
        return {place: pinned[place] for place in places}

    def rebased(self, series: Series, selection: Selection) -> dict[Target, Rebased]:
        """The settled targets of *selection*, each with what it came to; read once for a series.

        The trees of them are in no repository.
        """
        if self.session.ask_again:
            return {}
        if self._last is None or self._last[0] is not series or self._last[1] != selection:
            resolutions = resolutions_digest(series)
            targets = selection.targets(series.manifest)
            found = {target: self._settled(series, target, resolutions) for target in targets}
            settled = {target: one for target, one in found.items() if one is not None}
            self._last = series, selection, settled
        return self._last[2]

    def keep(self, series: Series, rebased: Rebased) -> None:
        """Keep what the targets of *rebased* came to, as *series* has it on disk now."""
        resolutions = resolutions_digest(series)
        by_target: dict[Target, list[RebasedCell]] = {}
        for cell in rebased.cells:
            by_target.setdefault(Target(cell.project, cell.base), []).append(cell)
        for target, cells in by_target.items():
            if are_settled(cells):
                tree = rebased.trees[target]
                kept = _KeptTarget(tree, tuple(_kept_cell(cell) for cell in cells))
                self._kept.keep(target_digest(series, target, resolutions), kept)

    def _settled(self, series: Series, target: Target, resolutions: str) -> Rebased | None:
        kept = self._kept.get(target_digest(series, target, resolutions))
        if kept is None:
            return None
        try:
            cells = tuple(_cells(series, target, kept.cells))
        except (OSError, ValueError, SeriesError):
            return None  # a patch file is another one now: the rebase tells what to do about it
        return Rebased(cells, {target: kept.tree}, _made_for(series, target.project))


def are_settled(cells: Iterable[RebasedCell]) -> bool:
    """Whether they come to the same again: a history that could not be asked may be, some day."""
    return not any(cell.answer.why for cell in cells)


def target_digest(series: Series, target: Target, resolutions: str) -> str:
    """A digest of all that the cells of *target* are a function of."""
    own = own_patches(series, [target.project])
    names = [patch.name for patch in series.manifest.patches_of(target.project)]
    return words_digest(
        [
            *target_inputs(series, target, own, resolutions),
            *(str(series.lock.landed.get(name)) for name in names),
            *(str(entry) for entry in sorted(_made_for(series, target.project).items())),
        ]
    )


def _made_for(series: Series, project: str) -> dict[tuple[str, str], MadeFor | None]:
    """What the lock says of the releases that the patch files of *project* were made for."""
    return {key: value for key, value in series.lock.made_for.items() if key[0] == project}


def _cells(series: Series, target: Target, kept: Iterable[_KeptCell]) -> Iterator[RebasedCell]:
    """:raises ValueError: a patch file on disk is another one, or the manifest names none so"""
    directory = series.root / series_directory(series.name, target.base, target.project)
    names = patch_names(series.manifest, target.project)
    for cell in kept:
        known = names[cell.patch].all if cell.patch in names else ()
        if any(file.name not in known for file in cell.files):
            raise ValueError(f"{cell.patch} has no such patch file")
        yield RebasedCell(
            project=target.project,
            base=target.base,
            files=tuple(_file(directory, file) for file in cell.files),
            original=PatchFile(old.name, old.data, old.strip) if (old := cell.original) else None,
            ported=cell.result if cell.engine else cell.ported,
            **{name: getattr(cell, name) for name in _ALIKE},
        )


def _file(directory: Path, kept: _KeptFile) -> PatchFile:
    data = read_file(directory / kept.name)
    if sha256(data) != kept.sha256:
        raise ValueError(f"{kept.name} was changed")
    return PatchFile(kept.name, data, kept.strip)


def _kept_cell(cell: RebasedCell) -> _KeptCell:
    return _KeptCell(
        files=tuple(_KeptFile(file.name, file.sha256, file.strip) for file in cell.files),
        original=_KeptOriginal(old.name, old.data, old.strip) if (old := cell.original) else None,
        engine=cell.ported == cell.result,
        ported=None if cell.ported == cell.result else cell.ported,
        **{name: getattr(cell, name) for name in _ALIKE},
    )
