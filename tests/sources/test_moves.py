"""Branches that moved since they were pinned, on a git server of our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from patchseries.errors import UpstreamError
from patchseries.model import CommitId
from patchseries.sources import BranchMove, Cache, FetchOptions, Want, fetch
from patchseries.sources.moves import measured
from support.gitserver import Behaviour, GitServer, serve
from support.upstreams import Upstream

BRANCH = "stable/1"


@dataclass
class World:
    """An upstream with a branch, behind a server; and a cache."""

    upstream: Upstream
    server: GitServer
    cache: Cache
    moves: list[BranchMove] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.server.url("org/project.git")

    def commit(self, text: bytes, parent: CommitId | None = None) -> CommitId:
        return self.upstream.commit({"a": text}, branch=BRANCH, parent=parent)

    def fetch(
        self, pinned: CommitId | None = None, *, update: bool = False, offline: bool = False
    ) -> CommitId:
        """What the branch is, when it is pinned as *pinned*."""
        wants = [Want(self.url, BRANCH, False, None, "base stable/1 of project")]
        pins = {(self.url, BRANCH): pinned} if pinned else {}
        self.moves.clear()
        options = FetchOptions(offline=offline, update=update, on_move=self.moves.append)
        return fetch(self.cache, wants, pins, options)[self.url, BRANCH]

    def forget(self, *commits: str) -> None:
        """Delete *commits* from the upstream, as a gc does with what no ref names."""
        for commit in commits:
            (self.upstream.path / "objects" / commit[:2] / commit[2:]).unlink()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Upstream(tmp_path / "served/org/project.git") as upstream, serve(tmp_path / "served") as s:
        yield World(upstream, s, Cache(tmp_path / "cache"))


@pytest.mark.parametrize("behaviour", [Behaviour(), Behaviour(by_id=False, protocol=0)])
def test_a_branch_is_taken_as_it_was_pinned(world: World, behaviour: Behaviour) -> None:
    world.server.behaviour = behaviour
    old = world.commit(b"1\n")
    new = world.commit(b"2\n")
    assert world.fetch(old) == old
    assert world.moves == [BranchMove(world.url, BRANCH, old, new)]
    assert world.fetch(old, update=True) == new
    assert world.moves == [BranchMove(world.url, BRANCH, old, new)]
    assert world.fetch(new) == new
    assert world.moves == []
    # both are in the cache now: what is pinned decides, not what was fetched last
    assert [world.fetch(commit, offline=True) for commit in (old, new)] == [old, new]


def test_a_rewritten_branch_is_taken_as_pinned_while_the_server_has_the_commit(
    world: World,
) -> None:
    root = world.commit(b"1\n")
    old = world.commit(b"2\n")
    new = world.commit(b"3\n", parent=root)
    assert world.fetch(old) == old
    assert world.moves == [BranchMove(world.url, BRANCH, old, new)]


@pytest.mark.parametrize("behaviour", [Behaviour(), Behaviour(by_id=False, protocol=0)])
def test_a_pinned_commit_that_is_gone_is_an_error_with_a_way_on(
    world: World, behaviour: Behaviour
) -> None:
    world.server.behaviour = behaviour
    root = world.commit(b"1\n")
    old = world.commit(b"2\n")
    new = world.commit(b"3\n", parent=root)
    world.forget(old)
    with pytest.raises(UpstreamError) as caught:
        world.fetch(old)
    error = caught.value
    assert f"no longer has commit {old}, which is pinned for stable/1 (base stable/1" in str(error)
    assert error.cause == "the branch was rewritten"
    assert "series fetch --update" in (error.hint or "")
    assert error.exit_code == 4
    assert world.fetch(old, update=True) == new


def test_a_server_that_says_that_the_commit_is_gone_is_not_asked_for_all_it_has(
    world: World,
) -> None:
    world.upstream.commit({"big": bytes(range(256)) * 2000}, branch="other")
    root = world.commit(b"1\n")
    old = world.commit(b"2\n")
    world.commit(b"3\n", parent=root)
    world.forget(old)
    with pytest.raises(UpstreamError):
        world.fetch(old)
    assert world.server.traffic.moved < 20_000


def test_a_commit_that_only_the_cache_has_is_enough(world: World) -> None:
    root = world.commit(b"1\n")
    old = world.commit(b"2\n")
    world.fetch()
    world.commit(b"3\n", parent=root)
    world.forget(old)
    assert world.fetch(old) == old


def test_a_branch_that_was_deleted(world: World) -> None:
    old = world.commit(b"1\n")
    world.upstream.repository.run("update-ref", "refs/heads/kept", old)
    world.upstream.repository.run("update-ref", "-d", f"refs/heads/{BRANCH}")
    for update in (False, True):
        assert world.fetch(old, update=update) == old
        assert world.moves == [BranchMove(world.url, BRANCH, old, None)]
    with pytest.raises(UpstreamError, match=r"no tag or branch 'stable/1'"):
        world.fetch()


def test_a_deleted_branch_whose_commit_is_gone(world: World) -> None:
    old = world.commit(b"1\n")
    world.upstream.repository.run("update-ref", "-d", f"refs/heads/{BRANCH}")
    world.forget(old)
    with pytest.raises(UpstreamError) as caught:
        world.fetch(old)
    assert caught.value.cause == "no branch and no tag is called so any more"
    assert "--update" not in (caught.value.hint or "")


def test_a_mirror_that_lost_the_pinned_commit(world: World, tmp_path: Path) -> None:
    root = world.commit(b"1\n")
    old = world.commit(b"2\n")
    new = world.commit(b"3\n", parent=root)
    wants = [Want(world.url, BRANCH, False, None, "base stable/1 of project")]
    pins = {(world.url, BRANCH): old}
    mirrors = FetchOptions([tmp_path / "served"])
    assert fetch(world.cache, wants, pins, mirrors) == pins
    world.forget(old)
    with pytest.raises(UpstreamError, match=rf"its mirror .* no longer has commit {old}"):
        fetch(world.cache, wants, pins, mirrors)
    update = FetchOptions([tmp_path / "served"], update=True)
    assert fetch(world.cache, wants, pins, update) == {(world.url, BRANCH): new}


def test_how_far_a_branch_went(world: World) -> None:
    root = world.commit(b"1\n")
    commits = [world.commit(b"%d\n" % n) for n in range(2, 5)]
    side = world.commit(b"9\n", parent=root)
    lost = CommitId("1" * 40)
    cases = [
        (root, commits[2], 3, "forward", "went forward by 3 commits, from"),
        (commits[1], commits[2], 1, "forward", "went forward by 1 commit, from"),
        (commits[0], side, None, "rewritten", "was rewritten: it is"),
        (commits[0], root, None, "rewritten", f"{commits[0][:12]} is no longer in it"),
        (lost, root, None, "rewritten", "was rewritten"),
        (root, lost, None, "unknown", f"moved from {root[:12]} to {lost[:12]}"),
        (root, None, None, "deleted", "no longer has stable/1, which is pinned as"),
    ]
    moves = [BranchMove(world.url, BRANCH, old, now) for old, now, *_ in cases]
    found = list(measured(moves, world.upstream.repository))
    assert [(m.commits, m.kind) for m in found] == [case[2:4] for case in cases]
    for move, case in zip(found, cases, strict=True):
        assert case[4] in str(move)


def test_a_history_that_is_cut_off_does_not_say_that_a_branch_was_rewritten(world: World) -> None:
    old = world.commit(b"1\n")
    new = world.commit(b"2\n")
    world.forget(old)
    (world.upstream.path / "shallow").write_text(f"{new}\n")
    (found,) = measured([BranchMove(world.url, BRANCH, old, new)], world.upstream.repository)
    assert (found.commits, found.kind) == (None, "unknown")
