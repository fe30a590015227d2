"""Small upstream trees and requests to package them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from patchseries.debian.assemble import OURS
from patchseries.debian.packaging import make_packaging
from patchseries.debian.request import BuildRequest, Maintainer, PackagedFile, Packaging
from patchseries.git import Repository, Signature, TreeEntry
from patchseries.imports.directory import read_series
from patchseries.imports.package import read_package
from patchseries.model import Base, TreeId
from patchseries.patches.compose import PatchFile, compose, patch_diff
from patchseries.patches.header import PatchHeader

FIELDS = (
    ("Origin", "backport, commit:1234567890abcdef1234567890abcdef12345678"),
    ("Bug-Ubuntu", "https://bugs.launchpad.net/bugs/1157261"),
    ("Forwarded", "no"),
    ("Last-Update", "2013-07-01"),
)
FILES: dict[str, bytes | tuple[str, bytes]] = {
    "README": b"An oven.\n",
    "oven/bake.py": b"def bake(bread):\n    heat = 180\n    return bread, heat\n",
    "bin/oven": ("100755", b"#!/bin/sh\nexec python -m oven\n"),
    "latest": ("120000", b"oven/bake.py"),
}
WHEN = 1378000000


@dataclass(frozen=True)
class Upstream:
    """A repository with one project in it, and the folder for its package."""

    repository: Repository
    out: Path

    def tree(self, edits: Mapping[str, bytes | tuple[str, bytes] | None], base: str = "") -> TreeId:
        """A tree: *base* (else empty) with each path set to bytes, (mode, bytes) or gone."""
        entries: dict[str, TreeEntry | None] = {}
        for path, what in edits.items():
            mode, data = what if isinstance(what, tuple) else ("100644", what)
            blob = None if data is None else self.repository.write_blob(data)
            entries[path] = TreeEntry(mode, blob) if blob else None
        return self.repository.edit_tree(base or self.repository.write_tree({}), entries)

    def base(self, files: Mapping[str, Any] | None = None, name: str = "1.0") -> Base:
        """The project's release *name*, with *files* besides its own."""
        tree = self.tree({**FILES, **(files or {})})
        return Base(name, self.repository.write_commit(tree), tree)

    def patch(self, old: str, new: str, name: str = "0001-hotter.patch") -> PatchFile:
        """The patch file from one tree to the other, with a header as the project writes them."""
        subject = name.removesuffix(".patch").partition("-")[2].replace("-", " ")
        author = Signature("Ada Bäker", "ada@example.org", 1372672800, "+0000")
        header = PatchHeader(author, subject, "Why it is so.", FIELDS)
        return PatchFile(
            name, compose(header, patch_diff(self.repository, TreeId(old), TreeId(new)))
        )

    def request(self, *edits: Mapping[str, Any], **changes: Any) -> BuildRequest:
        """A request for the release 1.0 with a patch for each of *edits*."""
        base = self.base()
        tree, patches = base.tree, []
        for number, edit in enumerate(edits or (HOTTER,), 1):
            after = self.tree(edit, tree)
            patches.append(self.patch(tree, after, f"{number:04}-step-{number}.patch"))
            tree = after
        request = BuildRequest(
            repository=self.repository,
            project="oven",
            source="oven",
            base=base,
            patches=tuple(patches),
            expected_tree=tree,
            series_name="fast",
            maintainer=Maintainer("Ada Baker", "ada@example.org"),
            timestamp=WHEN,
            out=self.out,
            homepage="https://oven.example.org/",
        )
        return replace(request, **changes)


HOTTER = {"oven/bake.py": b"def bake(bread):\n    heat = 220\n    return bread, heat\n"}

_DEBIAN = {
    "control": b"Source: oven\nSection: misc\nPriority: optional\n"
    b"Maintainer: Debian Bakers <bakers@example.org>\nBuild-Depends: debhelper (>= 7)\n"
    b"Standards-Version: 3.9.4\n\nPackage: oven\nArchitecture: all\nDepends: ${misc:Depends}\n"
    b"Description: bakes bread\n An oven that bakes bread, and nothing but bread, all day long.\n",
    "changelog": b"oven (1:1.0-1) unstable; urgency=low\n\n  * New upstream release.\n\n"
    b" -- Debian Bakers <bakers@example.org>  Mon, 01 Jul 2013 10:00:00 +0000\n",
    "copyright": b"It is free.\n",
    "rules": b"#!/usr/bin/make -f\n%:\n\tdh $@\n",
    "source/format": b"3.0 (quilt)\n",
}


def packaging(files: Mapping[str, bytes | None] | None = None) -> Packaging:
    """Somebody's packaging of the oven, with *files* of debian/ set (None: taken away)."""
    return make_packaging(packaged({**_DEBIAN, **(files or {})}), "a test")


def packaged(files: Mapping[str, bytes | None]) -> dict[str, PackagedFile]:
    """Contents of debian/ as files; rules can be executed."""
    return {
        name: PackagedFile("100755" if name == "rules" else "100644", data)
        for name, data in files.items()
        if data is not None
    }


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    """A project with some files, a script and a link, in a bare repository."""
    with Repository.init(tmp_path / "upstream.git") as repository:
        yield Upstream(repository, tmp_path / "build" / "1.0" / "oven")


def our_patches(dsc: Path) -> tuple[PatchFile, ...]:
    """The patches of our series in the source package *dsc*: what follows our mark, or all."""
    directory = read_package(dsc).directory
    text = directory.files["series"]
    lines = text.splitlines(keepends=True)
    marks = [i for i, line in enumerate(lines) if OURS.fullmatch(line.decode().rstrip())]
    ours = read_series(b"".join(lines[marks[-1] if marks else 0 :]))
    return tuple(PatchFile(line.name, directory.files[line.name]) for line in ours)
