"""``series resolve``: a conflict is finished once, and never asked again."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from patchseries import process
from patchseries.errors import SeriesError, UsageError
from support.small_series import HEAD, MERGED, OURS, TAIL, THEIRS, SmallSeries, text

CLEAN = {"1.0": "clean", "1.1": "resolution", "1.2": "resolution"}
OPEN = {"1.0": "clean", "1.1": "conflict", "1.2": "conflict"}


def opened(small: SmallSeries, *words: str) -> Path:
    """Open the conflict; its work tree."""
    return Path(small.json("resolve", "retry", *words)["opened"]["folder"])


def git(tree: Path, *words: str) -> str:
    return process.run(["git", "-C", tree, *words]).stdout.decode()


def patched(small: SmallSeries, base: str) -> str:
    return (small.root / f"patches/small/{base}/project/0001-retry.patch").read_text()


def test_resolved_on_one_base_it_is_not_asked_on_the_next(small: SmallSeries) -> None:
    assert small.outcomes() == OPEN
    tree = opened(small)
    assert (tree / "log.py").read_bytes() == b"quiet\n"
    assert b"<<<<<<< ours: project 1.1" in (tree / "call.py").read_bytes()
    (tree / "call.py").write_bytes(text(HEAD, MERGED, TAIL))
    assert small.run("resolve", "--continue", "-m", "both")[0] == 0
    assert small.outcomes() == CLEAN
    assert "+    while not send(timeout=3):" in patched(small, "1.2")
    assert os.listdir(small.conflicts) == []


def test_the_work_tree_is_what_git_users_know(small: SmallSeries) -> None:
    tree = opened(small)
    assert git(tree, "status", "--porcelain") == "UU call.py\n"
    stages = {int(line.split()[2]) for line in git(tree, "ls-files", "-u").splitlines()}
    assert stages == {1, 2, 3}
    assert git(tree, "show", ":3:call.py") == text(HEAD, THEIRS, TAIL).decode()
    keep = "-c", "mergetool.t.cmd=cp $REMOTE $MERGED", "-c", "mergetool.t.trustExitCode=true"
    git(tree, *keep, "mergetool", "--no-prompt", "--tool=t")
    assert small.run("resolve", "--continue", "-m", "theirs is right")[0] == 0
    assert 'choice = "theirs"' in small.resolutions[0].read_text()


def test_a_conflict_is_opened_with_the_result_that_is_there(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once_more(*_: object) -> None:
        raise AssertionError("the patch was ported a second time")

    monkeypatch.setattr("patchseries.pipeline.conflict.conflicts.port", once_more)
    (region,) = small.json("resolve", "retry")["regions"]
    assert any(one["name"].startswith("engine") for one in region["candidates"])


def test_without_the_resolutions_the_conflicts_are_back(small: SmallSeries) -> None:
    small.run("resolve", "retry", "--take", "theirs", "-m", "x")
    assert small.outcomes() == CLEAN
    shutil.rmtree(small.root / "series/resolutions")
    assert small.outcomes() == OPEN


def test_a_resolution_holds_no_line_of_the_upstream(small: SmallSeries) -> None:
    tree = opened(small)
    (tree / "call.py").write_bytes(text(HEAD, OURS, ["    wait()\n", "    own()\n"], TAIL))
    small.run("resolve", "--continue", "-m", "x")
    (stored,) = small.resolutions
    data = stored.read_text()
    assert data.count('take = "') == 2
    assert "send" not in data
    assert "text = '''\n    own()\n'''" in data


def test_a_marker_left_is_told_and_nothing_is_lost(small: SmallSeries) -> None:
    tree = opened(small)
    before = (tree / "call.py").read_bytes()
    line = before.split(b"\n").index(b"<<<<<<< ours: project 1.1") + 1
    with pytest.raises(SeriesError, match=f"still to be resolved: call.py:{line}"):
        small.run("resolve", "--continue", "-m", "x")
    assert (tree / "call.py").read_bytes() == before
    rows = small.json("resolve", "--status")["open"]
    assert [(row["patch"], row["base"]) for row in rows] == [("retry", "1.1")]
    assert rows[0]["left"][0]["lines"][0] == line


def test_several_are_open_at_once(small: SmallSeries) -> None:
    trees = [opened(small, "--onto", base) for base in ("1.1", "1.2")]
    with pytest.raises(UsageError, match="is already open"):
        opened(small, "--onto", "1.2")
    with pytest.raises(UsageError, match="several conflicts are open"):
        small.run("resolve", "--continue", "-m", "x")
    (trees[1] / "call.py").write_bytes(text(["new\n"], HEAD, MERGED, TAIL))
    small.run("resolve", "retry", "--onto", "1.2", "--continue", "-m", "x")
    small.run("resolve", "--abort")
    assert not trees[0].exists()
    assert small.outcomes() == CLEAN


def test_an_edit_beside_the_conflict_comes_along(small: SmallSeries) -> None:
    tree = opened(small)
    head = [*HEAD[:2], "edited\n", *HEAD[3:]]
    (tree / "call.py").write_bytes(text(head, MERGED, TAIL))
    (tree / "README").write_bytes(b"text\nof ours\n")
    small.run("resolve", "--continue", "-m", "x")
    assert small.outcomes() == CLEAN
    assert "+of ours" in patched(small, "1.2")
    assert "+edited" in patched(small, "1.2")


def test_one_that_does_not_fit_any_more_is_told_not_bent(small: SmallSeries) -> None:
    small.run("resolve", "retry", "--take", "both", "-m", "x")
    (stored,) = small.resolutions
    key = next(line for line in stored.read_text().splitlines() if line.startswith("key"))
    stored.write_text(stored.read_text().replace(key, f'key = "{"0" * 64}"'))
    done = small.json("rebase")
    cells = {c["base"]: c for c in done["cells"] if c["patch"] == "retry"}
    assert cells["1.1"]["outcome"] == "conflict"
    assert "the conflict is not the one that was resolved" in cells["1.1"]["conflicts"][0]["reason"]
    assert [f["code"] for f in done["findings"]] == ["resolution-unused"]


def test_lines_that_are_not_there_are_told(small: SmallSeries) -> None:
    small.run("resolve", "retry", "--take", "ours", "-m", "x")
    (stored,) = small.resolutions
    stored.write_text(
        stored.read_text().replace("ours:1-3", "ours:1-4").replace("ours:1-2", "ours:1-4")
    )
    cells = small.json("rebase", "--onto", "1.1")["cells"]
    assert "ours has" in cells[0]["conflicts"][0]["reason"]


def test_a_damaged_file_is_named(small: SmallSeries) -> None:
    folder = small.root / "series/resolutions/small"
    folder.mkdir(parents=True)
    (folder / "x.toml").write_text("schema = 1\n")
    with pytest.raises(
        SeriesError, match=r"series/resolutions/small/x\.toml:1 is not a valid resolution"
    ):
        small.run("rebase")


def test_taking_all_drops_the_work_tree_that_was_open(small: SmallSeries) -> None:
    tree = opened(small, "--onto", "1.1")
    small.run("resolve", "retry", "--onto", "1.1", "--take", "ours", "-m", "x")
    assert not tree.exists()
    assert small.json("resolve", "--status")["open"] == []


def test_the_reason_is_asked_once_nothing_is_open(small: SmallSeries) -> None:
    opened(small, "--onto", "1.1")
    with pytest.raises(SeriesError, match="still to be resolved"):
        small.run("resolve", "retry", "--continue")


@pytest.mark.parametrize(
    ("choice", "body"),
    [
        ("ours", OURS),
        ("theirs", THEIRS),
        ("candidate:1", OURS),
        ("candidate:2", THEIRS),
        ("both", [*OURS, *THEIRS[1:]]),
        ("candidate:4", [*THEIRS, *OURS[1:]]),
    ],
)
def test_take(small: SmallSeries, choice: str, body: list[str]) -> None:
    small.run("resolve", "retry", "--onto", "1.1", "--take", f"1={choice}", "-m", "x")
    tree = opened(small, "--onto", "1.1", "--again")
    small.run("resolve", "--abort")
    cells = {c["base"]: c for c in small.json("rebase")["cells"] if c["patch"] == "retry"}
    if body == OURS:
        assert cells["1.1"]["outcome"] == "already-applied"
        return
    added = [line for line in patched(small, "1.1").splitlines() if line.startswith("+  ")]
    assert added == [f"+{line.rstrip()}" for line in body if line not in OURS]
    assert not tree.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--take", "mine"), "unknown choice: 'mine'"),
        (("--take", "7=ours"), "there is no region 7"),
        (("--take", "candidate:9"), "has 6 candidates, not 9"),
        (("--from", "nowhere"), "neither a file nor a fetched commit"),
    ],
)
def test_wrong_choices(small: SmallSeries, words: tuple[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        small.run("resolve", "retry", *words, "-m", "x")
    assert small.resolutions == []


def test_a_clean_patch_cannot_be_resolved(small: SmallSeries) -> None:
    with pytest.raises(UsageError, match="log does not conflict"):
        small.run("resolve", "log")


def test_from_a_patch_file_or_a_commit(small: SmallSeries) -> None:
    small.resolve_from_both({"call.py": text(HEAD, MERGED, TAIL)})
    assert small.outcomes() == CLEAN


def test_who_and_why_are_kept_when_decided_again_the_same(small: SmallSeries) -> None:
    small.run("resolve", "retry", "--take", "both", "-m", "first")
    before = small.tracked()
    small.run("resolve", "retry", "--again", "--take", "both", "-m", "second")
    assert small.tracked() == before


def test_two_people_make_two_files(small: SmallSeries) -> None:
    """Different conflicts lie in different files, so git merges them without a question."""
    small.run("resolve", "retry", "--take", "both", "-m", "x")
    (first,) = small.resolutions
    manifest = small.root / "series/small.toml"
    other = small.upstream.commit(
        {"call.py": text(HEAD, ["def call():\n", "    queue()\n"], TAIL)},
        "Queue",
        branch="other",
        parent=small.upstream.repository.resolve("1.0"),
    )
    manifest.write_text(manifest.read_text().replace(small.retry, other))
    small.run("resolve", "retry", "--take", "both", "-m", "x")
    assert len(small.resolutions) == 2
    assert first in small.resolutions


def test_undo_takes_a_resolution_back(small: SmallSeries) -> None:
    small.run("rebase")
    before = small.tracked()
    small.run("resolve", "retry", "--take", "both", "-m", "x")
    small.run("undo")
    assert small.tracked() == before


def test_a_reboot_loses_nothing(small: SmallSeries, tmp_path: Path) -> None:
    """What is typed lies in the project's state; the cache may go, and is fetched again."""
    tree = opened(small)
    (tree / "call.py").write_bytes(text(HEAD, MERGED, TAIL))
    shutil.rmtree(tmp_path / "cache")
    small.run("fetch")
    assert small.run("resolve", "--continue", "-m", "x")[0] == 0
    assert small.outcomes() == CLEAN
    assert os.listdir(small.conflicts) == []


