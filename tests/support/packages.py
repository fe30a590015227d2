"""Small upstream trees and requests to package them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from patchseries.debian.request import BuildRequest, Maintainer
from patchseries.git import Repository, TreeEntry
from patchseries.model import Base, TreeId
from patchseries.patches.compose import PatchFile

HEADER = """\
From: Ada Baker <ada@example.org>
Date: Mon, 01 Jul 2013 10:00:00 +0000
Subject: {subject}

Why it is so.

Origin: backport, commit:1234567890abcdef1234567890abcdef12345678
Bug-Ubuntu: https://bugs.launchpad.net/bugs/1157261
Last-Update: 2013-07-01
---
"""

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
        head = HEADER.format(subject=subject).encode()
        return PatchFile(name, head + b"\n" + self.repository.diff(old, new))

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
