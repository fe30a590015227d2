"""The index: what it finds, and that it stays right as the history and the file change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from patchseries.errors import MachineError, SeriesError
from patchseries.git import Repository
from patchseries.landed.builder import open_index
from patchseries.landed.index import HistoryIndex
from patchseries.model import ChangeId, CommitId
from support.upstreams import Upstream

CHANGE = ChangeId("I" + "0123456789" * 4)
WHO = {f"GIT_{role}_{key}": "x" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
ABSENT = ChangeId("I" + "9" * 40)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the index goes: a folder that is not there yet."""
    return tmp_path / "cache" / "index" / "project.sqlite"


def opened(path: Path, upstream: Upstream) -> HistoryIndex:
    with Repository(upstream.path) as repository:
        return open_index(path, repository)


def connect_by(monkeypatch: pytest.MonkeyPatch, connect: Callable[..., sqlite3.Connection]) -> None:
    """Let the index alone be opened by *connect*: coverage keeps its data in SQLite, too."""
    other = SimpleNamespace(**vars(sqlite3) | {"connect": connect})
    monkeypatch.setattr("patchseries.landed.builder.sqlite3", other)


def tags(index: HistoryIndex, commit: str) -> set[str]:
    entry = index.get(commit)
    assert entry is not None
    return {name for name, bit in index.refs.items() if entry.refs >> bit & 1}


def test_what_messages_say_is_found(path: Path, upstream: Upstream) -> None:
    fix = upstream.commit({"a": b"1"}, f"Fix it\n\nChange-Id: {CHANGE}")
    pick = upstream.commit({"a": b"2"}, f"Fix it\n\n(cherry picked from commit {fix})")
    short = upstream.commit({"a": b"3"}, f"Other\n\n(cherry picked from commit {fix[:9]})")
    revert = upstream.commit({"a": b"1"}, f'Revert "Fix it"\n\nThis reverts commit {fix}.')
    index = opened(path, upstream)
    assert [e.commit for e in index.by_change(CHANGE)] == [fix]
    assert index.by_change(ABSENT) == []
    assert [e.commit for e in index.by_subject("Fix it")] == [fix, pick]
    assert [e.commit for e in index.picked_from(fix)] == [pick, short]
    assert [e.commit for e in index.naming_as_reverted(fix)] == [revert]
    assert [e.commit for e in index.reverts_by_subject("Fix it")] == [revert]
    entry = index.get(fix[:12])
    assert entry is not None
    assert (entry.commit, entry.subject) == (fix, "Fix it")
    assert entry.author == "Test Author <author@test.invalid>"
    assert index.change_ids(entry) == [CHANGE]
    assert index.get("0" * 40) is None
    assert len(index) == 4


def test_containment_is_what_git_says(path: Path, upstream: Upstream) -> None:
    """Against ``git for-each-ref --contains``, on a history with branches and a merge."""
    commits = [upstream.commit({"a": b"0"}, "root")]
    upstream.tag("1.0")
    commits.append(upstream.commit({"b": b"1"}, "side", branch="stable/1.0", parent=commits[0]))
    upstream.tag("1.0.1", commits[-1], message="annotated")
    commits.append(upstream.commit({"a": b"2"}, "on master"))
    tree = upstream.repository.commit(commits[-1]).tree
    commits.append(upstream.commit_tree(tree, [commits[2], commits[1]], "Merge side"))
    upstream.tag("2.0")
    index = opened(path, upstream)
    for commit in commits:
        said = upstream.repository.run(
            "for-each-ref", f"--contains={commit}", "--format=%(refname)"
        ).stdout.decode()
        assert tags(index, commit) == set(said.split())
    merge, side = index.get(commits[3]), index.get(commits[1])
    assert merge is not None
    assert side is not None
    assert index.merged_tip(merge) == side
    assert index.merged_tip(side) is None


def test_ancestry(path: Path, upstream: Upstream) -> None:
    root = upstream.commit({"a": b"0"}, "root")
    left = upstream.commit({"a": b"1"}, "left")
    right = upstream.commit({"a": b"2"}, "right", branch="stable/1", parent=root)
    index = opened(path, upstream)
    entries = {c: index.get(c) for c in (root, left, right)}

    def ancestor(old: str, new: str) -> bool:
        one, other = entries[CommitId(old)], entries[CommitId(new)]
        assert one is not None
        assert other is not None
        return index.is_ancestor(one, other)

    assert ancestor(root, left)
    assert ancestor(root, right)
    assert ancestor(left, left)
    assert not ancestor(left, right)
    assert not ancestor(right, left)
    assert not ancestor(left, root)


def test_refs_of_a_host_that_tell_nothing_are_left_out(path: Path, upstream: Upstream) -> None:
    root = upstream.commit({"a": b"0"}, "root")
    proposed = upstream.commit({"a": b"1"}, "proposed", branch="x", parent=root)
    upstream.repository.run("update-ref", "refs/pull/1/head", proposed)
    upstream.repository.run("update-ref", "-d", "refs/heads/x")
    assert opened(path, upstream).get(proposed) is None


