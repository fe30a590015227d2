"""Writing to disk so that a file or a folder appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from patchseries.errors import ExitCode, SeriesError


def sha256(data: bytes) -> str:
    """The SHA-256 of *data* in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn an OSError inside the block (disk full, read-only) into one line that says *doing*."""
    try:
        yield
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise SeriesError(
            f"cannot {doing}:{where} {error.strerror or error}",
            hint="make room or make the folder writable; nothing was changed",
            exit_code=ExitCode.PROGRAM,
        ) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Write *data* to *path* so that a reader sees the old bytes or the new, never a part.

    Writes nothing when the bytes are there already (so modification times stay true).

    :raises SeriesError: the disk is full or the folder cannot be written
    """
    with explained(f"write {path.name}"):
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def publish_folder(target: Path, contents: Mapping[str, bytes]) -> None:
    """Make *target* hold exactly *contents* (relative path → bytes), swapped in with renames.

    :raises SeriesError: the disk is full or the folder cannot be written
    """
    if folder_contents(target) == dict(contents):
        return
    with explained(f"write {target.name}"), staging(target.parent) as stage:
        fresh = stage / "new"
        for name, data in contents.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        fresh.mkdir(exist_ok=True)
        swap_in(fresh, target, stage / "old")


def swap_in(fresh: Path, target: Path, aside: Path) -> None:
    """Put the folder *fresh* in the place of *target*, whose old content goes to *aside*."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        os.rename(target, aside)
    try:
        os.rename(fresh, target)
    except BaseException:
        if aside.exists():
            os.rename(aside, target)
        raise


def folder_contents(folder: Path) -> dict[str, bytes]:
    """Every regular file below *folder*, by relative path; empty when there is no such folder."""
    if not folder.is_dir():
        return {}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """A scratch folder in *parent* (the same file system), gone afterwards whatever happens."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=".series-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
