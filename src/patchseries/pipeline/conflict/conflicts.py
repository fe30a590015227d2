"""One conflict of a series: the merge, its open files, and the candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from patchseries.errors import ExitCode, SeriesError, UsageError
from patchseries.git import Merge, Repository, TreeEntry
from patchseries.git.textmerge import Lines, Region, split_lines
from patchseries.model import Outcome, StrategyName
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import RebasedCell
from patchseries.pipeline.series import Selection
from patchseries.pipeline.session import Session
from patchseries.port import Change, PortResult
from patchseries.port.engine import port
from patchseries.port.hunks.lines import encode
from patchseries.resolution.conflict import SIDES, OpenFile, left_behind, open_files
from patchseries.resolution.edits import EditBeside, StaleError, edited
from patchseries.resolution.extract import AmbiguousEditError, extract
from patchseries.resolution.files import ChangedMode
from patchseries.resolution.lines import BrokenResolutionError, assemble
from patchseries.resolution.record import CHOICES, chosen_pieces
from patchseries.resolution.replay import Resolution, beside, known_of


@dataclass(frozen=True, slots=True)
class RegionChoice:
    """A candidate for a region: its name and its lines.

    ``lines`` is None when the file goes away; ``mode`` is git's mode that the file has then.
    """

    name: str
    lines: Lines | None
    mode: str


@dataclass(frozen=True, slots=True)
class ReplayedFile:
    """What the existing resolutions give for a file.

    :ivar texts: the lines for each region (None: it is not resolved, or the file is ``gone``)
    :ivar edits: those of its agreed lines, where they fit
    """

    texts: list[Lines | None]
    gone: bool
    mode: str
    edits: tuple[EditBeside, ...]


@dataclass(frozen=True)
class OpenConflict:
    """git's merge of one patch onto one base, as far as it was ported before it."""

    repository: Repository
    cell: RebasedCell
    change: Change
    merge: Merge
    resolutions: tuple[Resolution, ...]
    engine: PortResult

    @cached_property
    def files(self) -> list[OpenFile]:
        """The files that a resolution can settle."""
        return open_files(self.repository, self.merge)

    def replayed(self, file: OpenFile) -> ReplayedFile:
        """What the existing resolutions give for *file*."""
        found = known_of(file, self.resolutions)
        mine = [one for one in found if one]
        texts = [
            _assembled(one, region) if one and not one.gone else None
            for one, region in zip(found, file.regions, strict=True)
        ]
        modes = (
            change.new
            for one in mine
            for change in one.files
            if isinstance(change, ChangedMode)
            and (change.path, change.old) == (file.path, file.mode)
        )
        edits = tuple(e for one in mine for e in one.edits if e.path == file.path)
        return ReplayedFile(
            texts, any(one.gone for one in mine), next(modes, file.mode), _fitting(file, edits)
        )

    def beside(self, files: Sequence[OpenFile]) -> dict[str, TreeEntry | None]:
        """What the resolutions of regions of *files* change in other files, as far as it fits."""
        return beside(self.repository, self.merge, files, self.resolutions)

    def candidates(self, file: OpenFile, index: int) -> list[RegionChoice]:
        """The candidates for region *index* (from 0), each once."""
        region = file.regions[index]
        found: dict[tuple[Lines | None, str], str] = {}
        for name in CHOICES:
            one = plain_choice(file, region, name)
            found.setdefault((one.lines, one.mode), name)
        if not file.is_whole:
            found.setdefault((region.theirs + region.ours, file.mode), "theirs, then ours")
        for name, text in self._engine(file, index):
            found.setdefault((text, file.mode), name)
        return [RegionChoice(name, lines, mode) for (lines, mode), name in found.items()]

    def _engine(self, file: OpenFile, index: int) -> Iterator[tuple[str, Lines]]:
        """What the engine took, and what else it proposed for this very region."""
        data = self.repository.file(self.engine.tree, file.path) if self.engine.tree else None
        if data is not None:
            try:
                yield "engine", extract(file, split_lines(data)).texts[index]
            except AmbiguousEditError:
                pass
        key = file.key(file.regions[index])
        for one in self.engine.proposals:
            if one.key == key:
                yield from (
                    (f"engine: {rule}", tuple(split_lines(encode(text))))
                    for rule, text in one.candidates
                )


