"""Applying patch files: the same as ``patch -F0``, on made-up text and on the real series."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchseries.git import Repository, TreeEntry
from patchseries.model import TreeId
from patchseries.patches.apply import Applied, Rejected, any_hunk_applies, apply_patch, is_applied
from support.patch_program import patch_program

_LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n", b"  d\n"]), max_size=14)
_END = st.sampled_from([b"", b"no newline"])
_TEXTS = st.builds(lambda lines, end: b"".join(lines) + end, _LINES, _END)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("apply") / "r.git") as made:
        yield made


def tree_of(repository: Repository, files: dict[str, bytes]) -> TreeId:
    entries = {n: TreeEntry("100644", repository.write_blob(d)) for n, d in files.items()}
    return repository.edit_tree(repository.write_tree({}), entries)


def files_of(repository: Repository, tree: TreeId) -> dict[str, bytes]:
    return {path: repository.blob(entry.oid) for path, entry in repository.walk(tree)}


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(before=_TEXTS, after=_TEXTS, target=_TEXTS)
def test_agrees_with_patch(
    repository: Repository, before: bytes, after: bytes, target: bytes
) -> None:
    if before == after or not (before and after and target):
        return  # creating, deleting and emptying files have tests of their own
    old, new = (tree_of(repository, {"f": text}) for text in (before, after))
    diff = repository.diff(old, new)
    for text in (before, target, b"x\ny\n" + before, before + before):
        tree = tree_of(repository, {"f": text})
        ours = apply_patch(repository, tree, diff)
        with tempfile.TemporaryDirectory() as folder:
            theirs = patch_program(Path(folder), {"f": text}, diff)
        applied = files_of(repository, ours.tree) if isinstance(ours, Applied) else None
        assert applied == theirs


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(before=_TEXTS, after=_TEXTS)
def test_there_and_back(repository: Repository, before: bytes, after: bytes) -> None:
    old, new = (tree_of(repository, {"f": text}) for text in (before, after))
    if old == new:
        return
    diff = repository.diff(old, new)
    applied = apply_patch(repository, old, diff)
    if not before or not after:
        return
    assert isinstance(applied, Applied)
    assert applied.tree == new
    assert is_applied(repository, new, diff)
    back = apply_patch(repository, new, diff, reverse=True)
    assert isinstance(back, Applied)
    assert back.tree == old


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_never_crash(repository: Repository, data: bytes) -> None:
    tree = tree_of(repository, {"f": b"a\n"})
    for text in (data, b"--- a/f\n+++ b/f\n" + data, b"diff --git a/f b/f\n" + data):
        assert isinstance(apply_patch(repository, tree, text), Applied | Rejected)


def test_lines_like_those_of_a_hunk_elsewhere_are_not_the_change(repository: Repository) -> None:
    around = [b"one\n", b"two\n", b"three\n"], [b"four\n", b"five\n", b"six\n"]
    pad = [b"%d\n" % n for n in range(20)]

    def text(*middles: bytes) -> bytes:
        parts = ([*around[0], middle, *around[1], *pad] for middle in middles)
        return b"".join(line for part in parts for line in part)

    old = tree_of(repository, {"f": text(b"", b"check()\n"), "g": b"open\n"})
    new = tree_of(repository, {"f": text(b"check()\n", b"check()\n"), "g": b"locked\n"})
    half = tree_of(repository, {"f": text(b"", b"check()\n"), "g": b"locked\n"})
    diff = repository.diff(old, new)
    assert isinstance(apply_patch(repository, half, diff), Rejected)
    assert isinstance(apply_patch(repository, half, diff, reverse=True), Applied)
    assert not is_applied(repository, half, diff)
    assert any_hunk_applies(repository, half, diff)
    assert is_applied(repository, new, diff)
    assert not any_hunk_applies(repository, new, diff)


def test_offsets_are_told(repository: Repository) -> None:
    lines = [b"%d\n" % n for n in range(20)]
    changed = [*lines[:10], b"new\n", *lines[11:]]
    diff = repository.diff(
        tree_of(repository, {"f": b"".join(lines)}), tree_of(repository, {"f": b"".join(changed)})
    )
    moved = tree_of(repository, {"f": b"x\n" * 4 + b"".join(lines)})
    applied = apply_patch(repository, moved, diff)
    assert isinstance(applied, Applied)
    assert [offset.lines for offset in applied.offsets] == [4]


def test_files_come_and_go(repository: Repository) -> None:
    old = tree_of(repository, {"stays": b"s\n", "goes": b"g\n"})
    new = tree_of(repository, {"stays": b"s\n", "dir/comes": b"c\n"})
    diff = repository.diff(old, new)
    applied = apply_patch(repository, old, diff)
    assert isinstance(applied, Applied)
    assert applied.tree == new
    assert isinstance(apply_patch(repository, new, diff), Rejected)


@pytest.mark.parametrize(
    ("target", "words"),
    [({}, "there is no such file"), ({"f": b"other\n"}, "does not apply")],
    ids=["missing", "other"],
)
def test_reasons_name_the_file(
    repository: Repository, target: dict[str, bytes], words: str
) -> None:
    diff = repository.diff(tree_of(repository, {"f": b"a\n"}), tree_of(repository, {"f": b"b\n"}))
    rejected = apply_patch(repository, tree_of(repository, target), diff)
    assert isinstance(rejected, Rejected)
    assert rejected.path == "f"
    assert words in str(rejected)
