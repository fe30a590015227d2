"""Upstream tarballs as commits: the releases of a project that has no repository.

A commit is made of a tarball's files alone, so the same tarball is the same commit everywhere.
Nothing is unpacked to disk, and nothing in a tarball says where a file goes outside of its tree.
"""

from __future__ import annotations

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from patchseries.errors import SeriesError, reading
from patchseries.files import sha256_of_file
from patchseries.git import Repository, TreeEntry
from patchseries.model import CommitId
from patchseries.sources.cache import Cache

_KEPT = "refs/tarballs/"
_LARGEST = 2 << 30
"""Bytes of a tarball's files in all; no release comes near."""
_MOST_FILES = 1_000_000


def kept_tarball(cache: Cache, url: str, digest: str) -> CommitId | None:
    """The commit of the tarball with that SHA-256, if the cache of *url* has it."""
    if not cache.has(url):
        return None
    with cache.locked(url) as repository:
        return repository.resolve(_KEPT + digest)


def bring_tarball(cache: Cache, url: str, path: Path, digest: str) -> CommitId:
    """The commit of the tarball *path*, made in the cache of *url*.

    :raises SeriesError: it is not the one with that SHA-256, is damaged, or holds what is no tree
    """
    with reading(path):
        found = sha256_of_file(path)
    if found != digest:
        raise SeriesError(
            f"{path} has the sha256 {found}, not {digest}",
            hint="get the tarball again, or correct `orig` in the manifest",
        )
    with cache.locked(url) as repository:
        commit = commit_of_tarball(repository, path)
        line = f"update {_KEPT}{digest} {commit}\n"
        repository.run("update-ref", "--stdin", stdin=line.encode())
    return commit


def commit_of_tarball(repository: Repository, path: Path) -> CommitId:
    """The commit of the tarball *path*, without its one directory at the top, if it has one."""
    entries: dict[str, TreeEntry] = {}
    try:
        with tarfile.open(path, "r|*") as archive:
            for name, member in _members(archive, path.name):
                entry = _entry(repository, archive, member, entries, path.name)
                if entry is not None:
                    entries[name] = entry
    except (tarfile.TarError, OSError, EOFError, lzma.LZMAError, zlib.error, ValueError) as error:
        raise SeriesError(f"{path.name} is damaged", cause=str(error)) from error
    if not entries:
        raise SeriesError(f"{path.name} holds no file")
    parents = {name[:at] for name in entries for at, c in enumerate(name) if c == "/"}
    if both := sorted(parents & entries.keys()):
        raise SeriesError(f"{path.name}: {both[0]!r} is a file and a directory")
    tops = {name.partition("/")[0] for name in entries}
    if len(tops) == 1 and all("/" in name for name in entries):
        entries = {name.partition("/")[2]: entry for name, entry in entries.items()}
    tree = repository.edit_tree(repository.write_tree({}), entries)
    return repository.write_commit(tree)


def _members(archive: tarfile.TarFile, shown: str) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """Each member with its path, checked."""
    size = 0
    for count, member in enumerate(archive, 1):
        size += member.size
        if size > _LARGEST or count > _MOST_FILES:
            raise SeriesError(
                f"{shown} unpacks to more than {_LARGEST >> 30} GiB or too many files"
            )
        name = _path(member.name, shown)
        if name is not None and not member.isdir():
            yield name, member


def _path(name: str, shown: str) -> str | None:
    """The path *name* below the tree; None for the tree itself."""
    parts = [part for part in name.rstrip("/").split("/") if part != "."]
    if name.startswith("/") or any(p in ("", "..") or p.casefold() == ".git" for p in parts):
        raise SeriesError(f"{shown} has an unsafe path: {name!r}")
    if "\0" in name or "\n" in name:
        raise SeriesError(f"{shown} has an unsafe path: {name!r}")
    return "/".join(parts) or None


def _entry(
    repository: Repository,
    archive: tarfile.TarFile,
    member: tarfile.TarInfo,
    before: dict[str, TreeEntry],
    shown: str,
) -> TreeEntry | None:
    if member.isreg():
        stream = archive.extractfile(member)
        data = stream.read() if stream else b""
        return TreeEntry("100755" if member.mode & 0o100 else "100644", repository.write_blob(data))
    if member.issym():
        data = member.linkname.encode("utf-8", "surrogateescape")
        return TreeEntry("120000", repository.write_blob(data))
    if member.islnk():
        target = before.get(_path(member.linkname, shown) or "")
        if target is not None:
            return target
    if member.name.endswith("pax_global_header"):
        return None
    raise SeriesError(f"{shown}: {member.name!r} is neither a file nor a link to one")
