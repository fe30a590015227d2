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
@given(before=_TEXTS, after=_TEXTS, context=st.sampled_from([0, 1, 3]))
def test_there_and_back(repository: Repository, before: bytes, after: bytes, context: int) -> None:
    old, new = (tree_of(repository, {"f": text}) for text in (before, after))
    if old == new:
        return
    diff = repository.diff(old, new, context=context)
    applied = apply_patch(repository, old, diff)
    if not before or not after:
        return
    assert applied == Applied(new)
    assert is_applied(repository, new, diff)
    assert apply_patch(repository, new, diff, reverse=True) == Applied(old)


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
    assert not is_applied(repository, old, diff)
    assert not any_hunk_applies(repository, new, diff)
    assert not any_hunk_applies(repository, new, diff + b"@@ -1,9 +1 @@\n torn\n")


def test_a_hunk_applies_after_one_that_does_not(repository: Repository) -> None:
    lines = [b"%d\n" % n for n in range(20)]
    first, second = [*lines], [*lines]
    first[3] = second[3] = b"new\n"
    second[15] = b"newer\n"
    old, half, new = (tree_of(repository, {"f": b"".join(x)}) for x in (lines, first, second))
    assert any_hunk_applies(repository, half, repository.diff(old, new))


@pytest.mark.parametrize(("by", "end"), [(4, 20), (4, 14), (1, 20), (-1, 20), (-4, 14), (-7, 20)])
def test_offsets_are_told(repository: Repository, by: int, end: int) -> None:
    """Also where the hunk stands at the very beginning, or at the end, of the file now."""
    lines = [b"%d\n" % n for n in range(20)]
    changed = [*lines[:10], b"new\n", *lines[11:]]
    diff = repository.diff(
        tree_of(repository, {"f": b"".join(lines)}), tree_of(repository, {"f": b"".join(changed)})
    )
    moved = tree_of(repository, {"f": b"x\n" * by + b"".join(lines[max(0, -by) : end])})
    applied = apply_patch(repository, moved, diff)
    assert isinstance(applied, Applied)
    assert [offset.lines for offset in applied.offsets] == [by]


def test_a_file_with_more_in_it_is_not_deleted(repository: Repository) -> None:
    diff = b"--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
    rejected = apply_patch(repository, tree_of(repository, {"f": b"a\nmine\n"}), diff)
    assert str(rejected) == "f: the patch deletes it, but it has other content"


@pytest.mark.parametrize(
    ("there", "applies"), [({"f": b"a\n"}, False), ({"f/g": b""}, False), ({"f": b""}, True)]
)
def test_a_file_with_something_in_it_is_not_created(
    repository: Repository, there: dict[str, bytes], applies: bool
) -> None:
    diff = b"--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+new\n"
    done = apply_patch(repository, tree_of(repository, there), diff)
    if applies:
        assert isinstance(done, Applied)
    else:
        assert str(done) == "f: the patch creates it, but it already exists"


def test_a_name_without_what_is_to_be_stripped(repository: Repository) -> None:
    tree = tree_of(repository, {"f": b"a\n"})
    for strip, words in ((1, "no leading directory to"), (2, "no 2 leading directories to")):
        rejected = apply_patch(repository, tree, b"--- f\n+++ f\n" + HUNK, strip=strip)
        assert f"'f' has {words} strip" in str(rejected)


def test_files_come_and_go(repository: Repository) -> None:
    old = tree_of(repository, {"stays": b"s\n", "goes": b"g\n"})
    new = tree_of(repository, {"stays": b"s\n", "dir/comes": b"c\n"})
    diff = repository.diff(old, new)
    applied = apply_patch(repository, old, diff)
    assert isinstance(applied, Applied)
    assert applied.tree == new
    assert isinstance(apply_patch(repository, new, diff), Rejected)


@pytest.mark.parametrize(("kind", "left"), [("copy", {"f", "g"}), ("rename", {"g"})])
def test_what_is_copied_stays(repository: Repository, kind: str, left: set[str]) -> None:
    diff = f"diff --git a/f b/g\nsimilarity index 100%\n{kind} from f\n{kind} to g\n"
    tree = tree_of(repository, {"f": b"a\n"})
    done = apply_patch(repository, tree, diff.encode())
    assert isinstance(done, Applied)
    assert files_of(repository, done.tree) == dict.fromkeys(left, b"a\n")


def test_a_binary_change_is_refused(repository: Repository) -> None:
    diff = b"diff --git a/f b/f\nBinary files a/f and b/f differ\n"
    done = apply_patch(repository, tree_of(repository, {"f": b"a\n"}), diff)
    assert str(done) == "f: a binary change, which patch cannot apply"


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


