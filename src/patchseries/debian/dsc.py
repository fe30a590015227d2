"""A source package on disk or at a URL: read and checked in memory, without unpacking upstream."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from debian.deb822 import Dsc

from patchseries.debian import version
from patchseries.debian.packaging import check_source_name, make_packaging
from patchseries.debian.paths import check_count, check_path
from patchseries.debian.request import DebianDirectory, Orig, PackagedFile, Packaging
from patchseries.debian.tarball import read_unpacked
from patchseries.errors import SeriesError, reading
from patchseries.files import read_file, sha256
from patchseries.sources.download import SAFE_NAME

QUILT = "3.0 (quilt)"
"""The source format that keeps upstream, packaging and patches apart."""

_LARGEST = 64 * 1024 * 1024  # bytes of an unpacked debian.tar: far above a real one
_LARGEST_DSC = 1 << 20  # bytes: the largest in the archive have a tenth of it
_ORIG = re.compile(r"\.orig\.tar\.(?:gz|bz2|xz|lzma)")
_EXTRA_ORIG = re.compile(r"\.orig-[A-Za-z0-9-]+\.tar\.")


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """A .dsc whose files were all checked: its fields and where each file lies."""

    path: Path
    source: str
    version: str
    debian_tar: Path
    orig: Orig


def read_dsc(path: Path, digest: str | None = None) -> SourceFiles:
    """The .dsc at *path* with its files beside it, each checked by its SHA-256.

    The upstream tarball may be missing, as long as nobody reads it.

    :param digest: the SHA-256 of the .dsc itself, when it is known
    :raises SeriesError: another format, a file that is missing or another, an unsafe name
    """
    data = _bytes(path)
    if digest and sha256(data) != digest:
        raise SeriesError(f"{path.name} has SHA-256 {sha256(data)}, not {digest}")
    fields = parse_dsc(data, path.name)
    files = files_of(data, path.name)
    for name, wanted in files.items():
        place = path.parent / name
        if _ORIG.search(name) and not place.exists():
            continue  # an upgrade does not need it; what does checks it then
        if sha256(_bytes(place)) != wanted:
            raise SeriesError(f"{name} is not the file that {path.name} names")
    tars = [n for n in files if re.search(r"\.debian\.tar\.(?:gz|bz2|xz|lzma)$", n)]
    origs = [n for n in files if _ORIG.search(n) and not n.endswith(".asc")]
    if len(tars) != 1 or len(origs) != 1 or any(_EXTRA_ORIG.search(n) for n in files):
        raise SeriesError(
            f"{path.name} has {len(origs)} upstream and {len(tars)} debian tarballs,"
            " or additional ones; expected one of each"
        )
    named = path.parent / f"{origs[0]}.asc"
    signature = named if named.name in files and named.exists() else None
    return SourceFiles(
        path,
        fields["Source"],
        fields["Version"],
        path.parent / tars[0],
        Orig(path.parent / origs[0], files[origs[0]], signature),
    )


def files_of(data: bytes, name: str, formats: Collection[str] = (QUILT,)) -> dict[str, str]:
    """The SHA-256 of each file that the .dsc *data* names.

    :param formats: the source formats that will do
    :raises SeriesError: another format, an unsafe name, no SHA-256
    """
    rows = parse_dsc(data, name, formats).get("Checksums-Sha256")
    if not rows or not isinstance(rows, list):
        raise SeriesError(f"{name} has no Checksums-Sha256")
    files: dict[str, str] = {}
    for row in rows:  # of a line with too few words the last ones are missing
        file, digest = str(row.get("name", "")), str(row.get("sha256", ""))
        if not SAFE_NAME.fullmatch(file) or not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise SeriesError(f"{name} names an unsafe file: {file[:200]!r}")
        if file in files:
            raise SeriesError(f"{name} names {file} twice")
        files[file] = digest
    return files


def packaging_from_dsc(path: Path, digest: str | None = None) -> Packaging:
    """The packaging of the source package *path*, with its upstream tarball.

    :raises SeriesError: as :func:`read_dsc`, or the packaging cannot be used
    """
    found = read_dsc(path, digest)
    return make_packaging(read_debian_tar(found.debian_tar), path.name, found.orig)


def read_debian_tar(path: Path) -> DebianDirectory:
    """The files of a .debian.tar, read in memory; nothing is unpacked.

    :raises SeriesError: a member outside debian/, a device, a hard link, a hole, too much of it
    """
    files: dict[str, PackagedFile] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(read_unpacked(path, _LARGEST)), mode="r:") as archive:
            for number, member in enumerate(archive, 1):
                check_count(number, path.name)
                name = member.name.removeprefix("./").rstrip("/")
                if member.isdir() and name in ("", ".", "debian"):
                    continue
                if not name.startswith("debian/"):
                    raise SeriesError(f"{path.name} has a member outside debian/: {name!r}")
                check_path(name.removeprefix("debian/"), path.name)
                if not member.isdir():
                    files[name.removeprefix("debian/")] = read_member(archive, member, path.name)
    except (tarfile.TarError, ValueError, OverflowError) as error:  # of a number, too
        raise SeriesError(f"{path.name} is not a tar archive", cause=str(error)) from error
    return files


def parse_dsc(data: bytes, name: str, formats: Collection[str] = (QUILT,)) -> Dsc:
    """The fields of a .dsc (its signature is not checked: the SHA-256 says which file it is).

    :param formats: the source formats that will do
    :raises SeriesError: it is none, or of another format; what it names is no package
    """
    if len(data) > _LARGEST_DSC:
        raise SeriesError(f"{name} is larger than {_LARGEST_DSC >> 20} MiB")
    fields = Dsc(data.decode("utf-8", "replace"))
    form = fields.get("Format", "")
    if form not in formats:
        raise SeriesError(
            f"{name} is of source format {form or 'unknown'}, not {' or '.join(formats)}",
            hint="a patch series needs upstream, packaging and patches apart",
        )
    if "Source" not in fields or "Version" not in fields:
        raise SeriesError(f"{name} is not a .dsc: it names no source package and version")
    check_source_name(fields["Source"], name)
    if form == QUILT:
        version.parse(fields["Version"])
    elif not re.fullmatch(r"[0-9][A-Za-z0-9.+:~-]{0,199}", fields["Version"]):
        raise SeriesError(f"{name} has no valid version: {fields['Version'][:200]!r}")
    return fields


def read_member(archive: tarfile.TarFile, member: tarfile.TarInfo, origin: str) -> PackagedFile:
    """The file or link that *member* is; a link is not followed.

    :raises SeriesError: a device, a hard link, a hole
    """
    if member.issym():
        return PackagedFile("120000", member.linkname.encode("utf-8", "surrogateescape"))
    if member.issparse() or member.size < 0:  # read, a hole is as long as it says
        raise SeriesError(f"{origin} has a file with holes: {member.name!r}")
    stream = archive.extractfile(member) if member.isreg() else None
    if stream is None:
        raise SeriesError(f"{origin} has a member that is neither file nor link: {member.name!r}")
    return PackagedFile("100755" if member.mode & 0o100 else "100644", stream.read())


# Private ---------------------------------------------------------------------------------------


_LARGEST_FILE = 1 << 30  # bytes of one file of a source package


def _bytes(path: Path) -> bytes:
    with reading(path):
        return read_file(path, _LARGEST_FILE)
