"""The small upstreams hold what they promise, and are the same everywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_python
from tree_sitter import Language, Parser

from patchseries.demo import create
from patchseries.git import Commit, Repository
from patchseries.manifest import Manifest, load
from patchseries.model import Outcome
from patchseries.port import Change, PortOptions
from patchseries.port.engine import port
from patchseries.sources.mirrors import mirror_of

MANIFEST = Path(__file__).parents[2] / "series" / "demo.toml"
NAMES = ("demo/nova", "demo/quantum", "demo/keystone")
FORKS = ("contributor/nova", "contributor/quantum", "contributor/keystone")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("mirrors")
    create(made)
    return made


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return load(MANIFEST)


@pytest.fixture(params=[*NAMES, *FORKS])
def repository(folder: Path, request: pytest.FixtureRequest) -> Iterator[Repository]:
    with Repository(folder / request.param) as opened:
        yield opened


def history(repository: Repository, *revs: str) -> list[Commit]:
    lines = repository.run("rev-list", *(revs or ["--all"])).stdout.decode().split()
    return [repository.commit(oid) for oid in lines]


def test_same_ids_everywhere(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "1 +0000")
    create(tmp_path)
    for name in (*NAMES, *FORKS):
        with Repository(tmp_path / name) as one, Repository(folder / name) as two:
            assert one.run("show-ref").stdout == two.run("show-ref").stdout


def test_quick(tmp_path: Path) -> None:
    before = os.times()
    create(tmp_path)
    after = os.times()
    assert sum(after[:4]) - sum(before[:4]) < 1.5  # seconds of processor, git's included


def test_sound(repository: Repository) -> None:
    repository.run("fsck", "--strict")
    assert repository.run("symbolic-ref", "HEAD").stdout == b"refs/heads/master\n"


def test_releases_of_both_lines(repository: Repository) -> None:
    tags = {name.removeprefix("refs/tags/") for name in repository.refs("refs/tags/")}
    line = {"2013.1", "2013.1.1", "2013.1.2", "2013.1.3"}
    assert tags >= line | {"2013.2.b1", "2013.2.b2", "2013.2.b3", "2013.2.rc1", "2013.2"}
    for tag in line:
        commit = repository.resolve(tag)
        assert commit is not None
        tree = repository.commit(commit).tree
        texts = [repository.file(tree, f"{p}/version.py") for p in ("nova", "quantum", "keystone")]
        assert any(f"'{tag}'".encode() in text for text in texts if text)


def test_messages(repository: Repository) -> None:
    for commit in history(repository):
        assert len(commit.subject) <= 72
        assert commit.message.endswith(b"\n")
        for change in re.findall(r"^Change-Id: (.*)$", commit.text, re.MULTILINE):
            assert re.fullmatch(r"I[0-9a-f]{40}", change)


def test_commits_that_messages_name_are_there_and_the_same_change(repository: Repository) -> None:
    named = 0
    pattern = r"(cherry picked from commit|This reverts commit) ([0-9a-f]{40})"
    for commit in history(repository):
        for how, oid in re.findall(pattern, commit.text):
            origin = repository.commit(oid)
            named += 1
            if how.startswith("cherry"):
                assert origin.subject == commit.subject
                assert change_ids(origin) == change_ids(commit) != []
            else:
                assert f'Revert "{origin.subject}"' == commit.subject
    assert named >= 1


def change_ids(commit: Commit) -> list[str]:
    return re.findall(r"^Change-Id: (I.*)$", commit.text, re.MULTILINE)


def test_forks_share_their_upstreams_commits(folder: Path) -> None:
    for name, fork in zip(NAMES, FORKS, strict=True):
        with Repository(folder / name) as upstream, Repository(folder / fork) as forked:
            theirs = forked.refs("refs/heads/", "refs/tags/")
            ours = upstream.refs("refs/heads/", "refs/tags/")
            assert ours.items() < theirs.items()


def test_quantum_becomes_neutron_between_b1_and_b2(folder: Path) -> None:
    with Repository(folder / "demo" / "quantum") as quantum:
        for tag, name in (("2013.2.b1", "quantum"), ("2013.2.b2", "neutron")):
            commit = quantum.resolve(tag)
            assert commit is not None
            paths = [path for path, _ in quantum.walk(quantum.commit(commit).tree)]
            assert f"{name}/leases/relay.py" in paths
            assert {"quantum", "neutron"} & {p.split("/")[0] for p in paths} == {name}


def test_all_of_it_is_python_2(repository: Repository) -> None:
    """tree-sitter's grammar takes Python 2's print and except; nothing of the text is broken."""
    parser = Parser(Language(tree_sitter_python.language()))
    blobs = {
        entry.oid: path
        for commit in history(repository)
        for path, entry in repository.walk(commit.tree)
        if path.endswith(".py") or path.startswith("bin/")
    }
    for oid, path in blobs.items():
        assert not parser.parse(repository.blob(oid)).root_node.has_error, path


def test_manifest_names_what_is_there(manifest: Manifest, folder: Path) -> None:
    for patch in manifest.patches:
        project = manifest.projects[patch.project]
        source = patch.sources[0]
        url = source.repository or project.repository
        mirror = mirror_of(url, [folder])
        assert mirror is not None
        with Repository(mirror) as repository:
            branch = source.branch or "master"
            assert source.commit in {c.id for c in history(repository, f"refs/heads/{branch}")}
        mirror = mirror_of(project.repository, [folder])
        assert mirror is not None
        with Repository(mirror) as repository:
            for oid in patch.upstream:
                assert change_ids(repository.commit(oid)) == [patch.change_id]
            tracked = {c for commit in history(repository) for c in change_ids(commit)}
            assert set(patch.superseded_by) <= tracked


def matrix(manifest: Manifest, folder: Path) -> dict[str, list[Outcome]]:
    """Each patch alone on each base, by git's own merge."""
    found: dict[str, list[Outcome]] = {}
    for patch in manifest.patches:
        source = patch.sources[0]
        url = source.repository or manifest.projects[patch.project].repository
        mirror = mirror_of(url, [folder])
        assert mirror is not None
        with Repository(mirror) as repository:
            change = Change.of(repository, repository.commit(source.commit or ""))
            for base in manifest.projects[patch.project].bases:
                commit = repository.resolve(base)
                assert commit is not None
                onto = repository.commit(commit).tree
                outcome = port(repository, change, onto, PortOptions(git_only=True)).outcome
                found.setdefault(patch.name, []).append(outcome)
    return found


def test_one_conflict_one_already_there_and_the_rest_clean(
    manifest: Manifest, folder: Path
) -> None:
    clean, there, conflict = Outcome.CLEAN, Outcome.ALREADY_APPLIED, Outcome.CONFLICT
    assert matrix(manifest, folder) == {
        "conductor-workers": [clean] * 4,
        "no-idle-updates": [conflict, clean, clean, clean],
        "one-iptables-run": [clean, clean, there, there],
        "lean-lease-update": [clean] * 4,
        "keystone-workers": [clean] * 4,
        "revoked-in-memory": [clean] * 4,
    }
