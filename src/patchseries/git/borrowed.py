"""Reading a repository that we did not make: a mirror, a checkout, whatever the user names.

git is never run in it. A repository of our own reads its objects (through alternates) and has a
copy of its refs; so its configuration, hooks, attributes, grafts and replacements do not count.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from patchseries.errors import SeriesError
from patchseries.files import explained, staging
from patchseries.git.loose import make_bare, object_format
from patchseries.git.repository import Repository
from patchseries.git.temporary import scratch_home

_ID = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_NAME = r"refs/(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)|[./]$))[^\x00-\x20\x7f~^:?*\[\\]+"
_VALUE = re.compile(rf"({_ID})|ref: ({_NAME})")
_PACKED = re.compile(rf"({_ID}) ({_NAME})")
_SHALLOW = re.compile(rf"(?:{_ID}\n)*")
_HEADS = ("HEAD", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD")
_LONGEST = 4096
"""Bytes of a ref's file; a longer one is none."""


@contextmanager
def borrowed(path: Path) -> Iterator[Repository]:
    """The repository at *path* (bare, a git directory, or a work tree), only to be read.

    Names that only its configuration or its reflogs know (``@{upstream}``) are not known here.

    :raises SeriesError: there is none, or it keeps its refs in a way that is not read
    """
    git_dir, common = _find(path)
    if (common / "reftable").is_dir():
        raise SeriesError(
            f"{path} stores its refs as a reftable, which series cannot read",
            hint="clone it with `git clone --ref-format=files`, and use the clone",
        )
    objects = (common / "objects").resolve()
    with _directory() as directory:
        made = directory / "repo.git"
        with explained("copy the refs of a repository"):
            make_bare(made, object_format(common), head="refs/heads/none")
            _copy_refs(git_dir, common, made)
        with Repository(made, intact=True, borrowed=objects, shown=path) as repository:
            repository.set_alternates([objects])
            yield repository


def _directory() -> AbstractContextManager[Path]:
    """A throw-away directory, which holds refs and no objects."""
    with explained("find a temporary directory"):
        home, name = scratch_home(None)
    return staging(home, name)


def _find(path: Path) -> tuple[Path, Path]:
    """The git directory of the repository at *path*, and the one it shares with its work trees."""
    dotted = path / ".git"
    git_dir = dotted if dotted.exists() else path
    if git_dir.is_file():
        named = _read(git_dir, _LONGEST) or ""
        git_dir = path / named.removeprefix("gitdir:").strip()
    told = _read(git_dir / "commondir", _LONGEST)
    common = git_dir / told.strip() if told else git_dir
    if not ((common / "objects").is_dir() and (git_dir / "HEAD").exists()):
        raise SeriesError(f"no git repository at {path}")
    return git_dir, common


def _copy_refs(git_dir: Path, common: Path, made: Path) -> None:
    """Copy what is a ref by its name and its content; anything else is left."""
    ids = dict(_packed(common / "packed-refs"))
    links: dict[str, str] = {}
    for name, value in _loose(common):
        ids.pop(name, None)
        found = _VALUE.fullmatch(value)
        if found and found[1]:
            ids[name] = found[1]
        elif found:
            links[name] = found[2]
    # a link is written as what it means: git then has nothing to follow
    ids |= {name: ids[to] for name, to in links.items() if to in ids}
    lines = [f"{oid} {name}\n" for name, oid in sorted(ids.items())]
    (made / "packed-refs").write_bytes("".join(lines).encode("utf-8", "surrogateescape"))
    for name in _HEADS:
        value = (_read(git_dir / name, _LONGEST) or "").split("\n")[0].split("\t")[0]
        if _VALUE.fullmatch(value):
            (made / name).write_text(value + "\n", "utf-8", "surrogateescape")
    shallow = _read(common / "shallow")
    if shallow and _SHALLOW.fullmatch(shallow):
        (made / "shallow").write_text(shallow)


def _packed(path: Path) -> Iterator[tuple[str, str]]:
    """Name and id of each line of a packed-refs file; what tags mean is read from the objects."""
    for line in (_read(path) or "").split("\n"):
        found = _PACKED.fullmatch(line)
        if found and not found[2].startswith("refs/replace/"):
            yield found[2], found[1]


def _loose(common: Path) -> Iterator[tuple[str, str]]:
    """Name and content of each file below refs/; links are not followed."""
    for directory, _, files in os.walk(common / "refs"):
        below = os.path.relpath(directory, common)
        for file in files:
            name = f"{below}/{file}"
            value = _read(Path(directory, file), _LONGEST)
            if value and re.fullmatch(_NAME, name) and not name.startswith("refs/replace/"):
                yield name, value.strip()


def _read(path: Path, longest: int | None = None) -> str | None:
    """The text of the regular file *path*; None for anything else, and for one that is longer."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(handle, "rb") as stream:
        there = os.fstat(handle)
        if not stat.S_ISREG(there.st_mode) or (longest and there.st_size > longest):
            return None
        return stream.read().decode("utf-8", "surrogateescape")
