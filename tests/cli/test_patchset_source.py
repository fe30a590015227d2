"""A series whose patch is a change under review: from the manifest to the patch file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.gerrit_server import FakeChange, GerritServer, serve_gerrit
from support.project import Project
from support.upstreams import Upstream

CHANGE = "I" + "0123456789" * 4
ORIGINAL = b"".join(b"line %d\n" % n for n in range(9))

MANIFEST = """\
schema = 1
[series]
name = "review"
[project.tool]
repository = "{base}/org/tool"
gerrit = "{base}"
bases = ["1.0"]
[[patch]]
name = "under-review"
project = "tool"
source = {{ change-id = "{change}", patchset = 1 }}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GerritServer]:
    """A change with two patchsets for the project org/tool, which is on no branch."""
    root = tmp_path / "upstreams"
    with Upstream(root / "org" / "tool") as tool, serve_gerrit(root) as running:
        start = tool.commit({"f": ORIGINAL}, "Start")
        tool.tag("1.0")
        change = FakeChange(1234567, "org/tool", "master", CHANGE, [])
        for text in (b"line two", b"line TWO"):
            commit = tool.commit(
                {"f": ORIGINAL.replace(b"line 2", text)},
                f"Spell it out\n\nChange-Id: {CHANGE}",
                branch="x",
                parent=start,
            )
            change.commits.append(commit)
            tool.repository.run("update-ref", change.ref(len(change.commits)), commit)
        tool.repository.run("update-ref", "-d", "refs/heads/x")
        running.changes = [change]
        yield running


@pytest.fixture
def project(tmp_path: Path, server: GerritServer) -> Project:
    (tmp_path / "p" / "series").mkdir(parents=True)
    text = MANIFEST.format(base=server.base, change=CHANGE)
    (tmp_path / "p" / "series" / "review.toml").write_text(text)
    return Project(tmp_path / "p", {"SERIES_MIRRORS": ""})


PATCH = "patches/review/1.0/tool/0001-under-review.patch"


def test_it_is_ported_and_pinned(server: GerritServer, project: Project) -> None:
    done = project.run("rebase", "--json")
    assert (done.status, done.err) == (0, "")
    assert "+line two\n" in project.text(PATCH)
    assert server.changes[0].commits[0] in project.text("series/review.lock")
    # Offline and locked the same bytes come from the cache.
    before = project.state()
    again = project.run("rebase", "--locked", "--offline", "--overwrite")
    assert (again.status, project.state()) == (0, before)


def test_its_status_is_that_of_the_change(server: GerritServer, project: Project) -> None:
    open_still = project.run("status", "--json").document["patches"][0]
    assert (open_still["change_id"], open_still["verdict"]) == (CHANGE, "not-landed")
    with Upstream(server.root / "org" / "tool") as tool:
        tool.repository.run("update-ref", "refs/heads/master", server.changes[0].commits[1])
        tool.tag("1.1")
    merged = project.run("status", "--json").document["patches"][0]
    assert merged["verdict"] == "landed"
    assert [(at["line"], at["tag"]) for at in merged["landed"]] == [("1.1", "1.1")]


def test_another_patchset_is_another_port(server: GerritServer, project: Project) -> None:
    manifest = project.root / "series" / "review.toml"
    manifest.write_text(manifest.read_text().replace("patchset = 1", "patchset = 2"))
    assert project.run("rebase").status == 0
    assert "+line TWO\n" in project.text(PATCH)
    assert server.changes[0].commits[1] in project.text("series/review.lock")


def test_a_gerrit_that_moved_the_patchset(server: GerritServer, project: Project) -> None:
    assert project.run("fetch").status == 0
    server.changes[0].commits.reverse()
    other = {"SERIES_CACHE": str(project.root / "other-cache")}
    done = project.run("fetch", env=other)
    assert done.status == 4
    assert "but was pinned as" in done.err or "is not" in done.err


def test_no_gerrit_is_said(server: GerritServer, project: Project) -> None:
    manifest = project.root / "series" / "review.toml"
    manifest.write_text(manifest.read_text().replace(f'gerrit = "{server.base}"\n', ""))
    done = project.run("fetch")
    assert done.status == 3
    assert "its project has no `gerrit`" in done.err
