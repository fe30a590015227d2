"""What this machine has and lacks for each command: programs, libraries, directories, mirrors.

Nothing is changed and no server is asked. A program is asked for its version and nothing else.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from patchseries import process
from patchseries.counting import counted
from patchseries.errors import SeriesError
from patchseries.files.private import private_fault

OK: Literal["ok"] = "ok"
NOTE: Literal["note"] = "note"
MISSING: Literal["missing"] = "missing"

_PATIENCE = 20.0  # seconds for a program to say its version: lintian takes one
_ENOUGH = 1 << 30  # bytes that a cache of a large project needs at least
_LISTED = 10_000  # directories of a mirror that are looked at


@dataclass(frozen=True, slots=True)
class MachineCheck:
    """One thing that was looked at.

    :param state: ``ok``, ``note`` (something does not work, or works less well), ``missing``
    :param words: what was found, on one line
    :param hint: what to do about it, or None
    """

    name: str
    state: Literal["ok", "note", "missing"]
    words: str
    hint: str | None = None
    version: str | None = None
    package: str | None = None
    """The Debian package to install, when that helps."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that a command runs, and what for."""

    name: str
    purpose: str
    needed: bool = False
    asks_version: bool = True


PROGRAMS = (
    Program("git", "every command", needed=True),
    Program("dpkg-source", "build", needed=True),
    Program("dpkg-genbuildinfo", "build", needed=True),
    Program("dpkg-genchanges", "build", needed=True),
    Program("patch", "build: dpkg-source runs it", needed=True),
    Program("tar", "build", needed=True),
    Program("gzip", "build", needed=True),
    Program("xz", "build", needed=True),
    Program("lintian", "build --check"),
    Program("debsign", "build --sign"),
    # Without a file dput looks for one to upload, whatever else it is asked.
    Program("dput", "publish", asks_version=False),
    Program("quilt", "patches/NAME by hand"),
    Program("gbp", "a packaging repository by hand"),
    # It knows no --version, and says how it is used instead.
    Program(
        "pristine-tar",
        "upgrade --in-place: the tarball of a pristine-tar branch",
        asks_version=False,
    ),
    Program("uscan", "upgrade --uscan"),
)


def version_in(words: str) -> str | None:
    """The first version number in what a program says of itself.

    >>> version_in("git version 2.39.5")
    '2.39.5'
    >>> version_in("xz (XZ Utils) 5.4.1\\nliblzma 5.4.1")
    '5.4.1'
    >>> version_in("Debian dpkg-source version 1.21.23.")
    '1.21.23'
    >>> version_in("usage: dput FILE") is None
    True
    """
    found = re.search(r"(?<![\w.])v?([0-9]{1,9}(?:\.[0-9]{1,9})+)", words)
    return found[1] if found else None


def is_older(version: str, minimum: str) -> bool:
    """Whether *version* comes before *minimum*; both are numbers with points between.

    >>> is_older("2.9.1", "2.39"), is_older("2.39", "2.39"), is_older("10.0", "2.39")
    (True, False, False)
    """
    return [int(n) for n in version.split(".")] < [int(n) for n in minimum.split(".")]


