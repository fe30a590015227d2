"""A person's resolutions, replayed: found again by what the conflict is, or told not to fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from patchseries.git import Merge, Repository, TreeEntry
from patchseries.model import Conflict, Finding, PortCode, Severity
from patchseries.resolution.conflict import OpenFile, left_behind, open_files
from patchseries.resolution.edits import EditBeside, StaleError, edited
from patchseries.resolution.files import Draft, FileChange
from patchseries.resolution.lines import BrokenResolutionError, Piece, assemble


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a person made of one conflict region of one patch (:class:`OpenFile` has the key).

    :ivar path: the file it was written for; only for people
    :ivar choice: ours, theirs, both, candidate:N, or edited
    :ivar date: the day, ISO 8601
    :ivar gone: the file shall not be there (of a file that one side removed)
    :ivar edits: lines that it changes beside its region
    :ivar files: files that it makes, removes, renames, or whose mode it changes
    """

    patch: str
    path: str
    key: str
    pieces: tuple[Piece, ...]
    choice: str
    author: str
    date: str
    reason: str
    gone: bool = False
    edits: tuple[EditBeside, ...] = ()
    files: tuple[FileChange, ...] = ()


@dataclass(frozen=True)
class Replay:
    """What the resolutions settle: the files they give, and what stays open, and why.

    :ivar edits: path → what it is then (None: gone), for :meth:`Repository.edit_tree`
    :ivar used: the resolutions that did it
    :ivar misfits: path → why the resolutions for its conflict do not fit it
    """

    edits: Mapping[str, TreeEntry | None] = field(default_factory=dict)
    used: tuple[Resolution, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    misfits: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A note for each resolution that was used, for whoever reviews the port."""
        return tuple(
            Finding(
                PortCode.RESOLUTION_USED,
                Severity.NOTE,
                f"{one.path}: resolved by {one.author} on {one.date}: {one.reason}",
                file=one.path,
            )
            for one in self.used
        )


class _UnresolvedError(Exception):
    """Nobody resolved some of a file's regions: so many."""

    def __init__(self, regions: int) -> None:
        super().__init__(regions)
        self.regions = regions


def replay(repository: Repository, merge: Merge, resolutions: Sequence[Resolution]) -> Replay:
    """Settle what *resolutions* settle of the conflicts of *merge*; a file is settled whole."""
    if not resolutions:
        return Replay(conflicts=merge.conflicts)
    still_open = {conflict.path: conflict for conflict in merge.conflicts}
    draft = Draft(repository, merge)
    used: dict[Resolution, None] = {}
    misfits: dict[str, str] = {}
    for file in open_files(repository, merge):
        conflict = replace(still_open[file.path], hunks=len(file.regions))
        trial = draft.fork()
        try:
            mine = _resolutions_for(file, resolutions)
            _settle(trial, file, mine)
        except (BrokenResolutionError, StaleError) as error:
            still_open[file.path] = conflict
            misfits[file.path] = str(error)
        except _UnresolvedError as error:
            still_open[file.path] = replace(conflict, hunks=error.regions)
        else:
            draft = trial
            del still_open[file.path]
            used |= dict.fromkeys(mine)
    if still_open.keys() <= left_behind(merge):
        still_open.clear()
    return Replay(draft.entries, tuple(used), tuple(still_open.values()), misfits)


def _resolutions_for(file: OpenFile, resolutions: Sequence[Resolution]) -> list[Resolution]:
    """The resolution of each region of *file*."""
    found = known_of(file, resolutions)
    mine = [one for one in found if one is not None]
    if len(mine) == len(found):
        return mine
    if any(one.path == file.path and one not in mine for one in resolutions):
        raise StaleError("the conflict is not the one that was resolved")
    raise _UnresolvedError(len(found) - len(mine))


def known_of(file: OpenFile, resolutions: Sequence[Resolution]) -> list[Resolution | None]:
    """The resolution of each region of *file*, or None."""
    known = {one.key: one for one in resolutions}
    return [known.get(file.key(region)) for region in file.regions]


def beside(
    repository: Repository,
    merge: Merge,
    files: Sequence[OpenFile],
    resolutions: Sequence[Resolution],
) -> dict[str, TreeEntry | None]:
    """What the resolutions of regions of *files* change in other files, as far as it fits."""
    draft = Draft(repository, merge)
    for one in {r: None for file in files for r in known_of(file, resolutions) if r}:
        changes = [partial(draft.redo, change) for change in one.files if change not in draft.done]
        changes += [partial(draft.edit, *edits) for edits in _by_path(one.edits, draft)]
        for change in changes:
            with suppress(StaleError, BrokenResolutionError):
                change()
    return draft.entries


def _settle(draft: Draft, file: OpenFile, resolutions: Sequence[Resolution]) -> None:
    """Settle *file* in *draft*, and what its resolutions change beside it."""
    edits = dict(_by_path((edit for one in resolutions for edit in one.edits), draft))
    if any(one.gone for one in resolutions):
        draft.entries[file.path] = None
    else:
        texts = [assemble(one.pieces, r) for one, r in zip(resolutions, file.regions, strict=True)]
        own = edits.pop(file.path, [])
        draft.write(file.path, file.mode, edited(file, texts, own))
        draft.done.update(own)  # the same conflict may be in another file
    for change in dict.fromkeys(change for one in resolutions for change in one.files):
        if change not in draft.done:
            draft.redo(change)
    for path, wanted in edits.items():
        draft.edit(path, wanted)


def _by_path(edits: Iterable[EditBeside], draft: Draft) -> Iterable[tuple[str, list[EditBeside]]]:
    """Those of *edits* that *draft* has not made yet, file by file."""
    found: dict[str, list[EditBeside]] = {}
    for edit in dict.fromkeys(edits):
        if edit not in draft.done:
            found.setdefault(edit.path, []).append(edit)
    return found.items()
