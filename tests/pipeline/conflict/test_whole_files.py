"""``series resolve`` where a file as such is in question: removed, added by both, or its mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.errors import SeriesError
from pipeline.conflict.test_resolve import git, opened
from support.small_series import BODY, HEAD, OURS, TAIL, SmallSeries, text

OURS_OWN = b"# ours\nA = 1\n"
THEIRS_OWN = b"# theirs\nA = 2\n"
CALL = text(HEAD, OURS, TAIL)
Change = dict[str, bytes | None]


def collide(
    small: SmallSeries,
    ours: Change,
    theirs: Change,
    *,
    ours_mode: str = "100644",
    theirs_mode: str = "100644",
) -> None:
    """Make 1.1 what *ours* makes of it, and the patch what *theirs* makes of 1.0."""
    git_ = small.upstream
    made = []
    for branch, base, files, mode in (
        ("ours", "1.1", ours, ours_mode),
        ("theirs", "1.0", theirs, theirs_mode),
    ):
        parent = git_.repository.resolve(base)
        modes = dict.fromkeys(files, mode)
        made.append(git_.commit(files, branch, branch=branch, parent=parent, modes=modes))
    git_.tag("1.1", made[0])
    manifest = small.root / "series/small.toml"
    manifest.write_text(manifest.read_text().replace(small.retry, made[1]))


def modified_by_ours(small: SmallSeries) -> None:
    collide(small, {}, {"call.py": None})


def modified_by_theirs(small: SmallSeries) -> None:
    collide(small, {"call.py": None}, {"call.py": text(HEAD, OURS, TAIL)})


def after(small: SmallSeries) -> Path:
    """A work tree of what the series makes of 1.1."""
    assert small.json("rebase", "--onto", "1.1", "--overwrite")["cells"][0]["conflicts"] == []
    return small.check_out("1.1")


def content(tree: Path, path: str) -> bytes | None:
    return (tree / path).read_bytes() if (tree / path).exists() else None


@pytest.mark.parametrize(
    ("set_up", "choice", "expected"),
    [
        (modified_by_ours, "ours", CALL),
        (modified_by_ours, "theirs", None),
        (modified_by_ours, "both", CALL),
        (modified_by_ours, "candidate:2", None),
        (modified_by_theirs, "ours", None),
        (modified_by_theirs, "theirs", CALL),
        (modified_by_theirs, "candidate:1", None),
        (modified_by_theirs, "candidate:2", CALL),
    ],
)
def test_removed_on_one_side_take(
    small: SmallSeries, set_up: object, choice: str, expected: bytes | None
) -> None:
    assert callable(set_up)
    set_up(small)
    small.run("resolve", "retry", "--take", choice, "-m", "x")
    assert content(after(small), "call.py") == expected


@pytest.mark.parametrize("set_up", [modified_by_ours, modified_by_theirs])
@pytest.mark.parametrize(
    ("words", "expected"),
    [(("add", "call.py"), b"edited\n"), (("rm", "--quiet", "--force", "call.py"), None)],
)
def test_removed_on_one_side_by_hand(
    small: SmallSeries, set_up: object, words: tuple[str, ...], expected: bytes | None
) -> None:
    assert callable(set_up)
    set_up(small)
    tree = opened(small)
    (tree / "call.py").write_bytes(b"edited\n")
    with pytest.raises(SeriesError, match=r"still to be resolved: call\.py;"):
        small.run("resolve", "--continue", "-m", "x")
    git(tree, *words)
    small.run("resolve", "--continue", "-m", "x")
    assert content(after(small), "call.py") == expected


@pytest.mark.parametrize("set_up", [modified_by_ours, modified_by_theirs])
@pytest.mark.parametrize("expected", [b"by hand\n", None])
@pytest.mark.parametrize("as_patch", [True, False])
def test_removed_on_one_side_from(
    small: SmallSeries, set_up: object, expected: bytes | None, as_patch: bool
) -> None:
    assert callable(set_up)
    set_up(small)
    repository = small.upstream.repository
    done = small.upstream.commit(
        {"call.py": expected, "README": b"said\n"},
        "Backport",
        branch="backport",
        parent=repository.resolve("1.1"),
    )
    source = str(done)
    if as_patch:
        source = "backport.patch"
        diff = repository.diff("1.1^{tree}", f"{done}^{{tree}}")
        (small.root / source).write_bytes(diff)
    small.run("resolve", "retry", "--from", source, "-m", "x")
    tree = after(small)
    assert content(tree, "call.py") == expected
    assert content(tree, "README") == b"said\n"


def test_another_content_is_another_conflict(small: SmallSeries) -> None:
    modified_by_ours(small)
    small.run("resolve", "retry", "--take", "theirs", "-m", "x")
    rows = {c["base"]: c for c in small.json("rebase")["cells"] if c["patch"] == "retry"}
    assert rows["1.1"]["strategies"] == ["resolution"]
    reason = rows["1.2"]["conflicts"][0]["reason"]
    assert "the conflict is not the one that was resolved" in reason


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("ours", OURS_OWN),
        ("theirs", THEIRS_OWN),
        ("both", OURS_OWN + THEIRS_OWN),
        (None, b"by hand\n"),
    ],
)
def test_added_by_both(small: SmallSeries, choice: str | None, expected: bytes) -> None:
    collide(small, {"own.py": OURS_OWN}, {"own.py": THEIRS_OWN})
    if choice:
        small.run("resolve", "retry", "--take", choice, "-m", "x")
    else:
        tree = opened(small)
        assert git(tree, "status", "--porcelain") == "AA own.py\n"
        (tree / "own.py").write_bytes(expected)
        small.run("resolve", "--continue", "-m", "x")
    assert content(after(small), "own.py") == expected


@pytest.mark.parametrize("how", ["ours", "theirs", "both", "hand", "candidate:2", "from"])
@pytest.mark.parametrize(
    ("data", "ours", "theirs"),
    [(OURS_OWN, "100644", "100755"), (THEIRS_OWN, "100755", "100644")],
)
def test_modes_that_conflict(
    small: SmallSeries, ours: str, theirs: str, how: str, data: bytes
) -> None:
    """A file that both added, with one mode here and another there, and perhaps other lines."""
    collide(small, {"own.py": data}, {"own.py": THEIRS_OWN}, ours_mode=ours, theirs_mode=theirs)
    expected = ours if how in ("ours", "both") else theirs
    if how == "hand":
        tree = opened(small)
        (tree / "own.py").write_bytes(THEIRS_OWN)
        (tree / "own.py").chmod(int(theirs[3:], 8))
        git(tree, "add", "own.py")
        small.run("resolve", "--continue", "-m", "x")
    elif how == "from":
        made = small.upstream.commit(
            {"own.py": THEIRS_OWN},
            "Backport",
            branch="backport",
            modes={"own.py": theirs},
            parent=small.upstream.repository.resolve("1.1"),
        )
        small.run("resolve", "retry", "--from", made, "-m", "x")
    else:
        small.run("resolve", "retry", "--take", how, "-m", "x")
    tree = after(small)
    found = git(tree, "ls-files", "--stage", "own.py").split()[0]
    assert found == expected
    assert small.json("rebase", "--onto", "1.1")["cells"][0]["conflicts"] == []


def test_a_mode_alone_is_asked_about_as_a_whole(small: SmallSeries) -> None:
    collide(small, {"own.py": OURS_OWN}, {"own.py": OURS_OWN}, theirs_mode="100755")
    assert small.json("rebase", "--onto", "1.1")["cells"][0]["outcome"] == "conflict"
    assert "candidate:2 (theirs, mode 100755)" in small.run("resolve", "retry", "-n")[1]
    tree = opened(small)
    with pytest.raises(SeriesError, match=r"still to be resolved: own\.py;"):
        small.run("resolve", "--continue", "-m", "x")
    git(tree, "add", "own.py")
    small.run("resolve", "--continue", "-m", "x")
    assert 'choice = "ours"' in small.resolutions[0].read_text()


def test_the_mode_that_the_patch_gives_stays_when_its_lines_conflict(small: SmallSeries) -> None:
    theirs = text(HEAD, [*BODY, "    again()\n"], TAIL)
    collide(small, {}, {"call.py": theirs}, theirs_mode="100755")
    tree = opened(small)
    (tree / "call.py").write_bytes(theirs)
    small.run("resolve", "--continue", "-m", "x")
    assert 'choice = "theirs"' in small.resolutions[0].read_text()
    assert "[[file]]" not in small.resolutions[0].read_text()
    assert git(after(small), "ls-files", "--stage", "call.py").startswith("100755")


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_file_that_both_renamed(small: SmallSeries, by_hand: bool) -> None:
    """Each name is in question by itself; the old one is not."""
    collide(small, {"README": None, "OURS": b"text\n"}, {"README": None, "THEIRS": b"text\n"})
    if by_hand:
        tree = opened(small)
        with pytest.raises(SeriesError, match="still to be resolved: OURS, THEIRS;"):
            small.run("resolve", "--continue", "-m", "x")
        git(tree, "rm", "--quiet", "OURS")
        git(tree, "add", "THEIRS")
        small.run("resolve", "--continue", "-m", "x")
    else:
        small.run("resolve", "retry", "--take", "theirs", "-m", "x")
    made = after(small)
    assert (content(made, "OURS"), content(made, "THEIRS")) == (None, b"text\n")
    assert content(made, "README") is None
