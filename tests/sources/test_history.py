"""A whole history in the cache: over a real git server, from a mirror, and offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.errors import UpstreamError
from patchseries.sources import Cache, FetchOptions
from patchseries.sources.history import _on_this_machine, open_history
from support.gitserver import Behaviour, serve
from support.upstreams import Upstream


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def snapshot(folder: Path) -> dict[str, int]:
    """Every file below *folder* and when it was changed."""
    return {str(p): p.stat().st_mtime_ns for p in folder.rglob("*")}


@pytest.mark.parametrize("filters", [True, False], ids=["partial", "a server without filters"])
def test_commits_and_refs_come_without_trees(
    cache: Cache, upstream: Upstream, filters: bool
) -> None:
    first = upstream.commit({"a/b": b"x" * 1000}, "first")
    upstream.tag("1.0", message="annotated")
    last = upstream.commit({"a/b": b"y" * 1000}, "last")
    root = upstream.path.parent.parent
    with serve(root, Behaviour(filters=filters)) as server:
        url = server.url("org/project.git")
        heard: list[str] = []
        with open_history(cache, url, FetchOptions(progress=heard.append)) as repository:
            assert heard[0] == f"reading the history of {url}"
            assert repository.refs() == {"refs/heads/master": last, "refs/tags/1.0": first}
            log = repository.run("log", "--format=%s", "refs/heads/master").stdout
            assert log == b"last\nfirst\n"
            tree = repository.commit(last).tree
            assert repository.has(tree) is not filters
    # what is not there is never fetched behind one's back: the server is gone now
    with open_history(cache, url, FetchOptions(offline=True)) as repository:
        assert repository.has(last)


def test_it_follows_the_upstream(cache: Cache, upstream: Upstream) -> None:
    first = upstream.commit({"a": b"1"}, "first")
    upstream.tag("wrong")
    with serve(upstream.path.parent.parent) as server:
        url = server.url("org/project.git")
        with open_history(cache, url, FetchOptions()):
            pass
        second = upstream.commit({"a": b"2"}, "second")
        upstream.repository.run("update-ref", "-d", "refs/tags/wrong")
        upstream.tag("1.0", first)
        with open_history(cache, url, FetchOptions()) as repository:
            assert repository.refs() == {"refs/heads/master": second, "refs/tags/1.0": first}


def test_a_mirror_is_read_where_it_is(tmp_path: Path, cache: Cache, upstream: Upstream) -> None:
    commit = upstream.commit({"a": b"1"}, "first")
    before = snapshot(upstream.path)
    options = FetchOptions(mirrors=[upstream.path.parent.parent])
    with open_history(cache, "https://example.invalid/org/project.git", options) as repository:
        assert repository.resolve("master") == commit
    with open_history(cache, f"file://{upstream.path}", FetchOptions()) as repository:
        assert repository.resolve("master") == commit
    assert snapshot(upstream.path) == before
    assert not (tmp_path / "cache").exists()


def test_offline_without_a_copy(cache: Cache) -> None:
    with (
        pytest.raises(UpstreamError, match="not in the cache"),
        open_history(cache, "https://example.invalid/org/project", FetchOptions(offline=True)),
    ):
        pass


def test_a_server_that_is_gone(cache: Cache, upstream: Upstream) -> None:
    with serve(upstream.path.parent) as server:
        url = server.url("project.git")
    with (
        pytest.raises(UpstreamError, match="cannot fetch"),
        open_history(cache, url, FetchOptions()),
    ):
        pass


def test_only_a_directory_is_an_upstream_of_this_machine(tmp_path: Path) -> None:
    assert _on_this_machine(f"file://{tmp_path}") == _on_this_machine(str(tmp_path)) == tmp_path
    for url in (f"{tmp_path}/gone", f"https://host{tmp_path}", "relative"):
        assert _on_this_machine(url) is None
