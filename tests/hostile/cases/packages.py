"""Source packages, tarballs and packaging of strangers: what is read of them, and what is not."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from hostile.runner import MANIFEST, PATCH, Case, World
from patchseries.files import sha256

Plant = Callable[[World], object]
Member = tuple[tarfile.TarInfo, bytes]

CONTROL = (
    b"Source: oven\nSection: misc\nPriority: optional\nMaintainer: A <a@test.invalid>\n"
    b"Standards-Version: 4.6.2\n\nPackage: oven\nArchitecture: all\nDescription: bakes\n Bread.\n"
)
CHANGELOG = (
    b"oven (1.0-1) unstable; urgency=low\n\n  * First.\n\n"
    b" -- A <a@test.invalid>  Mon, 01 Jul 2013 10:00:00 +0000\n"
)
DEBIAN = {
    "control": CONTROL,
    "changelog": CHANGELOG,
    "copyright": b"It is free.\n",
    "rules": b"#!/bin/sh\necho sprung > $HOSTILE_MARK\n",
    "source/format": b"3.0 (quilt)\n",
}
"""A debian/ that would do, but for its rules, which nobody may run."""

DSC, TAR, ORIG = "oven_1.0-1.dsc", "oven_1.0-1.debian.tar.gz", "oven_1.0.orig.tar.gz"


def _file(name: str, data: bytes = b"x\n", mode: int = 0o644) -> Member:
    info = tarfile.TarInfo(name)
    info.mode, info.size = mode, len(data)
    return info, data


def _other(name: str, kind: bytes, link: str = "") -> Member:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b""


def _pax(name: str, **records: str) -> Member:
    """A file with records of the pax format, in which numbers are texts of any kind."""
    info, data = _file(name)
    info.pax_headers = {key.replace("_", "."): value for key, value in records.items()}
    return info, data


def tar_of(*members: Member) -> bytes:
    """A tar archive with *members*, in this order, whatever they are called."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return raw.getvalue()


def _debian_members(more: Mapping[str, bytes] | None = None) -> list[Member]:
    files = DEBIAN | dict(more or {})
    return [_file(f"debian/{name}", data) for name, data in files.items()]


_SOURCE = (
    _file("oven-1.0/call.py", b"a\nsend()\nb\n"),
    _file("oven-1.0/log.py", b"quiet\n"),
)
_UPSTREAM = tar_of(*_SOURCE)


def _zipped(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


@dataclass(frozen=True)
class Package:
    """A source package to plant.

    :ivar debian: the members of its .debian.tar
    :ivar tar: the bytes of that file, instead
    :ivar orig: the bytes of its upstream tarball
    :ivar dsc: what is done to the text of its .dsc
    :ivar name: what the .debian.tar is called
    """

    debian: tuple[Member, ...] = ()
    tar: bytes | None = None
    orig: bytes = field(default_factory=lambda: _zipped(_UPSTREAM))
    dsc: Callable[[str], str] = str
    name: str = TAR

    def plant(self, world: World) -> None:
        """Put it into the project, and let the manifest take its packaging from it."""
        tar = self.tar
        if tar is None:
            tar = _zipped(tar_of(*(self.debian or _debian_members())))
        files = {ORIG: self.orig, self.name: tar}
        for name, data in files.items():
            world.write(name, data)
        rows = "".join(f" {sha256(d)} {len(d)} {n}\n" for n, d in files.items())
        text = (
            "Format: 3.0 (quilt)\nSource: oven\nVersion: 1.0-1\n"
            f"Checksums-Sha256:\n{rows}Files:\n{rows}"
        )
        world.write(DSC, self.dsc(text).encode("utf-8", "surrogateescape"))
        packaged(world, f'dsc = "{DSC}"')


def packaged(world: World, source: str) -> None:
    """Let the manifest list the patch ``log``, and take the packaging from *source*."""
    world.write(
        "series/small.toml",
        MANIFEST
        + f"[project.project.packaging]\n{source}\n"
        + PATCH.format(name="log", commit=world.commits["log"]),
    )


def _debian(*members: Member) -> Package:
    """A package with *members* in its .debian.tar besides what must be there."""
    return Package((*_debian_members(), *members))


def _replaced(old: str, new: str) -> Package:
    return Package(dsc=lambda text: text.replace(old, new))


def _sparse() -> bytes:
    """A tar archive of a few kilobytes with a file of 2 TiB, as GNU tar writes a hole."""
    info, _ = _file("debian/hole")
    info.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.name": "debian/hole",
        "GNU.sparse.size": str(2 << 40),
        "GNU.sparse.map": f"0,2,{2 << 40},0",
    }
    return _zipped(tar_of(*_debian_members(), (info, b"x\n")))


