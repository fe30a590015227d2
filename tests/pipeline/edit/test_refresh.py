"""``series checkout`` and ``series refresh``: the series edited with git, and back."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from patchseries import process
from patchseries.errors import SeriesError, UsageError
from support.small_series import HEAD, MERGED, TAIL, SmallSeries, text

DAY = "1365120000 +0000"


@pytest.fixture
def checked(small: SmallSeries) -> Path:
    """The branch of the small series on 1.1, with its conflict resolved."""
    small.run("resolve", "retry", "--take", "theirs", "-m", "x")
    small.run("rebase")
    return small.check_out("1.1")


def git(tree: Path, *words: str) -> str:
    env = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Ann"), ("EMAIL", "a@test.invalid"), ("DATE", DAY))
    }
    return process.run(["git", "-C", tree, *words], env=env).stdout.decode()


def cells(small: SmallSeries, patch: str) -> dict[str, str]:
    rows = small.json("rebase")["cells"]
    return {row["base"]: row["outcome"] for row in rows if row["patch"] == patch}


def test_the_branch_holds_a_commit_for_each_patch(checked: Path) -> None:
    assert git(checked, "log", "--format=%s", "--reverse") == "project 1.1\nRetry\nLog\n"
    assert git(checked, "status", "--porcelain") == ""
    assert (checked / "log.py").read_bytes() == b"loud\n"
    assert git(checked, "log", "-1", "--format=%an %b").startswith("Test Author Series-Patch: log")


def test_the_round_trip_without_an_edit_changes_nothing(small: SmallSeries, checked: Path) -> None:
    before = small.tracked()
    assert small.run("refresh", "work") == (0, "nothing changed\n")
    assert small.run("refresh", str(checked), "--yes")[0] == 0
    assert small.tracked() == before


def test_an_edit_of_a_conflict_becomes_a_resolution(small: SmallSeries, checked: Path) -> None:
    git(checked, "checkout", "--quiet", "--detach", "HEAD~1")
    (checked / "call.py").write_bytes(text(HEAD, MERGED, TAIL))
    git(checked, "commit", "--quiet", "--all", "--amend", "--no-edit")
    git(checked, "cherry-pick", "series")
    before = small.tracked()
    status, said = small.run("refresh", "work", "--dry-run")
    assert status == 1
    assert said.splitlines() == [
        "changed retry: 1 resolution",
        "  retry on 1.1: adapted, with another diff",
        "  retry on 1.2: adapted, with another diff",
    ]
    assert small.tracked() == before
    small.run("refresh", "work", "--yes")
    assert len(small.resolutions) == 1
    assert "send(timeout=3)" in read_patch(small, "1.2")


def read_patch(small: SmallSeries, base: str) -> str:
    small.run("rebase")
    return (small.root / f"patches/small/{base}/project/0001-retry.patch").read_text()


def test_an_edit_of_a_clean_patch_becomes_a_file_of_one_s_own(
    small: SmallSeries, checked: Path
) -> None:
    (checked / "log.py").write_bytes(b"louder\n")
    git(checked, "commit", "--quiet", "--all", "--amend", "--no-edit")
    said = small.run("refresh", "work", "--yes")[1]
    assert said.startswith("changed log: patches/own/log-1.1.patch on 1.1\n")
    assert cells(small, "log") == {"1.0": "clean", "1.1": "clean", "1.2": "clean"}
    written = {
        b: (small.root / f"patches/small/{b}/project/0002-log.patch").read_text()
        for b in ("1.1", "1.2")
    }
    assert "+louder" in written["1.1"]
    assert "+loud\n" in written["1.2"]
    assert "# a comment that stays" in (small.root / "series/small.toml").read_text()


def test_reworded_new_and_dropped(small: SmallSeries, checked: Path) -> None:
    git(checked, "reset", "--quiet", "--hard", "HEAD~1")
    git(checked, "commit", "--quiet", "--amend", "-m", "Try again\n\nSeries-Patch: retry")
    (checked / "README").write_bytes(b"text\nof ours\n")
    git(checked, "commit", "--quiet", "--all", "-m", "Say whose it is")
    before = small.tracked()
    assert small.json("refresh", "work", "--yes")["plan"] == [
        "reworded retry: patches/own/retry-1.1.patch on 1.1",
        "new say-whose-it-is: patches/own/say-whose-it-is.patch on 1.1",
        "dropped log on 1.1",
    ]
    assert cells(small, "log") == {"1.0": "clean", "1.1": "not-applicable", "1.2": "clean"}
    assert cells(small, "say-whose-it-is") == {
        "1.0": "not-applicable",
        "1.1": "clean",
        "1.2": "not-applicable",
    }
    assert "Subject: Try again" in read_patch(small, "1.1")
    small.run("undo")
    small.run("undo")
    assert small.tracked() == before


def test_a_new_commit_may_name_its_file(small: SmallSeries, checked: Path) -> None:
    """As those of gbp pq do; no line of that is left in the patch."""
    (checked / "README").write_bytes(b"text\nof ours\n")
    words = "Say whose it is\n\nBecause.\nGbp-Pq: Topic docs\nGbp-Pq: Name Whose_1.diff"
    git(checked, "commit", "--quiet", "--all", "-m", words)
    assert small.json("refresh", "work", "--yes")["plan"] == [
        "new whose-1: patches/own/whose-1.patch on 1.1",
    ]
    data = (small.root / "patches/own/whose-1.patch").read_text()
    assert "Subject: Say whose it is\n\nBecause.\n---\n" in data
    assert "Gbp-Pq" not in data


def test_a_patch_dropped_on_its_only_base_leaves_the_manifest(
    small: SmallSeries, checked: Path
) -> None:
    path = small.root / "series/small.toml"
    manifest = path.read_text()
    path.write_text(manifest.replace('name = "log"\n', 'name = "log"\nbases = "==1.1"\n'))
    assert path.read_text() != manifest
    small.run("rebase")
    git(checked, "reset", "--quiet", "--hard", "HEAD~1")
    assert small.json("refresh", "work", "--yes")["plan"] == ["dropped log on 1.1"]
    assert 'name = "log"' not in path.read_text()


def test_after_a_refresh_the_next_finds_nothing(small: SmallSeries, checked: Path) -> None:
    (checked / "log.py").write_bytes(b"louder\n")
    git(checked, "commit", "--quiet", "--all", "--amend", "--no-edit")
    small.run("refresh", "work", "--yes")
    small.run("rebase")
    assert small.run("refresh", "work") == (0, "nothing changed\n")


def test_a_new_file_that_was_not_added_is_named(small: SmallSeries, checked: Path) -> None:
    (checked / "new.py").write_bytes(b"new\n")
    status, said = small.run("refresh", "work")
    assert status == 0
    assert "left out: new.py; `git add`" in said
    for number in range(4):
        (checked / f"{number}.py").touch()
    assert "left out: 0.py, 1.py, 2.py and 2 more; `git add`" in small.run("refresh", "work")[1]
    for name in ("3.py", "new.py"):
        (checked / name).unlink()
    assert "left out: 0.py, 1.py, 2.py; `git add`" in small.run("refresh", "work")[1]


def test_a_directory_that_is_no_branch(small: SmallSeries) -> None:
    with pytest.raises(UsageError, match="was not made by `series checkout`"):
        small.run("refresh", "../nowhere")


def test_without_anybody_to_answer_nothing_is_written(small: SmallSeries, checked: Path) -> None:
    git(checked, "commit", "--quiet", "--amend", "-m", "Log more\n\nSeries-Patch: log")
    before = small.tracked()
    with pytest.raises(UsageError, match="cannot ask: standard input is not a terminal; use --yes"):
        small.run("refresh", "work")
    assert small.tracked() == before


def test_the_command_that_is_named_next_works_as_it_stands(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another folder, with another series of the same project, and a name to be quoted."""
    small.run("resolve", "retry", "--take", "theirs", "-m", "x")
    manifest = small.root / "series/small.toml"
    (small.root / "series/other.toml").write_text(
        manifest.read_text().replace('"small"', '"other"')
    )
    (small.root / "below").mkdir()
    monkeypatch.chdir(small.root / "below")
    checkout = ("checkout", "project", "--series", "small", "--onto", "1.1", "../../its work")
    status, said = small.run(*checkout)
    assert status == 0
    (command,) = re.findall(r"^then: series (.*)$", said, re.M)
    assert small.run(*shlex.split(command)) == (0, "nothing changed\n")
    with pytest.raises(UsageError, match="is a branch of small, not of other"):
        small.run("refresh", "../../its work", "other")


