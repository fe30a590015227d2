"""``series status`` and ``series show`` as a user runs them, on the demonstration's series."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from support.project import Project, demo_project

LANDED = {
    "conductor-workers": ("landed", [("havana", "2013.2.rc1")]),
    "no-idle-updates": ("superseded", []),
    "one-iptables-run": ("landed", [("grizzly", "2013.1.2"), ("havana", "2013.2.b2")]),
    "lean-lease-update": ("superseded", []),
    "keystone-workers": ("landed", [("icehouse", "2014.1.b1")]),
    "revoked-in-memory": ("reverted", []),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return demo_project(tmp_path_factory.mktemp("status") / "p")


def test_the_contract(project: Project) -> None:
    done = project.run("status", "--json")
    assert done.status == 0
    assert (done.document["schema"], done.document["ok"]) == (1, True)
    found = {
        row["name"]: (row["verdict"], [(at["line"], at["tag"]) for at in row["landed"]])
        for row in done.document["patches"]
    }
    assert found == LANDED
    assert list(found) == list(LANDED)  # in series order
    for row in done.document["patches"]:
        assert all(at["evidence"] == "change-id" for at in row["landed"])
        for successor in row["superseded_by"]:
            assert [(at["line"], at["tag"]) for at in successor["landed"]] == [
                ("havana", "2013.2.b3")
            ]


def test_the_lines_that_inherit_a_change_are_in_the_document(project: Project) -> None:
    rows = {row["name"]: row for row in project.run("status", "--json").document["patches"]}
    found = [(at["line"], at["tag"]) for at in rows["one-iptables-run"]["inherited"]]
    assert found == [("unreleased", None)]  # branched off after havana; not those it landed in
    assert rows["no-idle-updates"]["inherited"] == []


def test_a_release_and_a_patch_selected(project: Project) -> None:
    done = project.run(
        "status", "demo", "--json", "--release", "Havana", "--patch", "one-iptables-run"
    )
    (row,) = done.document["patches"]
    assert row["release"]["contained"] is True
    assert (row["release"]["line"], row["release"]["tag"]) == ("havana", "2013.2.b2")


def test_forms_for_people(project: Project) -> None:
    text = project.run("status").out
    for name, (verdict, _) in LANDED.items():
        assert any(name in line and verdict in line for line in text.splitlines())
    rows = list(csv.reader(io.StringIO(project.run("status", "--format", "csv").out)))
    assert [row[0] for row in rows[1:]] == list(LANDED)
    markdown = project.run("status", "--format", "markdown", "--release", "havana").out
    assert "| one-iptables-run | quantum | yes | 2013.2.b2 |" in markdown
    assert "| no-idle-updates | nova | by its successor |" in markdown


def test_a_line_that_is_not(project: Project) -> None:
    done = project.run("status", "--release", "jaunty")
    assert done.status == 2
    assert "no release is called 'jaunty'" in done.err
    assert "one of the lines grizzly, havana, unreleased, icehouse" in done.err


@pytest.mark.parametrize(
    ("name", "release", "since"),
    [
        ("2013.2", "2013.2", "2013.2.b2"),
        ("stable/havana", "havana", "2013.2.b2"),
        ("2013.1.3", "2013.1.3", "2013.1.2"),
        ("2013.1.1", "2013.1.1", None),
        ("master", "unreleased", None),
    ],
)
def test_a_release_by_any_of_its_names(
    project: Project, name: str, release: str, since: str | None
) -> None:
    done = project.run("status", "--json", "--release", name, "--patch", "one-iptables-run")
    (row,) = done.document["patches"]
    assert (row["release"]["name"], row["release"]["known"]) == (release, True)
    assert row["release"].get("tag") == since
    assert row["release"]["contained"] is (release != "2013.1.1")


def test_a_tag_of_one_project_is_no_release_of_another(project: Project) -> None:
    text = project.run("status", "--release", "2014.1.b1").out
    assert "in 2014.1.b1" in text
    assert "no such release" in text


def test_without_any_history_at_hand(project: Project, tmp_path: Path) -> None:
    empty = {"SERIES_MIRRORS": "", "SERIES_CACHE": str(tmp_path / "cache")}
    done = project.run("status", "--offline", env=empty)
    assert done.status == 4
    assert "the history of https://demo.invalid/demo/nova.git is not in the cache" in done.err
    shown = project.run("show", "conductor-workers", "--offline", env=empty)
    assert shown.status == 0
    assert "unknown: the history of https://demo.invalid/demo/nova.git" in shown.out


def test_show(project: Project) -> None:
    text = project.run("show", "one-iptables-run").out
    assert "the filters of many ports in one run of iptables" in text
    assert "https://demo.invalid/bugs/1190001" in text
    assert "grizzly 2013.1.2, 81b3fe92d3402906a4678511d26f360ee8742313 (change-id)" in text
    reverted = project.run("show", "revoked-in-memory", "--json").document["patch"]
    assert reverted["status"]["verdict"] == "reverted"
    assert len(reverted["status"]["reverted"]) == 1
    assert project.run("show", "one-iptables").status == 2


@pytest.mark.parametrize("harm", [b"", b"not a database"])
def test_a_damaged_index_is_built_anew(project: Project, harm: bytes) -> None:
    before = project.run("status", "--json").document
    for index in (project.root / "cache" / "index").glob("*.sqlite"):
        index.write_bytes(harm)
    assert project.run("status", "--json").document == before