def programs(wanted: Sequence[Program] = PROGRAMS) -> list[MachineCheck]:
    """Each program of *wanted*: whether it is there, which version, and what needs it."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(_program, wanted))


def _program(wanted: Program) -> MachineCheck:
    package = process.DEBIAN_PACKAGES.get(wanted.name)
    lacking = MISSING if wanted.needed else NOTE
    if shutil.which(wanted.name) is None:
        words = f"not installed: needed for {wanted.purpose}"
        return MachineCheck(wanted.name, lacking, words, _install(package), package=package)
    version = None
    if wanted.asks_version:
        try:
            # in a directory that no stranger wrote: some programs read settings where they run
            said = process.run(
                [wanted.name, "--version"], cwd=Path("/"), accept=range(256), timeout=_PATIENCE
            )
        except SeriesError as error:
            hint = f"reinstall it (apt-get install --reinstall {package})" if package else None
            return MachineCheck(wanted.name, lacking, str(error), hint)
        version = version_in(said.stdout.decode("utf-8", "replace") or said.words)
    minimum = process.MINIMUM.get(wanted.name)
    if version and minimum and is_older(version, minimum):
        words = f"{version} is too old: {wanted.purpose} needs {minimum} or later"
        return MachineCheck(wanted.name, lacking, words, _install(package), version, package)
    words = f"{version or 'installed'} ({wanted.purpose})"
    return MachineCheck(wanted.name, OK, words, None, version)


def _install(package: str | None) -> str | None:
    return f"apt-get install {package}" if package else None


def libraries() -> list[MachineCheck]:
    """Python, and the libraries that the package asks for, each against its minimum."""
    python = platform.python_version()
    try:
        wanted = importlib.metadata.requires("patchseries") or []
    except importlib.metadata.PackageNotFoundError:
        words = "patchseries runs from its source: its libraries cannot be listed"
        return [MachineCheck("python", NOTE, f"{python}; {words}", None, python)]
    faults = list(_unmet(wanted))
    if faults:
        return [MachineCheck("python", OK, python, None, python), *faults]
    return [MachineCheck("python", OK, f"{python}, and all libraries", None, python)]


def _unmet(wanted: Sequence[str]) -> Iterator[MachineCheck]:
    from packaging.requirements import Requirement

    for text in wanted:
        asked = Requirement(text)
        if asked.marker and not asked.marker.evaluate({"extra": ""}):
            continue
        hint = f"pip install '{asked.name}{asked.specifier}'"
        try:
            version = importlib.metadata.version(asked.name)
        except importlib.metadata.PackageNotFoundError:
            yield MachineCheck(asked.name, MISSING, "Python library not installed", hint)
            continue
        if not asked.specifier.contains(version, prereleases=True):
            words = f"{version} does not fit: {asked.specifier} is needed"
            yield MachineCheck(asked.name, MISSING, words, hint, version)


def directory(path: Path, what: str, variable: str) -> MachineCheck:
    """Whether *path* is usable as the cache or the state: owner, mode, free space.

    :param what: ``cache`` or ``state``
    :param variable: the environment variable that names another directory
    """
    try:
        fault = private_fault(path, f"the {what}", variable) if path.exists() else None
        above = next(p for p in (path, *path.parents) if p.exists())
        free = shutil.disk_usage(above).free
    except OSError as error:
        hint = f"set {variable} to a directory of your own"
        return MachineCheck(what, MISSING, f"{path}: {error.strerror}", hint)
    if fault:
        return MachineCheck(what, MISSING, fault.message, fault.hint)
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        hint = f"set {variable} to a directory of your own"
        return MachineCheck(what, MISSING, f"{above} is not writable", hint)
    found = f"{path}, {_size(free)} free" if above == path else f"{path}: made when it is needed"
    if free < _ENOUGH:
        hint = f"make room, or name another directory in {variable}"
        return MachineCheck(what, NOTE, f"{path}: only {_size(free)} free", hint)
    return MachineCheck(what, OK, found)


def _size(count: int) -> str:
    return f"{count / (1 << 30):.1f} GiB" if count >= _ENOUGH else f"{count >> 20} MiB"


def mirror(directory: Path) -> MachineCheck:
    """Whether repositories lie in the mirror *directory*, as ORG/REPO or HOST/ORG/REPO."""
    from patchseries.sources.mirrors import repositories_in

    name = f"mirror {directory}"
    if not directory.is_dir():
        hint = "correct SERIES_MIRRORS or --mirror"
        return MachineCheck(name, NOTE, "no such directory", hint)
    count = sum(1 for _ in repositories_in(directory, _LISTED))
    if not count:
        hint = "a mirror is DIR/ORG/REPO or DIR/HOST/ORG/REPO"
        return MachineCheck(name, NOTE, "no git repository in it", hint)
    return MachineCheck(name, OK, counted(count, "repository", "repositories"))