def test_what_cannot_be_taken_in_is_refused(small: SmallSeries, checked: Path) -> None:
    before = small.tracked()
    (checked / "log.py").write_bytes(b"louder\n")
    with pytest.raises(SeriesError, match="changes that are not committed"):
        small.run("refresh", "work")
    git(checked, "reset", "--quiet", "--hard")
    git(checked, "commit", "--quiet", "--allow-empty", "-m", "Once more\n\nSeries-Patch: retry")
    with pytest.raises(SeriesError, match="on the branch twice"):
        small.run("refresh", "work")
    assert small.tracked() == before
    with pytest.raises(UsageError, match="already exists"):
        small.run("checkout", "project", "--onto", "1.1", "work")


def test_an_open_conflict_cannot_be_checked_out(small: SmallSeries) -> None:
    with pytest.raises(SeriesError, match=r"retry conflicts on 1\.1"):
        small.run("checkout", "project", "--onto", "1.1", "work")
    assert not os.path.exists("work")


def test_a_patch_file_edited_by_hand(small: SmallSeries, checked: Path) -> None:
    del checked
    path = small.root / "patches/small/1.2/project/0002-log.patch"
    path.write_text(path.read_text().replace("+loud", "+louder"))
    with pytest.raises(SeriesError, match="edited by hand"):
        small.run("rebase")
    assert small.run("refresh", "log", "--onto", "1.2", "--yes")[0] == 0
    small.run("rebase")
    assert "+louder" in path.read_text()
    assert "+louder" not in (path.parents[2] / "1.1/project/0002-log.patch").read_text()
    assert small.run("refresh", "log", "--onto", "1.2") == (0, "nothing changed\n")
