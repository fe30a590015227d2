"""Files below the project's directory, reached so that no path and no link leads out of it.

Each directory on the way is opened in the one above it, and never through a symbolic link.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patchseries.errors import SeriesError

WRITTEN = ("series", "patches")
"""The directories below the project's root that commands write to."""

_DIRECTORY = os.O_DIRECTORY | os.O_NOFOLLOW

_SHOWN = 200
"""So much of a path is shown: a hostile one has no end."""


def check_path(path: object) -> str:
    """*path*, when a command may write there.

    :raises SeriesError: it is no relative path of a file below one of :data:`WRITTEN`
    """
    shown = repr(path)[:_SHOWN]
    if not isinstance(path, str) or "\0" in path:
        raise SeriesError(f"not a path: {shown}")
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise SeriesError(f"the path {shown} is not plain")
    if any(part.lower() == ".git" for part in parts):
        raise SeriesError(f"the path {shown} is git's own")
    if len(parts) < 2 or parts[0] not in WRITTEN:
        raise SeriesError(f"the path {shown} is not below {' or '.join(WRITTEN)}")
    return path


def plain_directory(root: Path, path: str) -> Path:
    """The directory *path* below *root*, which need not be there yet.

    :raises SeriesError: it, or a directory on the way, is a symbolic link or a file
    """
    with _parent(root, f"{path}/."):
        return root / path


def read(root: Path, path: str) -> bytes | None:
    """The bytes of the file *path* below *root*; None when there is none.

    :raises SeriesError: it is not a regular file, or reached through a link
    """
    with _parent(root, check_path(path)) as (directory, name):
        if directory is None or not _is_there(directory, name, path):
            return None
        return _read(directory, name)


def prepare(root: Path, path: str, data: bytes | None) -> None:
    """Write the new bytes of the file *path* beside it, so that :func:`complete` only renames.

    :raises OSError: the disk is full, or the directory cannot be made or written
    """
    with _parent(root, check_path(path), make=True) as (directory, _):
        if directory is None or not os.access(".", os.W_OK | os.X_OK, dir_fd=directory):
            words = os.strerror(errno.EACCES)
            raise PermissionError(errno.EACCES, words, str((root / path).parent))
        if data is not None:
            _write(directory, _fresh(path), data)


def complete(root: Path, path: str, data: bytes | None) -> None:
    """Make the file *path* hold *data* (None: remove it, and directories that this leaves empty).

    What was prepared is used if it is there. After a kill it can be called again.
    """
    with _parent(root, check_path(path), make=data is not None) as (directory, name):
        if directory is None:
            return
        there = _is_there(directory, name, path)
        if data is None:
            if there:
                os.unlink(name, dir_fd=directory)
            _unlink(_fresh(path), directory)
        elif _read(directory, name) != data:
            if _read(directory, _fresh(path)) != data:
                _write(directory, _fresh(path), data)
            os.rename(_fresh(path), name, src_dir_fd=directory, dst_dir_fd=directory)
        os.fsync(directory)
    if data is None:
        _prune(root, path)


def discard(root: Path, path: str) -> None:
    """Remove what was prepared for the file *path*, and directories that are empty without it."""
    with _parent(root, check_path(path)) as (directory, _):
        if directory is not None:
            _unlink(_fresh(path), directory)
    _prune(root, path)


def _fresh(path: str) -> str:
    """What the new content of *path* is called, beside it, until it is moved into place."""
    return f".{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.series-new"


def _prune(root: Path, path: str) -> None:
    while path := path.rpartition("/")[0]:
        with _parent(root, path) as (directory, name):
            try:
                if directory is not None:
                    os.rmdir(name, dir_fd=directory)
            except OSError:  # it is not empty
                return


def _read(directory: int, name: str) -> bytes | None:
    flags = os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        with open(os.open(name, flags, dir_fd=directory), "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def _write(directory: int, name: str, data: bytes) -> None:
    _unlink(name, directory)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with open(os.open(name, flags, 0o644, dir_fd=directory), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fchmod(stream.fileno(), 0o644)
        os.fsync(stream.fileno())


@contextmanager
def _parent(root: Path, path: str, *, make: bool = False) -> Iterator[tuple[int | None, str]]:
    """The open directory (None: not there) that holds *path*, and the last name of *path*."""
    *directories, name = path.split("/")
    handles = [os.open(root, os.O_RDONLY)]
    try:
        for depth, directory in enumerate(directories, 1):
            below = _below(handles[-1], directory, "/".join(directories[:depth]), make)
            if below is None:
                yield None, name
                return
            handles.append(below)
        yield handles[-1], name
    finally:
        for handle in handles:
            os.close(handle)


def _below(handle: int, directory: str, path: str, make: bool) -> int | None:
    """The directory *directory* of the open directory *handle*, opened; *path* is for words."""
    if make:
        try:
            os.mkdir(directory, dir_fd=handle)
        except FileExistsError:
            pass
    try:
        return os.open(directory, _DIRECTORY, dir_fd=handle)
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        found = os.stat(directory, dir_fd=handle, follow_symlinks=False)
        raise _not_plain(path, found.st_mode, "a directory") from error


def _is_there(directory: int, name: str, path: str) -> bool:
    try:
        mode = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(mode):
        raise _not_plain(path, mode, "a file")
    return True


def _not_plain(path: str, mode: int, wanted: str) -> SeriesError:
    what = "a symbolic link" if stat.S_ISLNK(mode) else f"not {wanted}"
    return SeriesError(
        f"{path} is {what}: series writes only to plain files inside the project",
        hint=f"put {wanted} in its place",
    )


def _unlink(name: str, directory: int) -> None:
    try:
        os.unlink(name, dir_fd=directory)
    except FileNotFoundError:
        pass
