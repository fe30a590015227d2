"""Applying a patch file the way dpkg-source does: ``patch -F0 -p1``, offsets but no fuzz.

Where a hunk goes follows GNU patch: first where the hunks before it would put it, then ever
farther away, forwards first; a hunk with less context at one end than at the other can only
be at that end of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from patchseries.git import Repository, TreeEntry
from patchseries.model import TreeId
from patchseries.patches.header import split_patch
from patchseries.patches.parse import FilePatch, Hunk, PatchSyntaxError, parse_patch


@dataclass(frozen=True, slots=True)
class Offset:
    """A hunk that was found elsewhere than its header says: by how many lines."""

    path: str
    hunk: int
    lines: int


@dataclass(frozen=True, slots=True)
class Applied:
    """The tree after the patch, and the offsets a person may want to know."""

    tree: TreeId
    offsets: tuple[Offset, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a patch does not apply: path (and hunk, from 1) and the reason in words."""

    path: str
    reason: str
    hunk: int | None = None

    def __str__(self) -> str:
        where = f", hunk {self.hunk}" if self.hunk else ""
        return f"{self.path}{where}: {self.reason}" if self.path else self.reason


class _Reject(Exception):
    def __init__(self, path: str, reason: str, hunk: int | None = None) -> None:
        self.rejected = Rejected(path, reason, hunk)


def apply_patch(
    repository: Repository, tree: TreeId, data: bytes, *, reverse: bool = False, strip: int = 1
) -> Applied | Rejected:
    """Apply the patch file *data* to *tree*, or say why it cannot be applied.

    :param strip: the N of ``patch -pN``
    """
    offsets: list[Offset] = []
    try:
        files = parse_patch(split_patch(data)[1], strip)
        edits: dict[str, TreeEntry | None] = {}
        for patched in reversed(files) if reverse else files:
            one = _reversed(patched) if reverse else patched
            edits |= _apply_file(repository, tree, one, edits, offsets)
    except PatchSyntaxError as error:
        return Rejected("", f"not a patch that can be applied: {error}")
    except _Reject as error:
        return error.rejected
    if not files:
        return Rejected("", "it contains no change")
    return Applied(repository.edit_tree(tree, edits), tuple(offsets))


def is_applied(repository: Repository, tree: TreeId, data: bytes, *, strip: int = 1) -> bool:
    """Whether all of the patch is in *tree* already: it can be taken out, whole, and put in again.

    That it can be taken out is not enough: the lines that a hunk makes may stand elsewhere, too.
    """
    without = apply_patch(repository, tree, data, reverse=True, strip=strip)
    if isinstance(without, Rejected):
        return False
    again = apply_patch(repository, without.tree, data, strip=strip)
    return isinstance(again, Applied) and again.tree == tree


def any_hunk_applies(repository: Repository, tree: TreeId, data: bytes, *, strip: int = 1) -> bool:
    """Whether some part of the patch can still be applied to *tree*: a hunk by itself."""
    try:
        files = parse_patch(split_patch(data)[1], strip)
    except PatchSyntaxError:
        return False
    for patched in files:
        for hunk in patched.hunks:
            try:
                _apply_file(repository, tree, replace(patched, hunks=(hunk,)), {}, [])
            except _Reject:
                continue
            return True
    return False


def place_hunks(
    lines: Sequence[bytes], hunks: Sequence[Hunk]
) -> tuple[list[bytes], list[int]] | int:
    """*lines* with *hunks* applied and each one's offset; or the index of the first that fails."""
    result: list[bytes] = []
    offsets: list[int] = []
    done = offset = 0
    for index, hunk in enumerate(hunks):
        guess = _first_line(hunk) + offset
        at = _locate(lines, hunk, guess, done)
        if at is None:
            return index
        offset = at - _first_line(hunk)
        offsets.append(offset)
        result += lines[done:at]
        result += hunk.new
        done = at + len(hunk.old)
    return _completed([*result, *lines[done:]]), offsets


def _completed(lines: list[bytes]) -> list[bytes]:
    """As patch does: a line without its newline that is no longer the last one gets it."""
    return [line if line.endswith(b"\n") else line + b"\n" for line in lines[:-1]] + lines[-1:]


def _first_line(hunk: Hunk) -> int:
    """Where the hunk starts, counted from 0; an empty old side stands *after* its line."""
    return hunk.start - 1 if hunk.old else hunk.start


