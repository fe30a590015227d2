"""From decisions on a conflict to resolutions, proven by replaying them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from patchseries.git import Merge, Repository, TreeEntry
from patchseries.git.textmerge import Lines, Region, split_lines
from patchseries.model import TreeId
from patchseries.resolution.conflict import OpenFile, open_files
from patchseries.resolution.edits import EditBeside, edited
from patchseries.resolution.extract import AmbiguousEditError, extract
from patchseries.resolution.files import (
    ChangedMode,
    FileChange,
    MovedFile,
    NewFile,
    RemovedFile,
    file_changes,
    renames,
)
from patchseries.resolution.lines import Piece, assemble, pieces_of, whole
from patchseries.resolution.replay import Resolution, replay

CHOICES: Mapping[str, tuple[str, ...]] = {
    "ours": ("ours",),
    "theirs": ("theirs",),
    "both": ("ours", "theirs"),
}
"""The choices that every region has: the sides they take, one after the other."""


class UnsettledError(ValueError):
    """What was decided cannot be kept as resolutions, and why."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who resolved, on which day (ISO 8601), and why."""

    author: str
    date: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResolvedMerge:
    """What a person made of a conflict of *patch*: of the *merge*, the tree *final*."""

    merge: Merge
    patch: str
    final: TreeId
    signed: Attribution


def resolutions_of(
    repository: Repository, resolved: ResolvedMerge, earlier: Sequence[Resolution] = ()
) -> list[Resolution]:
    """The resolutions of *resolved*: replaying them on its merge gives its tree exactly.

    :param earlier: those of the patch that there are; what still holds of them stays as it is
    :raises UnsettledError: something in the tree cannot be kept so (a link, a file that is no text)
    """
    merge, patch, final = resolved.merge, resolved.patch, resolved.final
    files = open_files(repository, merge)
    # markers would make a conflicting file another one
    ours = {path: sides.ours for path, sides in merge.files.items() if sides.ours}
    before = repository.edit_tree(merge.tree, ours)
    sources = {old: new for new, old in renames(repository, before, final).items()}
    keys = {one.key for one in earlier if one.patch == patch}
    made: list[Resolution] = []
    for file in files:
        home = sources.get(file.path, file.path)
        made += _of_file(repository, file, resolved, home, keys)
    if not made:
        raise UnsettledError("there is no conflict to resolve")
    settled = {file.path for file in files}
    edits, changes = _beside(repository, merge, settled, final, sources)
    made = _holding(made, keys, edits, changes)
    made = _kept(_once(made), [one for one in earlier if one.patch == patch])
    _prove(repository, merge, made, final)
    return made


def chosen_pieces(choice: str, region: Region) -> tuple[Piece, ...]:
    """The pieces of a plain choice (:data:`CHOICES`)."""
    return whole(region, *CHOICES[choice])


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a file: the lines for each of its regions, and its mode."""

    texts: Sequence[Lines]
    mode: str
    edits: Sequence[EditBeside] = ()


def final_tree(
    repository: Repository,
    merge: Merge,
    settled: Mapping[str, Settled | None],
    beside: Mapping[str, TreeEntry | None],
) -> TreeId:
    """The tree of *merge* with each open file as it is *settled* (None: gone), and *beside*.

    :raises StaleError: an edit does not fit
    """
    edits = dict(beside)
    for file in open_files(repository, merge):
        wanted = settled[file.path]
        edits[file.path] = None
        if wanted is not None:
            blob = repository.write_blob(edited(file, wanted.texts, wanted.edits))
            edits[file.path] = TreeEntry(wanted.mode, blob)
    return repository.edit_tree(merge.tree, edits)


def _of_file(
    repository: Repository,
    file: OpenFile,
    resolved: ResolvedMerge,
    home: str,
    keys: Container[str],
) -> list[Resolution]:
    """The resolutions of *file*, which is called *home* in the end."""
    entry = repository.entry(resolved.final, home)
    if entry is None:
        return [_resolution(resolved, file, region, None) for region in file.regions]
    if not entry.is_file:
        raise UnsettledError(f"{file.path} is no longer a file")
    try:
        extracted = extract(file, split_lines(repository.blob(entry.oid)))
    except AmbiguousEditError as error:
        raise UnsettledError(str(error)) from error
    changes: list[FileChange] = []
    if home != file.path:
        changes.append(MovedFile(home, file.path, None))
    if entry.mode != file.mode:
        changes.append(ChangedMode(home, file.mode, entry.mode))
    made = [
        _resolution(resolved, file, region, text, entry.mode)
        for region, text in zip(file.regions, extracted.texts, strict=True)
    ]
    return _holding(made, keys, extracted.edits, tuple(changes))


def _resolution(
    resolved: ResolvedMerge,
    file: OpenFile,
    region: Region,
    text: Lines | None,
    mode: str | None = None,
) -> Resolution:
    signed = resolved.signed
    pieces = () if text is None else pieces_of(text, region)
    return Resolution(
        resolved.patch,
        file.path,
        file.key(region),
        pieces,
        _choice(file, text, region, mode),
        signed.author,
        signed.date,
        signed.reason,
        gone=text is None,
    )


def _choice(file: OpenFile, text: Lines | None, region: Region, mode: str | None) -> str:
    """The plain choice that gives *text*, and *mode* where modes conflict; else ``edited``."""
    if text is None:
        return next((side for side in ("ours", "theirs") if side not in file.sides), "edited")
    same = (
        name
        for name in CHOICES
        if assemble(chosen_pieces(name, region), region) == text
        and (file.modes is None or file.mode_of(name) == mode)
    )
    return next(same, "edited")


def _beside(
    repository: Repository,
    merge: Merge,
    settled: Container[str],
    final: TreeId,
    sources: Mapping[str, str],
) -> tuple[tuple[EditBeside, ...], tuple[FileChange, ...]]:
    """The edits in files that did not conflict, and what became of whole files.

    :param sources: the files that were renamed: old path → new path
    """
    edits: list[EditBeside] = []
    changes: list[FileChange] = []
    moved = {new: old for old, new in sources.items()}
    for path, (before, after) in repository.changes(merge.tree, final).items():
        source = moved.get(path)
        if path in sources or path in settled or source in settled:
            continue
        if source is not None:
            before = repository.entry(merge.tree, source)
        try:
            changes += file_changes(path, source, before, after, repository)
            if before and after and before.oid != after.oid:
                edits += _line_edits(repository, path, before, after)
        except (AmbiguousEditError, ValueError) as error:
            raise UnsettledError(f"{path}: {error}; write a patch of your own for it") from error
    return tuple(edits), tuple(sorted(changes, key=lambda one: _ORDER.index(type(one))))


_ORDER = (MovedFile, RemovedFile, NewFile, ChangedMode)
"""What goes makes room first; the mode is that of the file's new path."""


