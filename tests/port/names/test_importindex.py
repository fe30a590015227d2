"""What the modules of a tree import, beside a plain reading of all of its lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchseries.git import Repository, TreeEntry
from patchseries.port.names import importindex
from patchseries.port.names.homes import Import, imported
from patchseries.port.names.importindex import ImportIndex
from port.verify.conftest import tree as tree_of

_LINES = [
    b"import log",
    b"import shop.log",
    b"from shop import log",
    b"from shop import bell as log",
    b"from shop import bell  # one",
    b"from shop.log import (bell, log)",
    b"  import log",
    b"x = 'import log'",
    b"importlog()",
    b"\xffimport log",
    b"\0",
]
_TEXTS = st.lists(st.sampled_from(_LINES), max_size=4).map(lambda lines: b"\n".join([*lines, b""]))
_PATHS = ["a.py", "d/b.py", "d/e/c.py", "d/script", "d.py/e.txt"]
_WANTED = [Import("shop", "log", "log"), Import("", "log", "log"), Import("shop", "bell", "b")]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("imports") / "r.git") as made:
        yield made


def plainly(files: dict[str, bytes], wanted: Import, directory: str) -> set[Import]:
    """The imports of the modules below *directory* that *wanted* is like."""
    texts = [
        text.decode("utf-8", "surrogateescape")
        for path, text in files.items()
        if path.endswith(".py") and b"\0" not in text and path.startswith(directory)
    ]
    lines = (line for text in texts for line in text.split("\n") if not line.startswith(" "))
    return {one for one in map(imported, lines) if one and wanted.is_like(one)}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(st.sampled_from(_PATHS), _TEXTS), min_size=1, max_size=3))
def test_imports_are_those_of_the_modules(
    repository: Repository, trees: list[dict[str, bytes]]
) -> None:
    """One index is asked about several trees, and forgets what it has too much of."""
    index = ImportIndex()
    for files in trees:
        tree = tree_of(repository, files)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(importindex, "MAX_FILES", 2)
            for wanted in _WANTED * 2:
                found = set(index.like(repository, tree, wanted))
                assert found == plainly(files, wanted, "")
                assert len(index._lines) <= 2
                near = set(index.like(repository, tree, wanted, "d"))
                assert near == plainly(files, wanted, "d/")


def test_there_may_be_no_such_directory(repository: Repository) -> None:
    tree = tree_of(repository, {"a.py": b"import log\n"})
    for directory in ("no", "a.py", "a.py/b"):
        assert not list(ImportIndex().like(repository, tree, _WANTED[1], directory))


@pytest.mark.parametrize("most", [1, 2, 9])
def test_both_versions_of_each_module_that_differs(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Not of one that is alike in both or only in one, nor of what is no module."""
    monkeypatch.setattr(importindex, "MAX_FILES", most)
    index = ImportIndex()
    log, bell = b"from shop import log\n", b"from shop import bell\n"
    there = {"a.py": log, "d/b.py": log + bell, "same.py": log, "gone.py": log, "e.txt": log}
    here = {"a.py": bell, "d/b.py": b"\0", "same.py": log, "new.py": log, "e.txt": bell}
    project = TreeEntry("160000", "1" * 40)
    trees = (
        tree_of(repository, there),
        repository.edit_tree(tree_of(repository, here), {"gone.py": project}),
    )
    wanted = Import("shop", "log", "log")
    found = index.pairs(repository, trees, wanted)
    other = Import("shop", "bell", "bell")
    assert list(found) == [({wanted}, {other}), ({wanted, other}, set())]
    assert len(index._lines) <= most
