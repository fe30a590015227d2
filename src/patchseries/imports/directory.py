"""A directory of patches as a packager keeps it: debian/patches, or quilt's.

Every file is kept byte for byte: the series files with their comments and options, patches that no
series names, README files. Which patches apply is what dpkg-source would apply.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import dirname, normpath

from patchseries.errors import SeriesError
from patchseries.patches.header import split_patch
from patchseries.patches.quilt import SeriesLine, format_series, is_series_file, parse_series
from patchseries.patches.scan import scan

LARGEST = 64 * 1024 * 1024
"""Bytes of a whole directory of patches: no real one comes near."""
MOST_FILES = 20_000
TOOLS_OWN = re.compile(r"(?:^|/)(?:\.git|\.pc|\.hg|\.svn|\.bzr|CVS)(?:/|$)", re.I)
"""Directories that git, quilt and others take for their own when they stand in a project."""
_VENDOR_SERIES = re.compile(r"([^/]+)\.series")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as a source has it: its bytes, or where it leads when it is a link."""

    data: bytes
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class PatchDirectory:
    """A directory of patches: its files by path, and what applies of them.

    :param files: every file, by its path below the directory
    :param series_name: the series file in force; None when there is none
    :param lines: the patches that it names, in order
    :param problems: what is not well-formed, one sentence each
    """

    files: Mapping[str, bytes]
    series_name: str | None
    lines: tuple[SeriesLine, ...]
    problems: tuple[str, ...] = ()

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Files that the series does not name, besides series files."""
        named = {line.name for line in self.lines}
        return tuple(p for p in self.files if p not in named and not is_series_file(p))


def read_directory(raw: Mapping[str, RawFile], vendor: str = "debian") -> PatchDirectory:
    """What the files of a directory of patches are.

    :param raw: the files by their path below it, as the source has them
    :param vendor: whose series is in force: dpkg-source takes ``VENDOR.series`` before ``series``
    :raises SeriesError: a path that is not safe, too much of it, or a patch of the series that
        cannot be had
    """
    files, problems = _plain_files(raw)
    name = next((n for n in (f"{vendor}.series", "series") if n in files), None)
    lines = read_series(files[name]) if name else ()
    problems += _vendor_problems(files, name)
    if name is None and files:
        problems.append("there is no series file: no patch applies by itself")
    problems += _series_problems(files, name or "", lines)
    present = tuple(line for line in lines if line.name in files)
    return PatchDirectory(files, name, present, tuple(problems))


def made_directory(patches: Mapping[str, tuple[bytes, int]], comment: str = "") -> PatchDirectory:
    """A directory of *patches* (name → bytes and strip level), for which a series file is made."""
    lines = [f"# {comment}"] if comment else []
    lines += [name if strip == 1 else f"{name} -p{strip}" for name, (_, strip) in patches.items()]
    raw = {name: RawFile(data) for name, (data, _) in patches.items()}
    return read_directory(raw | {"series": RawFile(format_series(lines).encode())})


def read_series(data: bytes) -> tuple[SeriesLine, ...]:
    """The patches that the bytes of a series file name; they need not be UTF-8."""
    return parse_series(data.decode("utf-8", "surrogateescape"))


# Private -----------------------------------------------------------------------------------------


def _plain_files(raw: Mapping[str, RawFile]) -> tuple[dict[str, bytes], list[str]]:
    """The files that can be kept, and what is said of the others."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    if len(raw) > MOST_FILES or sum(len(f.data) for f in raw.values()) > LARGEST:
        raise SeriesError(
            f"the directory of patches is larger than {LARGEST >> 20} MiB or {MOST_FILES} files"
        )
    for path, file in sorted(raw.items()):
        check_plain(path)
        if above := next((str(p) for p in PurePosixPath(path).parents if str(p) in raw), None):
            raise SeriesError(f"{path} among the patches lies below {above}, which is a file")
        if TOOLS_OWN.search(path):
            problems.append(f"{path} is left out: another program would take it for its own")
        elif not file.is_link:
            files[path] = file.data
        elif (target := _inside(path, file.data)) and target in raw and not raw[target].is_link:
            files[path] = raw[target].data
            problems.append(f"{path} is a link to {target}: a copy is kept")
        else:
            problems.append(f"{path} is left out: a link to {os.fsdecode(file.data)!r}")
    return files, problems


def check_plain(path: str) -> None:
    """Refuse a path below a directory of patches that is not a plain relative one.

    :raises SeriesError: absolute, ``..``, control characters, or no UTF-8
    """
    parts = path.split("/")
    odd = any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) <= 0xDFFF for c in path)
    long = len(path) > 1000 or max(len(part.encode("utf-8", "replace")) for part in parts) > 255
    if odd or long or any(part in ("", ".", "..") for part in parts):
        raise SeriesError(f"an unsafe path among the patches: {path[:200]!r}")


def _inside(path: str, target: bytes) -> str | None:
    """Where the link *path* leads, when that is below the same directory."""
    text = os.fsdecode(target)
    inside = normpath(f"{dirname(path)}/{text}" if dirname(path) else text)
    return None if text.startswith("/") or inside.split("/")[0] == ".." else inside


def _vendor_problems(files: Mapping[str, bytes], in_force: str | None) -> list[str]:
    vendors = [path for path in files if _VENDOR_SERIES.fullmatch(path)]
    return [
        f"{path} is {'in force here' if path == in_force else 'kept'}: dpkg-source applies it"
        f" instead of series where the vendor is {path.removesuffix('.series')}"
        for path in vendors
    ]


def _series_problems(
    files: Mapping[str, bytes], name: str, lines: tuple[SeriesLine, ...]
) -> list[str]:
    """What is said of the patches that a series file names."""
    problems = []
    names = [line.name for line in lines]
    for line in lines:
        if line.name not in files:
            problems.append(f"{name} names {line.name}, which is not there")
        elif names.count(line.name) > 1:
            problems.append(f"{name} names {line.name} twice")
        else:
            problems += _patch_problems(line, files[line.name])
    return list(dict.fromkeys(problems))


def _patch_problems(line: SeriesLine, data: bytes) -> list[str]:
    problems = []
    if others := [option for option in line.options if option != "-p1"]:
        problems.append(f"{line.name}: quilt's options {' '.join(others)} (dpkg-source has none)")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        problems.append(f"{line.name}: not UTF-8")
    if b"\r\n" in split_patch(data)[1]:
        problems.append(f"{line.name}: lines that end in CR LF")
    sections = scan(data).sections
    if any(section.torn for section in sections):
        problems.append(f"{line.name}: a hunk is longer or shorter than its header says")
    elif not any(section.hunks or section.extended for section in sections):
        problems.append(f"{line.name}: changes no file")
    return problems
