"""The words that no source file of a tree has: by the index, for a few files, and plainly."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchseries.git import Repository, TreeEntry
from patchseries.port.names import treefiles
from patchseries.port.verify import words
from patchseries.port.verify.words import WordIndex, absent_at, is_source, words_of
from port.verify.conftest import tree as tree_of

_WORDS = [b"a", b"b", b"fake", b"ds", b"fake-ds", b"x_1", b"\xc3\xa9"]
_TEXTS = st.lists(st.sampled_from([*_WORDS, b"(", b"\n", b".", b"\0"]), max_size=6).map(b" ".join)
_PATHS = ["a.py", "dir/b.c", "dir/deep/script", "data.png", ".hidden"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("words") / "r.git") as made:
        yield made


def plainly(files: dict[str, bytes]) -> set[bytes]:
    """The words that stand in *files*, by a regular expression."""
    texts = [
        text
        for path, text in files.items()
        if is_source(path.rpartition("/")[2].encode()) and b"\0" not in text
    ]
    found = {word for text in texts for word in re.findall(rb"[\w\x80-\xff]+", text)}
    return found | {word for text in texts for word in re.findall(rb"[\w-]+", text)}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(st.sampled_from(_PATHS), _TEXTS), min_size=1, max_size=3))
def test_absent_is_what_no_source_file_says(
    repository: Repository, trees: list[dict[str, bytes]]
) -> None:
    """One index is asked about several trees, and forgets what it has too much of."""
    index = WordIndex()
    for files in trees:
        tree = tree_of(repository, files)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(words, "MAX_FILES", 2)
            patch.setattr(treefiles, "MAX_TREES", 2)
            patch.setattr(treefiles, "_AT_ONCE", 2)
            for _ in range(2):
                assert index.absent(repository, tree, _WORDS) == set(_WORDS) - plainly(files)
                assert len(index._words) <= 2
        few = list(files)[:2]
        assert absent_at(repository, tree, [*few, "none.py"], _WORDS) == set(_WORDS) - plainly(
            {path: files[path] for path in few}
        )


def test_what_is_read_was_asked_for_together(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = [TreeEntry("100644", repository.write_blob(b"w%d\n" % n)) for n in range(5)]
    files = {f"d{n % 2}/f{n}.py": entry for n, entry in enumerate(blobs)}
    tree = repository.edit_tree(repository.write_tree({}), files)
    asked: list[str] = []
    monkeypatch.setattr(Repository, "prefetch", lambda _, oids: asked.extend(oids))
    monkeypatch.setattr(treefiles, "_AT_ONCE", 2)
    assert WordIndex().absent(repository, tree, [b"none"]) == {b"none"}
    inside = [entry.oid for entry in repository.tree(tree).values()]
    assert sorted(asked) == sorted([tree, *inside, *(entry.oid for entry in blobs)])


def test_files_are_read_until_all_words_were_seen(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(treefiles, "_AT_ONCE", 1)
    blobs = [TreeEntry("100644", repository.write_blob(b"all w%d\n" % n)) for n in range(4)]
    files = {f"f{n}.py": entry for n, entry in enumerate(blobs)}
    tree = repository.edit_tree(repository.write_tree({}), files)
    index = WordIndex()
    for word, left, read in ((b"all", set(), 1), (b"none", {b"none"}, 4)):
        assert index.absent(repository, tree, [word]) == left
        assert len(index._words) == read


def test_words_joined_by_hyphens_are_words_and_their_parts_too() -> None:
    assert words_of(b"fake-ds = x(y-1)") == {b"fake-ds", b"fake", b"ds", b"x", b"y-1", b"y", b"1"}


def test_a_file_that_is_too_large_is_data(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(treefiles, "MAX_BYTES", 3)
    for text, said in ((b"a b", set[bytes]()), (b"a bb", {b"a"})):
        entry = TreeEntry("100644", repository.write_blob(text))
        tree = repository.edit_tree(repository.write_tree({}), {"f.py": entry})
        assert WordIndex().absent(repository, tree, [b"a"]) == said
        assert absent_at(repository, tree, ["f.py"], [b"a"]) == said


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        (b"a.py", True),
        (b"script", True),
        (b".hidden", True),
        (b"a.png", False),
        (b"a.py.gz", False),
    ],
)
def test_which_files_are_source(name: bytes, is_one: bool) -> None:
    assert is_source(name) is is_one
