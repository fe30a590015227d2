"""A tree with some of its paths set to something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from patchseries.git.objects import TreeEntry
from patchseries.model import TreeId


class TreeStore(Protocol):
    """What reads and stores one level of a tree."""

    def tree(self, oid: str, /) -> Mapping[bytes, TreeEntry]:
        """What a tree holds, by name."""

    def write_tree(self, entries: Mapping[bytes, TreeEntry]) -> TreeId:
        """Store one level of a tree; its id."""


def edited(store: TreeStore, tree: str | None, edits: Mapping[bytes, TreeEntry | None]) -> TreeId:
    """*tree* with each path of *edits* set (None: removed); directories left empty go away.

    From the top down what each directory holds, then up again; no recursion, however deep.
    """
    inside: dict[bytes, dict[bytes, TreeEntry | None]] = {}
    for path, entry in edits.items():
        directory, _, name = path.rpartition(b"/")
        inside.setdefault(directory, {})[name] = entry
        while directory:
            directory = directory.rpartition(b"/")[0]
            inside.setdefault(directory, {})
    inside.setdefault(b"", {})
    order = sorted(inside, key=lambda directory: directory.count(b"/") + bool(directory))
    entries: dict[bytes, dict[bytes, TreeEntry]] = {}
    for directory in order:
        known = (
            _parent(entries, directory).get(directory.rpartition(b"/")[2]) if directory else None
        )
        oid = (known.oid if known and known.is_tree else None) if directory else tree
        entries[directory] = dict(store.tree(oid)) if oid else {}
        for name, entry in inside[directory].items():
            if entry is None:
                entries[directory].pop(name, None)
            else:
                entries[directory][name] = entry
    for directory in reversed(order[1:]):
        above, name = _parent(entries, directory), directory.rpartition(b"/")[2]
        known = above.get(name)
        if entries[directory]:
            above[name] = TreeEntry("40000", store.write_tree(entries[directory]))
        elif known and known.is_tree:
            del above[name]
    return store.write_tree(entries[b""])


def _parent(
    entries: Mapping[bytes, dict[bytes, TreeEntry]], directory: bytes
) -> dict[bytes, TreeEntry]:
    return entries[directory.rpartition(b"/")[0]]
