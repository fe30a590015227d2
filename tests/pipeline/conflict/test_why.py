"""``series why``: who made the conflict, and what was tried and helps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patchseries.errors import UsageError
from patchseries.git import Repository, scratch
from patchseries.manifest import parse
from patchseries.model import CommitId
from patchseries.port.prerequisites import Bounds, CherryPick, Why, why
from support.small_series import HEAD, TAIL, SmallSeries, text
from support.upstreams import Upstream

FIRST = ["def call():\n", "    queue()\n", "    send()\n"]
SECOND = ["def call():\n", "    queue(size=9)\n", "    send()\n"]
PATCH = ["def call():\n", "    queue(size=9, block=True)\n", "    send()\n"]


@pytest.fixture
def needy(upstream: Upstream) -> tuple[Upstream, list[CommitId]]:
    """A base, and on master: something else, two changes that build on another, the patch."""
    start = upstream.commit({"call.py": text(HEAD, ["def call():\n", "    send()\n"], TAIL)})
    upstream.tag("1.0")
    made = [
        upstream.commit({"call.py": text(["import x\n"], HEAD, ["def call():\n"], TAIL)}, "Drop"),
        upstream.commit({"call.py": text(["import x\n"], HEAD, FIRST, TAIL)}, "Queue"),
        upstream.commit({"call.py": text(["import x\n"], HEAD, SECOND, TAIL)}, "Size"),
        upstream.commit({"call.py": text(["import x\n"], HEAD, PATCH, TAIL)}, "Block"),
    ]
    upstream.commit({"README": b"stable\n"}, "On stable", branch="stable", parent=start)
    return upstream, made


def asked(upstream: Upstream, folder: Path, patch: CommitId, bounds: Bounds | None = None) -> Why:
    target = upstream.repository.resolve("stable")
    assert target
    with scratch(folder, [upstream.repository.objects_directory]) as repository:
        onto = repository.commit(target).tree
        return why(repository, CherryPick(repository.commit(patch), target, onto), bounds)


def merges(upstream: Upstream, folder: Path, commits: tuple[CommitId, ...]) -> bool:
    """Whether *commits* really go onto stable, one after the other, by git's merge."""
    git: Repository
    with scratch(folder, [upstream.repository.objects_directory]) as git:
        tree = git.commit(str(git.resolve(str(upstream.repository.resolve("stable"))))).tree
        for commit in map(git.commit, commits):
            merge = git.merge(git.commit(commit.parents[0]).tree, tree, commit.tree)
            if not merge.clean:
                return False
            tree = merge.tree
    return True


def test_one_that_is_missing_is_found(
    needy: tuple[Upstream, list[CommitId]], tmp_path: Path
) -> None:
    upstream, (drop, queue, size, _) = needy
    found = asked(upstream, tmp_path, size)
    assert [one.commits for one in found.sets] == [(drop, queue)]
    assert merges(upstream, tmp_path, (*found.sets[0].commits, size))
    assert dict(found.origins[0].relies_on).keys() >= {queue}
    assert found.origins[0].changed_by == ()


def test_what_a_prerequisite_needs_is_found_too(
    needy: tuple[Upstream, list[CommitId]], tmp_path: Path
) -> None:
    upstream, (drop, queue, size, block) = needy
    found = asked(upstream, tmp_path, block)
    assert [one.commits for one in found.sets] == [(drop, queue, size)]
    assert not merges(upstream, tmp_path, (block,))
    assert (found.sets[0].files, found.sets[0].lines) == (3, 6)


def test_the_search_is_bounded(needy: tuple[Upstream, list[CommitId]], tmp_path: Path) -> None:
    upstream, (*_, block) = needy
    found = asked(upstream, tmp_path, block, Bounds(trials=1))
    assert found.sets == ()
    assert found.tried < 12


def test_the_base_s_side_is_named(small: SmallSeries) -> None:
    found = small.json("why", "retry", "--onto", "1.2")
    (origin,) = found["origins"]
    assert (origin["path"], origin["line"]) == ("call.py", 11)
    told = {one["commit"]: one for one in found["commits"]}
    named = [told[row["commit"]] for row in origin["changed_by"]]
    assert "Lock" in {one["subject"] for one in named}
    assert {one["tag"] for one in named} <= {"1.1", "1.2"}
    assert found["prerequisites"] == []
    assert [one["name"] for one in found["regions"][0]["candidates"]][:3] == [
        "ours",
        "theirs",
        "both",
    ]


def test_a_clean_patch_has_no_why(small: SmallSeries) -> None:
    with pytest.raises(UsageError, match="log does not conflict"):
        small.run("why", "log")


@pytest.fixture
def lacking(small: SmallSeries) -> SmallSeries:
    """The patch of the small series is now one that needs another before it."""
    git = small.upstream
    parent = git.repository.resolve("1.0")
    git.commit(
        {"call.py": text(HEAD, ["def call():\n", "    queue()\n"], TAIL)},
        "Queue what is sent\n\nChange-Id: I" + "a" * 40,
        branch="topic",
        parent=parent,
    )
    git.tag("1.2", "1.0")
    patch = git.commit(
        {"call.py": text(HEAD, ["def call():\n", "    queue(size=9)\n"], TAIL)}, branch="topic"
    )
    manifest = small.root / "series/small.toml"
    manifest.write_text(manifest.read_text().replace(small.retry, patch))
    small.retry = patch
    return small


def test_prerequisites_go_into_the_manifest_and_help(lacking: SmallSeries) -> None:
    manifest = lacking.root / "series/small.toml"
    before = manifest.read_text()
    status, said = lacking.run("why", "retry", "--onto", "1.2", "--add-prerequisites")
    assert status == 1
    assert "clean after 1 prerequisite" in said
    after = manifest.read_text()
    rest = iter(after.splitlines())
    assert all(line in rest for line in before.splitlines()), "a line was lost or moved"
    names = [patch.name for patch in parse(after).patches]
    assert names == ["queue-what-is-sent", "retry", "log"]
    assert re.search(r'requires = \["queue-what-is-sent"\]', after)
    assert f'change-id = "I{"a" * 40}"' in after
    cells = {(c["patch"], c["base"]): c["outcome"] for c in lacking.json("rebase")["cells"]}
    assert cells["retry", "1.2"] == "clean"
    assert cells["queue-what-is-sent", "1.2"] == "clean"
    assert cells["queue-what-is-sent", "1.0"] == "not-applicable"
    lacking.run("undo")
    lacking.run("undo")
    assert manifest.read_text() == before


def test_nothing_to_add_is_told(small: SmallSeries) -> None:
    before = small.tracked()
    with pytest.raises(UsageError, match="no prerequisites to add"):
        small.run("why", "retry", "--add-prerequisites")
    assert small.tracked() == before
