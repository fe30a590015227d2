"""Somebody else's debian/: taken from a git tree or a directory, checked, and never rewritten.

Everything here is hostile until checked: paths, links, sizes. (dsc.py takes it from a .dsc.)
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from patchseries.debian import changelog, version
from patchseries.debian.paths import check_count, check_links, check_nesting, check_path
from patchseries.debian.request import DebianDirectory, Orig, PackagedFile, Packaging
from patchseries.errors import SeriesError
from patchseries.git import Repository, TreeEntry
from patchseries.model import TreeId
from patchseries.patches.quilt import SeriesLine, is_plain, parse_series, strip_level

_LARGEST = 64 * 1024 * 1024  # bytes of a debian/ directory: no real one comes near
_VCS = re.compile(
    r"(?:^|/)(?:\.git|\.bzr|\.svn|\.hg|CVS|\.gitignore|\.gitattributes|\.gitmodules)(?:/|$)"
)
"""What dpkg-source leaves out of a .debian.tar by itself."""
_LOCAL = ("source/local-options", "source/local-patch-header")
_NEEDED = ("control", "changelog", "rules")


def packaging_from_git(repository: Repository, tree: TreeId, origin: str) -> Packaging:
    """The packaging in the git *tree*, in its directory debian/ (the rest of the tree is not read).

    :raises SeriesError: there is none, or it cannot be used; the message says why
    """
    entry = repository.entry(tree, "debian")
    if entry is None or not entry.is_tree:
        raise SeriesError(f"{origin} has no debian/", hint="name the ref that has the packaging")
    files = {
        path: PackagedFile(found.mode, _blob(repository, path, found))
        for path, found in repository.walk(entry.oid)
    }
    return make_packaging(files, origin)


def packaging_from_directory(directory: Path) -> Packaging:
    """The packaging in *directory*: a debian/ directory, or a source tree that holds one.

    :raises SeriesError: there is none, or it cannot be used; the message says why
    """
    root = directory / "debian" if (directory / "debian").is_dir() else directory
    if not root.is_dir():
        raise SeriesError(f"no directory {directory}")
    if not os.path.lexists(root / "control"):  # a manifest may name any directory: read none else
        raise SeriesError(f"the debian/ of {directory} has no control")
    files: dict[str, PackagedFile] = {}
    size = 0
    for path in root.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            continue
        files[path.relative_to(root).as_posix()] = file = _read(path)
        size += len(file.data)
        check_count(len(files), str(directory))
        if size > _LARGEST:
            break  # which make_packaging refuses
    return make_packaging(dict(sorted(files.items())), str(directory))


def make_packaging(files: DebianDirectory, origin: str, orig: Orig | None = None) -> Packaging:
    """Check the *files* of a debian/ directory and read what the package is.

    :raises SeriesError: a path or link that is not safe, another source format, something that is
        missing
    """
    kept = {p: f for p, f in files.items() if not _VCS.search(p) and p not in _LOCAL}
    if sum(len(f.data) for f in kept.values()) > _LARGEST:
        raise SeriesError(f"the debian/ of {origin} is larger than {_LARGEST >> 20} MiB")
    check_count(len(kept), origin)
    for path in kept:
        check_path(path, origin)
    check_nesting(kept, origin)
    check_links(kept, origin)
    for name in _NEEDED:
        if name not in kept or kept[name].mode == "120000":
            raise SeriesError(f"the debian/ of {origin} has no {name}")
    _check_format(kept, origin)
    _check_series(kept, origin)
    head = changelog.read_head(_text(kept["changelog"]))
    source = _source_name(_text(kept["control"]))
    if head.source != source:
        raise SeriesError(
            f"{origin}: debian/control is about {source}, debian/changelog about {head.source}"
        )
    version.parse(head.version)
    rules = PackagedFile("100755", kept["rules"].data)
    return Packaging(origin, kept | {"rules": rules}, source, head.version, head.distribution, orig)


def with_patches(packaging: Packaging, patches: Mapping[str, bytes]) -> Packaging:
    """*packaging* with *patches*, by their path below debian/patches, for those it has.

    :raises SeriesError: see :func:`make_packaging`
    """
    files = {p: file for p, file in packaging.debian.items() if not p.startswith("patches/")}
    files |= {f"patches/{p}": PackagedFile("100644", data) for p, data in patches.items()}
    return make_packaging(dict(sorted(files.items())), packaging.origin, packaging.orig)


def their_patches(debian: DebianDirectory) -> tuple[SeriesLine, ...]:
    """The patches in the packager's series file, in order."""
    series = debian.get("patches/series")
    return parse_series(_text(series)) if series else ()


