"""The shape of a commit: which files it changes, and by how many bytes each grows.

Commits with the same diff have the same shape, wherever they stand, unless white space differs.
So it says which few of a history need be compared with one by their patch-ids. To tell it, trees
are compared, and no file is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from shutil import which
from typing import IO

from patchseries import process
from patchseries.errors import ProgramError
from patchseries.git import Repository
from patchseries.git.environment import ISOLATED

MOST_FILES = 1000
"""A commit that changes more has no shape."""

_MOST_MEMORY = 1 << 30
"""Bytes that git may use: a tree that is made to explode ends there."""
_AT_ONCE = 20_000
"""Files whose sizes are asked together."""
_CHUNK = 1 << 20
_MARK = b"\x01"
_GITLINK = b"160000"


@dataclass(slots=True)
class _Changes:
    """A commit and its files: path, kind of change, the blob before and after."""

    commit: str
    files: list[tuple[bytes, bytes, bytes, bytes]] = field(default_factory=list)
    is_large: bool = False


def read_shapes(
    repository: Repository, tips: Iterable[str], without: Iterable[str] = ()
) -> Iterator[tuple[str, int]]:
    """The shapes (64 bits, signed) of the commits that *tips* have and *without* have not.

    Merges have none, nor has a commit that changes nothing, that changes very many files, or whose
    files are not here.

    :raises ProgramError: git failed; what came before is right
    """
    waiting: list[_Changes] = []
    count = 0
    for changes in _changes(repository, tips, without):
        if changes.is_large or not changes.files:
            continue
        waiting.append(changes)
        count += len(changes.files)
        if count >= _AT_ONCE:
            yield from _shapes(repository, waiting)
            waiting, count = [], 0
    yield from _shapes(repository, waiting)


def _shapes(repository: Repository, waiting: Sequence[_Changes]) -> Iterator[tuple[str, int]]:
    blobs = {blob for changes in waiting for file in changes.files for blob in file[2:] if blob}
    sizes = _sizes(repository, sorted(blobs))
    for changes in waiting:
        if any(blob and blob not in sizes for file in changes.files for blob in file[2:]):
            continue  # it is not here
        digest = blake2b(digest_size=8)
        for path, kind, old, new in sorted(changes.files):
            grown = sizes.get(new, 0) - sizes.get(old, 0)
            digest.update(b"%s\0%s%d\0" % (path, kind, grown))
        yield changes.commit, int.from_bytes(digest.digest(), "big", signed=True)


def _sizes(repository: Repository, blobs: Sequence[bytes]) -> dict[bytes, int]:
    """The sizes of those *blobs* that are here."""
    done = repository.run(
        "cat-file", "--batch-check=%(objectsize)", "--buffer", stdin=b"\n".join([*blobs, b""])
    )
    lines = done.stdout.split(b"\n")
    pairs = zip(blobs, lines, strict=False)
    return {blob: int(size) for blob, size in pairs if size.isdigit()}


def _changes(
    repository: Repository, tips: Iterable[str], without: Iterable[str]
) -> Iterator[_Changes]:
    wanted = [*tips, *(f"^{tip}" for tip in without)]
    if not wanted:
        return  # git would take HEAD
    argv = [
        *(("prlimit", f"--data={_MOST_MEMORY}") if which("prlimit") else ()),
        "git",
        f"--git-dir={repository.git_dir}",
        "log",
        "--stdin",
        "-z",
        "--root",
        "--raw",
        "-r",
        "--no-abbrev",
        "--no-renames",
        "--no-merges",
        "--no-show-signature",
        "--format=tformat:%x01%H",
    ]
    with process.start(argv, cwd=repository.git_dir, env=ISOLATED) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        try:
            git.stdin.write("".join(f"{line}\n" for line in wanted).encode())
            git.stdin.close()
            yield from _parsed(_fields(git.stdout))
        except BrokenPipeError:
            pass  # its exit status tells why
        except BaseException:
            git.kill()
            raise
    if git.returncode:
        raise ProgramError(
            f"git log failed with status {git.returncode} in {repository.shown}",
            hint="run `git fsck` on that repository",
        )


def _parsed(fields: Iterator[bytes]) -> Iterator[_Changes]:
    """The commits of `git log -z --raw`: each its id, then for each file its change and path."""
    changes: _Changes | None = None
    for text in fields:
        line = text.lstrip(b"\n")
        if line.startswith(_MARK):
            if changes is not None:
                yield changes
            changes = _Changes(line[1:].decode())
        elif line.startswith(b":") and changes is not None:
            path = next(fields, b"")
            if len(changes.files) < MOST_FILES:
                changes.files.append(_file(line, path))
            else:
                changes.is_large = True
    if changes is not None:
        yield changes


def _file(line: bytes, path: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Path, kind and the blobs; "" for a blob that is not, or that is a submodule's commit."""
    old_mode, new_mode, old, new, kind = line[1:].split(b" ")
    sides = ((old_mode, old), (new_mode, new))
    before, after = (
        b"" if mode == _GITLINK or not blob.strip(b"0") else blob for mode, blob in sides
    )
    return path, kind[:1], before, after


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
