"""The loopback git server: it is real git, and each of its mishaps really happens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries import process
from patchseries.model import CommitId
from support.gitserver import Behaviour, GitServer, serve
from support.upstreams import Upstream

NOISE = b"".join(f"{n * n % 9973}\n".encode() for n in range(20_000))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CommitId]:
    """A served folder with one repository, and a commit in it that no ref points at."""
    folder = tmp_path_factory.mktemp("served")
    with Upstream(folder / "org" / "project.git") as made:
        first = made.commit({"big": NOISE})
        made.tag("1.0")
        made.commit({"small": b"x"})
        orphan = made.commit({"small": b"y"}, branch="gone", parent=first)
        made.repository.run("update-ref", "-d", "refs/heads/gone")
    return folder, orphan


@pytest.fixture
def server(root: tuple[Path, CommitId]) -> Iterator[GitServer]:
    with serve(root[0]) as running:
        yield running


def git(folder: Path, *args: str, accept: tuple[int, ...] = (0,)) -> process.Result:
    folder.mkdir(exist_ok=True)
    return process.run(["git", *args], cwd=folder, accept=accept, timeout=20)


def fetch(server: GitServer, folder: Path, what: str, *options: str) -> process.Result:
    git(folder, "init", "--quiet", "--bare")
    url = server.url("org/project.git")
    return git(folder, *options, "fetch", "--depth=1", url, what, accept=(0, 1, 128))


def test_clone(server: GitServer, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", server.url("org/project.git"), "copy")
    assert (tmp_path / "copy" / "big").read_bytes() == NOISE
    assert server.traffic.sent > 1000
    assert 0 < server.traffic.received < server.traffic.sent


def test_the_suffix_may_be_there_or_not(tmp_path: Path) -> None:
    with Upstream(tmp_path / "org" / "plain") as made, serve(tmp_path) as server:
        made.commit({"a": b""})
        for name in ("org/plain", "org/plain.git"):
            assert git(tmp_path, "ls-remote", server.url(name)).stdout.count(b"\n") == 2


def test_unknown_repository(server: GitServer, tmp_path: Path) -> None:
    done = git(tmp_path, "ls-remote", server.url("org/nothing.git"), accept=(128,))
    assert "not found" in done.words


@pytest.mark.parametrize("protocol", [0, 2])
def test_by_id(
    server: GitServer, tmp_path: Path, root: tuple[Path, CommitId], protocol: int
) -> None:
    server.behaviour.protocol = protocol
    assert fetch(server, tmp_path / "by-id", root[1]).status == 0


def test_refused_id(server: GitServer, tmp_path: Path, root: tuple[Path, CommitId]) -> None:
    server.behaviour = Behaviour(by_id=False, protocol=0)
    done = fetch(server, tmp_path / "refused", root[1])
    assert done.status != 0
    assert "unadvertised object" in done.words


def test_hidden_tag(server: GitServer, tmp_path: Path) -> None:
    assert fetch(server, tmp_path / "seen", "refs/tags/1.0").status == 0
    server.behaviour.hidden = ("refs/tags/1.0",)
    done = fetch(server, tmp_path / "hidden", "refs/tags/1.0")
    assert "couldn't find remote ref" in done.words


def test_cut_connection_then_good_again(server: GitServer, tmp_path: Path) -> None:
    server.behaviour = Behaviour(drop_after=2000)
    assert fetch(server, tmp_path / "cut", "refs/tags/1.0").status != 0
    assert server.behaviour.drops == 0
    assert fetch(server, tmp_path / "cut", "refs/tags/1.0").status == 0


def test_delay(server: GitServer, tmp_path: Path) -> None:
    server.behaviour.delay = 0.2
    before = time.monotonic()
    git(tmp_path, "ls-remote", server.url("org/project.git"))
    assert time.monotonic() - before >= 0.2


@pytest.mark.parametrize("filters", [True, False])
def test_partial_clones_are_served_or_not(server: GitServer, tmp_path: Path, filters: bool) -> None:
    server.behaviour.filters = filters
    url = server.url("org/project.git")
    done = git(tmp_path, "clone", "--bare", "--filter=blob:none", url, "copy.git")
    assert ("filtering not recognized" not in done.words) is filters
    assert (server.traffic.sent < 5000) is filters