def test_a_file_that_one_side_removed(small: SmallSeries) -> None:
    git_ = small.upstream
    gone = git_.commit(
        {"call.py": None}, "Gone", branch="gone", parent=git_.repository.resolve("1.1")
    )
    git_.tag("1.1", gone)
    tree = opened(small, "--onto", "1.1")
    with pytest.raises(SeriesError, match=r"still to be resolved: call\.py;"):
        small.run("resolve", "--continue", "-m", "x")
    git(tree, "rm", "--quiet", "call.py")
    small.run("resolve", "--continue", "-m", "it is not needed there")
    assert "gone = true" in small.resolutions[0].read_text()
    cells = {c["base"]: c for c in small.json("rebase")["cells"] if c["patch"] == "retry"}
    assert cells["1.1"]["outcome"] == "already-applied"
    small.resolutions[0].unlink()
    small.run("resolve", "retry", "--onto", "1.1", "--take", "theirs", "-m", "x")
    assert small.outcomes()["1.1"] == "resolution"


def test_a_file_that_the_target_removed_is_told_in_words(small: SmallSeries) -> None:
    git_ = small.upstream
    gone = git_.commit(
        {"call.py": None}, "Gone", branch="gone", parent=git_.repository.resolve("1.1")
    )
    git_.tag("1.1", gone)
    said = small.run("why", "retry", "--onto", "1.1")[1]
    words = "the patch changes this file, but it was removed in the target"
    assert f"\ncall.py: {words}\n" in said
    assert f"\n  {words}\n" in said
    assert "(ours: take the deletion)" in said
    assert "(theirs: keep the file)" in said


def test_a_deletion_that_is_a_candidate_can_be_taken(small: SmallSeries) -> None:
    git_ = small.upstream
    removal = git_.commit(
        {"call.py": None}, "Remove it", branch="removal", parent=git_.repository.resolve("1.0")
    )
    manifest = small.root / "series/small.toml"
    manifest.write_text(manifest.read_text().replace(small.retry, removal))
    small.run("fetch")
    said = small.run("resolve", "retry", "--onto", "1.1", "--dry-run")[1]
    assert "  the patch removes this file, but it was changed in the target\n" in said
    assert "(ours: keep the file)" in said
    (number,) = re.findall(r"candidate:(\d+) \(theirs: take the deletion\)", said)
    small.run("resolve", "retry", "--onto", "1.1", "--take", f"candidate:{number}", "-m", "x")
    assert "gone = true" in small.resolutions[0].read_text()