def open_cells(
    session: Session, given: RebaseInputs, patch: str, bases: Sequence[str]
) -> list[RebasedCell]:
    """The cells of *patch* on *bases* (empty: on all) that no person resolved; conflicts first."""
    chosen = rebase(given, Selection(bases=tuple(bases), patches=(patch,)), session.progress)
    found = [
        cell
        for cell in chosen.cells
        if cell.patch == patch
        and cell.outcome in (Outcome.CONFLICT, Outcome.ADAPTED)
        and cell.result.strategies != (StrategyName.RESOLUTION,)
    ]
    return sorted(found, key=lambda cell: cell.outcome is not Outcome.CONFLICT)


def find_conflict(
    session: Session, given: RebaseInputs, patch: str, base: str | None, *, again: bool = False
) -> OpenConflict:
    """The conflict of *patch* on *base* (default: on the first base where it conflicts).

    :param again: set the resolutions that there are for it aside
    :raises UsageError: nothing conflicts there
    :raises SeriesError: the conflict is not in lines of text, so it cannot be resolved here
    """
    mine = tuple(one for one in given.resolutions if one.patch == patch)
    asked = replace(given, resolutions=tuple(o for o in given.resolutions if o.patch != patch))
    cells = open_cells(session, asked if again else given, patch, [base] if base else [])
    for cell in cells:
        conflict = open_conflict(given, cell, () if again else mine)
        if conflict is not None:
            return conflict
    where = f" on {base}" if base else ""
    raise UsageError(
        f"{patch} does not conflict{where}",
        hint="to change an existing resolution, run `series resolve --again`",
    )


def open_conflict(
    given: RebaseInputs, cell: RebasedCell, resolutions: tuple[Resolution, ...] = ()
) -> OpenConflict | None:
    """git's merge of *cell* with its open files; None where git has no question.

    :raises SeriesError: the conflict is not in lines of text, so it cannot be resolved here
    """
    change = cell.change
    if change is None:
        raise _not_lines(
            cell,
            "nobody knows which release its patch file was made for: say so with `made-for` in the"
            f" manifest, or edit the file ({cell.result.conflicts[0].reason})"
            if cell.result.conflicts
            else "its patch file applies as it is",
        )
    repository = given.repository
    merge = repository.merge(change.before, cell.before, change.after)
    if merge.clean:
        if cell.outcome is Outcome.CONFLICT:
            raise _not_lines(cell, cell.result.conflicts[0].words)
        return None
    entry = given.manifest.patch(cell.patch)
    assert entry is not None
    engine = cell.ported
    if engine is None or engine.resolutions:  # what they settled hides what the engine would do
        options = replace(given.options_for(entry), resolutions=())
        engine = port(repository, change, cell.before, options)
    opened = OpenConflict(repository, cell, change, merge, resolutions, engine)
    left = set(merge.conflicted_paths) - left_behind(merge) - {one.path for one in opened.files}
    if left:
        raise _not_lines(
            cell, f"{min(left)} is a symbolic link, a submodule or a directory on one side"
        )
    return opened


def plain_choice(file: OpenFile, region: Region, name: str) -> RegionChoice:
    """The choice that *name* (ours, theirs, both) means for *region*."""
    if file.is_whole and name in SIDES and name not in file.sides:
        return RegionChoice(name, None, file.mode)
    if file.is_whole and file.modes:  # the lines of both are the same
        return RegionChoice(name, region.ours, file.mode_of(name))
    return RegionChoice(name, assemble(chosen_pieces(name, region), region), file.mode_of(name))


def _fitting(file: OpenFile, edits: tuple[EditBeside, ...]) -> tuple[EditBeside, ...]:
    """*edits*, where *file* takes them."""
    try:
        edited(file, [()] * len(file.regions), edits)
    except (StaleError, BrokenResolutionError):
        return ()
    return edits


def _assembled(resolution: Resolution, region: Region) -> Lines | None:
    try:
        return assemble(resolution.pieces, region)
    except BrokenResolutionError:
        return None


def numbered(files: Sequence[OpenFile]) -> list[tuple[int, OpenFile, int, Region]]:
    """All regions as they are shown: number (from 1), file, index in it, region."""
    flat = [(file, n, region) for file in files for n, region in enumerate(file.regions)]
    return [(number, *one) for number, one in enumerate(flat, 1)]


def _not_lines(cell: RebasedCell, why: str) -> SeriesError:
    return SeriesError(
        f"the conflict of {cell.patch} on {cell.base} cannot be resolved by editing lines: {why}",
        exit_code=ExitCode.FINDINGS,
    )
