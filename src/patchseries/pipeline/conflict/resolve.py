"""Resolving conflicts: by a choice for each region, by another change, or in a work tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from patchseries.errors import DeclinedError, UsageError
from patchseries.files import read_file
from patchseries.git import Repository
from patchseries.journal import commit_files
from patchseries.model import TreeId
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.pipeline.conflict.conflicts import (
    OpenConflict,
    RegionChoice,
    numbered,
    plain_choice,
)
from patchseries.pipeline.conflict.worktree import ResolveSession, drop_session, final_tree
from patchseries.pipeline.resolutions import load_resolutions, resolution_changes
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import Session
from patchseries.port import Change
from patchseries.resolution.edits import EditBeside
from patchseries.resolution.record import (
    CHOICES,
    Attribution,
    ResolvedMerge,
    Settled,
    UnsettledError,
    resolutions_of,
)
from patchseries.resolution.record import final_tree as settled_tree
from patchseries.resolution.replay import Resolution

_TAKE = re.compile(r"(?:(\d+)=)?(ours|theirs|both|candidate:(\d+))")


def take(conflict: OpenConflict, words: Sequence[str]) -> TreeId:
    """The tree after the choices *words*: ``theirs`` for all regions, ``2=ours`` for one.

    What a resolution settles already stays so unless a choice names it.

    :raises UsageError: a word is no choice, names no region, or leaves one open
    """
    default, chosen = _choices(words)
    regions = numbered(conflict.files)
    unknown = chosen.keys() - {number for number, *_ in regions}
    if unknown:
        raise UsageError(f"there is no region {min(unknown)}", hint=f"there are {len(regions)}")
    picked: dict[str, list[RegionChoice]] = {file.path: [] for file in conflict.files}
    kept: set[str] = set()
    for number, file, index, _ in regions:
        choice = chosen.get(number, default)
        if choice is None:
            kept.add(file.key(file.regions[index]))
        picked[file.path].append(_picked(conflict, number, choice))
    stays = replace(
        conflict, resolutions=tuple(one for one in conflict.resolutions if one.key in kept)
    )
    settled = {
        file.path: _settled(picked[file.path], stays.replayed(file).edits)
        for file in conflict.files
    }
    beside = stays.beside(conflict.files)
    return settled_tree(conflict.repository, conflict.merge, settled, beside)


def take_from(conflict: OpenConflict, source: str, cwd: Path) -> TreeId:
    """The tree after the patch file *source*, or the commit of that id, in place of the patch.

    :raises SeriesError: it does not apply
    """
    repository, ours = conflict.repository, conflict.cell.before
    path = cwd / source
    if path.is_file():
        applied = apply_patch(repository, ours, read_file(path))
        if isinstance(applied, Rejected):
            raise DeclinedError(f"{source} does not apply on {conflict.cell.base}: {applied}")
        return applied.tree
    commit = repository.resolve(source)
    if commit is None:
        raise UsageError(f"{source} is neither a file nor a fetched commit")
    change = Change.of(repository, repository.commit(commit))
    merge = repository.merge(change.before, ours, change.after)
    if not merge.clean:
        raise DeclinedError(f"{source} also conflicts, in {merge.conflicted_paths[0]}")
    return merge.tree


def settle(
    session: Session, series: Series, conflict: OpenConflict, final: TreeId, signed: Attribution
) -> list[Resolution]:
    """Store the resolutions that make *final* of *conflict*; what was stored.

    :raises SeriesError: something in *final* cannot be kept as resolutions
    """
    patch, merge = conflict.cell.patch, conflict.merge
    return _store(session, series, conflict.repository, ResolvedMerge(merge, patch, final, signed))


def finish(
    session: Session, series: Series, opened: ResolveSession, signed: Callable[[], Attribution]
) -> list[Resolution]:
    """Record the work tree of *opened* as resolutions and remove it; returns what was stored.

    *signed* is asked for once nothing is left open.

    Killed between the two, the resolutions are there and so is the work tree: finishing it again
    changes nothing.

    :raises SeriesError: a marker is left, or a change cannot be kept as a resolution
    """
    with opened.repository() as repository:
        final = final_tree(opened, repository)
        merge = opened.merge(repository)
        resolved = ResolvedMerge(merge, opened.patch, final, signed())
        made = _store(session, series, repository, resolved)
    if not session.dry_run:
        drop_session(series.state, opened)
    return made


def _store(
    session: Session, series: Series, repository: Repository, resolved: ResolvedMerge
) -> list[Resolution]:
    try:
        before = load_resolutions(series)
        made = resolutions_of(repository, resolved, before)
    except UnsettledError as error:
        raise DeclinedError(str(error)) from error
    known = {_substance(one) for one in before}
    new = [one for one in made if _substance(one) not in known]
    if not session.dry_run:
        commit_files(series.state, resolution_changes(series, new), session.operation)
    return new


def _substance(resolution: Resolution) -> tuple[object, ...]:
    """What a resolution does, whoever wrote it and when."""
    return (
        resolution.patch,
        resolution.key,
        resolution.pieces,
        resolution.gone,
        resolution.edits,
        resolution.files,
    )


def _choices(words: Sequence[str]) -> tuple[str | None, Mapping[int, str]]:
    default, chosen = None, {}
    for word in words:
        found = _TAKE.fullmatch(word)
        if not found:
            raise UsageError(
                f"unknown choice: {word!r}",
                hint="ours, theirs, both or candidate:N; N=CHOICE for one",
            )
        if found[1]:
            chosen[int(found[1])] = found[2]
        else:
            default = found[2]
    return default, chosen


def _picked(conflict: OpenConflict, number: int, choice: str | None) -> RegionChoice:
    """What *choice* is for region *number*; None: what a resolution says."""
    _, file, index, region = numbered(conflict.files)[number - 1]
    if choice is None:
        known = conflict.replayed(file)
        if known.texts[index] is None and not known.gone:
            raise UsageError(
                f"region {number} is not resolved", hint="choose for it too, or for all regions"
            )
        return RegionChoice("as resolved", known.texts[index], known.mode)
    if choice in CHOICES:
        return plain_choice(file, region, choice)
    candidates = conflict.candidates(file, index)
    wanted = int(choice.partition(":")[2])
    if not 1 <= wanted <= len(candidates):
        raise UsageError(f"region {number} has {len(candidates)} candidates, not {wanted}")
    return candidates[wanted - 1]


def _settled(picked: Sequence[RegionChoice], edits: Sequence[EditBeside]) -> Settled | None:
    """A file of the *picked* regions; where the modes conflict, the first region has the word."""
    texts = [one.lines for one in picked if one.lines is not None]
    return Settled(texts, picked[0].mode, edits) if len(texts) == len(picked) else None
