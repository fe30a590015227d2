"""What a source of patches is, by what lies there."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from patchseries.errors import UsageError
from patchseries.imports.apt import PACKAGE

_HEAD = 4096
_MAILS = (".patch", ".diff", ".mbox")
_SUFFIXES = (".dsc", ".spec", *_MAILS)
_MAIL = re.compile(rb"(?:From |From: |Subject: |Date: |Description: |Author: |Index: |diff |--- )")


class SourceForm(StrEnum):
    """The forms in which patches are kept; the words that ``--as`` takes."""

    DSC = "dsc"
    TREE = "tree"
    """An unpacked source tree: it holds a debian/."""
    QUILT = "quilt"
    """A debian/patches, or another directory with a series file."""
    BRANCH = "branch"
    """A branch of a git repository, with debian/patches in its tree."""
    COMMITS = "commits"
    """Commits: a range, or what lies on top of the packaging on a branch."""
    MAIL = "mail"
    """An mbox, a patch file, or a directory of them."""
    SPEC = "spec"
    SERIES_CONF = "series.conf"
    APT = "apt"
    """A source package by name."""


def recognised(source: str) -> SourceForm:
    """The form of *source*: a path, ``REPOSITORY#REVISION``, or a package's name.

    :raises UsageError: it is none of them
    """
    path = Path(source)
    if path.is_dir():
        return _of_directory(path)
    if path.is_file():
        return _of_file(path)
    if "#" in source:
        revision = source.rpartition("#")[2]
        return SourceForm.COMMITS if ".." in revision else SourceForm.BRANCH
    if path.suffix in _SUFFIXES:
        raise UsageError(f"there is no file {source}")
    if PACKAGE.fullmatch(source):
        return SourceForm.APT
    raise UsageError(
        f"no patches are found at {source}",
        hint="name a .dsc, a directory, an mbox, a spec, REPOSITORY#BRANCH or a source package",
    )


def quilt_directory(path: Path) -> Path:
    """Where the patches are: *path*, or its patches/ as quilt and debian/ have it."""
    if _has_series(path):
        return path
    return next((below for below in (path / "patches",) if _has_series(below)), path)


def _of_directory(path: Path) -> SourceForm:
    if (path / "debian").is_dir():
        return SourceForm.TREE
    if _has_series(quilt_directory(path)):
        return SourceForm.QUILT
    if (path / "series.conf").is_file():
        return SourceForm.SERIES_CONF
    if any(one.suffix in _MAILS for one in path.iterdir()):
        return SourceForm.MAIL
    if (path / ".git").exists() or (path / "objects").is_dir():
        raise UsageError(
            f"{path} is a git repository: which patches of it?",
            hint=f"write {path}#BRANCH, or {path}#OLD..NEW",
        )
    raise UsageError(f"{path} has no patches: no debian/, no series, no .patch file")


def _of_file(path: Path) -> SourceForm:
    if path.suffix == ".dsc":
        return SourceForm.DSC
    if path.suffix == ".spec":
        return SourceForm.SPEC
    if path.name == "series.conf":
        return SourceForm.SERIES_CONF
    if path.name == "series" or path.name.endswith(".series"):
        return SourceForm.QUILT
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if path.suffix in _MAILS or _MAIL.match(head):
        return SourceForm.MAIL
    raise UsageError(
        f"{path} is neither a .dsc, a spec, an mbox nor a patch",
        hint="say what it is with --as",
    )


def _has_series(path: Path) -> bool:
    return (path / "series").is_file() or any(path.glob("*.series"))
