"""Files out of archives and diffs, read in memory: nothing is unpacked to disk.

Only files below debian/ are taken. Links are values and not followed.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Mapping
from pathlib import Path

from patchseries.debian.dsc import read_member
from patchseries.debian.paths import check_count, check_path
from patchseries.debian.tarball import DAMAGE, BoundedStream, open_compressed, read_unpacked
from patchseries.errors import SeriesError
from patchseries.imports.directory import LARGEST, RawFile

_MOST_UNPACKED = 4 << 30
"""Bytes of an archive that are read at most; its files are skipped, not kept."""

_MIB = LARGEST >> 20

Files = Mapping[str, RawFile]
"""The files of a debian/ by their path below it."""


def debian_files_of_tar(path: Path) -> dict[str, RawFile]:
    """The files below debian/ in the tar archive *path*, by their path below debian/.

    A native package's archive has its files below one directory.

    :raises SeriesError: it is damaged, or holds too much
    """
    files: dict[str, RawFile] = {}
    size = number = 0
    try:
        with _open(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                name = _below_debian(member.name)
                if name is None or member.isdir():
                    continue
                check_path(name, path.name)
                number += 1
                check_count(number, path.name)
                size += member.size
                if size > LARGEST:
                    raise SeriesError(f"the debian/ of {path.name} is more than {_MIB} MiB")
                file = read_member(archive, member, path.name)
                files[name] = RawFile(file.data, is_link=file.mode == "120000")
    except (tarfile.TarError, ValueError, OverflowError, *DAMAGE) as error:
        raise SeriesError(f"{path.name} is damaged", cause=str(error)) from error
    return files


def debian_files_of_diff(path: Path) -> tuple[dict[str, RawFile], tuple[str, ...]]:
    """The new files below debian/ in the diff of a package of format 1.0, and what is odd there.

    :raises SeriesError: it is damaged, or holds too much
    """
    return files_of_diff(read_unpacked(path, LARGEST))


def files_of_diff(data: bytes) -> tuple[dict[str, RawFile], tuple[str, ...]]:
    """See :func:`debian_files_of_diff`.

    >>> diff = b"--- a/debian/x\\n+++ b/debian/x\\n@@ -0,0 +1 @@\\n+one\\n"
    >>> files_of_diff(diff)[0]["x"].data
    b'one\\n'
    """
    files: dict[str, RawFile] = {}
    others: dict[str, None] = {}
    lines = data.split(b"\n")
    at = 0
    while at < len(lines) - 1:
        if not (lines[at].startswith(b"--- ") and lines[at + 1].startswith(b"+++ ")):
            at += 1
            continue
        full = lines[at + 1][4:].split(b"\t")[0].decode("utf-8", "surrogateescape")
        name = _below_debian(full)
        at, content = _section(lines, at + 2)
        if name is not None and content is not None:
            files[name] = RawFile(content)
        else:
            others[full.partition("/")[2]] = None
    if not others:
        return files, ()
    told = ", ".join(list(others)[:3]) + (" …" if len(others) > 3 else "")
    return files, (f"the package's diff also changes {len(others)} upstream files: {told}",)


# Private -----------------------------------------------------------------------------------------


def _open(path: Path) -> BoundedStream:
    """The unpacked bytes of the archive *path*, by its suffix.

    :raises SeriesError: packed in a way that is not known
    """
    if path.suffix == ".tar":
        return BoundedStream(path.open("rb"), path.name, _MOST_UNPACKED)
    if path.suffix not in (".gz", ".bz2", ".xz", ".lzma"):
        raise SeriesError(f"{path.name} is packed in a way that is not known")
    return BoundedStream(open_compressed(path), path.name, _MOST_UNPACKED)


def _below_debian(name: str) -> str | None:
    """*name* below debian/ of a tree, which may lie in a directory of its own; else None."""
    plain = name.removeprefix("./").rstrip("/")
    if not plain.startswith("debian/"):
        plain = plain.partition("/")[2]
    return plain.removeprefix("debian/") if plain.startswith("debian/") else None


_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def _section(lines: list[bytes], at: int) -> tuple[int, bytes | None]:
    """The end of the section whose hunks begin at *at*, and the file where it is a new one."""
    content: bytearray | None = bytearray()
    while at < len(lines) and (found := _HUNK.match(lines[at])):
        old, new = int(found[2] or 1), int(found[4] or 1)
        at += 1
        if old:
            content = None
        while at < len(lines) and (old > 0 or new > 0):
            kind, text = lines[at][:1], lines[at][1:]
            old -= kind in (b" ", b"-", b"")
            new -= kind in (b" ", b"+", b"")
            if content is not None and kind == b"+":
                content += text + b"\n"
            at += 1
        if at < len(lines) and lines[at].startswith(b"\\"):
            if content:
                del content[-1:]
            at += 1
    return at, None if content is None else bytes(content)
