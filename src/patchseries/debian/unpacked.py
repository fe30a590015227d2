"""A source tree on disk against a git tree: content, modes and links."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from patchseries.debian.request import DebianDirectory
from patchseries.errors import SeriesError
from patchseries.git import Repository, TreeEntry
from patchseries.git.objects import decode_path

_PACKAGING = ("debian/", ".pc/")
_SUBMODULE = "160000"


def tree_entries(repository: Repository, tree: str) -> dict[str, TreeEntry]:
    """Every path of *tree* but those of the packaging (debian/, .pc/).

    :raises SeriesError: the tree has a submodule, which no tarball carries
    """
    found = {
        path: entry for path, entry in repository.walk(tree) if not path.startswith(_PACKAGING)
    }
    modules = [path for path, entry in found.items() if entry.mode == _SUBMODULE]
    if modules:
        raise SeriesError(
            f"the upstream tree has a submodule: {modules[0]}",
            hint="name an upstream tarball that contains it",
        )
    return found


def directory_entries(directory: Path, algorithm: str) -> dict[str, TreeEntry]:
    """Every path below *directory* but the packaging, as git stores it (ids by *algorithm*)."""
    return {
        path: _entry(directory / path, algorithm)
        for path in _paths(directory)
        if not path.startswith(_PACKAGING)
    }


def differences(wanted: Mapping[str, TreeEntry], actual: Mapping[str, TreeEntry]) -> list[str]:
    """One line for each path that differs: missing, unexpected, or what of it is another."""
    lines = []
    for path in sorted(wanted.keys() | actual.keys()):
        want, have = wanted.get(path), actual.get(path)
        if want == have:
            continue
        if have is None:
            lines.append(f"{path}: missing")
        elif want is None:
            lines.append(f"{path}: not in the git tree")
        elif want.mode != have.mode:
            lines.append(f"{path}: mode {have.mode}, not {want.mode}")
        else:
            lines.append(f"{path}: other content")
    return lines


def compare(repository: Repository, tree: str, directory: Path) -> list[str]:
    """The :func:`differences` of *directory* from the git *tree*."""
    algorithm = "sha1" if len(tree) == 40 else "sha256"
    return differences(tree_entries(repository, tree), directory_entries(directory, algorithm))


def compare_debian(wanted: DebianDirectory, directory: Path) -> list[str]:
    """One line for each file of debian/ below *directory* that is not as *wanted*."""
    root = directory / "debian"
    lines = differences(
        {n: TreeEntry(f.mode, blob_id(f.data)) for n, f in wanted.items()},
        {path: _entry(root / path, "sha1") for path in _paths(root)},
    )
    return [f"debian/{line}" for line in lines]


def _paths(directory: Path) -> Iterator[str]:
    root = os.fsencode(directory)
    for parent, directories, files in os.walk(root):
        links = [name for name in directories if os.path.islink(os.path.join(parent, name))]
        for name in (*files, *links):
            yield decode_path(os.path.relpath(os.path.join(parent, name), root))


def _entry(path: Path, algorithm: str) -> TreeEntry:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return TreeEntry("120000", blob_id(os.fsencode(os.readlink(path)), algorithm))
    if not stat.S_ISREG(status.st_mode):
        return TreeEntry(f"{status.st_mode:o}", "")
    mode = "100755" if status.st_mode & stat.S_IXUSR else "100644"
    return TreeEntry(mode, blob_id(path.read_bytes(), algorithm))


def blob_id(data: bytes, algorithm: str = "sha1") -> str:
    """The id that git gives to a blob of *data*."""
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()