_TRUNCATED = lzma.compress(tar_of(*_debian_members()))[:-40]
_COUNTED = _zipped(tar_of(_file("debian/x", b""))[:512] * 25_000)
_BOMB = _zipped(bytes(100 << 20))

# What `series build` and `series import` meet ----------------------------------------------------

_IMPORT = ("import", DSC, "taken", "--offline")
_BUILD = ("build", "--onto", "1.0")


MEMBERS = tuple(
    Case(f"a .debian.tar with {name}: build", _debian(*members).plant, _BUILD, 3,
         tuple(says), writes=True)
    for name, members, *says in (
        ("a member above it", [_file("debian/../../outside/precious")], "unsafe path"),
        ("an absolute member", [_file("/etc/x")], "outside debian/"),
        ("a member beside it", [_file("upstream.py")], "outside debian/"),
        ("a member with an empty part", [_file("debian//x")], "unsafe path"),
        ("ESC in a name", [_file("debian/\x1b[31mx")], r"unsafe path"),
        ("a line feed in a name", [_file("debian/a\n::error::b")], r"unsafe path"),
        ("a device", [_other("debian/null", tarfile.CHRTYPE)], "neither file nor link"),
        ("a block device", [_other("debian/sda", tarfile.BLKTYPE)], "neither file nor link"),
        ("a FIFO", [_other("debian/pipe", tarfile.FIFOTYPE)], "neither file nor link"),
        ("a hard link outside", [_other("debian/x", tarfile.LNKTYPE, "../../outside/precious")],
         "neither file nor link"),
        ("a hard link to a member", [_other("debian/x", tarfile.LNKTYPE, "debian/control")],
         "neither file nor link"),
        ("a member of no kind", [_other("debian/x", b"Z")], "debian"),
        ("a name of 5,000 letters", [_file("debian/" + "x" * 5000)], "too long"),
        ("a name 1,000 deep", [_file("debian/" + "d/" * 1000 + "x")], "too long"),
    )
)  # fmt: skip

_AROUND = (
    _other("debian/a/b/c/d/e/f/g/h/i/j/up", tarfile.SYMTYPE, "../" * 11 + "."),
    _other("debian/x", tarfile.SYMTYPE, "a/b/c/d/e/f/g/h/i/j/up/" + "../" * 7 + "outside"),
)
"""By its letters, x leads to a place in debian/; the link on its way leads it out."""

LEADS = tuple(
    Case(f"a .debian.tar with {name}: build", _debian(*members).plant, _BUILD, 3, tuple(says),
         writes=True)
    for name, members, *says in (
        ("a link outside", [_other("debian/x", tarfile.SYMTYPE, "../../outside/precious")],
         "leads out of the tree"),
        ("an absolute link", [_other("debian/x", tarfile.SYMTYPE, "/etc/passwd")],
         "leads out of the tree"),
        ("a link outside by another link",
         _AROUND, "leads out of the tree"),
        ("a file in a link outside", [*_AROUND, _file("debian/x/precious", b"stolen\n")],
         "debian/x"),
        ("links without end", [_other("debian/x", tarfile.SYMTYPE, "y/y"),
                               _other("debian/y", tarfile.SYMTYPE, "x/x")], "leads out"),
        ("a link outside for its patches",
         [_AROUND[0], _other("debian/patches", tarfile.SYMTYPE, _AROUND[1][0].linkname)],
         "leads out of the tree"),
        ("a link inside for its patches", [_other("debian/patches", tarfile.SYMTYPE, ".")],
         "lies below debian/patches"),
        ("a file and a file in it", [_file("debian/x"), _file("debian/x/y")], "lies below"),
        ("a link and a file in it", [_other("debian/x", tarfile.SYMTYPE, "."),
                                     _file("debian/x/y")], "lies below"),
        ("a link with ESC", [_other("debian/x", tarfile.SYMTYPE, "a\x1b[31m")], "is unsafe"),
        ("a link of 5,000 letters", [_other("debian/x", tarfile.SYMTYPE, "a" * 5000)],
         "is unsafe"),
        ("a link for its series",
         [_other("debian/patches/series", tarfile.SYMTYPE, "../control")], "is a link"),
        ("a link to itself", [_other("debian/x", tarfile.SYMTYPE, "x")], "leads out of"),
        ("a link for its control", [_other("debian/control", tarfile.SYMTYPE, "rules")],
         "control"),
        ("two names on one file in a series",
         [_file("debian/patches/series", b"../../../outside/precious\n")], "unsafe path"),
        ("an option in its series", [_file("debian/patches/series", b"x.patch -p0 -R\n"),
                                     _file("debian/patches/x.patch")], "options"),
        ("a series that names nothing", [_file("debian/patches/series", b"x.patch\n")],
         "not there"),
    )
)  # fmt: skip

