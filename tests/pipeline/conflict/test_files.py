"""``series resolve``: files made, removed, renamed or of another mode beside the conflict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchseries import process
from patchseries.errors import SeriesError
from pipeline.conflict.test_resolve import CLEAN, git, opened, patched
from support.small_series import HEAD, MERGED, TAIL, THEIRS, SmallSeries, text

TOOL = b"#!/bin/sh\necho tool\n"
OLD = b"".join(b"old %d\n" % n for n in range(20))
HELPER = b"def help():\n    return 'it''s'\n"
DONE = text(HEAD, MERGED, TAIL)
MORE = {"tool.sh": TOOL, "old/name.py": OLD, "drop.py": b"obsolete\n"}


@pytest.fixture
def furnished(small: SmallSeries) -> SmallSeries:
    """The small series, with more files on the bases that conflict."""
    furnish(small, "1.1")
    furnish(small, "1.2")
    return small


def furnish(
    small: SmallSeries,
    base: str,
    files: dict[str, bytes | None] | None = None,
    modes: dict[str, str] | None = None,
) -> None:
    """Change *files* on *base*."""
    parent = small.upstream.repository.resolve(base)
    wanted = MORE if files is None else files
    small.upstream.commit(wanted, "More", branch=f"on-{base}", parent=parent, modes=modes)
    small.upstream.tag(base, f"refs/heads/on-{base}")


def resolve(small: SmallSeries, tree: Path) -> str:
    """Take *tree* in, with the conflict resolved; the text of the resolution."""
    (tree / "call.py").write_bytes(DONE)
    assert small.run("resolve", "--continue", "-m", "x")[0] == 0
    return small.resolutions[-1].read_text()


def add_helper(tree: Path, data: bytes = HELPER) -> None:
    (tree / "lib").mkdir()
    (tree / "lib/helper.py").write_bytes(data)
    git(tree, "add", "lib/helper.py")


def cell(small: SmallSeries, base: str) -> Any:
    rows = small.json("rebase", "--overwrite")["cells"]
    return next(row for row in rows if (row["patch"], row["base"]) == ("retry", base))


def result(small: SmallSeries, base: str) -> Path:
    """A work tree of the series on *base*."""
    small.run("rebase", "--overwrite")
    return small.check_out(base, f"work-{base}")


def test_all_of_it_is_replayed_on_the_next_base(furnished: SmallSeries) -> None:
    tree = opened(furnished)
    add_helper(tree)
    (tree / "lib/helper.py").chmod(0o755)
    (tree / "drop.py").unlink()
    git(tree, "mv", "old/name.py", "new.py")
    (tree / "new.py").write_bytes(OLD.replace(b"old 9\n", b"ours\n"))
    (tree / "tool.sh").chmod(0o755)
    resolve(furnished, tree)
    assert furnished.outcomes() == CLEAN
    made = result(furnished, "1.2")
    assert (made / "lib/helper.py").read_bytes() == HELPER
    assert (made / "new.py").read_bytes() == OLD.replace(b"old 9\n", b"ours\n")
    assert not (made / "drop.py").exists()
    assert not (made / "old").exists()
    assert all((made / name).stat().st_mode & 0o111 for name in ("lib/helper.py", "tool.sh"))
    assert small_findings(furnished) == []


def small_findings(small: SmallSeries) -> list[str]:
    """The cells whose written patches do not apply."""
    rows = small.json("test-apply")["cells"]
    return [row["reason"] for row in rows if row["result"] == "fails"]


def test_only_what_is_new_is_written_down(furnished: SmallSeries) -> None:
    tree = opened(furnished)
    add_helper(tree)
    git(tree, "rm", "--quiet", "drop.py")
    git(tree, "mv", "old/name.py", "new.py")
    stored = resolve(furnished, tree)
    assert HELPER.decode() in stored
    assert "obsolete" not in stored
    assert "old 3" not in stored
    assert stored.count("was = ") == 2


CHANGES: dict[str, Callable[[Path], object]] = {
    "new": add_helper,
    "removed": lambda tree: (tree / "drop.py").unlink(),
    "renamed": lambda tree: git(tree, "mv", "drop.py", "kept.py"),
    "mode": lambda tree: (tree / "tool.sh").chmod(0o755),
}


@pytest.mark.parametrize(
    ("change", "there", "said"),
    [
        ("new", {"lib/helper.py": b"other\n"}, "lib/helper.py already exists, with other content"),
        ("new", {"lib": b"a file\n"}, "lib is not a directory"),
        ("removed", {"drop.py": b"changed\n"}, "drop.py is not what it was"),
        ("removed", {"drop.py": None}, "drop.py is not there"),
        ("renamed", {"drop.py": b"changed\n"}, "drop.py is not what it was"),
        ("renamed", {"kept.py": b"other\n"}, "kept.py already exists"),
        ("mode", {"tool.sh": None}, "tool.sh is not there"),
        ("mode", {"tool.sh": TOOL}, "tool.sh has mode 100755, not 100644"),
    ],
)
def test_one_that_does_not_fit_is_told_not_bent(
    furnished: SmallSeries, change: str, there: dict[str, bytes | None], said: str
) -> None:
    furnish(furnished, "1.2", there, {"tool.sh": "100755"})
    tree = opened(furnished, "--onto", "1.1")
    CHANGES[change](tree)
    resolve(furnished, tree)
    assert cell(furnished, "1.1")["strategies"] == ["resolution"]
    on_next = cell(furnished, "1.2")
    assert on_next["outcome"] == "conflict"
    assert said in on_next["conflicts"][0]["reason"]


def test_a_new_file_that_is_there_already_the_same_is_no_question(furnished: SmallSeries) -> None:
    furnish(furnished, "1.2", {"lib/helper.py": HELPER})
    tree = opened(furnished, "--onto", "1.1")
    add_helper(tree)
    resolve(furnished, tree)
    assert furnished.outcomes() == CLEAN
    assert "helper" not in patched(furnished, "1.2")


def test_a_file_that_git_does_not_know_is_asked_about(small: SmallSeries) -> None:
    tree = opened(small)
    (tree / "helper.py").write_bytes(HELPER)
    (tree / "call.py.orig").write_bytes(b"left by a merge tool\n")
    with pytest.raises(SeriesError, match=r"still to be resolved: helper\.py;"):
        resolve(small, tree)
    (row,) = small.json("resolve", "--status")["open"]
    assert [left["path"] for left in row["left"]] == ["helper.py"]
    git(tree, "add", "helper.py")
    assert "[[file]]" in resolve(small, tree)


@pytest.mark.parametrize(("name", "data"), [("a.bin", b"\0\1"), ("link", None)])
def test_what_no_resolution_can_hold_is_refused(
    small: SmallSeries, name: str, data: bytes | None
) -> None:
    tree = opened(small)
    if data is None:
        (tree / name).symlink_to("README")
    else:
        (tree / name).write_bytes(data)
    git(tree, "add", name)
    with pytest.raises(SeriesError, match=f"{name}: .*; write a patch of your own for it"):
        resolve(small, tree)
    assert (tree / name).exists()


@pytest.mark.parametrize("path", ["../x", "/x", "a/../b", ".git/config", "a/.GIT/x", ""])
def test_a_path_outside_of_the_tree_is_no_resolution(small: SmallSeries, path: str) -> None:
    tree = opened(small)
    add_helper(tree)
    resolve(small, tree)
    (stored,) = small.resolutions
    stored.write_text(stored.read_text().replace('"lib/helper.py"', f'"{path}"'))
    with pytest.raises(SeriesError, match="is not a valid resolution"):
        small.run("rebase")


def test_the_conflicting_file_itself_is_renamed_and_executable(small: SmallSeries) -> None:
    tree = opened(small)
    (tree / "call.py").write_bytes(DONE)
    (tree / "call.py").chmod(0o755)
    (tree / "call.py").rename(tree / "caller.py")
    git(tree, "add", "caller.py")
    assert small.run("resolve", "--continue", "-m", "x")[0] == 0
    assert "line 3" not in small.resolutions[0].read_text()
    assert small.outcomes() == CLEAN
    made = result(small, "1.2")
    assert (made / "caller.py").read_bytes() == b"new\n" + DONE
    assert (made / "caller.py").stat().st_mode & 0o111
    assert not (made / "call.py").exists()


def test_from_a_commit_that_adds_and_removes_files(small: SmallSeries) -> None:
    small.resolve_from_both({"call.py": DONE, "helper.py": HELPER, "README": None})
    assert small.outcomes() == CLEAN
    assert "helper.py" in patched(small, "1.2")


def ours_differs_in_log(small: SmallSeries) -> None:
    """On 1.2 the patch conflicts in a second file; on 1.1 it does not."""
    both = small.upstream.commit(
        {"call.py": text(HEAD, THEIRS, TAIL), "log.py": b"retried\n"},
        "Retry",
        branch="both",
        parent=small.upstream.repository.resolve("1.0"),
    )
    furnish(small, "1.2", {"log.py": b"other\n"})
    manifest = small.root / "series/small.toml"
    text_ = manifest.read_text().replace(small.retry, both)
    manifest.write_text(text_[: text_.rindex("[[patch]]")])


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_another_person_decided_stays_theirs(small: SmallSeries, by_hand: bool) -> None:
    ours_differs_in_log(small)
    tree = opened(small, "--onto", "1.1")
    add_helper(tree)
    (tree / "README").unlink()
    (tree / "call.py").write_bytes(DONE.replace(b"more 7", b"edited"))
    small.run("resolve", "--continue", "-m", "the first")
    (first,) = small.resolutions
    before = first.read_bytes()
    assert small.outcomes()["1.2"] == "conflict"
    if by_hand:
        tree = opened(small, "--onto", "1.2")
        assert (tree / "lib/helper.py").read_bytes() == HELPER
        assert not (tree / "README").exists()
        assert (tree / "call.py").read_bytes() == b"new\n" + DONE.replace(b"more 7", b"edited")
        (tree / "log.py").write_bytes(b"both\n")
        small.run("resolve", "--continue", "-m", "the second")
    else:
        small.run("resolve", "retry", "--onto", "1.2", "--take", "2=theirs", "-m", "the second")
    second = next(path for path in small.resolutions if path != first)
    assert first.read_bytes() == before
    assert "helper" not in second.read_text()
    assert small.outcomes() == CLEAN
    assert "+edited" in patched(small, "1.2")
    assert "helper.py" in patched(small, "1.2")


def test_two_people_s_resolutions_merge_in_git(small: SmallSeries) -> None:
    """Both need the same helper for different conflicts; on 1.2 both conflicts come up."""
    ours_differs_in_log(small)
    furnish(small, "1.0", {"log.py": b"other\n"})
    project = small.root
    me = ("-c", "user.name=A", "-c", "user.email=a@test.invalid")
    (project / ".gitignore").write_text("patches/\n")
    process.run(["git", "init", "--quiet", "--initial-branch=main", project])
    git(project, "add", ".gitignore", "series")
    git(project, *me, "commit", "--quiet", "-m", "Start")
    for who, base, path, done in (
        ("ann", "1.1", "call.py", DONE),
        ("bob", "1.0", "log.py", b"b\n"),
    ):
        git(project, "switch", "--quiet", "-c", who, "main")
        tree = opened(small, "--onto", base)
        add_helper(tree)
        (tree / "README").unlink()
        (tree / path).write_bytes(done)
        small.run("resolve", "--continue", "-m", who)
        git(project, "add", "series")
        git(project, *me, "commit", "--quiet", "-m", who)
    git(project, *me, "merge", "--quiet", "--no-edit", "ann")
    assert len(small.resolutions) == 2
    assert small.outcomes() == dict.fromkeys(("1.0", "1.1", "1.2"), "resolution")
