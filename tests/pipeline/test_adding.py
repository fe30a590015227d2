"""`series add`: what a person names is found, shown and appended; nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchseries.errors import DeclinedError, SeriesError, UpstreamError, UsageError
from patchseries.sources import Cache, FetchOptions, network
from patchseries.sources.addresses import RequestAddress
from patchseries.sources.request import request_head
from support.gerrit_server import FakeChange, GerritServer, serve_gerrit
from support.gitserver import Behaviour, serve
from support.small_series import SmallSeries, enter, small_series
from support.upstreams import Upstream

URL = "https://upstream.invalid/org/project.git"
CHANGE = "I" + "0123456789" * 4
MESSAGE = f"Say more: a {{word}} or two\n\nCloses-Bug: #1213080\nChange-Id: {CHANGE}"
FILE = """\
From: Ann <ann@test.invalid>
Subject: [PATCH 1/2] Be quieter

Fixes: #77
---
--- a/log.py
+++ b/log.py
@@ -1 +1 @@
-quiet
+silent
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    """A change merged on master and picked to a stable branch; a fork with a form of its own."""
    with small_series(tmp_path) as made:
        enter(made, monkeypatch, tmp_path)
        made.upstream.commit({"README": b"more\n"}, MESSAGE)
        made.upstream.commit({"README": b"more\n"}, MESSAGE, branch="old", parent=made.retry)
        yield made


def tip(small: SmallSeries, branch: str = "master") -> str:
    commit = small.upstream.repository.resolve(f"refs/heads/{branch}")
    assert commit
    return commit


def entry(small: SmallSeries, *words: str) -> dict[str, Any]:
    """The entry of `series add WORDS -n`, which is then added and is the same."""
    before = small.tracked()
    shown: dict[str, Any] = small.json("add", *words, "-n")["patch"]
    assert small.tracked() == before
    assert small.json("add", *words)["patch"] == shown
    text = before["series/small.toml"].decode()
    assert (small.root / "series/small.toml").read_text().startswith(text.rstrip("\n"))
    assert small.run("rebase")[0] in (0, 1)  # `retry` conflicts, whatever is added
    assert small.run("show", shown["name"])[0] == 0
    return shown


def test_a_change_id(small: SmallSeries) -> None:
    assert entry(small, CHANGE) == {
        "name": "say-more-a-word-or-two",
        "project": "project",
        "summary": "Say more: a {word} or two",
        "change_id": CHANGE,
        "upstream": tip(small),
        "bugs": [1213080],
    }


def test_it_is_shown_and_undone(small: SmallSeries) -> None:
    before = small.tracked()
    status, out = small.run("add", CHANGE, "--as", "more")
    assert (status, out.splitlines()[:2]) == (0, ["[[patch]]", 'name = "more"'])
    assert "more: added to series/small.toml; then: series rebase small" in out
    with pytest.raises(DeclinedError, match="more is this change already"):
        small.run("add", CHANGE)
    small.run("undo")
    assert small.tracked() == before


@pytest.mark.parametrize("digits", [7, 40])
def test_a_commit_id(small: SmallSeries, digits: int) -> None:
    assert entry(small, tip(small)[:digits])["upstream"] == tip(small)


def test_a_commit_of_a_stable_branch_is_ported_and_that_of_master_is_tracked(
    small: SmallSeries,
) -> None:
    found = entry(small, tip(small, "old"))
    assert found["upstream"] == tip(small)
    assert found["source"] == {"commit": tip(small, "old")}


@pytest.mark.parametrize("host", ["upstream.invalid", "elsewhere.invalid"])
def test_the_address_of_a_commit_of_the_project(small: SmallSeries, host: str) -> None:
    found = entry(small, f"https://{host}/org/project/commit/{tip(small)[:12]}")
    assert (found["upstream"], "source" in found) == (tip(small), False)


