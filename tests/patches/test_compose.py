"""A patch file is put together of a header and a diff, and a text diff stays one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries.errors import ExitCode, SeriesError
from patchseries.git import Repository, TreeEntry
from patchseries.model import TreeId
from patchseries.patches.apply import Applied, apply_patch
from patchseries.patches.compose import (
    PatchFile,
    compose,
    keep_header,
    patch_diff,
    series_directory,
    text_diff,
)
from patchseries.patches.header import PatchHeader, split_patch

DIFF = b"diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
STAT = b" f | 2 +-\n 1 file changed\n\n"
HEADER = PatchHeader(None, "Bake", "Why.", (("Origin", "other"),))


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Repository]:
    with Repository.init(tmp_path / "r.git") as store:
        yield store


def tree(store: Repository, data: bytes) -> TreeId:
    return store.edit_tree(store.write_tree({}), {"f": TreeEntry("100644", store.write_blob(data))})


def test_a_patch_file_is_its_header_a_line_and_its_diff() -> None:
    made = compose(HEADER, STAT + DIFF)
    assert made == b"Subject: Bake\n\nWhy.\n\nOrigin: other\n---\n" + STAT + DIFF
    assert split_patch(made)[1] == DIFF
    assert PatchFile("x", made).sha256 == hashlib.sha256(made).hexdigest()
    with pytest.raises(SeriesError, match=r"^the patch changes nothing: Bake; ") as caught:
        compose(HEADER, STAT)
    assert caught.value.exit_code == ExitCode.FINDINGS


@pytest.mark.parametrize(
    ("header", "has_stat"),
    [
        (b"Subject: x\n\n---\n", True),
        (b"Subject: x\n\n--- \t\r\n", True),
        (b"---\n", True),
        (b"Subject: x\n\n", False),
        (b"Subject: x\n\n---\nwords\n", False),
        (b"x ---\n", False),
        (b"", False),
    ],
)
def test_a_diffstat_stands_where_a_line_ends_the_header(header: bytes, has_stat: bool) -> None:
    assert keep_header(header, STAT + DIFF) == header + STAT * has_stat + DIFF


def test_a_text_diff_has_its_diffstat(store: Repository) -> None:
    before, after = tree(store, b"a\n"), tree(store, b"b\n")
    made = text_diff(store, before, after, DIFF)
    assert made == patch_diff(store, before, after)
    assert b"1 file changed" in made
    assert split_patch(made)[0]


def test_what_git_takes_for_binary_stays_text_where_the_patch_was_text(store: Repository) -> None:
    before, after = tree(store, b"a\0\n"), tree(store, b"b\0\n")
    binary = patch_diff(store, before, after)
    assert b"GIT binary patch" in binary
    own = b"Subject: x\n\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\0\n+b\0\n"
    assert text_diff(store, before, after, own) == split_patch(own)[1]
    other = own.replace(b"+b\0", b"+c\0")
    for patch in (other, own.replace(b"-a\0", b"-x\0")):  # it makes another tree, or none
        made = text_diff(store, before, after, patch)
        assert b"GIT binary patch" not in made
        applied = apply_patch(store, before, made)
        assert isinstance(applied, Applied)
        assert applied.tree == after
    assert text_diff(store, before, after, binary) == binary


def test_a_base_with_a_slash_is_one_directory() -> None:
    assert series_directory("fast", "stable/1", "oven") == "patches/fast/stable-1/oven"
