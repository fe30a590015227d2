"""A source package by its name, through apt's own deb-src entries: fetched, never unpacked.

apt checks every file: by its archive's signature and its SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from patchseries import process
from patchseries.environment import Inherit
from patchseries.errors import MachineError, ProgramError, UpstreamError
from patchseries.imports.package import PackageSource, read_package
from patchseries.sources.download import SAFE_NAME

PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(?:=[A-Za-z0-9.+:~-]+|/[a-z0-9.-]+)?")
"""A source package's name, perhaps with =VERSION or /SUITE, as apt-get takes it."""

_URI = re.compile(r"'(?P<url>[^']{1,2000})' (?P<name>\S+) \d+ SHA256:(?P<sha256>[0-9a-f]{64})")
_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file of a source package in an archive: its URL, its name, its SHA-256."""

    url: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ArchivePackage:
    """A package that apt fetched, and the URLs of its files."""

    source: PackageSource
    files: tuple[ArchiveFile, ...]

    def file(self, end: str) -> ArchiveFile | None:
        """The file whose name ends, as an expression, in *end*."""
        return next((f for f in self.files if re.search(end, f.name)), None)


def fetch_package(name: str, directory: Path, vendor: str = "debian") -> ArchivePackage:
    """Fetch the .dsc and the debian part of the source package *name* into *directory*.

    :raises UpstreamError: apt knows no such package, or cannot fetch it
    :raises MachineError: there is no apt
    """
    files = parse_uris(_apt(name, directory, "--print-uris").decode("utf-8", "replace"))
    for part in ("--dsc-only", "--diff-only"):
        _apt(name, directory, part)
    dsc = next((file for file in files if file.name.endswith(".dsc")), None)
    if dsc is None:
        raise UpstreamError(f"apt-get names no .dsc for {name}")
    if not any(re.search(r"\.(?:debian\.tar|diff)\.\w+$", file.name) for file in files):
        _apt(name, directory, "--tar-only")
    found = read_package(directory / dsc.name, vendor)
    missing = tuple(one for one in found.problems if not one.endswith("to take the patches"))
    return ArchivePackage(replace(found, label=name, problems=missing), tuple(files))


def parse_uris(text: str) -> list[ArchiveFile]:
    """What ``apt-get --print-uris`` prints.

    >>> digest = "0" * 64
    >>> [one.url for one in parse_uris(f"'http://h/a%7e1.dsc' a~1.dsc 5 SHA256:{digest}")]
    ['http://h/a~1.dsc']
    """
    found = (_URI.fullmatch(line.strip()) for line in text.split("\n"))
    rows = [_file(m["url"], unquote(m["name"]), m["sha256"]) for m in found if m]
    return [row for row in rows if SAFE_NAME.fullmatch(row.name)]


def _file(url: str, name: str, sha256: str) -> ArchiveFile:
    """A file with its own name in the URL: apt writes %7e for ``~``, and %2b for ``+``."""
    place, slash, last = url.rpartition("/")
    return ArchiveFile(f"{place}{slash}{name}" if unquote(last) == name else url, name, sha256)


def _apt(name: str, directory: Path, *options: str) -> bytes:
    """Run ``apt-get source`` for *name* in *directory*; what it prints."""
    argv: Sequence[str] = ["apt-get", "source", "-qq", "--only-source", "--download-only"]
    try:
        done = process.run(
            [*argv, *options, "--", name], cwd=directory, inherit=Inherit.ALL, timeout=_SECONDS
        )
    except MachineError:
        raise
    except ProgramError as error:
        raise UpstreamError(
            f"apt-get cannot fetch the source package {name}",
            cause=error.cause or error.message,
            hint="is deb-src in apt's sources, and was `apt-get update` run?",
        ) from error
    return done.stdout