TARBALLS = tuple(
    Case(f"a .debian.tar {name}: build", package.plant, _BUILD, 3, tuple(says), writes=True)
    for name, package, *says in (
        ("with 25,000 members", Package(tar=_COUNTED), "more than 20000 files"),
        ("that unpacks to 100 MiB", Package(tar=_BOMB), "more than 64 MiB"),
        ("with a hole of 2 TiB", Package(tar=_sparse()), "holes"),
        ("with a map of letters", _debian(_pax("debian/x", GNU_sparse_map="a,b")), "tar archive"),
        ("with a size below nothing", _debian(_pax("debian/x", size="-1")), "tar|holes"),
        ("with a size of 4,000 digits", _debian(_pax("debian/x", size="9" * 4000)), "tar"),
        ("that is no tar", Package(tar=_zipped(b"no tar\n" * 999)), "not a tar archive"),
        ("that is not compressed", Package(tar=tar_of(*_debian_members())), "damaged"),
        ("of damaged gzip", Package(tar=_zipped(_UPSTREAM)[:12] + b"\xff" * 200), "damaged"),
        ("of half a gzip", Package(tar=_zipped(_UPSTREAM)[:60]), "damaged"),
        ("of half an xz", Package(tar=_TRUNCATED, name=TAR.replace("gz", "xz")), "damaged"),
        ("of damaged bzip2", Package(tar=b"BZh9" + b"\xff" * 200, name=TAR.replace("gz", "bz2")),
         "damaged"),
        ("of damaged lzma", Package(tar=b"\x5d\0\0\xff\xff" + b"\xff" * 200,
                                    name=TAR.replace("gz", "lzma")), "damaged"),
        ("that is empty", Package(tar=b""), "tar"),
    )
)  # fmt: skip

_SUM = "0" * 64
DSCS = tuple(
    Case(f"a .dsc {name}: build", package.plant, _BUILD, 3, tuple(says), writes=True)
    for name, package, *says in (
        ("with a path in its files", _replaced(ORIG, "../outside/precious"), "unsafe file"),
        ("with an absolute path in its files", _replaced(ORIG, "/etc/passwd"), "unsafe file"),
        ("with an option in its files", _replaced(ORIG, "--to-command=x"), "unsafe file"),
        ("with ESC in its files", _replaced(ORIG, "a\x1b[31m.orig.tar.gz"), "unsafe file"),
        ("with a wrong checksum", Package(
            dsc=lambda text: re.sub("[0-9a-f]{64}", _SUM, text)), "is not the file"),
        ("without SHA-256", _replaced("Checksums-Sha256", "Checksums-Sha1"), "Checksums-Sha256"),
        ("with a line of one word", Package(
            dsc=lambda text: text.replace("Files:", f" {_SUM}\nFiles:")), "unsafe file"),
        ("with a file twice", Package(
            dsc=lambda text: text.replace("Files:", f" {_SUM} 1 {TAR}\nFiles:")), "twice"),
        ("with two upstream tarballs", Package(dsc=lambda text: text.replace(
            "Files:", f" {sha256(b'')} 0 more_1.0.orig.tar.gz\nFiles:")), "2 upstream"),
        ("with a field of 10 MB", Package(dsc=lambda text: text + "X: " + "x" * 10_000_000 + "\n"),
         "larger than 1 MiB"),
        ("with 100,000 files", Package(dsc=lambda text: text.replace("Files:", "".join(
            f" {_SUM} 1 f{n}\n" for n in range(100_000)) + "Files:")), "larger than 1 MiB"),
        ("with a version of 5,000 letters", _replaced("Version: 1.0-1", "Version: " + "1" * 5000),
         "version"),
        ("with ESC in its version", _replaced("Version: 1.0-1", "Version: 1\x1b[31m"), "version"),
        ("with ESC in its source", _replaced("Source: oven", "Source: o\x1b[31m"), "source"),
        ("with a path for its source", _replaced("Source: oven", "Source: ../oven"), "source"),
        ("of another format", _replaced("3.0 (quilt)", "3.0 (git)"), "source format"),
        ("with ESC in its format", _replaced("3.0 (quilt)", "9\x1b[31m"), "source format"),
        ("that is empty", Package(dsc=lambda _: ""), "source format"),
        ("of bytes that are no text", Package(dsc=lambda _: "\0\udcff" * 9999), "source format"),
        ("of 200,000 fields", Package(dsc=lambda _: "".join(
            f"F{n}: x\n" for n in range(200_000))), "larger than 1 MiB"),
    )
)  # fmt: skip