@pytest.mark.parametrize("digits", [9, 40])
def test_the_address_of_a_commit_of_a_fork(small: SmallSeries, tmp_path: Path, digits: int) -> None:
    with Upstream(tmp_path / "mirrors/me/project") as fork:
        start = fork.commit({"README": b"text\n"})
        made = fork.commit({"README": b"mine\n"}, MESSAGE, parent=start)
    found = entry(small, f"https://forge.invalid/me/project/-/commit/{made[:digits]}")
    assert found["source"] == {
        "repository": "https://forge.invalid/me/project.git",
        "commit": made,
    }
    assert (found["change_id"], found["upstream"]) == (CHANGE, tip(small))


@pytest.mark.parametrize("mirrored", [True, False])
def test_a_request_of_one_commit(
    small: SmallSeries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mirrored: bool
) -> None:
    git = small.upstream.repository
    made = small.upstream.commit(
        {"log.py": b"q\n"}, "Ask\n\nFixes #77", branch="q", parent=small.log
    )
    git.run("update-ref", "refs/pull/7/head", made)
    more = small.upstream.commit({"log.py": b"r\n"}, "Ask more", branch="q")
    git.run("update-ref", "refs/pull/8/head", more)
    git.run("update-ref", "refs/pull/9/head", small.log)
    git.run("update-ref", "-d", "refs/heads/q")
    with serve(tmp_path / "mirrors", Behaviour()) as server:
        url = server.url("org/project.git").removesuffix(".git")
        if not mirrored:  # the project keeps its mirror, the forge is another place
            (tmp_path / "mirrors/org/project.git").rename(tmp_path / "mirrors/org/served.git")
            url = url.replace("org/project", "org/served")
            monkeypatch.setenv("SERIES_MIRRORS", "")
            path = small.root / "series/small.toml"
            address = server.url("org/served.git")
            path.write_text(path.read_text().replace(URL, address))
        found = entry(small, f"{url}/pull/7")
        assert found["source"] == {"repository": f"{url}.git", "commit": made}
        assert (found["summary"], found["bugs"]) == ("Ask", [77])
        with pytest.raises(DeclinedError, match=r"2 commits of its own: \w+ \(Ask more\), "):
            small.run("add", f"{url}/pull/8")
        with pytest.raises(DeclinedError, match="0 commits of its own, for it is merged"):
            small.run("add", f"{url}/pull/9")
        with pytest.raises(UpstreamError):
            small.run("add", f"{url}/pull/10")


