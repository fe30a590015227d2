"""The Grizzly series' answers on the real histories (GRIZZLY: what the series tracks)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.landed import History, ask, open_history, read_pairs
from patchseries.git import Repository
from patchseries.landed.builder import open_index
from patchseries.landed.evidence import Tracked
from patchseries.landed.index import HistoryIndex
from patchseries.landed.releaselines import ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from patchseries.landed.verdict import PatchToTrack, status
from patchseries.model import ChangeId

pytestmark = pytest.mark.real

PAIRS = os.environ.get("SERIES_PAIRS", "")
Histories = dict[str, tuple[HistoryIndex, ReleaseLines]]

HAVANA_B2, HAVANA_B3 = ("havana", "2013.2.b2"), ("havana", "2013.2.b3")
GRIZZLY_3 = ("grizzly", "2013.1.3")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the indexes of this module are kept."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def histories(mirrors: Path, folder: Path) -> Iterator[Histories]:
    """The indexed histories of the three projects."""
    found: Histories = {}
    with ExitStack() as stack:
        for project in ("nova", "neutron", "keystone"):
            repository = stack.enter_context(Repository(mirrors / "openstack" / project))
            index = stack.enter_context(open_index(folder / project, repository))
            scheme = scheme_for(project, f"https://opendev.org/openstack/{project}.git")
            found[project] = (index, lines_of(scheme, index.named_refs))
        yield found


# patch, project, Change-Id, successor, where it landed, where its successor did
SERIES = [
    ("1", "nova", "I8698997d211d7617ee14a1c6113056a694d70620", None,
     {("havana", "2013.2.rc1", "5450f09370")}, set()),
    ("2", "keystone", "If74f13bc2898e880649ee809967f5b5859b793c6", None,
     {("juno", "2014.2.b2", "3580c2af1b")}, set()),
    ("3", "neutron", "Iffa76041d0055840ccca852814b0e71f17a950ac", None,
     {("havana", "2013.2.1", "5365ad0cd6"), ("icehouse", "2014.1.b1", "3d669cbd0e")}, set()),
    ("4", "nova", "Ia336460b72085e7fa8b381d41820260a1b94729f",
     "I22c8d70e3e70f2d2421915da66c2618688e0db2b",
     set(), {(*HAVANA_B3, "3d96f8527b")}),
    ("5", "nova", "Ifc03724bca6a7d89546d56432d9c16a61d30088c",
     "I19c174488b61977358a4d617cc4b590e317e665a",
     set(), {("juno", "2014.2.b2", "f44b4faacd")}),
    ("6", "neutron", "I3e239519e7d4b457d6c9689ab6366f86415d12d7",
     "Ifcb4f093c92904ceb896438987d53e692eb7fb26",
     set(), {(*HAVANA_B3, "d9832282cf")}),
    ("7", "neutron", "If17eeaec197beae8b8aecffca1f19d4535a7226e", None,
     {(*GRIZZLY_3, "b606ee1da8"), (*HAVANA_B3, "e31c9fd3fe")}, set()),
    ("8", "neutron", "Idbf32c38e0c4a9c9634c1e4f0e79bd556b720493", None,
     {(*GRIZZLY_3, "5f326710f3"), (*HAVANA_B2, "364e97b441")}, set()),
    ("9", "nova", "I8e478fb13bedfc86730018ba849ecc71d4286f0d", None,
     {(*HAVANA_B2, "3d3affc752")}, set()),
    ("10", "nova", "Ifd1e56edfd811241816970715071876857de80d3", None,
     {(*HAVANA_B2, "0ed62fb7af")}, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "project", "change", "successor", "landed", "replaced"),
    SERIES,
    ids=[f"{row[0]}-{row[1]}" for row in SERIES],
)
def test_the_grizzly_series(
    histories: Histories,
    name: str,
    project: str,
    change: str,
    successor: str | None,
    landed: set[tuple[str, str, str]],
    replaced: set[tuple[str, str, str]],
) -> None:
    index, lines = histories[project]
    successors = (ChangeId(successor),) if successor else ()
    patch = PatchToTrack(name, project, Tracked((ChangeId(change),)), successors)
    found = status(index, lines, patch)
    assert {(at.line, at.tag, at.commit[:10]) for at in found.landings.landed} == landed
    told = [at for known in found.superseded_by for at in known.landings.landed]
    assert {(at.line, at.tag, at.commit[:10]) for at in told} == replaced
    assert {at.evidence for at in [*found.landings.landed, *told]} <= {"change-id"}
    assert found.verdict == ("landed" if landed else "superseded")


@pytest.mark.parametrize(
    ("project", "change", "inside"),
    [
        ("nova", SERIES[0][2], True),
        ("keystone", SERIES[1][2], False),
        ("neutron", SERIES[2][2], True),  # by stable/havana
        ("nova", SERIES[3][2], False),
        ("neutron", SERIES[6][2], True),
    ],
)
def test_is_it_in_havana(histories: Histories, project: str, change: str, inside: bool) -> None:
    index, lines = histories[project]
    found = status(index, lines, PatchToTrack("p", project, Tracked((ChangeId(change),))))
    assert (found.landings.in_line("havana") is not None) is inside


@pytest.mark.parametrize("project", ["nova", "neutron", "keystone"])
@pytest.mark.parametrize("tag", ["2013.1.3", "2013.2.b3", "2014.1", "havana-eol"])
def test_containment_is_what_git_says(
    histories: Histories, mirrors: Path, project: str, tag: str
) -> None:
    """For the commit of each tag: the tags of ``git for-each-ref --contains``."""
    index, _ = histories[project]
    with Repository(mirrors / "openstack" / project) as repository:
        commit = repository.resolve(f"refs/tags/{tag}")
        assert commit is not None
        said = repository.run(
            "for-each-ref", f"--contains={commit}", "--format=%(refname)", "refs/tags/"
        ).stdout.decode()
    entry = index.get(commit)
    assert entry is not None
    tags = {n for n, bit in index.refs.items() if entry.refs >> bit & 1 and "/tags/" in n}
    assert tags == set(said.split())


@pytest.mark.skipif(not PAIRS, reason="SERIES_PAIRS names no file of backport pairs")
def test_every_backport_pair_is_found_and_none_is_invented(mirrors: Path, folder: Path) -> None:
    opened: dict[str, History] = {}
    pairs = read_pairs(Path(PAIRS))
    with ExitStack() as stack:
        for repo in {pair.repo for pair in pairs}:
            repository = stack.enter_context(Repository(mirrors / repo))
            opened[repo] = open_history(folder, repo, repository)
            stack.callback(opened[repo].index.close)
        answers = ask(pairs, opened.__getitem__)
    assert answers.wrong == []
    right = {question: answers.counts[question, "right"] for question in ("backport", "upstream")}
    assert right == {"backport": len(pairs), "upstream": len(pairs)}


@pytest.mark.parametrize("project", ["nova", "neutron", "keystone"])
def test_the_history_tells_the_lines_that_the_table_has(histories: Histories, project: str) -> None:
    _, lines = histories[project]
    table = scheme_for(project, f"https://opendev.org/openstack/{project}.git")
    learned = lines.scheme
    places = {tag: (table.tag(tag), learned.tag(tag)) for tag in lines.named_refs.tags}
    different = {
        tag: (by_table.line, told and told.line)
        for tag, (by_table, told) in places.items()
        if by_table and (told is None or told.line != by_table.line)
    }
    assert different == {}
    assert len(lines.named_refs.tags) > 200


@pytest.mark.parametrize(
    ("name", "release", "line"),
    [
        ("2023.1", "antelope", "antelope"),
        ("2025.1", "epoxy", "epoxy"),
        ("stable/yoga", "yoga", "yoga"),
        ("unmaintained/yoga", "yoga", "yoga"),
        ("25.2.1", "25.2.1", "yoga"),
        ("yoga-eom", "yoga-eom", "yoga"),
        ("2013.1.4", "2013.1.4", "grizzly"),
    ],
)
def test_a_release_by_any_name(histories: Histories, name: str, release: str, line: str) -> None:
    found = histories["nova"][1].named(name)
    assert found is not None
    assert (found.name, found.line.name) == (release, line)