_HARMLESS = {
    "a .debian.tar with an absolute member: import",
    "a .debian.tar with a member beside it: import",
    "a .debian.tar that unpacks to 100 MiB: import",
}
"""For what takes debian/patches alone and reads nothing else."""


def _imported(case: Case) -> Case:
    name = case.name.replace(": build", ": import")
    status = 0 if name in _HARMLESS else case.status
    if "two upstream tarballs" in name:
        status = 2  # then it is not known what the base is
    return replace(case, name=name, command=_IMPORT, status=status, says=(), lines=3)


IMPORTED = tuple(map(_imported, (*MEMBERS, *TARBALLS, *DSCS)))

# The upstream tarball, which tar and dpkg-source unpack ------------------------------------------


def _orig_of(*members: Member) -> Package:
    """A package whose upstream tarball has the upstream's files and *members*."""
    return Package(orig=_zipped(tar_of(*_SOURCE, *members)))


def _bomb(kind: bytes = tarfile.REGTYPE) -> bytes:
    """A tarball whose first member is, and says that it is, 400 MiB of nothing."""
    info, _ = _other("oven-1.0/x", kind)
    info.size = 400 << 20
    part = _zipped(bytes(20 << 20))  # as gzip has it, one stream may follow another
    return _zipped(info.tobuf()) + part * 20


ORIGS = tuple(
    Case(f"an upstream tarball with {name}: build", package.plant, _BUILD, status, tuple(says),
         writes=True)
    for name, package, status, *says in (
        ("a member above it", _orig_of(_file("oven-1.0/../../../../outside/precious")), 5),
        ("a link outside and a file in it",
         _orig_of(_other("oven-1.0/d", tarfile.SYMTYPE, "../../../../../../outside"),
                  _file("oven-1.0/d/precious")), 5),
        ("a hard link outside",
         _orig_of(_other("oven-1.0/x", tarfile.LNKTYPE, "../../outside/precious")), 5),
        ("an absolute hard link",
         _orig_of(_other("oven-1.0/x", tarfile.LNKTYPE, "/etc/passwd")), 5),
        ("a FIFO", _orig_of(_other("oven-1.0/pipe", tarfile.FIFOTYPE)), 5),
        ("a setuid file", _orig_of(_file("oven-1.0/x", mode=0o4755)), 5),
        ("ESC in a name", _orig_of(_file("oven-1.0/\x1b[31mx")), 5),
        ("quilt's state", _orig_of(_file("oven-1.0/.pc/applied-patches")), 3, "directory .pc"),
        ("a link for its debian/",
         _orig_of(_other("oven-1.0/debian", tarfile.SYMTYPE, "../../../../outside")), 0),
        ("400 MiB in 2 MB", Package(orig=_bomb()), 3, "unpacks to more than 256 MiB"),
        ("80,000 members", Package(orig=_zipped(tar_of(_file("o/x", b""))[:512] * 80_000)), 3,
         "members"),
        ("a header of 400 MiB", Package(orig=_bomb(b"x")), 3, "unpacks to|not a tar"),
        ("a hole of 2 TiB", Package(orig=_sparse()), 3, "unpacks to"),
        ("no tar in it", Package(orig=_zipped(b"no tar\n" * 999)), 3, "tar"),
        ("nothing in it", Package(orig=b""), 3, "tar"),
    )
)  # fmt: skip

# Packaging in a directory and in a repository -----------------------------------------------------


def _directory(plant: Callable[[World], object], named: str = "packaging") -> Plant:
    """Packaging in the project's directory ``packaging``, and what *plant* does to it."""

    def planted(world: World) -> None:
        for name, data in DEBIAN.items():
            world.write(f"packaging/debian/{name}", data)
        plant(world)
        packaged(world, f'folder = "{named}"')

    return planted


