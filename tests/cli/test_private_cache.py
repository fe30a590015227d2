"""A cache that others could have written to is not used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.project import Project, demo_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = demo_project(tmp_path / "p")
    assert made.run("fetch").status == 0
    return made


def test_it_is_made_for_the_user_alone(project: Project) -> None:
    assert (project.root / "cache").stat().st_mode & 0o777 == 0o700
    assert (project.root / "state").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("variable", ["cache", "state"])
def test_one_that_others_can_write_is_refused(project: Project, variable: str) -> None:
    (project.root / variable).chmod(0o777)
    done = project.run("rebase")
    assert done.status == 3
    assert "can be written by other users" in done.err
    assert f"chmod 700 {project.root / variable}" in done.err


@pytest.mark.parametrize("variable", ["cache", "state"])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_one_of_another_user_is_refused(project: Project, variable: str) -> None:
    os.chown(project.root / variable, 12345, 12345)
    done = project.run("rebase")
    assert done.status == 3
    assert "belongs to another user" in done.err
    assert f"SERIES_{variable.upper()}" in done.err
