"""The commands as a user runs them, on the demonstration's series."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import patchseries
from patchseries.files import sha256
from support.project import Project, demo_project
from support.tools import need


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that was fetched and rebased once."""
    project = demo_project(tmp_path_factory.mktemp("project") / "p")
    assert project.run("rebase", "-q").status in (0, 1)
    return project


@pytest.fixture
def project(ran: Project, tmp_path: Path) -> Project:
    """A copy of it to change."""
    shutil.copytree(ran.root, tmp_path / "p", symlinks=True)
    return Project(tmp_path / "p")


def test_rebase_says_every_cell(project: Project) -> None:
    done = project.run("rebase", "--json", "--onto", "2013.1.1", "--onto", "2013.1.3")
    cells = done.document["cells"]
    assert done.document["schema"] == 1
    assert {cell["base"] for cell in cells} == {"2013.1.1", "2013.1.3"}
    for cell in cells:
        assert (cell["file"] is None) == (cell["outcome"] not in ("clean", "adapted"))
        if cell["file"]:
            assert (project.root / cell["file"]).is_file()


def test_a_second_run_changes_nothing(project: Project) -> None:
    before = project.state()
    done = project.run("rebase", "--locked")
    assert "nothing changed" in done.err
    assert project.state() == before


def test_the_same_bytes_in_another_world(project: Project, tmp_path: Path) -> None:
    other = demo_project(tmp_path / "elsewhere")
    # Python reads the path of an editable install in the locale's encoding, or does not start
    locale = "C" if patchseries.__file__.isascii() else "C.UTF-8"
    world = {"TZ": "Asia/Tokyo", "LC_ALL": locale, "LANG": locale}
    line = f"umask 077; exec '{sys.executable}' -m patchseries rebase -q"
    subprocess.run(
        ["sh", "-c", line], cwd=other.root, env={**other.environment, **world}, check=False
    )
    assert other.state() == project.state()


def test_locked_refuses_a_change(project: Project) -> None:
    manifest = project.root / "series" / "demo.toml"
    manifest.write_text(manifest.read_text().replace("no-idle-updates", "fewer-updates"))
    before = project.state()
    done = project.run("rebase", "--locked")
    assert done.status == 3
    assert "differ from a new rebase" in done.err
    assert project.state() == before


def test_a_lock_from_elsewhere_makes_no_patch_an_edited_one(project: Project) -> None:
    lock = project.root / "series" / "demo.lock"
    path = next((project.root / "patches" / "demo" / "2013.1.3" / "nova").glob("*.patch"))
    path.unlink()
    assert project.run("rebase").status == 1  # the log of this project now has the patch
    told = lock.read_text()
    lock.write_text(told.replace(sha256(path.read_bytes()), "0" * 64))
    manifest = project.root / "series" / "demo.toml"
    assert lock.read_text() != told
    before = manifest.read_text()
    manifest.write_text(
        before.replace("bugs = [", "bugs = [7, ").replace(
            "blueprints =", "bugs = [7]\nblueprints ="
        )
    )
    assert "edited by hand" not in project.run("rebase").err
    assert b"/7\n" in path.read_bytes()


def test_an_edited_patch_is_left_alone(project: Project) -> None:
    path = next((project.root / "patches" / "demo" / "2013.1.3" / "nova").glob("*.patch"))
    edited = path.read_bytes() + b"# mine\n"
    path.write_bytes(edited)
    before = project.state()
    done = project.run("rebase")
    assert done.status == 1
    assert f"{path.name} was edited by hand" in done.err
    assert project.state() == before
    assert "written" in project.run("rebase", "--overwrite").err
    assert path.read_bytes() != edited


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    project = demo_project(tmp_path / "p")
    before = project.state()
    assert "would change" in project.run("rebase", "--dry-run").err
    assert project.state() == before


def test_test_apply_and_quilt_agree(project: Project, tmp_path: Path) -> None:
    need("quilt")
    done = project.run("test-apply", "--json", "--onto", "2013.1.3")
    results = {cell["patch"]: cell["result"] for cell in done.document["cells"]}
    for name in ("nova", "quantum", "keystone"):
        tree = tmp_path / name
        tree.mkdir()
        mirror = project.root / "mirrors" / "demo" / name
        archive = subprocess.run(
            ["git", f"--git-dir={mirror}", "archive", "2013.1.3"], capture_output=True, check=True
        ).stdout
        subprocess.run(["tar", "-x"], cwd=tree, input=archive, check=True)
        patches = project.root / "patches" / "demo" / "2013.1.3" / name
        if not (patches / "series").exists():
            continue
        pushed = subprocess.run(
            ["quilt", "--quiltrc=-", "push", "-a", "--fuzz=0"],
            cwd=tree,
            env={**project.environment, "QUILT_PATCHES": str(patches)},
            capture_output=True,
            check=False,
        )
        assert pushed.returncode == 0, pushed.stdout
        for patch in patches.glob("*.patch"):
            assert results[patch.name[5:-6]] == "applies"