def test_it_is_extended_by_what_is_new_and_forgets_what_is_gone(
    path: Path, upstream: Upstream
) -> None:
    first = upstream.commit({"a": b"0"}, "first")
    opened(path, upstream).close()
    second = upstream.commit({"a": b"1"}, f"second\n\nChange-Id: {CHANGE}")
    upstream.tag("1.0")
    index = opened(path, upstream)
    assert [e.commit for e in index.by_change(CHANGE)] == [second]
    assert tags(index, first) == tags(index, second) == {"refs/heads/master", "refs/tags/1.0"}
    # a branch that was rewound, and a tag that was deleted
    upstream.repository.run("update-ref", "refs/heads/master", first)
    upstream.repository.run("update-ref", "-d", "refs/tags/1.0")
    rewound = opened(path, upstream)
    assert tags(rewound, first) == {"refs/heads/master"}
    assert tags(rewound, second) == set()


def test_an_old_history_that_is_gone_makes_it_anew(path: Path, upstream: Upstream) -> None:
    upstream.commit({"a": b"0"}, "gone")
    opened(path, upstream).close()
    upstream.repository.run("update-ref", "-d", "refs/heads/master")
    fresh = upstream.commit({"a": b"9"}, "rewritten")
    upstream.repository.run("prune", "--expire=now")
    index = opened(path, upstream)
    assert len(index) == 1
    assert index.get(fresh) is not None


def test_nothing_new_leaves_the_file_alone(path: Path, upstream: Upstream) -> None:
    upstream.commit({"a": b"0"}, "first")
    opened(path, upstream).close()
    before = path.stat()
    opened(path, upstream).close()
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def _scribble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:12288] = b"\xa5" * 8192
    path.write_bytes(data)


def _other_version(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 0")
    connection.execute("DROP TABLE change_ids")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "harm",
    [
        _truncate,
        _scribble,
        _other_version,
        lambda path: path.write_bytes(b"not a database at all, but long enough" * 100),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
    ],
    ids=["truncated", "scribbled", "other-version", "no-database", "empty", "deleted"],
)
def test_a_damaged_file_is_built_anew(path: Path, upstream: Upstream, harm: object) -> None:
    commits = [
        upstream.commit({"a": b"%d" % n}, f"Commit {n}\n\nChange-Id: I{n:040d}") for n in range(5)
    ]
    opened(path, upstream).close()
    assert callable(harm)
    harm(path)
    index = opened(path, upstream)
    found = [index.by_change(ChangeId(f"I{n:040d}"))[0].commit for n in range(5)]
    assert found == commits
    assert len(index) == 5


def test_runs_at_the_same_time_agree(path: Path, upstream: Upstream) -> None:
    fix = upstream.commit({"a": b"0"}, f"first\n\nChange-Id: {CHANGE}")

    def ask(_: int) -> list[str]:
        with Repository(upstream.path) as repository:
            open_index(path, repository).close()
            # SQLite's connections belong to the thread that opened them
            with open_index(path, repository) as index:
                return [e.commit for e in index.by_change(CHANGE)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(8))) == [[fix]] * 8
    names = sorted(p.name for p in path.parent.iterdir())
    assert names == [path.name, f"{path.name}.lock", f"{path.name}.sha256"]


def test_a_full_disk_is_an_error_in_words(
    path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own limit stands in for the disk's."""
    upstream.commit({"a": b"1"}, "kept")
    opened(path, upstream).close()
    before = path.read_bytes()
    for n in range(50):
        upstream.commit({"a": b"%d" % n}, f"commit {n} " + "x" * 500)
    connect = sqlite3.connect

    def limited(*args: Any, **given: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **given)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    connect_by(monkeypatch, limited)
    with pytest.raises(SeriesError, match="cannot write") as caught:
        opened(path, upstream)
    assert caught.value.cause is not None
    assert "full" in caught.value.cause
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_opened_now_is_an_error_of_the_machine(
    path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many files are open, say: it is no damage, and no bug."""
    upstream.commit({"a": b"1"}, "kept")
    opened(path, upstream).close()

    def refused(*_: Any, **__: Any) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    connect_by(monkeypatch, refused)
    with pytest.raises(MachineError, match="unable to open database file"):
        opened(path, upstream)


def test_a_repository_without_commits(path: Path, upstream: Upstream) -> None:
    assert len(opened(path, upstream)) == 0


def test_text_of_any_encoding_is_read(path: Path, upstream: Upstream) -> None:
    tree = upstream.repository.write_tree({})
    made = upstream.repository.run(
        "-c",
        "i18n.commitEncoding=ISO-8859-1",
        "commit-tree",
        tree,
        stdin="Grüße\n".encode("latin-1"),
        env=WHO,
    )
    commit = made.stdout.decode().strip()
    upstream.repository.run("update-ref", "refs/heads/master", commit)
    entry = opened(path, upstream).get(commit)
    assert entry is not None
    assert entry.subject == "Grüße"


def test_it_says_how_many_commits_are_left(path: Path, upstream: Upstream) -> None:
    for number in range(3):
        upstream.commit({"a": b"%d" % number}, "x")
    said: list[str] = []
    with Repository(upstream.path) as repository:
        open_index(path, repository, progress=said.append).close()
        first = tuple(said)
        upstream.commit({"a": b"new"}, "x")
        open_index(path, repository, progress=said.append).close()
    assert first[1] == "[0/3] indexing the commits"
    assert first[2] == "[3/3] indexing the commits"
    assert "[1/1] indexing the commits" in said
