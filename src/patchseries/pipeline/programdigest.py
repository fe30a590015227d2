"""A digest of this program: what another version worked out does not count."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import patchseries
from patchseries import process
from patchseries.files import sha256

PACKAGE = Path(patchseries.__file__).parent
"""The directory of the program."""

_VERSION = re.compile(r"^Version: *(\S+)", re.M)

_LIBRARIES = (
    "gitpython",
    "packaging",
    "patiencediff",
    "pydantic",
    "python-debian",
    "pyyaml",
    "tomlkit",
    "tree-sitter",
    "tree-sitter-bash",
    "tree-sitter-c",
    "tree-sitter-cpp",
    "tree-sitter-go",
    "tree-sitter-java",
    "tree-sitter-javascript",
    "tree-sitter-python",
    "tree-sitter-ruby",
    "tree-sitter-rust",
    "tree-sitter-toml",
    "tree-sitter-typescript",
    "unidiff",
)
"""What compares and parses: another version may give another result."""


@cache
def program_digest() -> str:
    """A digest of the whole program and of git: what another version worked out does not count."""
    versions = " ".join(f"{name} {version}" for name, version in library_versions().items())
    versions += f" {process.identity('git')}"
    return package_digest(PACKAGE, versions)


def library_versions() -> dict[str, str]:
    """The version of each library that ports depend on, by its name; a grammar may be missing."""
    return {name: _version(name) for name in _LIBRARIES}


def _version(name: str) -> str:
    """The version of a library; a grammar may be missing."""
    try:
        library = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return "-"
    # importlib's own way makes a mail of the file first, which takes five times as long
    text = library.read_text("METADATA") or library.read_text("PKG-INFO") or ""
    found = _VERSION.search(text)
    return found[1] if found else "-"


def package_digest(root: Path, versions: str) -> str:
    """The SHA-256 of *versions* and of each file below *root*, by its path, without byte code."""
    digest = hashlib.sha256(versions.encode())
    for path in sorted(_files(root)):
        name = path.removeprefix(f"{root}/")
        digest.update(f"\0{name}\0{sha256(Path(path).read_bytes())}".encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[str]:
    """The path of each file below *root*, without byte code."""
    for directory, names, files in os.walk(root):
        if "__pycache__" in names:
            names.remove("__pycache__")
        yield from (f"{directory}/{name}" for name in files)
