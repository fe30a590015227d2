"""Writing to disk so that a file or a directory appears whole or not at all."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from patchseries.errors import ExitCode, MachineError, SeriesError, UsageError

_LARGEST = 4 << 30  # bytes of a file that we made: an upstream tarball is among them

STAGE = ".series-tmp-"
"""How the names of scratch directories begin that lie beside what they are for."""


def sha256(data: bytes) -> str:
    """The SHA-256 of *data* in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of the file *path*, which is not read whole, in lower-case hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_of_the_machine(error: BaseException) -> bool:
    """Whether a file could not be read for a reason that is not the file's: it is not invalid."""
    numbers = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
    return isinstance(error, OSError) and error.errno in numbers


def read_file(path: Path, largest: int = 64 << 20, *, follow: bool = True) -> bytes:
    """The bytes of a regular file.

    A pipe would keep the reader waiting for ever, a device has no end; neither is opened to read.

    :param largest: in bytes; no file of a project comes near the usual limit
    :param follow: whether a symbolic link to a regular file will do
    :raises SeriesError: it is not a regular file, or larger
    :raises MachineError: it may be whole, but cannot be read now: that is not taken for missing
    :raises OSError: it is missing, or may not be read
    """
    flags = os.O_NONBLOCK if follow else os.O_NONBLOCK | os.O_NOFOLLOW
    try:
        return _read_regular(path, flags, largest)
    except OSError as error:
        if is_of_the_machine(error):
            raise MachineError(f"cannot read {path}", cause=error.strerror) from error
        raise


def _read_regular(path: Path, flags: int, largest: int) -> bytes:
    handle = os.open(path, flags)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise SeriesError(
                f"{path} is not a regular file",
                hint="remove it, or put a regular file in its place",
            )
        with open(handle, "rb", closefd=False) as stream:
            data = _read(stream, largest + 1) if status.st_size <= largest else None
    finally:
        os.close(handle)
    if data is None or len(data) > largest:
        raise SeriesError(f"{path} is larger than {largest >> 20} MiB")
    return data


def _read(stream: BinaryIO, most: int) -> bytes:
    """At most so many bytes; memory is taken for those that are there, not for *most*."""
    pieces = []
    while piece := stream.read(min(most, 1 << 20)):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn an OSError inside the block (disk full, read-only) into one line that says *doing*."""
    try:
        yield
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise SeriesError(
            f"cannot {doing}:{where} {error.strerror or error}",
            hint="free some space or make the directory writable; nothing was changed",
            exit_code=ExitCode.PROGRAM,
        ) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Write *data* to *path* so that a reader sees the old bytes or the new, never a part.

    Writes nothing when the bytes are there already (so modification times stay true).

    :raises SeriesError: the disk is full or the directory cannot be written
    """
    with explained(f"write {path.name}"):
        if path.is_file() and path.read_bytes() == data:
            return
        _replace(path, data, lambda handle: os.fchmod(handle, 0o644))


def rewrite(path: Path, data: bytes, *, new_mode: int) -> None:
    """As :func:`write_atomic`, but a file that is there keeps its owner and mode.

    :param new_mode: the mode of a file that is not there yet
    :raises SeriesError: it cannot be written, or its owner cannot be kept: it is as it was
    """
    with explained(f"write {path}"):
        old = path.stat() if path.exists() else None

        def keep(handle: int) -> None:
            if old:
                os.fchown(handle, old.st_uid, old.st_gid)
            os.fchmod(handle, stat.S_IMODE(old.st_mode) if old else new_mode)

        _replace(path, data, keep)


