"""Setting and removing paths of a tree, against a plain list of paths."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from patchseries.git.objects import Tree, TreeEntry, format_tree
from patchseries.git.treeedit import edited
from patchseries.model import TreeId

FILES = [TreeEntry("100644", digit * 40) for digit in "123"]
PATHS = st.lists(st.sampled_from([b"a", b"b", b"c"]), min_size=1, max_size=4).map(b"/".join)
Listing = dict[bytes, TreeEntry]


class Store:
    """Trees in memory, each under its id."""

    def __init__(self) -> None:
        self.trees: dict[str, bytes] = {}

    def tree(self, oid: str, /) -> Mapping[bytes, TreeEntry]:
        return Tree(self.trees[oid])

    def write_tree(self, entries: Mapping[bytes, TreeEntry]) -> TreeId:
        data = format_tree(entries.items())
        oid = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        self.trees[oid] = data
        return TreeId(oid)

    def listing(self, oid: str, below: bytes = b"") -> Listing:
        """Every file below the tree *oid*, by its whole path; no directory may be empty."""
        found: Listing = {}
        for name, entry in self.tree(oid).items():
            if entry.is_tree:
                inside = self.listing(entry.oid, below + name + b"/")
                assert inside, f"{name!r} is an empty directory"
                found |= inside
            else:
                found[below + name] = entry
        return found


def without_clashes(listing: Mapping[bytes, TreeEntry]) -> Listing:
    """*listing* without the files that stand where another needs a directory."""
    return {
        path: entry
        for path, entry in listing.items()
        if not any(other.startswith(path + b"/") for other in listing)
    }


LISTINGS = st.dictionaries(PATHS, st.sampled_from(FILES), max_size=6).map(without_clashes)


@given(LISTINGS)
def test_a_tree_from_nothing_has_what_was_set(files: Listing) -> None:
    store = Store()
    assert store.listing(edited(store, None, files)) == files


@given(LISTINGS, LISTINGS)
def test_from_one_tree_to_another(before: Listing, after: Listing) -> None:
    store = Store()
    tree = edited(store, None, before)
    gone = {path: None for path in before if path not in after}
    emptied = edited(store, tree, gone)
    kept = {path: entry for path, entry in before.items() if path in after}
    assert store.listing(emptied) == kept
    assert edited(store, emptied, after) == edited(store, None, after)


@given(LISTINGS)
def test_no_edits_change_nothing(files: Listing) -> None:
    store = Store()
    tree = edited(store, None, files)
    assert edited(store, tree, {}) == tree
    assert edited(store, tree, files) == tree


@given(LISTINGS, PATHS)
def test_removing_what_is_not_there_changes_nothing(files: Listing, path: bytes) -> None:
    store = Store()
    tree = edited(store, None, files)
    there = path in files or any(other.startswith(path + b"/") for other in files)
    if not there:
        assert edited(store, tree, {path: None}) == tree


def test_a_deep_path_needs_no_recursion() -> None:
    store = Store()
    deep = b"/".join([b"d"] * 3000)
    tree = edited(store, None, {deep: FILES[0]})
    assert edited(store, tree, {deep: None}) == edited(store, None, {})
