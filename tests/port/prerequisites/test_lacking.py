"""Prerequisites are found by what the target lacks: a line, a name, a file, or a removal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchseries.git import Repository, scratch
from patchseries.model import CommitId
from patchseries.port.prerequisites import Bounds, CherryPick, Why, why
from support.small_series import between
from support.upstreams import Upstream


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Upstream]:
    """A base, tagged, with a branch ``stable`` that has one commit more."""
    with Upstream(tmp_path / "org" / "made.git") as upstream:
        start = upstream.commit(
            {"a.py": between(), "lib.py": between(), "noise.py": b"n = 0\n"}, "Start"
        )
        upstream.commit({"README": b"stable\n"}, "Stable", branch="stable", parent=start)
        yield upstream


def noise(upstream: Upstream) -> CommitId:
    """A commit that nothing depends on."""
    return upstream.commit({"noise.py": b"n = 1\n"}, "Noise")


def asked(upstream: Upstream, folder: Path, commit: CommitId, bounds: Bounds | None = None) -> Why:
    target = upstream.repository.resolve("stable")
    assert target
    with scratch(folder, [upstream.repository.objects_directory]) as repository:
        onto = repository.commit(target).tree
        return why(repository, CherryPick(repository.commit(commit), target, onto), bounds)


def test_who_brought_the_lines_near_the_conflict(made: Upstream, tmp_path: Path) -> None:
    helper = made.commit({"a.py": between("def helper():", "    return 1")}, "Helper")
    noise(made)
    fix = made.commit({"a.py": between("def helper():", "    return 2")}, "Fix")
    (best,) = asked(made, tmp_path, fix).sets
    assert best.commits == (helper,)
    assert best.only_adds == (helper,)
    assert (best.lines, best.files, best.unknown) == (2, 1, ())


def test_who_took_out_a_line_of_the_target(made: Upstream, tmp_path: Path) -> None:
    start = made.commit({"a.py": between("old_way()")}, "Begin")
    made.commit({"README": b"2\n"}, "Stable", branch="stable", parent=start)
    dropped = made.commit({"a.py": between()}, "Drop the old way")
    noise(made)
    fix = made.commit({"a.py": between("new_way()")}, "Fix")
    (best,) = asked(made, tmp_path, fix).sets
    assert best.commits == (dropped,)
    assert best.only_adds == ()


def test_who_made_a_file_that_is_absent(made: Upstream, tmp_path: Path) -> None:
    new = made.commit({"new.py": between("x = 1")}, "New")
    noise(made)
    fix = made.commit({"new.py": between("x = 2")}, "Fix")
    (best,) = asked(made, tmp_path, fix).sets
    assert best.commits == (new,)


def test_who_changed_a_file_that_the_change_removes(made: Upstream, tmp_path: Path) -> None:
    edited = made.commit({"a.py": between("x = 1")}, "Edit")
    noise(made)
    fix = made.commit({"a.py": None}, "Remove")
    (best,) = asked(made, tmp_path, fix).sets
    assert best.commits == (edited,)


def test_who_defined_a_name_that_is_unknown_although_git_merges(
    made: Upstream, tmp_path: Path
) -> None:
    helper = made.commit({"lib.py": between("def helper():", "    return 1")}, "Helper")
    imports = made.commit({"a.py": b"import lib\n" + between(), "noise.py": b""}, "Import")
    noise(made)
    fix = made.commit({"a.py": b"import lib\n" + between("value = lib.helper()")}, "Fix")
    found = asked(made, tmp_path, fix)
    assert found.sets[0].commits == (helper, imports)
    assert found.sets[0].unknown == ()
    assert found.sets[0].only_adds == (helper,)


def test_who_added_the_line_that_a_method_lacks_although_git_merges(
    made: Upstream, tmp_path: Path
) -> None:
    def tills(*having: str) -> bytes:
        line = "        self.bell.ring_twice()\n"
        classes = (
            f"class {name}:\n    def open(self):\n        self.unlock{name}()\n"
            f"{line if name in having else ''}        self.light()\n\n\n"
            for name in ("Left", "Right")
        )
        return "".join(classes).encode()

    start = made.commit({"a.py": tills()}, "Tills")
    made.commit({"README": b"2\n"}, "Stable", branch="stable", parent=start)
    other = made.commit({"noise.py": b"self.bell.ring_twice()\n"}, "Noise")
    rings = made.commit({"a.py": tills("Right")}, "Ring at the right")
    fix = made.commit({"a.py": tills("Left", "Right")}, "Ring at the left")
    (best,) = asked(made, tmp_path, fix).sets
    assert (best.commits, best.unknown) == ((rings,), ())
    assert other not in best.commits


def test_a_chain_is_in_upstream_s_order(made: Upstream, tmp_path: Path) -> None:
    first = made.commit({"a.py": between("def helper():", "    return 1")}, "Helper")
    second = made.commit({"a.py": between("def helper(size):", "    return size")}, "Size")
    noise(made)
    fix = made.commit({"a.py": between("def helper(size):", "    return size + 1")}, "Fix")
    (best,) = asked(made, tmp_path, fix).sets
    assert best.commits == (first, second)
    assert best.only_adds == (first,)


def test_nothing_is_proposed_where_the_target_alone_is_the_cause(
    made: Upstream, tmp_path: Path
) -> None:
    start = made.commit({"a.py": between("call()")}, "Begin")
    made.commit({"a.py": between("call(1)")}, "Stable", branch="stable", parent=start)
    noise(made)
    fix = made.commit({"a.py": between("call(2)")}, "Fix")
    found = asked(made, tmp_path, fix)
    assert found.sets == ()
    assert not found.stopped


def test_a_clean_change_needs_nothing(made: Upstream, tmp_path: Path) -> None:
    noise(made)
    fix = made.commit({"a.py": between("x = 1")}, "Fix")
    assert asked(made, tmp_path, fix).sets == ()


def test_a_commit_that_conflicts_in_many_files_is_not_followed(
    made: Upstream, tmp_path: Path
) -> None:
    paths = [f"many_{n}.py" for n in range(4)]
    made.commit({path: between("old = 1") for path in paths}, "Files")
    big = made.commit({p: between("old = 2") for p in paths} | {"a.py": between("x = 1")}, "Big")
    fix = made.commit({"a.py": between("x = 2")}, "Fix")
    assert asked(made, tmp_path, fix, Bounds(paths=3)).sets == ()
    found = asked(made, tmp_path, fix, Bounds(paths=4)).sets
    assert big in found[0].commits


def applied(git: Repository, tree: str, commits: list[CommitId]) -> bool:
    """Whether git merges *commits* onto *tree*, one after the other."""
    for commit in map(git.commit, commits):
        merge = git.merge(git.commit(commit.parents[0]).tree, tree, commit.tree)
        if not merge.clean:
            return False
        tree = merge.tree
    return True


LINES = st.lists(st.sampled_from(["one", "two", "three", "four", "five"]), max_size=6)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=st.lists(LINES, min_size=2, max_size=6))
def test_each_set_makes_it_clean_and_none_of_its_members_is_spare(
    history: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("history")
    with Upstream(folder / "org" / "made.git") as upstream:
        start = upstream.commit({"a.py": between()}, "Start")
        upstream.commit({"README": b"x\n"}, branch="stable", parent=start)
        ids = [
            upstream.commit({"a.py": between(*lines)}, str(n)) for n, lines in enumerate(history)
        ]
        found = asked(upstream, folder, ids[-1])
        with scratch(folder, [upstream.repository.objects_directory]) as git:
            tree = git.commit(str(upstream.repository.resolve("stable"))).tree
            for one in found.sets:
                members = list(one.commits)
                assert members == [commit for commit in ids[:-1] if commit in members]
                assert applied(git, tree, [*members, ids[-1]])
                for spare in members:
                    rest = [commit for commit in members if commit != spare]
                    assert not applied(git, tree, [*rest, ids[-1]])