def _line_edits(
    repository: Repository, path: str, before: TreeEntry, after: TreeEntry
) -> tuple[EditBeside, ...]:
    lines = tuple(split_lines(repository.blob(before.oid)))
    file = OpenFile(path, frozenset(), before.mode, (lines,))
    return extract(file, split_lines(repository.blob(after.oid))).edits


def _holding(
    made: list[Resolution],
    keys: Container[str],
    edits: tuple[EditBeside, ...],
    changes: tuple[FileChange, ...],
) -> list[Resolution]:
    """*made*, the first of a new conflict (else the first) with *edits* and *changes* in it."""
    at = next((n for n, one in enumerate(made) if one.key not in keys), 0)
    one = made[at]
    holder = replace(one, edits=one.edits + edits, files=one.files + changes)
    return [*made[:at], holder, *made[at + 1 :]]


def _kept(made: Sequence[Resolution], earlier: Sequence[Resolution]) -> list[Resolution]:
    """*made* with those of *earlier* that decide the same; what they do beside, no other does."""
    edits = {edit for one in made for edit in one.edits}
    files = {change for one in made for change in one.files}
    before = {one.key: one for one in earlier}

    def still(resolution: Resolution) -> bool:
        old = before.get(resolution.key)
        return (
            old is not None
            and (old.pieces, old.gone) == (resolution.pieces, resolution.gone)
            and set(resolution.edits) <= set(old.edits) <= edits
            and set(resolution.files) <= set(old.files) <= files
        )

    same = {one.key: before[one.key] for one in made if still(one)}
    done: set[EditBeside | FileChange] = {
        e for one in same.values() for e in (*one.edits, *one.files)
    }
    return [
        same.get(one.key)
        or replace(
            one,
            edits=tuple(edit for edit in one.edits if edit not in done),
            files=tuple(change for change in one.files if change not in done),
        )
        for one in made
    ]


def _once(made: Sequence[Resolution]) -> list[Resolution]:
    """*made* without repetitions of one conflict, which must agree.

    What a repetition changes beside it goes, for :func:`_prove` to miss: it would be made in a file
    that is still in conflict when the first one is settled.
    """
    known: dict[str, Resolution] = {}
    for one in made:
        other = known.setdefault(one.key, one)
        if (other.pieces, other.gone) != (one.pieces, one.gone):
            raise UnsettledError(
                f"{one.path}: the same conflict is in two places and resolved in two ways"
            )
    return list(known.values())


def _prove(repository: Repository, merge: Merge, made: Sequence[Resolution], final: TreeId) -> None:
    replayed = replay(repository, merge, made)
    if replayed.conflicts:
        first = replayed.conflicts[0]
        why = replayed.misfits.get(first.path)
        raise UnsettledError(f"{first.path}: {first.reason}" + (f"; {why}" if why else ""))
    tree = repository.edit_tree(merge.tree, replayed.edits)
    different = repository.changes(tree, final)
    if different:
        raise UnsettledError(f"{min(different)}: a resolution cannot record this change")