def _place(path: str) -> Callable[[World], str]:
    return lambda world: str(world.project / "packaging" / "debian" / path)


def _linked(path: str, target: str) -> Plant:
    return lambda world: os.symlink(target, _place(path)(world))


def _many(world: World) -> None:
    for n in range(30_000):
        (world.project / "packaging/debian" / f"f{n}").touch()


def _huge(world: World) -> None:
    with open(_place("huge")(world), "wb") as file:
        file.truncate(1 << 40)


def _odd_name(world: World) -> None:
    world.write("packaging/debian/a\x1b[31m", b"x")


DIRECTORIES = tuple(
    Case(f"packaging in a directory {name}: build", plant, _BUILD, status, tuple(says), writes=True)
    for name, plant, status, *says in (
        ("with a FIFO", _directory(lambda w: os.mkfifo(_place("pipe")(w))), 3, "not a regular"),
        ("with a link outside", _directory(_linked("x", "../../../outside")), 3, "leads out"),
        ("with an absolute link", _directory(_linked("x", "/etc/passwd")), 3, "leads out"),
        ("with 30,000 files", _directory(_many), 3, "files"),
        ("with a file of 1 TiB", _directory(_huge), 3, "larger than"),
        ("with ESC in a name", _directory(_odd_name), 3, "unsafe path"),
        ("outside the project", _directory(lambda _: None, "../outside"), 3, "no control"),
        ("that is /", _directory(lambda _: None, "/"), 3, "no control"),
        ("that is /dev", _directory(lambda _: None, "/dev"), 3, "no control"),
    )
)  # fmt: skip


def _repository(**files: tuple[str, bytes]) -> Plant:
    """Packaging on a branch of the upstream, with *files*: path → mode and bytes."""

    def plant(world: World) -> None:
        content = {f"debian/{name}": data for name, data in DEBIAN.items()}
        content |= {path: data for path, (_, data) in files.items()}
        modes = {path: mode for path, (mode, _) in files.items()}
        with world.upstream() as upstream:
            upstream.commit(content, "Packaging", branch="debian", modes=modes)
        url = "https://upstream.invalid/org/project.git"
        packaged(world, f'repository = "{url}"\nbranch = "debian"')

    return plant


REPOSITORIES = tuple(
    Case(f"packaging in a repository with {name}: build", plant, _BUILD, status, tuple(says),
         writes=True)
    for name, plant, status, *says in (
        ("a link outside", _repository(**{"debian/x": ("120000", b"../../outside")}), 3, "leads"),
        ("a link with NUL", _repository(**{"debian/x": ("120000", b"a\0b")}), 3, "is unsafe"),
        ("ESC in a name", _repository(**{"debian/a\x1b[31m": ("100644", b"x")}), 3, "unsafe"),
        ("64 MiB", _repository(**{"debian/x": ("100644", bytes(65 << 20))}), 3, "larger than"),
        ("a series outside", _repository(**{"debian/patches/series": (
            "100644", b"../../../outside/precious\n")}), 3, "unsafe path"),
        ("a patch of .git", _repository(**{
            "debian/patches/series": ("100644", b"x.patch\n"),
            "debian/patches/x.patch": ("100644", b"--- a/.git/config\n+++ b/.git/config\n"
                                       b"@@ -0,0 +1 @@\n+x\n")}), 3, r"\.git"),
        ("a version of 5,000 digits", _repository(**{"debian/changelog": (
            "100644", CHANGELOG.replace(b"1.0-1", b"1.0-" + b"9" * 5000))}), 3, "version"),
        ("a distribution of commands", _repository(**{"debian/changelog": (
            "100644", CHANGELOG.replace(b"unstable", b"$(touch sprung)"))}), 3),
        ("an author of ESC", _repository(**{"debian/changelog": (
            "100644", CHANGELOG.replace(b"-- A", b"-- A\x1b[31m"))}), 0),
        ("a source of ../", _repository(**{"debian/control": (
            "100644", CONTROL.replace(b"oven", b"../oven", 1))}), 3, "source package"),
    )
)  # fmt: skip

CASES = (
    *MEMBERS, *IMPORTED, *LEADS, *TARBALLS, *DSCS, *ORIGS, *DIRECTORIES, *REPOSITORIES,
)  # fmt: skip
