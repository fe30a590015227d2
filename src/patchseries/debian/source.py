"""dpkg's tools on a prepared source tree: build, describe, unpack. debian/rules is never run."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from patchseries import process
from patchseries.debian.changelog import date_words
from patchseries.debian.request import DebianDirectory, OrigUpload
from patchseries.environment import Inherit
from patchseries.errors import SeriesError
from patchseries.files import explained

_UPLOAD = {OrigUpload.ALWAYS: "-sa", OrigUpload.NEVER: "-sd"}
_LIMIT = 600.0  # seconds for one of dpkg's tools: far above what the largest tree takes


def environment(timestamp: int, home: Path, vendor: str = "debian") -> dict[str, str]:
    """The whole environment of dpkg's tools (PATH is added), as buildinfo tells of it.

    The *vendor* chooses the patches' series file, whatever the machine's own is.
    """
    return {
        "SOURCE_DATE_EPOCH": str(timestamp),
        "DEB_BUILD_OPTIONS": "parallel=1",
        "DEB_VENDOR": vendor.capitalize(),
        "HOME": str(home),
        "TMPDIR": str(home),
        **({} if vendor == "debian" else {"DPKG_ORIGINS_DIR": str(_origins(home, vendor))}),
    }


def _origins(home: Path, vendor: str) -> Path:
    """A directory below *home* in which dpkg finds *vendor*: machines know Debian and their own."""
    origins = home / "origins"
    origins.mkdir(exist_ok=True)
    (origins / "debian").write_text("Vendor: Debian\n")
    (origins / vendor).write_text(f"Vendor: {vendor.capitalize()}\nParent: Debian\n")
    return origins


def write_debian(tree: Path, files: DebianDirectory, timestamp: int) -> None:
    """Write *files* as debian/ of *tree*: modes 755, 644 and dates that depend on nothing else."""
    root = tree / "debian"
    with explained("write debian/"):
        for name, file in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if file.mode == "120000":
                path.symlink_to(os.fsdecode(file.data))
                continue
            path.write_bytes(file.data)
            path.chmod(0o755 if file.mode == "100755" else 0o644)
        for directory, _, names in os.walk(root):
            for name in names:
                os.utime(Path(directory, name), (timestamp, timestamp), follow_symlinks=False)
            os.chmod(directory, 0o755)
            os.utime(directory, (timestamp, timestamp))


def unpack_orig(orig: Path, parent: Path) -> Path:
    """Unpack the tarball *orig* below *parent* and return the tree's directory.

    A debian/ in it (or a link of that name) is taken away, as dpkg-source does.

    :raises ProgramError: tar refuses it (a member that leads out of the directory, say)
    :raises SeriesError: it holds the state of quilt, which would lie about the patches
    """
    directory = parent / "tree"
    directory.mkdir()
    process.run(
        [
            "tar",
            "--extract",
            "--file",
            orig,
            "--directory",
            directory,
            "--strip-components=1",
            "--no-same-owner",
        ],
        inherit=Inherit.PATH,
        timeout=_LIMIT,
    )
    if os.path.lexists(directory / ".pc"):
        raise SeriesError(
            f"{orig.name} has a directory .pc: it was packed with patches applied",
            hint="use the tarball that upstream released",
        )
    debian = directory / "debian"
    if debian.is_dir() and not debian.is_symlink():
        shutil.rmtree(debian)
    else:
        debian.unlink(missing_ok=True)
    return directory


def build(tree: Path, env: dict[str, str]) -> Path:
    """``dpkg-source -b``: write .debian.tar.xz and .dsc beside *tree*; the path of the .dsc.

    :raises ProgramError: dpkg-source refuses the tree or a patch
    """
    process.run(
        ["dpkg-source", "-b", tree.name],
        cwd=tree.parent,
        env=env,
        inherit=Inherit.PATH,
        timeout=_LIMIT,
    )
    return next(tree.parent.glob("*.dsc"))


def describe(tree: Path, env: dict[str, str], timestamp: int, upload: OrigUpload) -> Path:
    """Write .buildinfo and .changes of the built source beside *tree*; the path of the .changes."""
    common = {"cwd": tree, "env": env, "inherit": Inherit.PATH, "timeout": _LIMIT}
    process.run(["dpkg-genbuildinfo", "--build=source"], **common)  # type: ignore[arg-type]
    buildinfo = next(tree.parent.glob("*_source.buildinfo"))
    buildinfo.write_bytes(settled(buildinfo.read_bytes(), timestamp))
    changes = buildinfo.with_suffix(".changes")
    process.run(
        ["dpkg-genchanges", "--build=source", _UPLOAD[upload], f"-O{changes}"],
        **common,  # type: ignore[arg-type]
    )
    return changes


def settled(buildinfo: bytes, timestamp: int) -> bytes:
    """*buildinfo* without what differs between runs: date, directories, the machine."""
    text = re.sub(
        rb"^(?:Build-Tainted-By|Build-Path):.*\n(?:[ \t].*\n)*", b"", buildinfo, flags=re.MULTILINE
    )
    text = re.sub(rb"^ DPKG_ORIGINS_DIR=.*\n", b"", text, flags=re.MULTILINE)
    date = b"Build-Date: " + date_words(timestamp).encode()
    return re.sub(rb"^Build-Date:.*$", date, text, flags=re.MULTILINE)


def unpack(dsc: Path, directory: Path, env: dict[str, str]) -> None:
    """``dpkg-source -x``: unpack *dsc* with its patches applied as *directory* (not there yet)."""
    process.run(
        ["dpkg-source", "--no-check", "--no-copy", "-x", dsc, directory],
        cwd=directory.parent,
        env=env,
        inherit=Inherit.PATH,
        timeout=_LIMIT,
    )
