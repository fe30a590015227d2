"""Patches in git: on packaging branches, as commits, in a range."""

from __future__ import annotations

from pathlib import Path

import pytest

from imports.packages import CHANGELOG, PATCH
from patchseries.errors import SeriesError
from patchseries.git import TreeEntry
from patchseries.imports import branch
from patchseries.imports.branch import (
    has_patches,
    read_packaging_branch,
    read_queue,
    read_range,
)
from support.upstreams import Upstream


@pytest.fixture
def made(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "org" / "oven.git")


def test_debian_patches_on_a_branch(made: Upstream) -> None:
    files = {"debian/patches/series": b"a\n", "debian/patches/a": PATCH, "bake.py": b"x\n"}
    made.commit(files | {"debian/changelog": CHANGELOG}, branch="debian/sid")
    found = read_packaging_branch(made.repository, "debian/sid", "oven#debian/sid")
    assert dict(found.directory.files) == {"series": b"a\n", "a": PATCH}
    assert found.version == "1:1.0-2"
    assert has_patches(made.repository, "debian/sid")


def test_a_link_in_the_tree_is_not_followed(made: Upstream) -> None:
    modes = {"debian/patches/away": "120000"}
    files = {"debian/patches/series": b"", "debian/patches/away": b"/etc/passwd"}
    made.commit(files, modes=modes)
    found = read_packaging_branch(made.repository, "master", "x")
    assert set(found.directory.files) == {"series"}


def test_no_debian_and_no_such_revision(made: Upstream) -> None:
    made.commit({"bake.py": b"x\n"})
    with pytest.raises(SeriesError, match="has no debian/"):
        read_packaging_branch(made.repository, "master", "it")
    with pytest.raises(SeriesError, match="has no revision"):
        read_packaging_branch(made.repository, "nothing", "it")
    with pytest.raises(SeriesError, match="not a revision"):
        read_range(made.repository, "--all", "master", "it")


def test_a_range(made: Upstream) -> None:
    first = made.commit({"bake.py": b"x\n"}, "Start")
    made.tag("1.0")
    second = made.commit({"bake.py": b"y\n"}, "One")
    third = made.commit({"bake.py": b"z\n"}, "Two")
    found = read_range(made.repository, "1.0", "master", "1.0..master")
    assert (found.start, [c.id for c in found.commits]) == (first, [second, third])
    with pytest.raises(SeriesError, match="holds no commit"):
        read_range(made.repository, "master", "1.0", "master..1.0")


def test_commits_on_top_of_the_packaging(made: Upstream) -> None:
    """git-debrebase: upstream is merged with debian/, upstream's changes are commits on top."""
    git = made.repository
    upstream = made.commit({"bake.py": b"x\n"}, "Start", branch="upstream")
    packaging = made.commit({"debian/rules": b"r\n"}, "Packaging", branch="debian")
    tree = git.edit_tree(
        git.commit(upstream).tree, {"debian": git.entry(git.commit(packaging).tree, "debian")}
    )
    anchor = git.write_commit(tree, [packaging, upstream])
    git.run("update-ref", "refs/heads/sid", anchor)
    made.commit({"debian/rules": b"r2\n"}, "Packaging again", branch="sid")
    one = made.commit({"bake.py": b"y\n"}, "Upstream's bake", branch="sid")
    two = made.commit({"bake.py": b"z\n", "debian/x": b""}, "Both", branch="sid")
    replaced = git.write_commit(git.commit(two).tree, [packaging, two])
    git.run("update-ref", "refs/heads/sid", replaced)
    assert not has_patches(git, "sid")
    found = read_queue(git, "sid", "oven#sid")
    assert [c.id for c in found.commits] == [one, two]
    assert found.start == anchor
    assert found.problems == (f"{two[:12]} changes debian/ and upstream's files: split it",)


def test_a_branch_without_packaging_has_no_queue(made: Upstream) -> None:
    made.commit({"bake.py": b"x\n"})
    made.commit({"bake.py": b"y\n"})
    with pytest.raises(SeriesError, match="neither debian/patches nor"):
        read_queue(made.repository, "master", "it")


def test_what_of_the_packaging_is_read(made: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "debian/patches/a/b/c": b"1",
        "debian/patches/series": b"",
        "debian/changelog": CHANGELOG,
        "debian/source/format": b"3.0 (quilt)\n",
        "debian/upstream/keys/x": b"deep",
    }
    tip = made.commit(files)
    found = read_packaging_branch(made.repository, "master", "it")
    assert set(found.directory.files) == {"a/b/c", "series"}
    assert (found.form, found.version) == ("3.0 (quilt)", "1:1.0-2")
    git = made.repository
    entries = {"debian/patches/module": TreeEntry("160000", tip)}
    tree = git.edit_tree(git.commit(tip).tree, entries)
    git.run("update-ref", "refs/heads/module", git.write_commit(tree, [tip]))
    assert set(read_packaging_branch(git, "module", "it").directory.files) == {"a/b/c", "series"}
    size = 1 + len(CHANGELOG) + len(b"3.0 (quilt)\n")
    monkeypatch.setattr(branch, "LARGEST", size)
    assert read_packaging_branch(git, "master", "it").form == "3.0 (quilt)"
    monkeypatch.setattr(branch, "LARGEST", size - 1)
    with pytest.raises(SeriesError, match="the debian/ of it is larger than"):
        read_packaging_branch(git, "master", "it")
    monkeypatch.undo()
    monkeypatch.setattr(branch, "MOST_FILES", 2)
    with pytest.raises(SeriesError, match="the debian/ of it is larger than"):
        read_packaging_branch(git, "master", "it")


def test_a_file_that_is_called_debian_is_no_packaging(made: Upstream) -> None:
    made.commit({"debian": b"x"})
    with pytest.raises(SeriesError, match="it has no debian/"):
        read_packaging_branch(made.repository, "master", "it")
    assert not has_patches(made.repository, "master")


def test_a_branch_of_the_remote_will_do(made: Upstream) -> None:
    tip = made.commit({"debian/changelog": CHANGELOG}, branch="other")
    made.repository.run("update-ref", "refs/remotes/origin/sid", tip)
    assert read_packaging_branch(made.repository, "sid", "it").version == "1:1.0-2"


def test_merges_are_left_out_of_a_range_and_named(
    made: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = made.repository
    made.commit({"a": b"1"})
    made.tag("1.0")
    one = made.commit({"a": b"2"})
    side = made.commit({"b": b"1"}, branch="side", parent=one)
    merge = git.write_commit(git.commit(side).tree, [one, side])
    git.run("update-ref", "refs/heads/master", merge)
    two = made.commit({"a": b"3"})
    found = read_range(git, "1.0", "master", "it")
    assert [c.id for c in found.commits] == [one, two]
    assert found.problems == (f"{merge[:12]} is a merge: it is left out",)
    monkeypatch.setattr(branch, "MOST_COMMITS", 3)
    assert len(read_range(git, "1.0", "master", "it").commits) == 2
    monkeypatch.setattr(branch, "MOST_COMMITS", 2)
    with pytest.raises(SeriesError, match="it is more than 2 commits"):
        read_range(git, "1.0", "master", "it")


def test_the_queue_begins_where_debian_comes_in(made: Upstream) -> None:
    made.commit({"bake.py": b"x\n"})
    start = made.commit({"debian/rules": b"r\n"})
    one = made.commit({"bake.py": b"y\n"})
    found = read_queue(made.repository, "master", "it")
    assert (found.start, [c.id for c in found.commits], found.problems) == (start, [one], ())
