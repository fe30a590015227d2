"""From decisions on a conflict to resolutions, proven by replaying them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from patchseries.git import Merge, Repository
from patchseries.git.textmerge import Lines, Region, split_lines
from patchseries.model import TreeId
from patchseries.port.capture import CannotTellError, capture
from patchseries.port.openfiles import OpenFile, open_files
from patchseries.port.pieces import Piece, assemble, pieces_of, whole
from patchseries.port.resolutions import Edit, Resolution, replay, resolved_text

CHOICES: Mapping[str, tuple[str, ...]] = {
    "ours": ("ours",),
    "theirs": ("theirs",),
    "both": ("ours", "theirs"),
}
"""The choices that every region has: the sides they take, one after the other."""


class UnsettledError(ValueError):
    """What was decided cannot be kept as resolutions, and why."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who resolved, on which day (ISO 8601), and why."""

    author: str
    date: str
    reason: str


def resolutions_of(
    repository: Repository, merge: Merge, patch: str, final: TreeId, signed: Signature
) -> list[Resolution]:
    """The resolutions that make the tree *final* of *merge*; replaying them gives it exactly.

    :raises UnsettledError: something in *final* is no matter of lines (a new file, a mode)
    """
    files = open_files(repository, merge)
    made: list[Resolution] = []
    for file in files:
        made += _of_file(repository, file, patch, final, signed)
    if not made:
        raise UnsettledError("there is no conflict that a resolution could settle")
    beside = _edits_beside(repository, merge, {file.path for file in files}, final)
    made = _once([replace(made[0], edits=made[0].edits + beside), *made[1:]])
    _prove(repository, merge, made, final)
    return made


def chosen_pieces(choice: str, region: Region) -> tuple[Piece, ...]:
    """The pieces of a plain choice (:data:`CHOICES`)."""
    return whole(region, *CHOICES[choice])


def final_tree(
    repository: Repository, merge: Merge, texts: Mapping[str, Sequence[Lines] | None]
) -> TreeId:
    """The tree of *merge* with the regions of each open file replaced (None: the file is gone)."""
    from patchseries.git import TreeEntry

    edits = {}
    for file in open_files(repository, merge):
        given = texts[file.path]
        edits[file.path] = (
            None
            if given is None
            else TreeEntry(file.mode, repository.write_blob(resolved_text(file, given)))
        )
    return repository.edit_tree(merge.tree, edits)


def _of_file(
    repository: Repository, file: OpenFile, patch: str, final: TreeId, signed: Signature
) -> list[Resolution]:
    entry = repository.entry(final, file.path)
    if entry is None:
        return [_resolution(file, patch, region, None, signed) for region in file.regions]
    if not entry.is_file:
        raise UnsettledError(f"{file.path} is no file any more")
    try:
        captured = capture(file, split_lines(repository.blob(entry.oid)))
    except CannotTellError as error:
        raise UnsettledError(str(error)) from error
    made = [
        _resolution(file, patch, region, text, signed)
        for region, text in zip(file.regions, captured.texts, strict=True)
    ]
    return [replace(made[0], edits=captured.edits), *made[1:]]


def _resolution(
    file: OpenFile, patch: str, region: Region, text: Lines | None, signed: Signature
) -> Resolution:
    pieces = () if text is None else pieces_of(text, region)
    return Resolution(
        patch,
        file.path,
        file.key(region),
        pieces,
        _choice(file, text, region),
        signed.author,
        signed.date,
        signed.reason,
        gone=text is None,
    )


def _choice(file: OpenFile, text: Lines | None, region: Region) -> str:
    """The plain choice that gives *text*, else ``edited``."""
    if text is None:
        return next((side for side in ("ours", "theirs") if side not in file.sides), "edited")
    same = (name for name in CHOICES if assemble(chosen_pieces(name, region), region) == text)
    return next(same, "edited")


def _edits_beside(
    repository: Repository, merge: Merge, settled: set[str], final: TreeId
) -> tuple[Edit, ...]:
    """The edits in files that did not conflict."""
    edits: list[Edit] = []
    for path, (before, after) in repository.changes(merge.tree, final).items():
        if path in settled:
            continue
        if before is None or after is None or before.mode != after.mode or not before.is_file:
            raise UnsettledError(
                f"{path}: a file made, removed or of another mode; that takes a patch of your own"
            )
        lines = tuple(split_lines(repository.blob(before.oid)))
        file = OpenFile(path, frozenset(), before.mode, (lines,))
        edits += capture(file, split_lines(repository.blob(after.oid))).edits
    return tuple(edits)


def _once(made: Sequence[Resolution]) -> list[Resolution]:
    """*made* without repetitions of one conflict, which must agree."""
    known: dict[str, Resolution] = {}
    for one in made:
        other = known.setdefault(one.key, one)
        if (other.pieces, other.gone) != (one.pieces, one.gone):
            raise UnsettledError(
                f"{one.path}: the same conflict stands in two places and is resolved in two ways"
            )
        if one.edits and other is not one:
            known[one.key] = replace(other, edits=other.edits + one.edits)
    return list(known.values())


def _prove(repository: Repository, merge: Merge, made: Sequence[Resolution], final: TreeId) -> None:
    replayed = replay(repository, merge, made)
    if replayed.conflicts:
        first = replayed.conflicts[0]
        raise UnsettledError(f"{first.path}: {first.reason}")
    tree = repository.edit_tree(merge.tree, replayed.edits)
    different = repository.changes(tree, final)
    if different:
        raise UnsettledError(f"{min(different)}: a change that no resolution can hold")
