"""One conflict of a series at hand: the merge, its open files, and what could stand there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from patchseries.errors import ExitCode, SeriesError, UsageError
from patchseries.git import Merge, Repository
from patchseries.git.textmerge import Lines, Region, split_lines
from patchseries.model import Outcome, TreeId
from patchseries.pipeline.rebase import Ingredients, RebasedCell, rebase
from patchseries.pipeline.series import Selection
from patchseries.pipeline.session import Session
from patchseries.port import Change, port
from patchseries.port.capture import CannotTellError, capture
from patchseries.port.decisions import CHOICES, chosen_pieces
from patchseries.port.openfiles import OpenFile, open_files
from patchseries.port.pieces import BrokenResolutionError, assemble
from patchseries.port.resolutions import Resolution


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could stand in a region's place: what it is called, and its lines."""

    name: str
    lines: Lines


@dataclass(frozen=True)
class OpenConflict:
    """git's merge of one patch onto one base, as far as it was ported before it."""

    repository: Repository
    cell: RebasedCell
    change: Change
    merge: Merge
    resolutions: tuple[Resolution, ...]
    engine_tree: TreeId | None

    @cached_property
    def files(self) -> list[OpenFile]:
        """The files that a resolution can settle."""
        return open_files(self.repository, self.merge)

    def known_texts(self, file: OpenFile) -> list[Lines | None]:
        """What the resolutions that there are make of each region (None: nothing)."""
        known = {one.key: one for one in self.resolutions if not one.gone}
        found = [(region, known.get(file.key(region))) for region in file.regions]
        return [_assembled(one, region) if one else None for region, one in found]

    def candidates(self, file: OpenFile, index: int) -> list[Candidate]:
        """What could stand in the place of region *index* (from 0), each once."""
        region = file.regions[index]
        found = {assemble(chosen_pieces(name, region), region): name for name in CHOICES}
        found.setdefault(region.theirs + region.ours, "theirs, then ours")
        for name, text in self._engine(file, index).items():
            found.setdefault(text, name)
        return [Candidate(name, lines) for lines, name in found.items()]

    def _engine(self, file: OpenFile, index: int) -> Mapping[str, Lines]:
        if self.engine_tree is None:
            return {}
        data = self.repository.file(self.engine_tree, file.path)
        if data is None:
            return {}
        try:
            return {"engine": capture(file, split_lines(data)).texts[index]}
        except CannotTellError:
            return {}


def conflicting_cells(
    session: Session, given: Ingredients, patch: str, bases: Sequence[str]
) -> list[RebasedCell]:
    """The cells of *patch* that conflict, on *bases* (empty: on all)."""
    chosen = rebase(given, Selection(bases=tuple(bases), patches=(patch,)), session.told)
    return [c for c in chosen.cells if c.patch == patch and c.outcome is Outcome.CONFLICT]


def find_conflict(
    session: Session, given: Ingredients, patch: str, base: str | None, *, again: bool = False
) -> OpenConflict:
    """The conflict of *patch* on *base* (default: on the first base where it conflicts).

    :param again: set the resolutions that there are for it aside
    :raises UsageError: nothing conflicts there
    :raises SeriesError: a conflict that is no matter of lines
    """
    mine = tuple(one for one in given.resolutions if one.patch == patch)
    asked = replace(given, resolutions=tuple(o for o in given.resolutions if o.patch != patch))
    found = conflicting_cells(session, asked if again else given, patch, [base] if base else [])
    if not found:
        where = f" on {base}" if base else ""
        raise UsageError(
            f"{patch} does not conflict{where}",
            hint="`series resolve --again` asks once more for what is resolved already",
        )
    return open_conflict(given, found[0], () if again else mine)


def open_conflict(
    given: Ingredients, cell: RebasedCell, resolutions: tuple[Resolution, ...] = ()
) -> OpenConflict:
    """The merge of *cell*, which conflicts, with its open files.

    :raises SeriesError: it is no matter of lines
    """
    if cell.source is None:
        raise _not_lines(cell, "a patch file has no commit to merge by: edit the file")
    repository = given.repository
    change = Change.of(repository, repository.commit(cell.source))
    merge = repository.merge(change.before, cell.before, change.after)
    if merge.clean:
        raise _not_lines(cell, cell.result.conflicts[0].reason)
    entry = given.manifest.patch(cell.patch)
    assert entry is not None
    options = replace(given.options_for(entry), resolutions=())
    engine = port(repository, change, cell.before, options).tree
    opened = OpenConflict(repository, cell, change, merge, resolutions, engine)
    left = set(merge.conflicted_paths) - {file.path for file in opened.files}
    if left:
        raise _not_lines(cell, f"{min(left)} is a link, a submodule or a folder on one side")
    return opened


def _assembled(one: Resolution, region: Region) -> Lines | None:
    try:
        return assemble(one.pieces, region)
    except BrokenResolutionError:
        return None


def region_count(files: Sequence[OpenFile]) -> int:
    """How many regions are in *files*."""
    return sum(len(file.regions) for file in files)


def numbered(files: Sequence[OpenFile]) -> list[tuple[int, OpenFile, int, Region]]:
    """All regions as they are shown: number (from 1), file, index in it, region."""
    flat = [(file, n, region) for file in files for n, region in enumerate(file.regions)]
    return [(number, *one) for number, one in enumerate(flat, 1)]


def _not_lines(cell: RebasedCell, why: str) -> SeriesError:
    return SeriesError(
        f"the conflict of {cell.patch} on {cell.base} is no matter of lines: {why}",
        exit_code=ExitCode.FINDINGS,
    )