def test_a_patch_file_is_copied(small: SmallSeries, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text(FILE)
    found = entry(small, str(tmp_path / "mail"))
    assert found["source"] == {"file": "own/be-quieter.patch"}
    assert (found["summary"], found["bugs"]) == ("Be quieter", [77])
    assert (small.root / "patches/own/be-quieter.patch").read_text() == FILE
    small.run("undo")  # the rebase
    small.run("undo")
    assert not (small.root / "patches/own").exists()


def test_a_patch_file_does_not_replace_another(small: SmallSeries, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text(FILE)
    (small.root / "patches/own").mkdir(parents=True)
    (small.root / "patches/own/be-quieter.patch").write_text("mine")
    with pytest.raises(DeclinedError, match=r"own/be-quieter\.patch already exists"):
        small.run("add", str(tmp_path / "mail"))
    assert small.run("add", str(tmp_path / "mail"), "--as", "quiet")[0] == 0
    assert (small.root / "patches/own/quiet.patch").exists()


def test_a_bug_that_a_commit_closes(small: SmallSeries) -> None:
    address = "https://bugs.launchpad.net/nova/+bug/1213080"
    assert entry(small, address)["upstream"] == tip(small)
    with pytest.raises(UpstreamError, match="no commit says that it closes bug 121308 "):
        small.run("add", "https://bugs.launchpad.net/nova/+bug/121308")
    small.upstream.commit({"log.py": b"x\n"}, "Also\n\nFixes bug 1213080.")
    small.upstream.commit({"log.py": b"y\n"}, "Not this\n\nRelated-Bug: #1213080")
    with pytest.raises(SeriesError, match=r"2 changes say that they close bug 1213080: .*\(Also\)"):
        small.run("add", address)


def test_a_debian_bug_that_a_commit_names(small: SmallSeries) -> None:
    small.upstream.commit({"log.py": b"x\n"}, "Fix\n\nSee https://bugs.debian.org/765432")
    assert entry(small, "https://bugs.debian.org/765432")["upstream"] == tip(small)


@pytest.fixture
def server(small: SmallSeries, tmp_path: Path) -> Iterator[GerritServer]:
    """A Gerrit with the merged change (7), and one that is open (8)."""
    with serve_gerrit(tmp_path / "mirrors") as running:
        made = small.upstream.commit(
            {"log.py": b"new\n"}, "Still open", branch="x", parent=small.log
        )
        other = "I" + "9" * 40
        running.changes = [
            FakeChange(7, "org/project", "master", CHANGE, [small.retry, tip(small)], "MERGED"),
            FakeChange(8, "org/project", "master", other, [small.log, made]),
        ]
        git = small.upstream.repository
        git.run("update-ref", running.changes[1].ref(2), made)
        git.run("update-ref", "-d", "refs/heads/x")
        yield running


def with_gerrit(small: SmallSeries, server: GerritServer) -> None:
    path = small.root / "series/small.toml"
    path.write_text(path.read_text().replace("bases =", f'gerrit = "{server.base}"\nbases ='))


def test_a_merged_review(small: SmallSeries, server: GerritServer) -> None:
    found = entry(small, f"{server.base}/c/org/project/+/7")
    assert (found["change_id"], found["upstream"]) == (CHANGE, tip(small))
    assert "source" not in found


@pytest.mark.parametrize("thing", ["{base}/8", "{base}/c/org/project/+/8/2", "I" + "9" * 40])
def test_a_review_that_is_open(small: SmallSeries, server: GerritServer, thing: str) -> None:
    with_gerrit(small, server)
    found = entry(small, thing.format(base=server.base))
    assert found["source"] == {"change_id": "I" + "9" * 40, "patchset": 2}
    assert (found["change_id"], found["summary"]) == ("I" + "9" * 40, "Still open")
    assert "upstream" not in found


def test_an_open_review_of_a_server_that_the_manifest_does_not_name(
    small: SmallSeries, server: GerritServer
) -> None:
    with pytest.raises(SeriesError, match="has no `gerrit`") as raised:
        small.run("add", f"{server.base}/8")
    assert f'write `gerrit = "{server.base}"` there' in str(raised.value)


def test_a_review_of_another_project(small: SmallSeries, server: GerritServer) -> None:
    server.changes[1].project = "org/other"
    with pytest.raises(UsageError, match="of which project is org/other"):
        small.run("add", f"{server.base}/8")


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("nothing", "name a Change-Id, a commit id"),
        ("https://example.org/", "not the address of a change"),
        ("0000000", "no history has the commit 0000000"),
        ("I" + "0" * 40, "no history has the Change-Id"),
        ("series/small.toml", "is no patch: there is no diff"),
        ("series", "is not a regular file"),
        ("https://elsewhere.invalid/a/b/commit/0123456", "cannot fetch|not in the cache"),
    ],
)
def test_what_names_nothing(small: SmallSeries, thing: str, words: str) -> None:
    before = small.tracked()
    with pytest.raises(SeriesError) as raised:
        small.run("add", thing, "--offline")
    assert any(word in str(raised.value) for word in words.split("|"))
    assert small.tracked() == before


def test_a_hostile_subject_is_a_plain_name_and_one_line(small: SmallSeries) -> None:
    small.upstream.commit(
        {"log.py": b"x\n"}, 'Out"]\x1b[31m\u202e ../../etc/passwd = {"\\\n\nbody\n\n[[patch]]'
    )
    found = entry(small, tip(small))
    assert found["name"] == "out-31m-etc-passwd"
    assert found["summary"].isprintable()
    assert json.dumps(found).count("[[patch]]") == 0


def test_a_request_that_is_no_commit_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(network, "fetch_commits", lambda *what, **_: asked.append(what[2]))
    address = RequestAddress("https://git.invalid/oven", "refs/pull/7/head")
    with pytest.raises(UpstreamError, match=r"^refs/pull/7/head of .*oven is no commit"):
        request_head(Cache(tmp_path), address, FetchOptions())
    assert asked == [["+refs/pull/7/head:refs/series/refs/pull/7/head"]]