def test_a_patch_that_fails_says_why(project: Project) -> None:
    path = next((project.root / "patches" / "demo" / "2013.1.3" / "nova").glob("0001*.patch"))
    lines = path.read_bytes().splitlines(keepends=True)
    at = max(n for n, line in enumerate(lines) if line.startswith(b" "))
    lines[at] = b" " + b"other" + lines[at][1:]
    path.write_bytes(b"".join(lines))
    done = project.run("test-apply", "--onto", "2013.1.3")
    assert done.status == 1
    assert "fails: conductor-workers on 2013.1.3: 0001-" in done.out
    assert "does not apply" in done.out


def test_build_and_unpack(project: Project, tmp_path: Path) -> None:
    need("dpkg-source")
    done = project.run("build", "--json", "--onto", "2013.1.3")
    assert done.status == 0, done.err
    packages = done.document["packages"]
    assert {package["project"] for package in packages} == {"nova", "quantum", "keystone"}
    assert all(package["verified"] for package in packages)
    for package in packages:
        target = tmp_path / package["project"]
        subprocess.run(
            ["dpkg-source", "--no-check", "-x", package["dsc"], target],
            check=True,
            capture_output=True,
        )
        assert (target / "debian" / "changelog").exists()


def test_a_conflict_is_refused_or_left_out(project: Project) -> None:
    need("dpkg-source")
    refused = project.run("build", "--onto", "2013.1", "--project", "nova")
    assert refused.status == 1
    assert "no-idle-updates on 2013.1 conflicts" in refused.err
    left_out = project.run("build", "--onto", "2013.1", "--project", "nova", "--skip-conflicts")
    assert left_out.status == 0, left_out.err
    folder = project.root / "build" / "demo" / "2013.1" / "nova"
    changes = next(folder.glob("*.changes")).read_text()
    assert "no-idle-updates" in changes


def test_headers_say_what_landed_once_it_is_recorded(project: Project) -> None:
    patches = project.root / "patches" / "demo" / "2013.1.3" / "nova"
    first = next(patches.glob("0001*.patch"))
    assert b"Applied-Upstream" not in first.read_bytes()
    done = project.run("status", "--record", "--json")
    assert done.status == 0, done.err
    assert "then: series rebase demo" in done.err
    landed = {p["name"]: p["landed"] for p in done.document["patches"]}["conductor-workers"][0]
    project.run("rebase", "-q")
    line = f"Applied-Upstream: {landed['tag']}, commit:{landed['commit']}\n"
    assert line.encode() in first.read_bytes()


def test_run_is_all_of_it(project: Project) -> None:
    need("dpkg-source")
    done = project.run("run", "--json", "--onto", "2013.1.3")
    assert done.status == 0, done.err
    document = done.document
    assert document["ok"] is True
    assert len(document["packages"]) == 3
    assert {cell["result"] for cell in document["test_apply"]} <= {"applies", "already-applied"}


def test_a_run_that_builds_nothing_says_all_the_rest(project: Project) -> None:
    need("dpkg-source")
    page = project.root / "build" / "demo" / "report.html"
    page.unlink(missing_ok=True)
    done = project.run("run", "--onto", "2013.1", "--onto", "2013.1.1", "--project", "nova")
    assert done.status == 1
    assert "no-idle-updates" in done.out
    assert "check: " in done.out
    assert done.out.endswith("report: build/demo/report.html\n")
    assert page.is_file()
    assert "not built: " in done.err
    assert "\\n" not in done.err
    assert max(map(len, done.err.splitlines())) < 150


def test_the_document_of_a_run_that_builds_nothing_says_why(project: Project) -> None:
    need("dpkg-source")
    done = project.run("run", "--json", "--onto", "2013.1", "--project", "nova")
    assert done.status == 1
    assert done.document["ok"] is False
    assert done.document["packages"] == []
    assert done.document["error"]["message"].startswith("not built: no-idle-updates on 2013.1")
    assert done.document["rebase"]
