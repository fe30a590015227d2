"""`series fetch`: branches that moved since they were pinned, and pins that nothing needs."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.errors import UpstreamError, UsageError
from patchseries.model import CommitId
from support.manifests import URL
from support.small_series import HEAD, OURS, TAIL, SmallSeries, text


@pytest.fixture
def stable(small: SmallSeries) -> SmallSeries:
    """The series, fetched and rebased, with the branch stable in the place of 1.2."""
    manifest = small.root / "series/small.toml"
    manifest.write_text(manifest.read_text().replace('"1.2"', '"stable"'))
    small.run("rebase")
    return small


def forward(small: SmallSeries, *words: str) -> CommitId:
    """Commit each of *words* to the branch; its tip."""
    for word in words:
        tip = small.upstream.commit(
            {"call.py": text([f"{word}\n"], HEAD, OURS, TAIL)}, branch="stable"
        )
    return tip


def said(*words: str) -> tuple[int, list[str]]:
    """The exit status of ``series WORDS``, and its lines on standard error."""
    done = CliRunner().invoke(group, list(words), standalone_mode=False)
    assert done.exception is None, done.exception
    return done.return_value, done.stderr.splitlines()


def pin(small: SmallSeries) -> CommitId:
    pins = {row["rev"]: row["commit"] for row in small.json("fetch", "--locked")["pins"]}
    return CommitId(pins["stable"])


def findings(small: SmallSeries, code: str) -> list[dict[str, str]]:
    return [f for f in small.json("check", "--online")["findings"] if f["code"] == code]


@pytest.mark.parametrize("locked", [[], ["--locked"]])
def test_a_branch_that_went_forward_is_taken_as_it_was_pinned(
    stable: SmallSeries, locked: list[str]
) -> None:
    old, before = pin(stable), stable.tracked()
    new = forward(stable, "one", "two")
    status, lines = said("fetch", *locked)
    assert status == 0
    assert lines[0] == (
        f"series: stable of {URL} moved from {old[:12]} to {new[:12]}: the pinned commit is used; "
        "`series fetch --update` takes it up"
    )
    assert stable.tracked() == before
    (row,) = stable.json("fetch", *locked)["moved"]
    assert (row["from"], row["to"], row["taken"]) == (old, new, False)
    assert pin(stable) == old


def test_update_takes_the_branch_up_and_says_how_far_it_went(stable: SmallSeries) -> None:
    old, before = pin(stable), stable.tracked()
    new = forward(stable, "one", "two")
    (row,) = stable.json("fetch", "--update", "-n")["moved"]
    assert row == {
        "repository": URL,
        "rev": "stable",
        "from": old,
        "to": new,
        "kind": "forward",
        "commits": 2,
        "taken": True,
    }
    assert stable.tracked() == before
    status, lines = said("fetch", "--update")
    words = f"stable of {URL} went forward by 2 commits, from {old[:12]} to {new[:12]}"
    assert (status, lines[0]) == (0, f"series: {words}; then: series rebase small")
    assert pin(stable) == new
    assert stable.json("fetch", "--update")["moved"] == []
    assert {c["base"] for c in stable.json("rebase")["cells"]} == {"1.0", "1.1", "stable"}
    assert pin(stable) == new
    assert not [f for f in stable.json("check")["findings"] if f["code"] == "pin-extra"]
    stable.run("undo")
    stable.run("undo")
    assert stable.tracked() == before


def test_update_of_a_project_leaves_the_others(stable: SmallSeries) -> None:
    old = pin(stable)
    forward(stable, "one")
    for words in (["--onto", "1.0"], ["--onto", "1.1", "--project", "project"]):
        assert stable.json("fetch", "--update", *words)["moved"] == []
        assert pin(stable) == old
    assert stable.json("fetch", "--update", "--project", "project")["moved"]


@pytest.mark.parametrize("flag", ["--locked", "--offline"])
def test_what_cannot_be_updated_is_refused(stable: SmallSeries, flag: str) -> None:
    with pytest.raises(UsageError, match=f"{flag} has no effect with --update"):
        stable.run("fetch", "--update", flag)


def test_a_tag_that_moved_stays_an_error(stable: SmallSeries) -> None:
    stable.upstream.tag("1.1", "1.0")
    for flags in ([], ["--locked"], ["--update"]):
        with pytest.raises(UpstreamError, match=r"1\.1 of .* but was pinned as"):
            stable.run("fetch", *flags)


def test_the_check_tells_of_a_branch_that_went_forward(stable: SmallSeries) -> None:
    old = pin(stable)
    assert findings(stable, "branch-moved") == []
    new = forward(stable, "one", "two", "three")
    (finding,) = findings(stable, "branch-moved")
    words = f"stable of {URL} went forward by 3 commits, from {old[:12]} to {new[:12]}"
    assert (finding["severity"], finding["message"]) == ("note", words)
    assert finding["hint"] == "series fetch small --update, then series rebase small"
    lines = (stable.root / str(finding["file"])).read_text().splitlines()
    assert '"stable"' in lines[int(finding["line"]) - 1]
    assert findings(stable, "upstream-moved") == []
    stable.run("fetch", "--update")
    assert findings(stable, "branch-moved") == []


def test_the_check_warns_of_a_branch_that_was_rewritten(stable: SmallSeries) -> None:
    old = pin(stable)
    start = stable.upstream.repository.resolve("1.1")
    stable.upstream.commit({"README": b"other\n"}, branch="stable", parent=start)
    stable.upstream.repository.run("tag", "--delete", "1.2")
    (finding,) = findings(stable, "branch-rewritten")
    assert finding["severity"] == "warning"
    assert f"{old[:12]} is no longer in it" in finding["message"]
    assert findings(stable, "branch-moved") == []


def test_the_check_knows_the_branches_of_a_mirror_that_is_a_clone(stable: SmallSeries) -> None:
    git = stable.upstream.repository
    git.run("update-ref", "refs/remotes/origin/stable", "refs/heads/stable")
    git.run("update-ref", "-d", "refs/heads/stable")
    assert findings(stable, "upstream-gone") == []
    assert stable.run("fetch", "--locked")[0] == 0


def test_pins_that_nothing_needs_are_removed_and_named(stable: SmallSeries) -> None:
    manifest = stable.root / "series/small.toml"
    manifest.write_text(manifest.read_text().replace(', "stable"', ""))
    before = stable.tracked()
    assert [f["severity"] for f in findings(stable, "pin-extra")] == ["warning"]
    assert stable.run("fetch", "--locked")[0] == 0
    assert stable.tracked() == before
    (row,) = stable.json("fetch", "-n", "--onto", "1.0")["removed"]
    assert (row["repository"], row["rev"]) == (URL, "stable")
    status, lines = said("fetch")
    assert status == 0
    assert f"series: stable of {URL} is no longer pinned: nothing needs it" in lines
    assert findings(stable, "pin-extra") == []
    assert '"stable"' not in (stable.root / "series/small.lock").read_text().split("cells")[0]


def test_a_rebase_removes_them_too(stable: SmallSeries) -> None:
    manifest = stable.root / "series/small.toml"
    manifest.write_text(manifest.read_text().replace(', "stable"', ""))
    stable.run("rebase")
    assert '"stable"' not in (stable.root / "series/small.lock").read_text()
