"""Mirrors: read through alternates, never written to, and nothing of them copied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from patchseries import process
from patchseries.errors import UpstreamError
from patchseries.git import Repository
from patchseries.model import ChangeId
from patchseries.sources import Cache, FetchOptions, Want, fetch, open_objects
from patchseries.sources.access import Access
from patchseries.sources.mirrors import mirror_of
from patchseries.sources.plan import ChangeWant
from support.upstreams import Upstream

URL = "https://upstream.invalid/org/project.git"


def contents(folder: Path) -> dict[Path, tuple[int, int]]:
    return {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*")}


def test_a_mirror_is_read_and_never_written(upstream: Upstream, tmp_path: Path) -> None:
    base = upstream.commit({"a": b"1\n"})
    upstream.tag("1.0", message="Release 1.0")
    source = upstream.commit({"a": b"2\n"}, branch="work")
    mirrors = tmp_path / "upstreams"
    before = contents(mirrors)
    cache = Cache(tmp_path / "cache")
    wants = [Want(URL, "1.0", False, None, "base"), Want(URL, source, True, None, "fix")]
    pins = fetch(cache, wants, {}, FetchOptions(mirrors=[mirrors]))
    assert pins == {(URL, "1.0"): base, (URL, source): source}
    with open_objects(cache, [URL]) as repository:
        assert repository.file(repository.commit(source).tree, "a") == b"2\n"
        repository.write_blob(b"new")
    assert contents(mirrors) == before
    objects = cache.repository_directory(URL) / "objects"
    assert [p for p in objects.rglob("*") if p.is_file()] == [objects / "info" / "alternates"]


def test_more_commits_of_a_mirror_take_no_more_processes(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = [upstream.commit({"a": b"%d\n" % number}) for number in range(6)]
    upstream.tag("1.0", message="Release 1.0")
    tag = upstream.repository.run("rev-parse", "refs/tags/1.0").stdout.decode().strip()
    options = FetchOptions([tmp_path / "upstreams"])
    ran: list[str] = []
    run = Repository.run

    def counted(self: Repository, *args: Any, **more: Any) -> process.Result:
        ran.append(args[0])
        return run(self, *args, **more)

    monkeypatch.setattr(Repository, "run", counted)

    def taken(revs: Sequence[str]) -> list[str]:
        wants = [Want(URL, rev, True, None, "fix") for rev in revs]
        ran.clear()
        pins = fetch(Cache(tmp_path / f"cache{len(revs)}"), wants, {}, options)
        assert pins == {(URL, rev): commits[-1] if rev == tag else rev for rev in revs}
        return list(ran)

    assert taken([*commits]) == taken(commits[:1])
    assert taken([*commits[:2], tag]) == ["rev-parse", *taken(commits[:2])], "an id of a tag"


def test_what_the_mirror_lacks_is_named_with_the_mirror(upstream: Upstream, tmp_path: Path) -> None:
    upstream.commit({"a": b"1\n"})
    wants = [Want(URL, "1.0", False, None, "base 1.0 of project")]
    with pytest.raises(UpstreamError, match=r"its mirror .*project\.git has no .*'1\.0'"):
        fetch(Cache(tmp_path / "cache"), wants, {}, FetchOptions([tmp_path / "upstreams"]))


def test_a_folder_by_host_mirrors_that_host_alone(upstream: Upstream, tmp_path: Path) -> None:
    upstream.commit({"a": b"1\n"})
    (tmp_path / "mirrors").mkdir()
    (tmp_path / "upstreams").rename(tmp_path / "mirrors" / "upstream.invalid")
    found = mirror_of(URL, [tmp_path / "mirrors"])
    assert found is not None
    assert found.parent == tmp_path / "mirrors" / "upstream.invalid" / "org"
    assert mirror_of("https://other.invalid/org/project.git", [tmp_path / "mirrors"]) is None


def test_a_pinned_patchset_of_a_mirror_needs_no_server(upstream: Upstream, tmp_path: Path) -> None:
    upstream.commit({"a": b"1\n"})
    patchset = upstream.commit({"a": b"2\n"})
    change = ChangeWant("http://127.0.0.1:1", "org/project", ChangeId(f"I{'1' * 40}"))
    want = Want(URL, f"I{'1' * 40}", True, None, "fix", change)
    pins = {(URL, want.rev): patchset}
    options = FetchOptions([tmp_path / "upstreams"], access=lambda _: Access(attempts=1))
    assert fetch(Cache(tmp_path / "cache"), [want], pins, options) == pins
    orphan = upstream.repository.write_commit(upstream.repository.write_tree({}), ["3" * 40])
    with pytest.raises(UpstreamError, match=r"127\.0\.0\.1"):  # its parent is fetched from there
        fetch(Cache(tmp_path / "cache"), [want], {(URL, want.rev): orphan}, options)


def test_of_a_merge_the_first_parent_is_enough(upstream: Upstream, tmp_path: Path) -> None:
    """A mirror may lack the other side of a merge, as a shallow clone does."""
    first = upstream.commit({"a": b"1\n"})
    store = upstream.repository
    merge = store.write_commit(store.commit(first).tree, [first, "2" * 40])
    orphan = store.write_commit(store.commit(first).tree, ["3" * 40])
    options = FetchOptions([tmp_path / "upstreams"])
    want = Want(URL, merge, True, None, "fix")
    assert fetch(Cache(tmp_path / "cache"), [want], {}, options) == {(URL, merge): merge}
    with pytest.raises(UpstreamError, match=r"its mirror .* lacks the commit before"):
        fetch(Cache(tmp_path / "cache"), [Want(URL, orphan, True, None, "fix")], {}, options)


def test_a_mirror_is_read_and_not_fetched(upstream: Upstream, tmp_path: Path) -> None:
    heard: list[str] = []
    commit = upstream.commit({"a": b"1\n"})
    options = FetchOptions([tmp_path / "upstreams"], progress=heard.append)
    fetch(Cache(tmp_path / "cache"), [Want(URL, commit, False, None, "fix")], {}, options)
    assert any(words.startswith(f"reading {URL}") for words in heard)
