"""Repositories that we did not make are read, and nothing in them is run or believed."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries.errors import SeriesError
from patchseries.git import Repository, borrowed
from patchseries.sources import network
from support.project import Project, demo_project
from support.upstreams import Upstream

PROGRAMS = [
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "core.sshCommand",
    "core.gitProxy",
    "core.askPass",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.x.command",
    "diff.x.textconv",
    "filter.x.clean",
    "filter.x.smudge",
    "filter.x.process",
    "merge.x.driver",
    "gpg.program",
    "gpg.ssh.program",
    "remote.origin.uploadpack",
    "uploadpack.packObjectsHook",
    "alias.log",
    "alias.status",
    "tar.tar.command",
    "pager.log",
    "sequence.editor",
]
SWITCHES = {
    "log.showSignature": "true",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "extensions.partialClone": "origin",
    "remote.origin.promisor": "true",
    "remote.origin.url": "ext::{script}",
    "safe.directory": "*",
    "include.path": "{included}",
    "includeIf.gitdir:/.path": "{included}",
}
HOOKS = ("post-checkout", "pre-commit", "reference-transaction", "post-index-change", "pre-auto-gc")


def booby_trap(git_dir: Path, executed: Path) -> None:
    """Name a program in every way that a repository can."""
    script = git_dir / "evil"
    script.write_text(f"#!/bin/sh\necho $0 $@ >> '{executed}'\nexit 1\n")
    script.chmod(0o755)
    included = git_dir / "included"
    included.write_text(f'[core]\n\tfsmonitor = "{shlex.quote(str(script))}"\n')
    values = dict.fromkeys(PROGRAMS, shlex.quote(str(script))) | {
        key: value.format(script=script, included=included) for key, value in SWITCHES.items()
    }
    for key, value in values.items():
        subprocess.run(["git", "config", "-f", git_dir / "config", key, value], check=True)
    (git_dir / "hooks").mkdir(exist_ok=True)
    for hook in HOOKS:
        (git_dir / "hooks" / hook).symlink_to(script)
    (git_dir / "info").mkdir(exist_ok=True)
    (git_dir / "info/attributes").write_text("* filter=x diff=x merge=x\n")


def trapped_mirrors(project: Project, executed: Path) -> None:
    found = [head.parent for head in (project.root / "mirrors").rglob("HEAD")]
    assert found
    for git_dir in found:
        booby_trap(git_dir, executed)


@pytest.fixture
def executed(tmp_path: Path) -> Iterator[Path]:
    """A file that a trap writes to; it must not be there in the end."""
    path = tmp_path / "executed"
    yield path
    assert not path.exists(), path.read_text()


def test_the_trap_works(upstream: Upstream, tmp_path: Path) -> None:
    """Else the tests below could not fail."""
    upstream.commit({"a": b"1\n"})
    tree = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", upstream.path, tree], check=True)
    booby_trap(tree / ".git", tmp_path / "sprung")
    subprocess.run(["git", "-C", tree, "status"], check=False, capture_output=True)
    assert (tmp_path / "sprung").exists()


def test_a_whole_run_on_mirrors_full_of_traps(tmp_path: Path, executed: Path) -> None:
    project = demo_project(tmp_path / "p")
    trapped_mirrors(project, executed)
    for words in ("fetch",), ("rebase",), ("test-apply",), ("status",), ("check",), ("report",):
        done = project.run(*words)
        assert done.status in (0, 1), done.err


def test_a_port_in_a_repository_full_of_traps(tmp_path: Path, executed: Path) -> None:
    project = demo_project(tmp_path / "p")
    git_dir = project.root / "mirrors/contributor/nova"
    with borrowed(git_dir) as mine:
        head = str(mine.resolve("HEAD"))
    booby_trap(git_dir, executed)
    done = project.run("port", head, "--onto", "HEAD~2", "--repo", str(git_dir), "--json")
    assert done.status in (0, 1), done.err
    missing = project.run("port", "0" * 40, "--onto", "HEAD", "--repo", str(git_dir))
    assert missing.status != 70


def test_a_checkout_full_of_traps(tmp_path: Path, executed: Path) -> None:
    project = demo_project(tmp_path / "p")
    assert project.run("rebase").status == 1
    assert project.run("checkout", "keystone", "--onto", "2013.1.3", "work").status == 0
    work = project.root / "work"
    nested = work / "nested"
    for words in (
        ("init", "--quiet", str(nested)),
        ("-C", str(nested), "commit", "--quiet", "--allow-empty", "-m", "x"),
        ("-C", str(work), "-c", "advice.addEmbeddedRepo=false", "add", "nested"),
        ("-C", str(work), "commit", "--quiet", "-m", "A submodule"),
    ):
        subprocess.run(["git", *words], check=True)
    booby_trap(work / ".git", executed)
    booby_trap(nested / ".git", executed)
    done = project.run("refresh", "work", "-n")
    assert done.status in (0, 1), done.err


@pytest.mark.parametrize("root", ["--output=x", "../x", "", 7, None])
def test_what_a_checkout_says_of_itself_is_checked(tmp_path: Path, root: object) -> None:
    project = demo_project(tmp_path / "p")
    told = {"series": "demo", "project": "keystone", "base": "2013.1.3", "root": root}
    (project.root / "work/.git").mkdir(parents=True)
    (project.root / "work/.git/series.json").write_text(json.dumps(told))
    done = project.run("refresh", "work", "-n")
    assert done.status == 2
    assert "was not made by `series checkout`" in done.err


def test_refs_are_read_as_git_does(upstream: Upstream) -> None:
    first = upstream.commit({"a": b"1\n"})
    upstream.tag("1.0", message="annotated")
    upstream.commit({"a": b"2\n"}, branch="feature/x", parent=first)
    git = upstream.repository
    git.run("symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/master")
    names = ["HEAD", "1.0", "feature/x", "feature/x~1", "refs/remotes/origin/HEAD", "nothing"]
    for pack in (False, True):
        if pack:
            git.run("pack-refs", "--all")
        with borrowed(upstream.path) as mine:
            assert mine.refs() == git.refs()
            assert [mine.resolve(n) for n in names] == [git.resolve(n) for n in names]
            assert mine.objects_directory == git.objects_directory


def test_a_linked_work_tree_and_a_git_file(upstream: Upstream, tmp_path: Path) -> None:
    commit = upstream.commit({"a": b"1\n"})
    upstream.repository.run("worktree", "add", "--quiet", "--detach", str(tmp_path / "w"), commit)
    with borrowed(tmp_path / "w") as mine:
        assert mine.resolve("HEAD") == commit
        assert mine.file(mine.commit(commit).tree, "a") == b"1\n"


def test_replacements_and_grafts_do_not_count(upstream: Upstream) -> None:
    first = upstream.commit({"a": b"1\n"})
    second = upstream.commit({"a": b"2\n"})
    upstream.repository.run("replace", second, first)
    (upstream.path / "info").mkdir(exist_ok=True)
    (upstream.path / "info/grafts").write_text(f"{second}\n")
    with borrowed(upstream.path) as mine:
        assert mine.commit(second).parents == (first,)
        assert mine.run("rev-list", "--count", second).stdout == b"2\n"
        assert not any("replace" in name for name in mine.refs())


@pytest.mark.parametrize("line", ["{self}", "/nowhere", "../../../..", '"', "#", "\x1b[2J"])
def test_hostile_alternates(upstream: Upstream, line: str) -> None:
    commit = upstream.commit({"a": b"1\n"})
    path = upstream.path / "objects/info/alternates"
    path.write_text(line.format(self=upstream.path / "objects") + "\n")
    with borrowed(upstream.path) as mine:
        assert mine.resolve("HEAD") == commit


def test_what_is_no_ref_is_left(upstream: Upstream, tmp_path: Path) -> None:
    commit = upstream.commit({"a": b"1\n"})
    heads = upstream.path / "refs/heads"
    (heads / "-x").write_text(f"{commit}\n")
    (heads / "a b").write_text(f"{commit}\n")
    (heads / "x.lock").write_text(f"{commit}\n")
    (heads / "loop").write_text("ref: refs/heads/loop\n")
    (heads / "out").write_text("ref: refs/../../../x\n")
    (heads / "long").write_text("0" * 10_000)
    (heads / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(heads / "pipe")
    (upstream.path / "packed-refs").write_text(f"{commit} refs/heads/../../x\n{commit} HEAD\nx\n")
    with borrowed(upstream.path) as mine:
        assert set(mine.refs()) == {"refs/heads/master", "refs/heads/-x"}
        with pytest.raises(SeriesError, match="not a revision"):
            mine.resolve("-x")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(SeriesError, match="no git repository at"), borrowed(tmp_path):
        pass


def test_a_reftable_is_said_not_misread(upstream: Upstream) -> None:
    (upstream.path / "reftable").mkdir()
    with pytest.raises(SeriesError, match="reftable"), borrowed(upstream.path):
        pass


@pytest.mark.parametrize("url", ["ext::sh -c 'echo x >&2'", "fd::17", "gopher://x/y"])
def test_no_helper_is_run(url: str) -> None:
    with pytest.raises(SeriesError, match="not allowed"):
        network.list_refs(url)


def test_no_repository_above_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upstream: Upstream
) -> None:
    """A planted bare repository in the current folder does not redirect a fetch."""
    upstream.commit({"a": b"1\n"})
    bare = tmp_path / "bare"
    Repository.init(bare).close()
    (bare / "config").open("a").write('[url "file:///nowhere"]\n\tinsteadOf = file://\n')
    monkeypatch.chdir(bare)
    assert set(network.list_refs(f"file://{upstream.path}")) == {"refs/heads/master"}


def test_a_name_is_a_name_and_no_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitPython would put the variable's value, and a home, into the path of a repository."""
    monkeypatch.setenv("ELSEWHERE", "b")
    monkeypatch.chdir(tmp_path)
    for name in ("$ELSEWHERE", "${ELSEWHERE}", "~", "b"):
        Repository.init(Path(name)).close()
        with Repository(Path(name)) as repository:
            assert repository.git_dir.resolve() == tmp_path / name
