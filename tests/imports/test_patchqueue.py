"""A patch queue of gbp: names, topics, headers, and what cannot be a patch."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from imports.packages import CHANGELOG
from patchseries.errors import SeriesError
from patchseries.imports.package import PackageSource
from patchseries.imports.patchqueue import gbp_commands, packaging_branch, read_patch_queue
from support.upstreams import Upstream

QUEUE = "patch-queue/sid"


@pytest.fixture
def made(tmp_path: Path) -> Upstream:
    made = Upstream(tmp_path / "oven.git")
    files = {"debian/patches/series": b"a\n", "debian/patches/a": b"--- a/x\n+++ b/x\n"}
    base = made.commit(files | {"debian/changelog": CHANGELOG, "n": b"0\n"}, branch="sid")
    made.repository.run("update-ref", f"refs/heads/{QUEUE}", base)
    return made


def read(made: Upstream, *messages: str) -> PackageSource:
    """The queue with a commit of each of *messages*."""
    for number, message in zip(itertools.count(1), messages, strict=False):
        made.commit({"n": b"%d\n" % number}, message, branch=QUEUE)
    return read_patch_queue(made.repository, "sid", "oven#sid")


def names(found: PackageSource) -> list[str]:
    return [line.name for line in found.directory.lines]


def test_a_commit_says_the_file_and_its_directory(made: Upstream) -> None:
    found = read(
        made,
        "One\n\nWhy.\n\nBug: 1\nGbp-Pq: Topic fixes\nGbp-Pq: Name one.diff",
        "Two & more\n\nGbp: odd",
        "Three\n\ngbp-pq: name one.diff\ngbp-pq: topic fixes",
    )
    assert names(found) == ["fixes/one.diff", "0002-Two-more.patch", "fixes/one-1.diff"]
    first = found.directory.files["fixes/one.diff"]
    assert b"\nSubject: One\n\nWhy.\n\nBug: 1\n---\n" in first
    assert b"-0\n+1\n" in first
    assert b"Gbp" not in first
    assert b"\nGbp: odd\n" in found.directory.files["0002-Two-more.patch"]
    assert found.directory.files.keys() == {*names(found), "series"}
    assert found.version == "1:1.0-2"


def test_what_is_no_patch_is_left_out_and_named(made: Upstream) -> None:
    base = made.repository.resolve("refs/heads/sid")
    made.commit({"debian/patches/README": b"x\n"}, branch="sid")
    made.commit({}, "Empty", branch=QUEUE)
    found = read(made, "Ours\n\nGbp-Pq: Ignore", "Kept\n\nGbp-Pq: Name kept")
    assert base
    assert names(found) == ["kept"]
    said = "\n".join(found.problems)
    assert "changes nothing: it is left out" in said
    assert "is marked Gbp-Pq: Ignore: it is left out" in said
    assert "left out, as gbp pq export does: README of debian/patches" in said
    made.commit({"debian/rules": b"x\n", "n": b"9\n"}, "Mixed", branch=QUEUE)
    assert any("changes debian/" in one for one in read(made).problems)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Name ../../x", "unsafe path"),
        ("Name /x", "unsafe path"),
        ("Name x\x1by", "unsafe path"),
        ("Topic ..", "unsafe path"),
        ("Name two words.patch", "no series file can name"),
        ("Name ubuntu.series", "no series file can name"),
        ("Name #x", "no series file can name"),
    ],
)
def test_a_name_leads_nowhere_else(made: Upstream, words: str, why: str) -> None:
    with pytest.raises(SeriesError, match=why):
        read(made, f"One\n\nGbp-Pq: {words}")


def test_without_a_queue_it_is_said(made: Upstream) -> None:
    with pytest.raises(SeriesError, match="holds no commit"):
        read(made)
    with pytest.raises(SeriesError, match="has no revision 'other'"):
        read_patch_queue(made.repository, "other", "x")


def test_names_that_subjects_make_have_a_number_and_an_end(made: Upstream) -> None:
    found = read(made, "Long " + "x" * 80, "Second\n\nGbp-Pq: Topic t", "Long " + "x" * 80)
    first, second, third = names(found)
    assert first == f"0001-Long-{'x' * 47}.patch"
    assert len(first) == 63
    assert second == "t/0002-Second.patch"
    assert third == f"0003-Long-{'x' * 47}.patch"


def test_what_is_packaging_is_said_of_a_commit_that_stays(made: Upstream) -> None:
    made.commit({"debian/rules": b"x\n", "n": b"9\n"}, "Mixed", branch=QUEUE)
    found = read_patch_queue(made.repository, "sid", "it")
    (said,) = [one for one in found.problems if "changes debian/" in one]
    assert said.endswith("that is no patch of upstream's")
    assert names(found) == ["0001-Mixed.patch"]
    assert not any("left out" in one for one in found.problems)


@pytest.mark.parametrize(
    ("text", "words", "body"),
    [
        ("Gbp-Pq: Name", {}, ""),
        ("Gbp-Pq: Ignore", {"ignore": ""}, "Gbp-Pq: Ignore"),
        ("Gbp-Pq-Name: x", {}, "Gbp-Pq-Name: x"),
        ("Gbp: Name x", {}, ""),
        ("gbp-pq:  name  x y ", {"name": "x y"}, ""),
        ("a\n\nGbp-Pq: Name x\n\n", {"name": "x"}, "a"),
    ],
)
def test_commands_of_gbp(text: str, words: dict[str, str], body: str) -> None:
    found, left = gbp_commands(text)
    assert found == words
    assert left == body


def test_a_branch_called_like_the_prefix_alone_is_no_queue() -> None:
    assert packaging_branch("patch-queue/") is None
