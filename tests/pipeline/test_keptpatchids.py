"""Patch-ids that are kept: git is asked once for each, and what is kept is not trusted blindly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patchseries import process
from patchseries.files import read_sealed, write_sealed
from patchseries.git import Repository
from patchseries.landed.patchid import patch_ids
from patchseries.model import CommitId
from patchseries.pipeline.keptpatchids import kept_patch_ids
from patchseries.sources import Cache
from support.upstreams import Upstream

URL = "https://host.invalid/org/project.git"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def asked(cache: Cache, repository: Repository, *commits: CommitId) -> list[str | None]:
    with kept_patch_ids(cache, URL, [repository]) as patch_id:
        return [patch_id(commit) for commit in commits]


def kept(cache: Cache) -> Path:
    (path,) = (cache.root / "patch-ids").iterdir()
    return path


@pytest.fixture
def commits(upstream: Upstream) -> list[CommitId]:
    """One with a diff, and one that changes nothing."""
    upstream.commit({"f": b"1\n"})
    changed = upstream.commit({"f": b"2\n"})
    tree = upstream.repository.commit(changed).tree
    return [changed, upstream.repository.write_commit(tree, [changed])]


def test_git_is_asked_once(
    cache: Cache, upstream: Upstream, commits: list[CommitId], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = asked(cache, upstream.repository, *commits)
    plain = patch_ids([upstream.repository])
    assert fresh == [plain(commit) for commit in commits] == [fresh[0], None]
    monkeypatch.setattr(Repository, "run", lambda *_, **__: pytest.fail("asked again"))
    assert asked(cache, upstream.repository, *commits) == fresh


def test_a_commit_that_is_not_here_is_asked_for_again(
    cache: Cache, upstream: Upstream, commits: list[CommitId], tmp_path: Path
) -> None:
    elsewhere = Repository.init(tmp_path / "empty.git")
    assert asked(cache, elsewhere, *commits) == [None, None]
    assert asked(cache, upstream.repository, *commits)[0] is not None


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"ids": {}},
        {"git": "another git", "ids": {"0" * 40: "0" * 40}},
        {"ids": {"0": "0" * 40}},
        {"ids": {"0" * 40: "x"}},
        {"ids": {"0" * 40: 1}},
        {"ids": ["0" * 40]},
    ],
)
def test_what_is_no_list_of_patch_ids_counts_for_nothing(
    cache: Cache, upstream: Upstream, commits: list[CommitId], document: object
) -> None:
    fresh = asked(cache, upstream.repository, *commits)
    if isinstance(document, dict):
        document = {"git": process.identity("git"), **document}
    write_sealed(kept(cache), json.dumps(document).replace("0" * 40, commits[0]).encode())
    assert asked(cache, upstream.repository, *commits) == fresh


def test_damage_is_told(tmp_path: Path, upstream: Upstream, commits: list[CommitId]) -> None:
    told: list[str] = []
    cache = Cache(tmp_path / "cache", told.append)
    fresh = asked(cache, upstream.repository, *commits)
    data = kept(cache).read_bytes()
    kept(cache).write_bytes(data.replace(commits[0].encode(), b"0" * 40))
    assert asked(cache, upstream.repository, *commits) == fresh
    assert told
    assert commits[0].encode() in read_sealed(kept(cache))
