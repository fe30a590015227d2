"""``series refresh`` of a branch whose patches changed places."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from patchseries.errors import ExitCode, SeriesError
from pipeline.edit.test_refresh import cells, git
from support.small_series import BODY, HEAD, TAIL, THEIRS, SmallSeries, text

OWN = """\
From: Ann <a@test.invalid>
Subject: Say so

---
--- a/README
+++ b/README
@@ -1 +1,2 @@
 text
+of ours
"""
MORE = ["def call():\n", "    while not send():\n", "        wait(more=True)\n"]


@pytest.fixture
def manifest(small: SmallSeries) -> Path:
    """The manifest, with a comment of each patch's own and one that is nobody's."""
    path = small.root / "series/small.toml"
    first, retry, log = path.read_text().split("[[patch]]\n")
    retry = f"# about retry\n[[patch]]\n{retry}# nobody's\n\n# about log\n"
    path.write_text(f"{first}{retry}[[patch]]\n{log}")
    return path


def checked_out(small: SmallSeries, base: str) -> Path:
    small.run("rebase")
    return small.check_out(base)


def swap(tree: Path) -> None:
    last_first = git(tree, "rev-list", "--max-count=2", "series").split()
    git(tree, "reset", "--quiet", "--hard", "HEAD~2")
    git(tree, "cherry-pick", *last_first)


def files(small: SmallSeries, base: str) -> list[str]:
    return sorted(p.name for p in (small.root / f"patches/small/{base}/project").glob("*.patch"))


def test_the_tables_move_and_all_else_stays(small: SmallSeries, manifest: Path) -> None:
    swap(checked_out(small, "1.0"))
    before, was = small.tracked(), manifest.read_text()
    assert small.run("refresh", "work", "-n") == (1, "reordered: log, retry\n")
    assert small.tracked() == before
    small.run("refresh", "work", "--yes")
    after = small.tracked()
    assert [name for name in after if after[name] != before[name]] == ["series/small.toml"]
    start, retry, gap, log = cut(was, "# about retry\n", "\n# nobody's\n", "# about log\n")
    assert manifest.read_text() == start + log + gap + retry
    small.run("undo")
    assert small.tracked() == before


def cut(whole: str, *starts: str) -> list[str]:
    """*whole* in pieces, a new one where each of *starts* stands."""
    ends = [0, *map(whole.index, starts), len(whole)]
    return [whole[a:b] for a, b in pairwise(ends)]


def test_the_files_of_all_bases_are_renumbered(small: SmallSeries) -> None:
    small.run("resolve", "retry", "--take", "theirs", "-m", "x")
    swap(checked_out(small, "1.1"))
    small.run("refresh", "work", "--yes")
    assert cells(small, "retry") == {"1.0": "clean", "1.1": "adapted", "1.2": "adapted"}
    for base in ("1.0", "1.1", "1.2"):
        assert files(small, base) == ["0001-log.patch", "0002-retry.patch"]
    assert small.run("refresh", "work") == (0, "nothing changed\n")


def test_reordered_and_reworded(small: SmallSeries) -> None:
    tree = checked_out(small, "1.0")
    swap(tree)
    git(tree, "commit", "--quiet", "--amend", "-m", "Try again\n\nSeries-Patch: retry")
    assert small.json("refresh", "work", "--yes")["plan"] == [
        "reordered: log, retry",
        "reworded retry: patches/own/retry-1.0.patch on 1.0",
    ]
    small.run("rebase")
    assert files(small, "1.0") == ["0001-log.patch", "0002-retry.patch"]
    path = small.root / "patches/small/1.0/project/0002-retry.patch"
    assert "Subject: Try again" in path.read_text()


def test_reordered_new_and_dropped(small: SmallSeries, manifest: Path) -> None:
    add(small, manifest, "again", {"README": b"text\nagain\n"})
    tree = checked_out(small, "1.0")
    again, _, retry = git(tree, "rev-list", "--max-count=3", "series").split()
    git(tree, "reset", "--quiet", "--hard", "HEAD~3")
    git(tree, "cherry-pick", again)
    (tree / "log.py").write_bytes(b"ours\n")
    git(tree, "commit", "--quiet", "--all", "-m", "Ours")
    git(tree, "cherry-pick", retry)
    assert small.json("refresh", "work", "--yes")["plan"] == [
        "reordered: again, retry",
        "new ours: patches/own/ours.patch on 1.0",
        "dropped log on 1.0",
    ]
    small.run("rebase")
    assert files(small, "1.0") == ["0001-again.patch", "0002-ours.patch", "0004-retry.patch"]


def test_a_new_neighbour_is_no_edit_of_a_patch(small: SmallSeries, manifest: Path) -> None:
    """Its diff has other context lines then; git's patch id counts them."""
    body = text([*HEAD[:-2], "near\n", *HEAD[-1:]], THEIRS, TAIL)
    add(small, manifest, "near", {"call.py": body})
    tree = checked_out(small, "1.0")
    git(tree, "reset", "--quiet", "--hard", "HEAD~3")
    log, retry = git(tree, "rev-list", "--skip=1", "--max-count=2", "series@{1}").split()
    near = git(tree, "rev-parse", "series@{1}").strip()
    git(tree, "cherry-pick", near, retry, log)
    assert small.json("refresh", "work", "-n")["plan"] == ["reordered: near, retry, log"]


def test_an_own_patch_stays_on_top_of_its_patch(small: SmallSeries, manifest: Path) -> None:
    own = small.root / "patches/own/louder.patch"
    own.parent.mkdir(parents=True)
    own.write_text(OWN)
    manifest.write_text(manifest.read_text().replace("# nobody's", 'fixups = ["own/louder.patch"]'))
    swap(checked_out(small, "1.0"))
    refused(small, "own/louder.patch is no longer directly after retry")


def test_a_patch_stays_behind_what_it_requires(small: SmallSeries, manifest: Path) -> None:
    manifest.write_text(manifest.read_text() + 'requires = ["retry"]\n')
    swap(checked_out(small, "1.0"))
    refused(small, "log requires retry, which would then come after it")


def test_an_order_that_does_not_merge_is_told(small: SmallSeries, manifest: Path) -> None:
    add(small, manifest, "again", {"call.py": text(HEAD, MORE, TAIL)})
    tree = checked_out(small, "1.0")
    git(tree, "reset", "--quiet", "--hard", "HEAD~3")
    for name, body in (("again", [*BODY, "    wait(more=True)\n"]), ("retry", THEIRS)):
        (tree / "call.py").write_bytes(text(HEAD, body, TAIL))
        git(tree, "commit", "--quiet", "--all", "-m", f"{name}\n\nSeries-Patch: {name}")
    refused(small, "again conflicts on 1.0 in the new order")


def add(small: SmallSeries, manifest: Path, name: str, changed: dict[str, bytes]) -> None:
    commit = small.upstream.commit(changed, name)
    entry = f'name = "{name}"\nproject = "project"\nsource = {{ commit = "{commit}" }}\n'
    manifest.write_text(f"{manifest.read_text()}\n[[patch]]\n{entry}")


def refused(small: SmallSeries, why: str) -> None:
    before = small.tracked()
    with pytest.raises(SeriesError) as raised:
        small.run("refresh", "work", "--yes")
    assert (str(raised.value), raised.value.exit_code) == (why, ExitCode.FINDINGS)
    assert small.tracked() == before
