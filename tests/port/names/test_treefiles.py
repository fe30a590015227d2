"""The files of a tree by their names, in trees as nobody makes them too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from patchseries.git import Repository, TreeEntry
from patchseries.port.names import treefiles
from patchseries.port.names.treefiles import NamedFiles


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("files") / "r.git") as made:
        yield made


def entry(repository: Repository, text: bytes) -> TreeEntry:
    return TreeEntry("100644", repository.write_blob(text))


def test_a_deep_tree(repository: Repository) -> None:
    last = entry(repository, b"deep")
    tree = repository.edit_tree(repository.write_tree({}), {"d/" * 3000 + "a.py": last})
    assert NamedFiles(lambda name: name == b"a.py").oids(repository, tree) == [last.oid]
    assert NamedFiles(lambda name: name == b"b.py").oids(repository, tree) == []


def test_a_directory_that_stands_in_itself_many_times(repository: Repository) -> None:
    """Twenty levels, each with the one below it ten times: more files than can be counted."""
    one = entry(repository, b"one")
    tree = repository.write_tree({b"a.py": one, b"b.txt": entry(repository, b"other")})
    for _ in range(20):
        tree = repository.write_tree({b"%d" % n: TreeEntry("40000", tree) for n in range(10)})
    assert NamedFiles(lambda name: name.endswith(b".py")).oids(repository, tree) == [one.oid]


def test_what_is_known_is_not_read_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"d{n % 3}/e/f{n}.py": entry(repository, b"%d" % n) for n in range(9)}
    tree = repository.edit_tree(repository.write_tree({}), files)
    more = repository.edit_tree(tree, {"d1/e/f1.py": entry(repository, b"x")})
    read: list[str] = []
    looked = repository.tree

    def reads(oid: str) -> object:
        read.append(oid)
        return looked(oid)

    monkeypatch.setattr(repository, "tree", reads)
    found = NamedFiles(lambda _: True)
    assert sorted(found.oids(repository, tree)) == sorted(e.oid for e in files.values())
    assert len(found.oids(repository, tree)) == 9
    assert len(read) == 7, "the top and two levels of three directories, once"
    found.oids(repository, more)
    assert len(read) == 10, "the top and the two directories above the file that is another"


@pytest.mark.parametrize("most", [1, 4])
def test_what_is_kept_has_a_bound(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(treefiles, "MAX_TREES", most)
    found = NamedFiles(lambda _: True)
    for n in range(6):
        file = entry(repository, b"%d" % n)
        tree = repository.edit_tree(repository.write_tree({}), {f"a/b{n}/c": file})
        assert found.oids(repository, tree) == [file.oid]
        assert len(found._known) <= most
