"""Merges made by hand, whose conflicts are resolved."""

from __future__ import annotations

from collections.abc import Mapping

from patchseries.git import Repository, TreeEntry
from patchseries.git.merge import Merge
from patchseries.model import TreeId

FILE, PROGRAM, LINK = "100644", "100755", "120000"
Side = Mapping[str, tuple[str, bytes]]
"""The files of one side: path → mode and content."""


def tree(store: Repository, files: Side) -> TreeId:
    entries = {path: TreeEntry(m, store.write_blob(data)) for path, (m, data) in files.items()}
    return store.edit_tree(store.write_tree({}), entries)


def merge(store: Repository, ancestor: Side, ours: Side, theirs: Side) -> Merge:
    trees = [tree(store, side) for side in (ancestor, ours, theirs)]
    return store.begin_merge(*trees).result()
