"""A source package (.dsc) or an unpacked tree: its patches, and what it says of its upstream."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from patchseries.debian.changelog import read_head
from patchseries.debian.dsc import QUILT, files_of, parse_dsc
from patchseries.errors import SeriesError, reading
from patchseries.files import read_file, sha256, sha256_of_file
from patchseries.imports.archive import Files, debian_files_of_diff, debian_files_of_tar
from patchseries.imports.directory import (
    LARGEST,
    MOST_FILES,
    PatchDirectory,
    RawFile,
    read_directory,
)

_LARGEST_FILE = 4 << 30
_FORMATS = ("1.0", "2.0", QUILT, "3.0 (native)", "3.0 (custom)")
_ORIG = re.compile(r".+\.orig\.tar\.(?:gz|bz2|xz|lzma)")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a .dsc names: where it is or would be, and its SHA-256."""

    path: Path
    sha256: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class PackageSource:
    """What was read from a source package, a tree or a branch.

    :param label: what it was read from, for people
    :param directory: its patches
    :param debian: the texts of debian/ that tell of the upstream (control, watch, …)
    :param source: the source package's name, when it says one
    :param version: its version, with epoch and revision
    :param form: its source format (``3.0 (quilt)``), when it says one
    :param dsc: the .dsc, when it is one
    :param orig: the upstream tarball that the .dsc names
    :param problems: what is missing or not well-formed
    """

    label: str
    directory: PatchDirectory
    debian: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    version: str | None = None
    form: str | None = None
    dsc: NamedFile | None = None
    orig: NamedFile | None = None
    problems: tuple[str, ...] = ()


def read_package(path: Path, vendor: str = "debian") -> PackageSource:
    """The source package *path* (a .dsc, with at least its debian part beside it).

    Each file that is there is checked by its SHA-256. Upstream's tarballs may be missing: the
    patches are not in them.

    :raises SeriesError: it is none, a file is another than it names, or the debian part is missing
    """
    data = _bytes(path)
    fields = parse_dsc(data, path.name, _FORMATS)
    named = _named_files(data, path)
    part = _debian_part(named, path.name)
    problems = _missing(named, part)
    if not part.is_here:
        raise SeriesError(
            f"{part.path.name} is not beside {path.name}", hint="fetch it: the patches are in it"
        )
    if part.path.name.endswith((".diff.gz", ".diff.xz", ".diff.bz2")):
        files, odd = debian_files_of_diff(part.path)
    else:
        files, odd = debian_files_of_tar(part.path), ()
    form = str(fields["Format"])
    if form not in (QUILT, "1.0"):
        problems.append(f"source format {form}: debian/patches is read all the same")
    origs = [one for name, one in named.items() if _ORIG.fullmatch(name)]
    found = from_debian_files(files, path.name, vendor)
    return PackageSource(
        path.name,
        found.directory,
        found.debian,
        str(fields["Source"]),
        str(fields["Version"]),
        form,
        NamedFile(path, sha256(data), True),
        origs[0] if len(origs) == 1 else None,
        (*problems, *odd, *found.problems),
    )


def from_debian_files(files: Files, label: str, vendor: str = "debian") -> PackageSource:
    """What the *files* of a debian/ say.

    :raises SeriesError: they hold no patches that could be taken
    """
    patches = {n.removeprefix("patches/"): f for n, f in files.items() if n.startswith("patches/")}
    texts = {
        name: files[name].data.decode("utf-8", "replace")
        for name in _TELLING
        if name in files and not files[name].is_link
    }
    source, version, problems = None, None, []
    try:
        head = read_head(texts.get("changelog", ""))
        source, version = head.source, head.version
    except SeriesError as error:
        problems.append(error.message)
    directory = read_directory(patches, vendor)
    if not patches:
        problems.append("there is no debian/patches")
    form = texts.get("source/format", "1.0").strip()
    return PackageSource(label, directory, texts, source, version, form, problems=tuple(problems))


_TELLING = ("source/format", "changelog", "control", "watch", "upstream/metadata", "copyright")
"""The files of debian/ that tell where a package's upstream is."""


def read_tree(path: Path, vendor: str = "debian") -> PackageSource:
    """The source tree *path*: one that holds a debian/.

    :raises SeriesError: its debian/ cannot be read, or its patches cannot be taken
    """
    return from_debian_files(files_below(path / "debian"), str(path), vendor)


def files_below(root: Path) -> dict[str, RawFile]:
    """Every file and link below the directory *root*, by relative path; links are not followed.

    :raises SeriesError: it cannot be read, or holds too much
    """
    files: dict[str, RawFile] = {}
    size = 0
    for parent, directories, names in os.walk(root, onerror=_unreadable):
        links = [name for name in directories if os.path.islink(os.path.join(parent, name))]
        for name in (*names, *links):
            path = Path(parent, name)
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode):
                file = RawFile(os.fsencode(os.readlink(path)), is_link=True)
            elif stat.S_ISREG(status.st_mode):
                file = RawFile(_bytes(path))
            else:
                continue  # a pipe or a device is no patch
            size += len(file.data)
            if size > LARGEST or len(files) > MOST_FILES:
                raise SeriesError(f"{root} is larger than {LARGEST >> 20} MiB")
            files[path.relative_to(root).as_posix()] = file
    return files


# Private -----------------------------------------------------------------------------------------


def _unreadable(error: OSError) -> None:
    raise SeriesError(f"cannot read {error.filename}", cause=error.strerror) from error


def _bytes(path: Path) -> bytes:
    with reading(path):
        return read_file(path, LARGEST)


def _named_files(data: bytes, path: Path) -> dict[str, NamedFile]:
    """The files that a .dsc names, each that is there checked."""
    found: dict[str, NamedFile] = {}
    for name, digest in files_of(data, path.name, _FORMATS).items():
        file = path.parent / name
        is_here = file.is_file()
        with reading(file):
            if is_here and sha256_of_file(file) != digest:
                raise SeriesError(f"{name} is not the file that {path.name} names")
        found[name] = NamedFile(file, digest, is_here)
    return found


def _debian_part(named: Mapping[str, NamedFile], dsc: str) -> NamedFile:
    """The file that holds debian/."""
    for pattern in (r".+\.debian\.tar\.\w+", r".+\.diff\.\w+", r".+(?<!\.orig)\.tar\.\w+"):
        found = [n for n in named if re.fullmatch(pattern, n) and ".orig-" not in n]
        if len(found) == 1:
            return named[found[0]]
    raise SeriesError(f"{dsc} names no file that holds debian/")


def _missing(named: Mapping[str, NamedFile], part: NamedFile) -> list[str]:
    gone = [name for name, one in named.items() if not one.is_here and one is not part]
    return [f"{', '.join(gone)} not here: not needed to take the patches"] if gone else []