def check_stays(packaging: Packaging) -> None:
    """Refuse a packager's series file that cannot stay as it is, with other patches below it.

    :raises SeriesError: one for a vendor, or a patch with another strip level than 1
    """
    refuse_vendor_series(packaging)
    refuse_strip_levels(packaging)


def refuse_vendor_series(packaging: Packaging) -> None:
    """Refuse a series file for one vendor: there nothing that is added to the series counts.

    :raises SeriesError: there is one
    """
    vendor = [p for p in packaging.debian if re.fullmatch(r"patches/[^/]+\.series", p)]
    if vendor:
        raise SeriesError(
            f"{packaging.origin} has a series file for one vendor: debian/{vendor[0]}",
            hint="merge it into debian/patches/series (dpkg-source takes one or the other),"
            " or make the series of these patches: `series import`",
        )


def refuse_strip_levels(packaging: Packaging) -> None:
    """Refuse patches with another strip level than 1 (``-p0``), which dpkg-source does not know.

    :raises SeriesError: there is one; it can only be taken where the patches are written anew
    """
    for line in their_patches(packaging.debian):
        if strip_level(line.options) != 1:
            raise SeriesError(
                f"{packaging.origin}: dpkg-source ignores the options of"
                f" {line.name} {' '.join(line.options)}",
                hint="make the series of these patches: `series import` (it is written as -p1)",
            )


def check_source_name(name: str, origin: str) -> None:
    """Refuse what cannot be the name of a source package (Debian's policy, 5.6.1).

    :raises SeriesError: it is none
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]{1,199}", name):
        raise SeriesError(f"{origin} names no source package: {name[:200]!r}")


# Checks ----------------------------------------------------------------------------------------


def _check_format(files: DebianDirectory, origin: str) -> None:
    entry = files.get("source/format")
    found = _text(entry).strip() if entry else "1.0"
    if found == "3.0 (quilt)":
        return
    told = f"source format {found}" + ("" if entry else " (no debian/source/format)")
    why = {
        "1.0": "its changes to upstream are one diff, not a series",
        "3.0 (native)": "a native package keeps upstream and packaging in one",
    }.get(found, "it has no series of patches")
    raise SeriesError(
        f"{origin} is of {told}: {why}",
        hint="convert it: write '3.0 (quilt)' to debian/source/format, and its diff as a patch",
    )


def _check_series(files: DebianDirectory, origin: str) -> None:
    series = files.get("patches/series")
    if series is not None and series.mode == "120000":
        raise SeriesError(f"{origin}: debian/patches/series is a link")
    for line in their_patches(files):
        if not is_plain(line.options):
            raise SeriesError(
                f"{origin}: the series has options that dpkg-source ignores: {line.name}"
                f" {' '.join(line.options)}"
            )
        check_path(line.name, origin)
        patch = files.get(f"patches/{line.name}")
        if patch is None or patch.mode == "120000":
            raise SeriesError(f"{origin}: its series names debian/patches/{line.name}, not there")


def _source_name(control: str) -> str:
    found = re.search(r"^Source:[ \t]*(\S+)", control, re.MULTILINE)
    if not found:
        raise SeriesError("debian/control names no source package")
    check_source_name(found[1], "debian/control")
    return found[1]


def _text(file: PackagedFile) -> str:
    return file.data.decode("utf-8", "surrogateescape")


def _blob(repository: Repository, path: str, entry: TreeEntry) -> bytes:
    if entry.mode == "160000":
        raise SeriesError(f"debian/{path} is a submodule")
    return repository.blob(entry.oid)


def _read(path: Path) -> PackagedFile:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return PackagedFile("120000", os.fsencode(os.readlink(path)))
    if not stat.S_ISREG(status.st_mode):
        raise SeriesError(f"{path} is not a regular file")
    if status.st_size > _LARGEST:
        raise SeriesError(f"{path} is larger than {_LARGEST >> 20} MiB")
    mode = "100755" if status.st_mode & stat.S_IXUSR else "100644"
    return PackagedFile(mode, path.read_bytes())