def _replace(path: Path, data: bytes, finish: Callable[[int], None]) -> None:
    """Put a new file with *data* in the place of *path*; *finish* sets what else it has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            finish(handle)
            os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class DamagedError(ValueError):
    """A file of the cache does not hold what was written to it."""


def write_sealed(path: Path, data: bytes) -> None:
    """Write *data* under a line with its SHA-256, so that a bit that flips is seen."""
    clear_place(path)
    write_atomic(path, sha256(data).encode() + b"\n" + data)


def read_sealed(path: Path) -> bytes:
    """What :func:`write_sealed` wrote to *path*.

    :raises DamagedError: it is something else now
    :raises OSError: it cannot be read
    """
    data = read_cached(path)
    digest, _, content = data.partition(b"\n")
    if digest != sha256(content).encode():
        raise DamagedError(f"{path} is damaged")
    return content


def read_cached(path: Path) -> bytes:
    """The bytes of a file of the cache, where nothing but regular files is made.

    :raises DamagedError: it is something else now, a link or a pipe
    :raises OSError: it cannot be read
    """
    if not is_regular(path):
        path.lstat()  # FileNotFoundError where nothing is
        raise DamagedError(f"{path} is damaged")
    return read_file(path, _LARGEST, follow=False)


def is_regular(path: Path) -> bool:
    """Whether *path* itself is a regular file; links are not followed."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def clear_place(path: Path) -> None:
    """Remove what stands at *path* when it is not a regular file, so that one can be put there.

    :raises SeriesError: it cannot be removed
    """
    if is_regular(path) or not os.path.lexists(path):
        return
    with explained(f"remove {path}"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def publish_directory(target: Path, contents: Mapping[str, bytes], *, replace: bool = True) -> None:
    """Make *target* hold exactly *contents* (relative path → bytes), swapped in with renames.

    :param replace: take the place of a directory that is there
    :raises UsageError: there is one, and it is not to be replaced
    :raises SeriesError: the disk is full or the directory cannot be written
    """
    if replace and directory_contents(target) == dict(contents):
        return
    with explained(f"write {target.name}"), staging(target.parent) as stage:
        fresh = stage / "new"
        fresh.mkdir()
        for name, data in contents.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if replace:
            swap_in(fresh, target)
        elif not _renamed(fresh, target):
            raise UsageError(f"{target} already exists", hint="name a new directory")


def _renamed(fresh: Path, target: Path) -> bool:
    """Whether *fresh* is *target* now; not where something stands there."""
    try:
        if target.exists():  # an empty directory would be replaced
            return False
        os.rename(fresh, target)
    except (FileExistsError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno == errno.ENOTEMPTY:
            return False
        raise
    return True


def swap_in(fresh: Path, target: Path) -> None:
    """Put the directory *fresh* in the place of *target*, which comes to be where *fresh* was.

    One step where the file system has it. Where it has not, :func:`put_back` repairs what a run
    left that was killed between the two renames.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.rename(fresh, target)
    elif not _exchanged(fresh, target):
        aside = _aside(target)
        if aside.exists():  # a run was killed that had come to its end but for this
            shutil.rmtree(aside)
        os.rename(target, aside)
        try:
            os.rename(fresh, target)
        except BaseException:
            os.rename(aside, target)
            raise
        os.rename(aside, fresh)


def put_back(target: Path) -> None:
    """Put *target* back when a run was killed after it had moved it aside."""
    if not target.exists() and _aside(target).exists():
        os.rename(_aside(target), target)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.series-old")


_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_CWD = -100  # AT_FDCWD


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the kernel swapped the names of two directories; not where the file system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library without it
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if rename(_AT_CWD, paths[0], _AT_CWD, paths[1], _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def directory_contents(directory: Path) -> dict[str, bytes]:
    """Every regular file below *directory* by its relative path; empty when it is not there."""
    if not directory.is_dir():
        return {}
    return {
        str(path.relative_to(directory)): read_file(path, _LARGEST)
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@contextmanager
def staging(parent: Path, prefix: str = STAGE) -> Iterator[Path]:
    """A scratch directory in *parent* (the same file system), gone afterwards whatever happens.

    What killed runs left there is removed first. A run that lives holds a lock (flock) on its
    directory, which other containers that share the disk see too; process ids would not do.
    """
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent, prefix)
    directory, handle = _held_directory(parent, prefix)
    try:
        yield directory
    finally:
        remove(directory)
        os.close(handle)


def remove(directory: Path) -> None:
    """Remove *directory* with all that is in it, as far as the system lets it; twice if need be."""
    shutil.rmtree(directory, ignore_errors=True)
    if directory.exists():
        shutil.rmtree(directory, ignore_errors=True)


def _held_directory(parent: Path, prefix: str) -> tuple[Path, int]:
    """A new directory that is held, and the descriptor that holds it."""
    while True:
        directory = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        try:
            handle = os.open(directory, _DIRECTORY)
        except FileNotFoundError:  # another run swept it before it was held
            continue
        except BaseException:
            os.rmdir(directory)
            raise
        if _held(handle) is not False and _is_at(directory, handle):
            return directory, handle
        os.close(handle)


_DIRECTORY = os.O_DIRECTORY | os.O_NOFOLLOW
_RANDOM = re.compile(r"[a-z0-9_]{8}")
"""What mkdtemp(3) of Python's library puts behind a prefix."""


def _held(handle: int) -> bool | None:
    """Whether the directory is ours now; None where the file system cannot lock directories."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_at(directory: Path, handle: int) -> bool:
    try:
        there = directory.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(handle))


def sweep(parent: Path, prefix: str = STAGE) -> None:
    """Remove the scratch directories in *parent* of runs that have ended: no process holds them."""
    for directory in parent.glob(f"{prefix}*"):
        if not _RANDOM.fullmatch(directory.name.removeprefix(prefix)):
            continue
        try:
            handle = os.open(directory, _DIRECTORY)
        except OSError:  # no directory, or gone already
            continue
        try:
            if os.fstat(handle).st_uid == os.geteuid() and _held(handle):
                shutil.rmtree(directory, ignore_errors=True)
        finally:
            os.close(handle)
