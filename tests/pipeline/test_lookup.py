"""A patch that names a change and no source: the merged commit is found, ported and pinned."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries import lock
from patchseries.errors import SeriesError, UpstreamError
from patchseries.manifest import ManifestError
from support.gerrit_server import FakeChange, serve_gerrit
from support.small_series import MANIFEST, SmallSeries, enter, small_series

CHANGE = "I" + "0123456789" * 4
OTHER = "I" + "9876543210" * 4
URL = "https://upstream.invalid/org/project.git"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    """A change that was merged on master, and picked to two stable branches."""
    with small_series(tmp_path) as made:
        enter(made, monkeypatch, tmp_path)
        message = f"Say more\n\nChange-Id: {CHANGE}"
        made.upstream.commit({"README": b"more\n"}, message)
        for branch in ("one", "two"):
            made.upstream.commit({"README": b"more\n"}, message, branch=branch, parent=made.retry)
        yield made


def write(small: SmallSeries, keys: str, project: str = "") -> None:
    """The manifest with one patch of these keys."""
    head = MANIFEST.split("\n[[patch]]")[0].replace("bases =", f"{project}\nbases =")
    text = f'{head}\n[[patch]]\nname = "more"\nproject = "project"\n{keys}\n'
    (small.root / "series/small.toml").write_text(text)


def pin(small: SmallSeries, rev: str) -> str:
    return lock.load(small.root / "series/small.lock").pins[URL, rev]


def master(small: SmallSeries) -> str:
    found = small.upstream.repository.resolve("refs/heads/master")
    assert found
    return found


def test_a_change_id_alone_is_the_commit_on_the_main_branch(small: SmallSeries) -> None:
    write(small, f'change-id = "{CHANGE}"')
    assert small.run("rebase")[0] == 0
    assert pin(small, CHANGE) == master(small)
    patch = (small.root / "patches/small/1.0/project/0001-more.patch").read_text()
    assert f"Origin: upstream, commit:{master(small)}" in patch
    assert small.run("rebase", "--locked", "--offline")[0] == 0
    assert small.run("check")[0] == 0
    assert small.run("check", "--online")[0] == 0
    assert "the commit that merged" in small.run("show", "more")[1]
    assert small.run("diff", "more", "--onto", "1.0")[0] == 0


def test_the_pin_holds_when_it_is_merged_again(small: SmallSeries) -> None:
    write(small, f'change-id = "{CHANGE}"')
    small.run("fetch")
    first = pin(small, CHANGE)
    small.upstream.commit({"README": b"most\n"}, f"Say most\n\nChange-Id: {CHANGE}")
    small.run("rebase")
    assert pin(small, CHANGE) == first


@pytest.mark.parametrize("many", [False, True])
def test_upstream_alone_is_the_source(small: SmallSeries, many: bool) -> None:
    commit = master(small)
    write(small, f'upstream = ["{commit}"{f", {chr(34)}{small.log}{chr(34)}" if many else ""}]')
    if many:
        with pytest.raises(ManifestError, match="`upstream` names several changes"):
            small.run("rebase")
    else:
        assert small.run("rebase")[0] == 0
        assert pin(small, commit) == commit


def test_a_change_on_stable_branches_alone_is_ambiguous(small: SmallSeries) -> None:
    for branch in ("one", "two"):
        small.upstream.commit({"log.py": b"x\n"}, f"X\n\nChange-Id: {OTHER}", branch=branch)
    write(small, f'change-id = "{OTHER}"')
    with pytest.raises(SeriesError, match=r"2 commits of .* have this Change-Id: \w{12} \(X\), "):
        small.run("fetch")


def test_a_short_id_is_completed_and_pinned(small: SmallSeries) -> None:
    short = small.log[:7]
    write(small, f'source = {{ commit = "{short}" }}')
    assert small.run("rebase")[0] == 0
    assert pin(small, short) == small.log
    assert small.run("rebase", "--locked", "--offline")[0] == 0
    assert small.run("check")[0] == 0
    assert small.run("check", "--online")[0] == 0
    assert small.run("status")[0] == 0
    assert small.run("diff", "more", "--onto", "1.0")[0] == 0
    assert "Origin: other" in (small.root / "patches/small/1.0/project/0001-more.patch").read_text()


def twins(small: SmallSeries) -> list[str]:
    """Two commits on master whose ids begin with the same seven digits."""
    git = small.upstream.repository
    tree = git.commit(small.log).tree
    seen: dict[str, bytes] = {}
    for second in range(1_000_000):
        who = f"A <a@b.invalid> {second} +0000"
        head = f"tree {tree}\nparent {small.log}\nauthor {who}\ncommitter {who}\n\nTwin\n".encode()
        digits = hashlib.sha1(b"commit %d\0" % len(head) + head).hexdigest()[:7]
        if digits in seen:
            made = [
                git.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=one).stdout.decode()
                for one in (seen[digits], head)
            ]
            for name, commit in zip(("twin-1", "twin-2"), made, strict=True):
                git.run("update-ref", f"refs/heads/{name}", commit.strip())
            return [commit.strip() for commit in made]
        seen[digits] = head
    raise AssertionError("no two ids begin alike")


def test_a_short_id_that_several_commits_begin_with_lists_them(small: SmallSeries) -> None:
    first, second = sorted(twins(small))
    write(small, f'source = {{ commit = "{first[:7]}" }}')
    with pytest.raises(SeriesError) as raised:
        small.run("fetch")
    assert "2 commits of" in raised.value.message
    assert f"{first[:12]} (Twin)" in raised.value.message
    assert f"{second[:12]} (Twin)" in raised.value.message
    assert raised.value.exit_code == 3


def test_a_short_id_of_nothing(small: SmallSeries) -> None:
    write(small, 'source = { commit = "0000000" }')
    with pytest.raises(
        UpstreamError, match=r"no commit of .* begins with 0000000 \(source of more"
    ):
        small.run("fetch")


def test_a_pin_that_is_another_commit(small: SmallSeries) -> None:
    short = small.log[:7]
    write(small, f'source = {{ commit = "{short}" }}')
    small.run("fetch")
    path = small.root / "series/small.lock"
    path.write_text(
        path.read_text().replace(f'commit = "{small.log}"', f'commit = "{small.retry}"')
    )
    with pytest.raises(UpstreamError, match=f"{short} of .* is pinned as {small.retry}"):
        small.run("rebase")


def test_gerrit_is_asked_last(small: SmallSeries, tmp_path: Path) -> None:
    made = small.upstream.commit({"log.py": b"x\n"}, "No trailer")
    with serve_gerrit(tmp_path / "mirrors") as server:
        change = FakeChange(7, "org/project", "master", OTHER, [small.retry, made], "MERGED")
        server.changes = [change]
        write(small, f'change-id = "{CHANGE}"', f'gerrit = "{server.base}"')
        small.run("fetch")
        assert server.paths == []
        write(small, f'change-id = "{OTHER}"', f'gerrit = "{server.base}"')
        small.run("fetch")
        assert pin(small, OTHER) == made
        (small.root / "series/small.lock").unlink()
        change.status = "NEW"
        with pytest.raises(UpstreamError) as raised:
            small.run("fetch")
        assert "is not merged" in str(raised.value)
        assert f'source = {{ change-id = "{OTHER}", patchset = 2 }}' in str(raised.value)
        server.changes = []
        with pytest.raises(UpstreamError, match="no such change"):
            small.run("fetch")


def test_an_edit_of_one_base_leaves_the_others_their_source(small: SmallSeries) -> None:
    write(small, f'change-id = "{CHANGE}"')
    small.run("rebase")
    path = small.root / "patches/small/1.0/project/0001-more.patch"
    path.write_text(re.sub(r"^\+more$", "+more and more", path.read_text(), flags=re.M))
    assert small.run("refresh", "more", "--onto", "1.0", "--yes")[0] == 0
    outcomes = {cell["base"]: cell["outcome"] for cell in small.json("rebase")["cells"]}
    assert outcomes == {"1.0": "clean", "1.1": "clean", "1.2": "clean"}
    assert f'commit = "{master(small)}"' in (small.root / "series/small.toml").read_text()
