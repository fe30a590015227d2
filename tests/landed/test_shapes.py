"""The same diff under another subject or author: found by its shape, and told as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.git import Repository, TreeEntry
from patchseries.landed.builder import open_index
from patchseries.landed.evidence import Tracked
from patchseries.landed.shapes import MOST_FILES, read_shapes
from patchseries.model import ChangeId, CommitId
from support.features import FeatureHistory
from support.upstreams import Upstream

CHANGE = ChangeId("I" + "0123456789" * 4)
ADA = "Ada Example <ada@test.invalid>"


@pytest.fixture
def history(upstream: Upstream) -> FeatureHistory:
    made = FeatureHistory(upstream)
    made.tag("1.0.0")
    made.branch("stable/1.0")
    return made


def rows(history: FeatureHistory, tracked: Tracked) -> list[tuple[str, str | None, str]]:
    return [(at.line, at.tag, str(at.evidence)) for at in history.landings(tracked).landed]


def shapes(repository: Repository) -> dict[str, int]:
    return dict(read_shapes(repository, list(repository.refs("refs/heads/").values())))


@pytest.mark.parametrize(
    ("subject", "author"),
    [("Enable it", ADA), ("Enable it", "Bob <bob@test.invalid>"), ("Fix", "Bob <b@test.invalid>")],
    ids=["subject", "both", "author"],
)
def test_another_subject_or_author(history: FeatureHistory, subject: str, author: str) -> None:
    fix = history.commit("Fix", on="a", author=ADA)
    history.tag("2.0.0")
    history.other("stable/1.0")
    history.commit(subject, on="a", branch="stable/1.0", author=author)
    history.tag("1.0.1", "stable/1.0")
    tracked = Tracked(commits=(fix,))
    expected = [("1.0", "1.0.1", "patch-id-only"), ("2.0", "2.0.0", "commit")]
    assert rows(history, tracked) == expected
    assert history.releases_with(tracked) == ["1.0.1", "2.0.0"]


def test_the_same_author_and_subject_is_more(history: FeatureHistory) -> None:
    fix = history.commit("Fix", on="a", author=ADA)
    history.commit("Fix", on="a", branch="stable/1.0", author=ADA)
    assert rows(history, Tracked(commits=(fix,)))[0] == ("1.0", None, "patch-id")


def test_as_many_bytes_in_the_same_file_are_not_the_same_diff(history: FeatureHistory) -> None:
    git = history.upstream.repository
    fix = history.commit("Fix", on="a")
    data = git.file(git.commit(fix).tree, "a.py")
    assert data is not None
    files = {"a.py": data.replace(b"enabled = True", b"enabled = None")}
    history.upstream.commit(files, "Other", branch="stable/1.0")
    history.tag("1.0.1", "stable/1.0")
    shape = shapes(git)
    assert shape[fix] == shape[git.resolve("refs/heads/stable/1.0") or ""]
    assert history.releases_with(Tracked(commits=(fix,))) == []


def test_a_twin_that_is_reverted_in_its_line(history: FeatureHistory) -> None:
    fix = history.commit(f"Fix\n\nChange-Id: {CHANGE}", on="a", author=ADA)
    history.tag("2.0.0")
    twin = history.commit("Enable it", on="a", branch="stable/1.0")
    history.tag("1.0.1", "stable/1.0")
    words = f'Revert "Enable it"\n\nThis reverts commit {twin}.'
    history.commit(words, off="a", branch="stable/1.0")
    history.tag("1.0.2", "stable/1.0")
    for tracked in (Tracked(commits=(fix,)), Tracked((CHANGE,))):
        assert history.releases_with(tracked) == ["1.0.1", "2.0.0"]
        assert [row[0] for row in rows(history, tracked)] == ["2.0"]


def test_a_revert_of_the_revert_under_a_name_of_its_own(history: FeatureHistory) -> None:
    """It has the diff of the fix; it is not told beside the fix, which is in force again."""
    fix = history.commit("Fix", on="a", author=ADA)
    undone = history.commit(f'Revert "Fix"\n\nThis reverts commit {fix}.', off="a")
    history.commit(f"Fix at last\n\nThis reverts commit {undone}.", on="a")
    history.tag("2.0.0")
    assert rows(history, Tracked(commits=(fix,))) == [("2.0", "2.0.0", "commit")]


def test_a_history_without_files_answers_as_before(history: FeatureHistory, tmp_path: Path) -> None:
    fix = history.commit("Fix", on="a", author=ADA)
    history.commit("Enable it", on="a", branch="stable/1.0")
    git = history.upstream.repository
    refs = git.refs("refs/heads/")
    with Repository.init(tmp_path / "bare.git") as bare:
        for commit in git.run("rev-list", "--all").stdout.decode().split():
            data = git.run("cat-file", "commit", commit).stdout
            bare.run("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=data)
        for name, commit in refs.items():
            (bare.git_dir / name).parent.mkdir(parents=True, exist_ok=True)
            (bare.git_dir / name).write_text(f"{commit}\n")
        with open_index(tmp_path / "index", bare) as index:
            entry = index.get(fix)
            assert entry is not None
            assert index.of_same_shape(entry) == []
    with open_index(tmp_path / "index", git) as index:
        assert len(index.of_same_shape(entry)) == 1, "the files are here now"


def test_commits_of_many_files_and_merges_have_none(history: FeatureHistory) -> None:
    many = {f"many/{number}": b"x\n" for number in range(MOST_FILES + 1)}
    large = history.upstream.commit(many, "Import")
    merge = history.merge("Merge", "stable/1.0")
    found = shapes(history.upstream.repository)
    assert large not in found
    assert merge not in found
    assert history.start in found


def test_a_tree_that_explodes_is_left_alone(
    history: FeatureHistory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten directories in each of ten, ten levels deep, are one kilobyte to store."""
    monkeypatch.setattr("patchseries.landed.shapes._MOST_MEMORY", 64 << 20)
    git = history.upstream.repository
    tree: str = git.write_tree({b"f": TreeEntry("100644", git.write_blob(b"x\n"))})
    for _ in range(10):
        rows = b"".join(b"040000 tree %s\td%d\n" % (tree.encode(), n) for n in range(10))
        tree = git.run("mktree", stdin=rows).stdout.decode().strip()
    history.upstream.commit_tree(tree, [history.start], "Bomb", branch="bomb")
    for _ in range(2):  # the index is made, and then opened
        with open_index(tmp_path / "index", git) as index:
            assert len(index) == 2
            assert index.lacks_shapes
        history.upstream.tag("again", history.start)
    git.run("update-ref", "-d", "refs/heads/bomb")
    with open_index(tmp_path / "other", git) as index:
        assert not index.lacks_shapes


def test_what_grows_alike_has_one_shape(history: FeatureHistory) -> None:
    ids: dict[str, CommitId] = {}
    ids["a on"] = history.commit("A", on="a")
    ids["b on"] = history.commit("B", on="b")
    ids["a off"] = history.commit("A off", off="a")
    ids["a again"] = history.commit("A again", on="a")
    found = shapes(history.upstream.repository)
    assert found[ids["a on"]] == found[ids["a again"]]
    assert len({found[ids[name]] for name in ("a on", "b on", "a off")}) == 3
