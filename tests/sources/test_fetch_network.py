"""Fetching over a network that misbehaves: real git servers on loopback."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from patchseries.errors import UpstreamError
from patchseries.git import Repository
from patchseries.model import CommitId
from patchseries.sources import Cache, FetchOptions, Want, fetch, network
from support.gitserver import Behaviour, GitServer, serve
from support.upstreams import Upstream


@dataclass(frozen=True)
class History:
    """A small upstream and the commits of it that matter."""

    root: Path
    early: CommitId
    base: CommitId
    parent: CommitId
    source: CommitId


@dataclass(frozen=True)
class World:
    """The upstream behind a server, and an empty cache."""

    history: History
    server: GitServer
    cache: Cache

    @property
    def url(self) -> str:
        return self.server.url("org/project.git")

    def wants(self, *, hint: str | None = "work") -> list[Want]:
        return [
            Want(self.url, "1.1", False, None, "base 1.1 of project"),
            Want(self.url, self.history.source, True, hint, "source of fix"),
        ]

    @property
    def wanted(self) -> dict[str, CommitId]:
        """What :meth:`wants` are."""
        return {"1.1": self.history.base, self.history.source: self.history.source}

    def fetch(
        self,
        wants: list[Want] | None = None,
        pinned: Mapping[tuple[str, str], CommitId] | None = None,
        *,
        offline: bool = False,
    ) -> dict[str, CommitId]:
        """What was pinned, by revision."""
        options = FetchOptions(offline=offline)
        pins = fetch(self.cache, wants or self.wants(), pinned or {}, options)
        return {rev: commit for (_, rev), commit in pins.items()}

    def cached(self) -> Repository:
        return Repository(self.cache.repository_directory(self.url))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    root = tmp_path_factory.mktemp("served")
    with Upstream(root / "org" / "project.git") as made:
        early = made.commit({f"old/{n}": noise(n) for n in range(20)}, "Long ago")
        base = made.commit({f"old/{n}": b"" for n in range(20)}, "Release")
        made.tag("1.0", early)
        made.tag("1.1", base, message="Release 1.1")
        made.commit({"a": b"1\n"}, "Prepare", branch="work", parent=base)
        parent = made.commit({"a": b"2\n"}, "Before", branch="work")
        source = made.commit({"a": b"3\n"}, "Fix", branch="work")
        made.commit({"a": b"4\n"}, "Later", branch="work")
    return History(root, early, base, parent, source)


@pytest.fixture
def world(history: History, tmp_path: Path) -> Iterator[World]:
    with serve(history.root) as server:
        yield World(history, server, Cache(tmp_path / "cache"))


def noise(seed: int) -> bytes:
    """Some bytes that do not compress well."""
    return b"".join(b"%d\n" % (n * (n + seed) * 7919 % 99991) for n in range(2000))


def test_only_what_is_needed_comes_by_id(world: World) -> None:
    assert world.fetch() == world.wanted
    with world.cached() as cached:
        before = cached.commit(world.history.parent).parents
        assert not any(map(cached.has, before)), "shallow: the change and what it changed"
        assert cached.file(cached.commit(world.history.source).tree, "a") == b"3\n"
        assert not cached.has(world.history.early)
        cached.run("fsck", "--connectivity-only")
    assert world.server.traffic.moved < len(noise(0))


def test_a_second_fetch_moves_no_objects(world: World) -> None:
    world.fetch()
    before = world.server.traffic.moved
    asked = len(world.server.traffic.requests)
    world.fetch()
    assert world.server.traffic.moved - before < 5000
    assert len(world.server.traffic.requests) - asked <= 2  # what the tags are now, no more


@pytest.mark.parametrize("hint", ["work", "master", None, "no-such-branch"])
def test_a_refused_id_is_found_on_its_branch(world: World, hint: str | None) -> None:
    world.server.behaviour = Behaviour(by_id=False, protocol=0)
    assert world.fetch(world.wants(hint=hint)) == world.wanted
    with world.cached() as cached:
        assert cached.has(world.history.parent)


def test_a_commit_that_is_nowhere(world: World) -> None:
    nowhere = CommitId("1" * 40)
    for behaviour in (Behaviour(), Behaviour(by_id=False, protocol=0)):
        world.server.behaviour = behaviour
        with pytest.raises(UpstreamError, match=f"has no commit {nowhere} .source of fix"):
            world.fetch([Want(world.url, nowhere, True, "work", "source of fix")])


@pytest.mark.parametrize("after", [0, 300, 2000])
def test_a_dropped_connection_leaves_nothing_and_a_retry_succeeds(world: World, after: int) -> None:
    wants = [Want(world.url, "1.0", False, None, "base 1.0 of project")]
    world.server.behaviour = Behaviour(drop_after=after, drops=99)
    with pytest.raises(UpstreamError, match=r"cannot fetch from http") as caught:
        world.fetch(wants)
    assert caught.value.exit_code == 4
    assert caught.value.cause
    with world.cached() as cached:
        assert not cached.has(world.history.early)
        assert cached.refs("refs/") == {}
        cached.run("fsck", "--strict")
    world.server.behaviour = Behaviour()
    assert world.fetch(wants) == {"1.0": world.history.early}


def test_a_missing_tag_is_named(world: World) -> None:
    world.server.behaviour.hidden = ("refs/tags/1.1",)
    with pytest.raises(UpstreamError, match=r"no tag or branch '1\.1' \(base 1\.1 of project\)"):
        world.fetch()


def test_offline_uses_what_is_there(world: World) -> None:
    with pytest.raises(UpstreamError, match=r"1\.1 of .* is not in the cache"):
        world.fetch(offline=True)
    online = world.fetch()
    asked = list(world.server.traffic.requests)
    assert world.fetch(offline=True) == online
    assert world.server.traffic.requests == asked


def test_a_tag_that_moved_is_an_error_that_names_both(world: World) -> None:
    pinned = {(world.url, "1.1"): world.history.early}
    with pytest.raises(UpstreamError) as caught:
        world.fetch(pinned=pinned)
    assert world.history.early in caught.value.message
    assert world.history.base in caught.value.message
    assert caught.value.exit_code == 4


def test_no_server(world: World) -> None:
    nobody = "http://127.0.0.1:9/org/project.git"  # discard: nothing listens there
    with pytest.raises(UpstreamError, match="cannot fetch from http://127") as caught:
        world.fetch([Want(nobody, "1.1", False, None, "base 1.1 of project")])
    assert caught.value.hint


def test_the_users_own_way_to_the_server_is_taken(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".gitconfig").write_text(
        f'[url "{world.server.url()}"]\n\tinsteadOf = https://upstream.invalid/\n'
    )
    url = "https://upstream.invalid/org/project.git"
    wants = [Want(url, "1.1", False, None, "base 1.1 of project")]
    assert world.fetch(wants) == {"1.1": world.history.base}


def test_progress_is_told(world: World) -> None:
    heard: list[str] = []
    fetch(world.cache, world.wants(), {}, FetchOptions(progress=heard.append))
    assert heard[0] == f"fetching {world.url}"
    assert any("objects" in words for words in heard[1:])


def test_a_mirror_that_went_away(world: World, tmp_path: Path) -> None:
    """What the cache took from a mirror that is gone comes over the network instead."""
    mirrors = tmp_path / "mirrors"
    shutil.copytree(world.history.root, mirrors)
    fetch(world.cache, world.wants(), {}, FetchOptions(mirrors=[mirrors]))
    shutil.rmtree(mirrors)
    with pytest.raises(UpstreamError, match="is not in the cache"):
        world.fetch(offline=True)
    assert world.fetch() == world.wanted
    with world.cached() as cached:
        cached.run("fsck", "--connectivity-only")


def test_a_mirror_whose_history_was_rewritten(world: World, tmp_path: Path) -> None:
    mirrors = FetchOptions(mirrors=[tmp_path / "mirrors"])
    wants = [Want(world.url, "1.1", False, None, "base 1.1 of project")]
    for text in (b"one", b"two"):
        shutil.rmtree(tmp_path / "mirrors", ignore_errors=True)
        with Upstream(tmp_path / "mirrors" / "org" / "project") as mirror:
            commit = mirror.commit({"a": text})
            mirror.tag("1.1")
        assert fetch(world.cache, wants, {}, mirrors) == {(world.url, "1.1"): commit}


@pytest.mark.parametrize("progress", [None, lambda _: None], ids=["silent", "with progress"])
def test_a_server_that_never_answers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, progress: Callable[[str], None] | None
) -> None:
    monkeypatch.setattr(network, "_SECONDS", 0.5)
    monkeypatch.setattr(network, "_SECONDS_OF_LIST", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/org/x.git"
        before = time.monotonic()
        with pytest.raises(UpstreamError, match="cannot fetch from"):
            network.list_refs(url)
        with (
            Repository.init(tmp_path / "r.git") as repository,
            pytest.raises(UpstreamError, match="cannot fetch from"),
        ):
            network.fetch_commits(url, repository.git_dir, ["1" * 40], depth=1, progress=progress)
    assert time.monotonic() - before < 15
