"""A person's resolutions, replayed: found again by what the conflict is, or told not to fit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from patchseries.git import Merge, Repository, TreeEntry
from patchseries.git.textmerge import Lines, Region, split_lines
from patchseries.model import Conflict, Finding, Severity
from patchseries.port.openfiles import OpenFile, open_files
from patchseries.port.pieces import BrokenResolutionError, Piece, assemble, pieces_of

CONTEXT = 3
"""How many lines around an edit are in its key."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that a resolution needs beside the conflict, where git's merge had no question.

    It is known again by the digest of the lines it replaces and of those around them.
    ``before``, ``old`` and ``after`` say how many lines these are.
    """

    path: str
    key: str
    before: int
    old: int
    after: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a person made of one conflict region of one patch (:class:`OpenFile` has the key).

    :ivar path: the file it was written for; only for people
    :ivar choice: ours, theirs, both, candidate:N, or edited
    :ivar date: the day, ISO 8601
    :ivar gone: the file shall not be there (of a file that one side removed)
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
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Replay:
    """What the resolutions settle: the files they give, and what stays open, and why.

    :ivar edits: path → what it is then (None: gone), for :meth:`Repository.edit_tree`
    :ivar used: the resolutions that did it
    """

    edits: Mapping[str, TreeEntry | None] = field(default_factory=dict)
    used: tuple[Resolution, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A note for each resolution that was used, for whoever reviews the port."""
        return tuple(
            Finding(
                "resolution.used",
                Severity.NOTE,
                f"{one.path}: resolved by {one.author} on {one.date}: {one.reason}",
                file=one.path,
            )
            for one in self.used
        )


class _StaleError(Exception):
    """A resolution does not fit: its conflict, or what is around it, is another one now."""


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
    settled: dict[str, bytes | None] = {}
    modes: dict[str, str] = {}
    used: dict[Resolution, None] = {}
    for file in open_files(repository, merge):
        conflict = replace(still_open[file.path], hunks=len(file.regions))
        try:
            mine = _resolutions_for(file, resolutions)
            settled |= _settle(repository, merge, file, mine, settled)
        except (BrokenResolutionError, _StaleError) as error:
            still_open[file.path] = replace(conflict, reason=f"{conflict.reason}; {error}")
        except _UnresolvedError as error:
            still_open[file.path] = replace(conflict, hunks=error.regions)
        else:
            del still_open[file.path]
            modes[file.path] = file.mode
            used |= dict.fromkeys(mine)
    edits = {
        path: None
        if data is None
        else TreeEntry(
            modes.get(path) or _mode(repository, merge, path), repository.write_blob(data)
        )
        for path, data in settled.items()
    }
    return Replay(edits, tuple(used), tuple(still_open.values()))


def _resolutions_for(file: OpenFile, resolutions: Sequence[Resolution]) -> list[Resolution]:
    """The resolution of each region of *file*."""
    known = {one.key: one for one in resolutions}
    found = [known.get(file.key(region)) for region in file.regions]
    mine = [one for one in found if one is not None]
    if len(mine) == len(found):
        return mine
    if any(one.path == file.path and one not in mine for one in resolutions):
        raise _StaleError("it is not the conflict that its resolution is for")
    raise _UnresolvedError(len(found) - len(mine))


def resolved_text(file: OpenFile, texts: Iterable[Lines]) -> bytes:
    """The file with its regions replaced by *texts*, in order."""
    given = iter(texts)
    return b"".join(
        b"".join(next(given) if isinstance(chunk, Region) else chunk) for chunk in file.chunks
    )


def edit_of(path: str, agreed: Sequence[bytes], start: int, old: int, new: Lines) -> Edit:
    """The edit that replaces *old* lines of *agreed* at *start* (from 0) with *new*."""
    before = min(CONTEXT, start)
    after = min(CONTEXT, len(agreed) - start - old)
    window = agreed[start - before : start + old + after]
    pieces = pieces_of(new, _as_region(agreed[start : start + old]))
    return Edit(path, _window_key(window, before, old), before, old, after, pieces)


def agreed_lines(file: OpenFile) -> list[bytes]:
    """The lines of *file* outside its regions."""
    return [line for chunk in file.chunks if not isinstance(chunk, Region) for line in chunk]


def _settle(
    repository: Repository,
    merge: Merge,
    file: OpenFile,
    found: Sequence[Resolution],
    settled: Mapping[str, bytes | None],
) -> dict[str, bytes | None]:
    """The bytes of *file*, and of the other files that its resolutions edit."""
    edits: dict[str, list[Edit]] = {}
    for edit in dict.fromkeys(e for one in found for e in one.edits):
        edits.setdefault(edit.path, []).append(edit)
    results: dict[str, bytes | None] = {}
    if any(one.gone for one in found):
        results[file.path] = None
    else:
        texts = [assemble(one.pieces, r) for one, r in zip(found, file.regions, strict=True)]
        results[file.path] = _edited(file, texts, edits.pop(file.path, []))
    for path, wanted in edits.items():
        data = settled[path] if path in settled else repository.file(merge.tree, path)
        if data is None or (path in merge.conflicted_paths and path not in settled):
            raise _StaleError(f"{path} is not there, or conflicts itself")
        other = OpenFile(path, frozenset(), "", (tuple(split_lines(data)),))
        results[path] = _edited(other, [], wanted)
    return results


def _edited(file: OpenFile, texts: Sequence[Lines], edits: Sequence[Edit]) -> bytes:
    """*file* with its regions replaced by *texts* and *edits* done in its agreed lines."""
    agreed = agreed_lines(file)
    new: dict[int, tuple[int, Lines]] = {}
    for edit in edits:
        at = _locate(agreed, edit)
        old = agreed[at : at + edit.old]
        new[at] = (edit.old, assemble(edit.pieces, _as_region(old)))
    result: list[bytes] = []
    given = iter(texts)
    at = skip = 0
    for chunk in file.chunks:
        if isinstance(chunk, Region):
            result += next(given)
            continue
        for line in chunk:
            if at in new:
                skip, lines = new.pop(at)
                result += lines
            if skip:
                skip -= 1
            else:
                result.append(line)
            at += 1
    for _, lines in new.values():  # an insertion after the last line
        result += lines
    return b"".join(result)


def _locate(agreed: Sequence[bytes], edit: Edit) -> int:
    size = edit.before + edit.old + edit.after
    places = [
        at
        for at in range(len(agreed) - size + 1)
        if _window_key(agreed[at : at + size], edit.before, edit.old) == edit.key
    ]
    if len(places) != 1:
        raise _StaleError(
            f"the lines that it edits in {edit.path} are "
            + ("not there" if not places else f"there {len(places)} times")
        )
    return places[0] + edit.before


def _window_key(window: Sequence[bytes], before: int, old: int) -> str:
    digest = hashlib.sha256(f"{len(window)} {before} {old}\n".encode())
    digest.update(b"".join(line.rstrip(b"\r\n") + b"\n" for line in window))
    return digest.hexdigest()


def _as_region(lines: Sequence[bytes]) -> Region:
    """The lines that an edit replaces, as the only side of a region."""
    return Region((), tuple(lines), ())


def _mode(repository: Repository, merge: Merge, path: str) -> str:
    entry = repository.entry(merge.tree, path)
    return entry.mode if entry else "100644"