HUNK = b"@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
SECOND = b"@@ -1,3 +1,3 @@\n a\n B\n-c\n+C\n"
FORMS = {
    "two names, the new one there": b"--- x.orig/dir/f.orig\n+++ x/dir/f\n" + HUNK,
    "two names, the old one there": b"--- a/dir/f\n+++ b/dir/f.new\n" + HUNK,
    "two names, both there": b"--- a/dir/f\n+++ b/other/dir/f\n" + HUNK,
    "two names, none there": b"--- a/dir/g\n+++ b/dir/h\n" + HUNK,
    "a new file without /dev/null": b"--- a/new\n+++ b/new\n@@ -0,0 +1 @@\n+x\n",
    "a new file in the place of one": b"--- a/dir/f\n+++ b/dir/f\n@@ -0,0 +1 @@\n+x\n",
    "CRLF, with a text file": (b"--- a/dir/f\n+++ b/dir/f\n" + HUNK).replace(b"\n", b"\r\n"),
    "CRLF in the second file alone": b"--- a/dir/f\n+++ b/dir/f\n"
    + HUNK
    + (b"--- a/other/dir/f\n+++ b/other/dir/f\n" + HUNK).replace(b"\n", b"\r\n"),
    "a line after one without its end": b"--- a/end\n+++ b/end\n@@ -1,0 +2 @@\n+b\n",
    "CRLF lines that look like names": b"--- a/dashes\n+++ b/dashes\n@@ -1,4 +1,4 @@\n"
    b" a\r\n--- b\r\n c\r\n+++ d\r\n e\r\n",
    "CRLF lines alone": b"--- a/dir/f\n+++ b/dir/f\n" + HUNK.replace(b"\n", b"\r\n"),
    "one file twice": b"--- a/dir/f\n+++ b/dir/f\n" + HUNK + b"--- a/dir/f\n+++ b/dir/f\n" + SECOND,
    "blank context without its space": b"--- a/blank\n+++ b/blank\n@@ -1,3 +1,3 @@\n a\n\n-c\n+C\n",
}
TREE = {
    "dir/f": b"a\nb\nc\n",
    "other/dir/f": b"a\nb\nc\n",
    "blank": b"a\n\nc\n",
    "end": b"a",
    "dashes": b"a\r\n-- b\r\nc\r\ne\r\n",
    "crlf": b"a\r\nb\r\nc\r\n",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("strip", [0, 1, 2])
def test_names_and_line_ends_as_patch_takes_them(
    repository: Repository, form: str, strip: int, tmp_path: Path
) -> None:
    data = FORMS[form]
    if strip == 0:
        data = data.replace(b"--- a/", b"--- ").replace(b"+++ b/", b"+++ ")
    if strip == 2:
        data = data.replace(b"--- a/", b"--- a/x/").replace(b"+++ b/", b"+++ b/x/")
    done = apply_patch(repository, tree_of(repository, TREE), data, strip=strip)
    ours = files_of(repository, done.tree) if isinstance(done, Applied) else None
    assert ours == patch_program(tmp_path, TREE, data, strip)


def test_modes_are_set_as_the_patch_says_and_else_stay(repository: Repository) -> None:
    def tree(**files: tuple[str, bytes]) -> TreeId:
        entries = {n: TreeEntry(m, repository.write_blob(d)) for n, (m, d) in files.items()}
        return repository.edit_tree(repository.write_tree({}), entries)

    plain, program = "100644", "100755"
    old = tree(a=(plain, b"1\n"), b=(program, b"1\n"), c=(program, b"1\n"), e=(plain, b"1\n"))
    new = tree(
        a=(program, b"1\n"),
        b=(plain, b"2\n"),
        c=(program, b"2\n"),
        d=(program, b"1\n"),
        e=(plain, b"2\n"),
    )
    diff = repository.diff(old, new)
    for begin, end, reverse in ((old, new, False), (new, old, True)):
        applied = apply_patch(repository, begin, diff, reverse=reverse)
        assert isinstance(applied, Applied)
        assert applied.tree == end


def test_a_file_patched_twice_is_taken_out_again(repository: Repository) -> None:
    tree = tree_of(repository, TREE)
    done = apply_patch(repository, tree, FORMS["one file twice"])
    assert isinstance(done, Applied)
    assert is_applied(repository, done.tree, FORMS["one file twice"])


@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_only_a_regular_file_is_edited(repository: Repository, mode: str) -> None:
    """A link's target is text too, and a hunk may fit it."""
    old, new = (tree_of(repository, {"f": text}) for text in (b"a\n", b"b\n"))
    entry = TreeEntry(mode, repository.write_blob(b"a\n"))
    tree = repository.edit_tree(repository.write_tree({}), {"f": entry})
    rejected = apply_patch(repository, tree, repository.diff(old, new))
    assert isinstance(rejected, Rejected)
    assert "symbolic link or submodule" in rejected.reason


@pytest.mark.parametrize("above", range(4))
@pytest.mark.parametrize("start", [1, 2, 3])
def test_a_hunk_without_lines_above_belongs_to_the_beginning_if_it_says_so(
    repository: Repository, tmp_path: Path, above: int, start: int
) -> None:
    text = b"x\n" * above + b"a\nb\n"
    diff = b"--- a/f\n+++ b/f\n@@ -%d,2 +%d,2 @@\n-a\n+A\n b\n" % (start, start)
    done = apply_patch(repository, tree_of(repository, {"f": text}), diff)
    applied = files_of(repository, done.tree) if isinstance(done, Applied) else None
    assert applied == patch_program(tmp_path, {"f": text}, diff)
    assert (applied is None) == (start == 1 and above > 0)


@pytest.mark.parametrize("mode", ["120000", "160000", "40000"])
def test_no_file_is_made_where_something_else_is(repository: Repository, mode: str) -> None:
    new = tree_of(repository, {"f": b"b\n"})
    diff = repository.diff(repository.write_tree({}), new)
    oids = {"160000": "1" * 40, "40000": tree_of(repository, {"g": b""})}
    there = TreeEntry(mode, oids.get(mode) or repository.write_blob(b""))
    tree = repository.edit_tree(repository.write_tree({}), {"f": there})
    rejected = apply_patch(repository, tree, diff)
    assert isinstance(rejected, Rejected)
    assert "already exists" in rejected.reason
