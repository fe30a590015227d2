"""The upstream tarball: the one that is given, or a deterministic one of a git commit."""

from __future__ import annotations

from pathlib import Path

from patchseries import process
from patchseries.debian.request import Orig
from patchseries.environment import Inherit
from patchseries.errors import SeriesError
from patchseries.files import explained, read_file, sha256
from patchseries.git import Repository, scratch
from patchseries.model import CommitId

_RAW = "* -text -eol -ident -filter -working-tree-encoding -export-ignore -export-subst\n"
"""Attributes that turn off every conversion: the tarball holds the bytes of the git tree."""


def make_orig(
    repository: Repository, commit: CommitId, source: str, version: str, directory: Path
) -> Path:
    """Write ``SOURCE_VERSION.orig.tar.gz`` of *commit* into *directory* and return its path.

    The bytes depend on the commit, the name and the version alone. A *commit* is archived, not
    its tree: git then takes the commit's date for every file. The attributes in the upstream
    tree are overruled, as they would drop or rewrite files. GNU gzip compresses, not Python's
    zlib: its deflate has not changed in decades, while zlib's output differs between zlib,
    zlib-ng and their versions; ``-n`` leaves name and date out.
    """
    with scratch(directory, [repository.objects_directory]) as private:
        info = private.git_dir / "info"
        info.mkdir(exist_ok=True)
        (info / "attributes").write_text(_RAW)
        tar = private.run(
            "-c",
            "tar.umask=0022",
            "-c",
            "core.autocrlf=false",
            "archive",
            "--format=tar",
            f"--prefix={source}-{version}/",
            commit,
        ).stdout
    path = directory / f"{source}_{version}.orig.tar.gz"
    with explained(f"write {path.name}"):
        path.write_bytes(_gzip(tar))
    return path


def _gzip(data: bytes) -> bytes:
    return process.run(["gzip", "-6", "-n", "-c"], stdin=data, inherit=Inherit.PATH).stdout


_LARGEST = 1 << 30  # bytes of an upstream tarball


def check_orig(orig: Orig) -> bytes:
    """The bytes of the given tarball.

    :raises SeriesError: it cannot be read, or its SHA-256 is another
    """
    try:
        data = read_file(orig.path, _LARGEST)
    except OSError as error:
        raise SeriesError(
            f"cannot read the upstream tarball {orig.path}",
            cause=error.strerror,
            hint="put it there, or name another one in `orig` of the project",
        ) from error
    found = sha256(data)
    if found != orig.sha256:
        raise SeriesError(
            f"{orig.path.name} has SHA-256 {found}, not {orig.sha256}",
            hint="fetch it again, or name the checksum of the tarball that you want",
        )
    return data