def _locate(lines: Sequence[bytes], hunk: Hunk, guess: int, done: int) -> int | None:
    size = len(hunk.old)
    last = len(lines) - size
    if not size:
        return guess if done <= guess <= len(lines) else None
    candidates: Iterable[int]
    if hunk.leading < hunk.trailing and hunk.start <= 1:
        candidates = [0]
    elif hunk.trailing < hunk.leading:
        candidates = [last]
    else:
        candidates = _outwards(guess, done, last)
    first = hunk.old[0]
    for at in candidates:
        if done <= at <= last and lines[at] == first and tuple(lines[at : at + size]) == hunk.old:
            return at
    return None


def _outwards(guess: int, first: int, last: int) -> Iterator[int]:
    """The positions from *first* to *last*, the nearest to *guess* first, forwards before back."""
    if first <= guess <= last:
        yield guess
    for distance in range(1, max(abs(last - guess), abs(guess - first)) + 1):
        if first <= guess + distance <= last:
            yield guess + distance
        if first <= guess - distance <= last:
            yield guess - distance


def _apply_file(
    repository: Repository,
    tree: TreeId,
    patched: FilePatch,
    before: dict[str, TreeEntry | None],
    offsets: list[Offset],
) -> dict[str, TreeEntry | None]:
    def there(path: str) -> TreeEntry | None:
        return before[path] if path in before else repository.entry(tree, path)

    patched = _named(patched, there)
    path = patched.path
    if patched.binary:
        raise _Reject(path, "a binary change, which patch cannot apply")
    entry = there(patched.old_path or path)
    old = _old_content(repository, patched, entry)
    placed = place_hunks(_split(old), patched.hunks)
    if isinstance(placed, int):
        raise _Reject(path, "does not apply (no fuzz is allowed)", placed + 1)
    lines, moved = placed
    offsets += [Offset(path, i + 1, by) for i, by in enumerate(moved) if by]
    edits: dict[str, TreeEntry | None] = {}
    if patched.old_path not in (None, patched.new_path) and patched.moves != "copy":
        assert patched.old_path is not None
        edits[patched.old_path] = None
    if patched.new_path is None:
        if lines:
            raise _Reject(path, "the patch deletes it, but it has other content")
        return edits
    mode = patched.new_mode or (entry.mode if entry else "100644")
    edits[patched.new_path] = TreeEntry(mode, repository.write_blob(b"".join(lines)))
    return edits


def _named(patched: FilePatch, there: Callable[[str], TreeEntry | None]) -> FilePatch:
    """*patched* with the name that patch(1) takes where the two names are other ones.

    The file that is there; of two that are, the one with fewer directories, then the shorter name.
    A file that is not there and has no lines before is made.
    """
    old, new = patched.old_path, patched.new_path
    if old is None or new is None or patched.moves:
        return patched
    found = [name for name in (old, new) if (entry := there(name)) and not entry.is_tree]
    if not found and all(not hunk.start and not hunk.old for hunk in patched.hunks):
        return replace(patched, old_path=None)
    name = min(found, key=_bareness) if found else new
    return replace(patched, old_path=name, new_path=name)


def _bareness(path: str) -> tuple[int, int, int]:
    return path.count("/"), len(path.rpartition("/")[2]), len(path)


def _old_content(repository: Repository, patched: FilePatch, entry: TreeEntry | None) -> bytes:
    if patched.old_path is None:
        if entry is not None and (not entry.is_file or repository.blob(entry.oid)):
            raise _Reject(patched.path, "the patch creates it, but it already exists")
        return b""
    if entry is None or entry.is_tree:
        raise _Reject(patched.path, "there is no such file")
    if not entry.is_file:
        raise _Reject(patched.path, "it is a symbolic link or submodule")
    return repository.blob(entry.oid)


def _split(data: bytes) -> list[bytes]:
    """Lines with their ends; only LF ends a line."""
    lines = data.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _reversed(patched: FilePatch) -> FilePatch:
    """The patch that undoes *patched*."""
    grown = 0
    hunks = []
    for hunk in patched.hunks:
        start = _first_line(hunk) + grown
        hunks.append(
            Hunk(start + 1 if hunk.new else start, hunk.new, hunk.old, hunk.leading, hunk.trailing)
        )
        grown += len(hunk.new) - len(hunk.old)
    return FilePatch(
        patched.new_path,
        patched.old_path,
        patched.new_mode,
        patched.old_mode,
        tuple(hunks),
        patched.binary,
        patched.moves,
    )
