"""``series diff`` as a user runs it, on the demonstration's series."""

from __future__ import annotations

import pytest

from support.project import Project, demo_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return demo_project(tmp_path_factory.mktemp("diff") / "p")


def test_the_port_against_upstream(project: Project) -> None:
    """Upstream changed neutron's master; what is ported was written for Grizzly."""
    done = project.run("diff", "conductor-workers", "--json", "--onto", "2013.1.1")
    assert done.status == 0
    found = done.document
    assert found["old"] == "upstream d30af6f1c6e4"
    assert found["new"] == "on 2013.1.1"
    assert not found["identical"]
    assert " @@ nova/" in found["diff"] or "## nova/" in found["diff"]


def test_a_source_that_never_landed_is_what_is_compared(project: Project) -> None:
    found = project.run("diff", "no-idle-updates", "--json", "--onto", "2013.1.1").document
    assert found["old"] == "source 19667af848bc"
    assert (found["identical"], found["diff"]) == (True, "")


def test_two_bases(project: Project) -> None:
    done = project.run("diff", "conductor-workers", "--from", "2013.1", "--to", "2013.1.3")
    assert done.status == 0
    assert "on 2013.1, compared with the port on 2013.1.3" in done.err
    assert ("the same change" in done.err) is (done.out == "")


def test_colour(project: Project) -> None:
    args = ("diff", "conductor-workers", "--onto", "2013.1.1")
    assert "\x1b[" in project.run(*args, "--color", "always").out
    assert "\x1b[" not in project.run(*args).out


def test_no_port_to_compare(project: Project) -> None:
    done = project.run("diff", "one-iptables-run", "--onto", "2013.1.3")
    assert done.status == 2
    assert "has no port on 2013.1.3: its outcome there is already-applied" in done.err


@pytest.mark.parametrize(
    "args",
    [
        ("no-such-patch",),
        ("conductor-workers", "--onto", "2012.2"),
        ("conductor-workers", "--from", "2013.1"),
        ("conductor-workers", "--from", "2013.1", "--to", "2013.1.1", "--onto", "2013.1.2"),
    ],
    ids=" ".join,
)
def test_wrong_usage(project: Project, args: tuple[str, ...]) -> None:
    assert project.run("diff", *args).status == 2


def test_nothing_on_disk_changes(project: Project) -> None:
    before = project.state()
    project.run("diff", "conductor-workers")
    assert project.state() == before
