"""Origins: found where the history agrees, doubted where it does not, and never invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from patchseries.git import Repository
from patchseries.imports.origin import KnownHistory, PatchText, UpstreamOrigin, find_origins
from patchseries.landed.builder import open_index
from patchseries.model import ChangeId, CommitId
from support.upstreams import Upstream

CHANGE = ChangeId("I0123456789abcdef0123456789abcdef01234567")
OTHER = "Iaaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"
LINES = [f"the line number {n}\n" for n in range(30)]


def text(*new: tuple[int, str]) -> bytes:
    lines = list(LINES)
    for number, line in new:
        lines[number] = line
    return "".join(lines).encode()


FIX = [(n, f"a better line of number {n}\n") for n in range(10, 15)]


@dataclass
class World:
    """An upstream whose ``fix`` came after the base, and what asks its history."""

    upstream: Upstream
    base: CommitId
    fix: CommitId
    history: KnownHistory

    def diff(self, *new: tuple[int, str], context: int = 3, path: str = "bake.py") -> bytes:
        """A patch's diff from the base."""
        git = self.upstream.repository
        tree = git.commit(self.base).tree
        side = self.upstream.commit({path: text(*new)}, "Side", branch="side", parent=self.base)
        return git.diff(tree, git.commit(side).tree, context=context)

    def origin(self, header: str, diff: bytes) -> UpstreamOrigin | None:
        """What is found of one patch."""
        return find_origins([PatchText("p", header.encode() + b"\n" + diff)], self.history)["p"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Upstream(tmp_path / "org" / "oven.git") as made:
        base = made.commit({"bake.py": text(), "test.py": b"x\n"}, "Start")
        made.tag("1.0")
        message = f"Bake better\n\nWhy.\n\nChange-Id: {CHANGE}\n"
        fix = made.commit({"bake.py": text(*FIX), "test.py": b"y\n"}, message)
        made.commit({"note": b"n\n"}, f"Other\n\nChange-Id: {OTHER}\n")
        with open_index(tmp_path / "index.sqlite", made.repository) as index:
            main = 1 << index.refs["refs/heads/master"]
            yield World(made, base, fix, KnownHistory(index, made.repository, main, base))


@pytest.mark.parametrize("context", [0, 3, 8])
def test_by_its_lines_alone(world: World, context: int) -> None:
    found = world.origin("Description: ours\n", world.diff(*FIX, context=context))
    assert found == UpstreamOrigin(world.fix, CHANGE, "the same lines in the same files")


def test_by_what_the_header_says(world: World) -> None:
    some = world.diff(*FIX[:3], (20, "an own line of the packager\n"))
    for header, where in (
        (f"Subject: x\n\nChange-Id: {CHANGE}\n", "Change-Id in its header"),
        (f"Origin: upstream, commit:{world.fix[:10]}\n", "its Origin field"),
        (f"Subject: x\n\n(cherry picked from commit {world.fix})\n", "'cherry picked from'"),
    ):
        found = world.origin(header, some)
        assert found is not None
        assert (found.commit, found.change_id, found.is_doubtful) == (world.fix, CHANGE, False)
        assert found.evidence.startswith(where)
        assert found.evidence.endswith("75 % of its lines")


def test_a_header_whose_commit_is_something_else_is_a_doubt(world: World) -> None:
    other = world.diff((20, "an own line of the packager\n"))
    found = world.origin(f"Origin: upstream, commit:{world.fix}\n", other)
    assert found is not None
    assert (found.commit, found.is_doubtful) == (world.fix, True)


def test_a_revert_of_the_commit_is_not_the_commit(world: World) -> None:
    git = world.upstream.repository
    back = git.diff(git.commit(world.fix).tree, git.commit(world.base).tree)
    found = world.origin(f"Origin: upstream, commit:{world.fix}\n", back)
    assert found is not None
    assert found.is_doubtful


def test_a_change_that_never_landed_is_tracked_all_the_same(world: World) -> None:
    unknown = "I" + "9" * 40
    found = world.origin(f"Subject: x\n\nChange-Id: {unknown}\n", world.diff(FIX[0]))
    assert found is not None
    assert (found.commit, found.change_id, found.is_doubtful) == (None, unknown, False)


def test_author_or_subject_need_most_of_the_lines(world: World) -> None:
    own = [(n, f"quite another line {n}\n") for n in range(20, 23)]
    same = "From: Test Author <author@test.invalid>\nSubject: [PATCH 3/7] Bake better\n"
    found = world.origin(same, world.diff(*FIX, *own))
    assert found is not None
    assert (found.commit, found.is_doubtful) == (world.fix, False)
    assert found.evidence == "the same author and subject; 62 % of its lines"
    doubt = world.origin(same, world.diff(*own))
    assert doubt is not None
    assert (doubt.commit, doubt.is_doubtful) == (world.fix, True)


def test_a_likeness_without_a_word(world: World) -> None:
    own = (20, "the packager's own line\n")
    nearly = world.origin("Description: ours\n", world.diff(*FIX[:4], own))
    assert nearly is not None
    assert (nearly.commit, nearly.is_doubtful) == (world.fix, True)
    assert world.origin("Description: ours\n", world.diff(*FIX[:2], own, (21, "z z z z\n"))) is None


def test_few_bytes_may_be_the_same_by_chance(world: World) -> None:
    world.upstream.commit({"version": b"VER = 2\n"}, "Bump", branch="master")
    diff = b"--- /dev/null\n+++ b/version\n@@ -0,0 +1 @@\n+VER = 2\n"
    with open_index(world.upstream.path.parent / "new.sqlite", world.upstream.repository) as index:
        history = KnownHistory(index, world.upstream.repository, 0, world.base)
        found = find_origins([PatchText("p", diff)], history)["p"]
    assert found is not None
    assert found.is_doubtful


def test_what_the_base_has_is_no_origin(world: World) -> None:
    history = KnownHistory(world.history.index, world.upstream.repository, 0, world.fix)
    diff = world.diff(*FIX)
    assert find_origins([PatchText("p", diff)], history)["p"] is None


def test_of_copies_the_main_branchs_is_named(tmp_path: Path) -> None:
    with Upstream(tmp_path / "org" / "oven.git") as made:
        base = made.commit({"bake.py": text()}, "Start")
        made.commit({"bake.py": text(*FIX)}, "Fix", branch="stable", parent=base)
        fix = made.commit({"bake.py": text(*FIX), "n": b""}, "Fix", branch="master")
        diff = made.repository.diff(
            made.repository.commit(base).tree, made.repository.commit(fix).tree
        ).split(b"diff --git a/n ")[0]
        with open_index(tmp_path / "index.sqlite", made.repository) as index:
            main = 1 << index.refs["refs/heads/master"]
            history = KnownHistory(index, made.repository, main, base)
            found = find_origins([PatchText("p", diff)], history)["p"]
    assert found is not None
    assert found.commit == fix


def test_without_a_history_the_header_is_all_there_is(world: World) -> None:
    def said(header: str) -> UpstreamOrigin | None:
        return find_origins([PatchText("p", header.encode())], None)["p"]

    found = said(f"Subject: x\n\nChange-Id: {CHANGE}\n")
    assert found == UpstreamOrigin(None, CHANGE, "Change-Id in its header, not looked up")
    found = said(f"Origin: upstream, commit:{world.fix}\n")
    assert found == UpstreamOrigin(world.fix, None, "its Origin field, not looked up")
    short = said(f"Origin: upstream, commit:{world.fix[:10]}\n")
    assert short is not None
    assert short.is_doubtful
    assert said("Description: ours\n") is None


def test_what_headers_alone_say_in_their_order() -> None:
    def said(header: str) -> UpstreamOrigin | None:
        return find_origins([PatchText("p", header.encode())], None)["p"]

    full, short = "a1" * 20, "b2" * 5
    mail = f"From {full} Mon Sep 17 00:00:00 2001\nSubject: x\n"
    assert said(mail) == UpstreamOrigin(
        None, None, f"the first line of its mail names {full}, not looked up", True
    )
    assert said(f"Subject: x\n\nSee https://h.invalid/commit/{short}\n") == UpstreamOrigin(
        None, None, f"a URL in its text names {short}, not looked up", True
    )
    two = said(f"Subject: x\n\nChange-Id: {CHANGE}\nChange-Id: {OTHER}\n")
    assert two is not None
    assert (two.change_id, two.is_doubtful) == (CHANGE, True)
    both = said(f"Origin: upstream, commit:{short}, commit:{full}\n")
    assert both == UpstreamOrigin(CommitId(full), None, "its Origin field, not looked up")


def rest(world: World, count: int, own: int) -> bytes:
    """A diff with *count* of the five lines of the fix, and *own* other ones."""
    mine = [(n, f"quite another line {n}\n") for n in range(20, 20 + own)]
    return world.diff(*FIX[:count], *mine)


@pytest.mark.parametrize(
    ("count", "own", "doubtful"),
    [(1, 4, False), (1, 5, True), (4, 4, False)],
)
def test_a_plain_word_needs_a_fifth_of_the_lines(
    world: World, count: int, own: int, doubtful: bool
) -> None:
    found = world.origin(f"Origin: upstream, commit:{world.fix}\n", rest(world, count, own))
    assert found is not None
    assert (found.commit, found.is_doubtful) == (world.fix, doubtful)


@pytest.mark.parametrize(("count", "own", "doubtful"), [(3, 3, False), (3, 4, True)])
def test_a_mention_needs_half_of_them(world: World, count: int, own: int, doubtful: bool) -> None:
    header = f"Description: x\n See https://h.invalid/commit/{world.fix}\n"
    found = world.origin(header, rest(world, count, own))
    assert found is not None
    assert (found.commit, found.is_doubtful) == (world.fix, doubtful)


@pytest.mark.parametrize(
    ("count", "own", "found"), [(3, 1, "doubtful"), (3, 2, None), (5, 0, "sure"), (4, 0, "sure")]
)
def test_without_a_word_nearly_all_lines_count_and_three_quarters_are_a_doubt(
    world: World, count: int, own: int, found: str | None
) -> None:
    origin = world.origin("Description: ours\n", rest(world, count, own))
    assert found == (origin and ("doubtful" if origin.is_doubtful else "sure"))


@pytest.mark.parametrize(("count", "doubtful"), [(4, False), (3, True)])
def test_few_lines_of_a_commit_need_a_word(world: World, count: int, doubtful: bool) -> None:
    found = world.origin("Description: ours\n", rest(world, count, 0))
    assert found is not None
    assert (found.is_doubtful, found.evidence) == (doubtful, "only its diff; 100 % of its lines")


@pytest.mark.parametrize(("count", "doubtful"), [(5, False), (4, True)])
def test_of_a_commit_more_than_three_times_as_large_a_part_is_a_doubt(
    world: World, count: int, doubtful: bool, tmp_path: Path
) -> None:
    """4 of the 13 lines that it changes, and 5."""
    lines = [(n, f"a line of the large commit {n}\n") for n in range(13)]
    world.upstream.commit({"bake.py": text(*lines)}, "Large", branch="master", parent=world.base)
    diff = world.diff(*lines[:count])
    world.upstream.repository.run("update-ref", "-d", "refs/heads/side")
    with open_index(tmp_path / "large.sqlite", world.upstream.repository) as index:
        history = KnownHistory(index, world.upstream.repository, 0, world.base)
        found = find_origins([PatchText("p", diff)], history)["p"]
    assert found is not None
    assert (found.is_doubtful, "89 %" in found.evidence) == (doubtful, doubtful)


@pytest.mark.parametrize(
    ("header", "evidence"),
    [
        ("From: Test Author <author@test.invalid>\nSubject: other\n", "the same author"),
        ("From: B <b@x.invalid>\nSubject: Bake better\n", "the same subject"),
    ],
)
def test_the_same_author_or_subject_is_a_word(world: World, header: str, evidence: str) -> None:
    found = world.origin(header, rest(world, 3, 1))
    assert found is not None
    assert (found.evidence, found.is_doubtful) == (f"{evidence}; 75 % of its lines", False)


def test_the_subject_of_a_commit_that_the_base_has_is_no_word(world: World) -> None:
    assert world.origin("Subject: Start\n", rest(world, 0, 2)) is None


def test_a_mere_mention_of_a_whole_id_is_a_doubt_without_a_history() -> None:
    header = f"Subject: x\n\nSee https://h.invalid/commit/{'a1' * 20}\n"
    found = find_origins([PatchText("p", header.encode())], None)["p"]
    assert found is not None
    assert (found.commit, found.is_doubtful) == (None, True)


def test_what_the_history_lacks_hides_nothing_that_is_named_after_it(world: World) -> None:
    header = f"Origin: upstream, commit:{'9' * 40}, commit:{world.fix}\n"
    found = world.origin(header, rest(world, 1, 1))
    assert found is not None
    assert (found.commit, found.is_doubtful) == (world.fix, False)


def test_the_same_subject_of_a_patch_without_a_diff_is_a_doubt(world: World) -> None:
    found = world.origin("Subject: Bake better\n", b"")
    assert found == UpstreamOrigin(world.fix, CHANGE, "the same subject", True)


def test_a_history_without_branches_has_no_files(world: World, tmp_path: Path) -> None:
    with Repository.init(tmp_path / "empty.git") as empty:
        assert not KnownHistory(world.history.index, empty, 0).has_files
    assert KnownHistory(world.history.index, world.upstream.repository, 0).has_files
