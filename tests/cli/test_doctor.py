"""`series doctor`: what is there, what is missing, and what to type then."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from patchseries.cli import building, doctor
from patchseries.cli.common import Given
from patchseries.errors import MachineError, SeriesError
from patchseries.pipeline import machine as machine_module
from patchseries.pipeline.machine import PROGRAMS, MachineCheck
from support.project import Project

SAYS_VERSION = "#!/bin/sh\necho 'This is a program, version 99.1.2 of it'\n"


def program(folder: Path, name: str, text: str = SAYS_VERSION) -> None:
    """An executable *name* in *folder*: a shell script."""
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Project:
    """A machine that has every program, and a user whose name is known."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for wanted in PROGRAMS:
        program(programs, wanted.name)
    (programs / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    (programs / "python3").symlink_to(sys.executable)
    home = tmp_path / "home"
    home.mkdir()
    root = tmp_path / "project"
    root.mkdir()
    return Project(root, {"PATH": str(programs), "HOME": str(home), "SERIES_MIRRORS": ""})


def bin_of(machine: Project) -> Path:
    return Path(machine.env["PATH"])


def row(machine: Project, name: str, env: dict[str, str] | None = None) -> dict[str, object]:
    """The check *name* of the JSON document."""
    checks = machine.run("doctor", "--json", env=env).document["checks"]
    [found] = [check for check in checks if check["name"] == name]
    assert isinstance(found, dict)
    return found


def test_all_is_there(machine: Project) -> None:
    done = machine.run("doctor")
    assert done.status == 0, done.out
    assert done.err == ""
    lines = done.out.splitlines()
    assert {line.split()[0] for line in lines[:-1]} == {"ok"}
    assert lines[-1] == "nothing that is needed is missing"
    assert [line.split()[1] for line in lines[: len(PROGRAMS)]] == [p.name for p in PROGRAMS]
    assert not any(machine.root.iterdir()), "doctor made something"


@pytest.mark.parametrize("name", [p.name for p in PROGRAMS])
def test_one_program_is_missing(machine: Project, name: str) -> None:
    (bin_of(machine) / name).unlink()
    needed = next(p.needed for p in PROGRAMS if p.name == name)
    done = machine.run("doctor")
    [line] = [one for one in done.out.splitlines() if one.split()[1] == name]
    assert done.status == (5 if needed else 0)
    assert line.startswith("missing" if needed else "note")
    assert "not installed" in line
    assert "; apt-get install " in line


def test_what_to_install_is_one_line(machine: Project) -> None:
    for name in ("xz", "dpkg-source", "dpkg-genchanges", "gbp"):
        (bin_of(machine) / name).unlink()
    done = machine.run("doctor")
    assert "to install all of it: apt-get install dpkg-dev git-buildpackage xz-utils" in done.out
    assert done.out.endswith("3 requirements missing\n")
    document = machine.run("doctor", "--json").document
    assert document["ok"] is False
    assert document["install"] == ["dpkg-dev", "git-buildpackage", "xz-utils"]


def test_git_is_too_old(machine: Project) -> None:
    program(bin_of(machine), "git", "#!/bin/sh\necho git version 2.9.1\n")
    found = row(machine, "git")
    assert (found["state"], found["version"]) == ("missing", "2.9.1")
    assert "2.39 or later" in str(found["words"])


@pytest.mark.parametrize(
    ("text", "state", "words"),
    [
        ("#!/nosuch/interpreter\n", "missing", "could not be started|is not installed"),
        ("#!/bin/sh\nkill -9 $$\n", "missing", "was killed by SIGKILL"),
        ("#!/bin/sh\necho '\033[31mno number'\n", "ok", "installed"),
        ("#!/bin/sh\nprintf '\\377 1.2.3'\nexit 3\n", "ok", "1.2.3"),
    ],
)
def test_a_program_that_says_something_else(
    machine: Project, text: str, state: str, words: str
) -> None:
    program(bin_of(machine), "xz", text)
    found = row(machine, "xz")
    assert found["state"] == state
    assert any(word in str(found["words"]) for word in words.split("|")), found


def test_dput_is_not_started(machine: Project) -> None:
    """Started without a file it uploads what it finds in the directory."""
    started = machine.root / "started"
    program(bin_of(machine), "dput", f"#!/bin/sh\n: > {started}\n")
    assert row(machine, "dput")["state"] == "ok"
    assert not started.exists()


def test_programs_do_not_run_in_the_project(machine: Project) -> None:
    program(bin_of(machine), "gbp", "#!/bin/sh\ncase $PWD in /) echo 1.5;; *) echo 0.1;; esac\n")
    assert row(machine, "gbp")["version"] == "1.5"


@pytest.mark.parametrize("variable", ["SERIES_CACHE", "SERIES_STATE"])
def test_a_directory_that_others_may_write(machine: Project, variable: str) -> None:
    shared = machine.root / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    name = variable.removeprefix("SERIES_").lower()
    found = row(machine, name, {variable: str(shared)})
    assert found["state"] == "missing"
    assert "can be written by other users" in str(found["words"])
    assert shared.stat().st_mode & 0o777 == 0o777, "doctor changed it"
    assert machine.run("doctor", env={variable: str(shared)}).status == 5


def test_a_cache_that_is_a_file(machine: Project) -> None:
    (machine.root / "file").write_text("")
    for path in ("file", "file/below"):
        found = row(machine, "cache", {"SERIES_CACHE": str(machine.root / path)})
        assert found["state"] == "missing", found


def test_a_private_cache_is_told_with_its_space(machine: Project) -> None:
    (machine.root / "cache").mkdir(mode=0o700)
    found = row(machine, "cache")
    assert found["state"] in ("ok", "note")  # a small disk is noted
    assert "free" in str(found["words"])


def test_mirrors(machine: Project, tmp_path: Path) -> None:
    full, empty = tmp_path / "full", tmp_path / "empty"
    empty.mkdir()
    for git_dir in ("o/one.git", "o/two/.git", "host.invalid/o/three"):
        (full / git_dir / "objects").mkdir(parents=True)
        (full / git_dir / "HEAD").write_text("ref: refs/heads/master\n")
    env = {"SERIES_MIRRORS": os.pathsep.join([str(full), str(empty), "/nosuch"])}
    found = row(machine, f"mirror {full}", env)
    assert (found["state"], found["words"]) == ("ok", "3 repositories")
    assert row(machine, f"mirror {empty}", env)["state"] == "note"
    assert row(machine, "mirror /nosuch", env)["state"] == "note"
    assert machine.run("doctor", env=env).status == 0


def test_nobody_knows_your_name(machine: Project) -> None:
    program(bin_of(machine), "git", f'#!/bin/sh\nexec {shutil.which("git")} "$@"\n')
    found = row(machine, "identity", {"DEBFULLNAME": "", "DEBEMAIL": ""})
    assert found["state"] == "note"
    assert "DEBEMAIL" in str(found["hint"])
    assert row(machine, "identity")["words"] == "Test Packager <packager@test.invalid>"


def test_a_broken_configuration_of_git(machine: Project) -> None:
    program(bin_of(machine), "git", f'#!/bin/sh\nexec {shutil.which("git")} "$@"\n')
    (Path(machine.env["HOME"]) / ".gitconfig").write_text("[user\n")
    env = {"DEBFULLNAME": "", "DEBEMAIL": "", "XDG_CONFIG_HOME": machine.env["HOME"]}
    found = row(machine, "identity", env)
    assert found["state"] == "missing"
    assert ".gitconfig" in str(found["words"])


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (None, "ok", "Ada <ada@x.invalid>"),
        (SeriesError("not set"), "note", "not set: build, accept, resolve and refresh need them"),
        (MachineError("no git"), "note", "no git"),
        (
            MachineError("bad configuration", cause="line 3"),
            "missing",
            "bad configuration (line 3)",
        ),
    ],
)
def test_whose_name_it_is(
    error: SeriesError | None, state: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def maintainer() -> str:
        if error:
            raise error
        return "Ada <ada@x.invalid>"

    monkeypatch.setattr(building, "maintainer", maintainer)
    found = doctor._identity()
    assert (found.name, found.state, found.words) == ("identity", state, words)


@pytest.mark.parametrize("state", ["ok", "note", "missing"])
def test_what_needs_a_library_is_asked_where_it_is_there(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERIES_MIRRORS", str(tmp_path))
    monkeypatch.setattr(
        machine_module, "libraries", lambda: [MachineCheck("git", cast(Any, state), "x")]
    )
    monkeypatch.setattr(machine_module, "programs", lambda: [MachineCheck("man", "note", "x")])
    names = [check.name for check in doctor._examine(Given())]
    assert names[:4] == ["man", "git", "cache", "state"]
    assert len(names) == (4 if state == "missing" else 6)


def test_what_is_missing_is_counted_and_what_to_do_about_it_is_in_its_row() -> None:
    assert doctor._summary(0) == "nothing that is needed is missing"
    assert doctor._summary(2) == "2 requirements missing"
    rows = doctor._table(
        [MachineCheck("a", "ok", "1.0"), MachineCheck("b", "note", "x", "do")]
    ).rows
    assert rows == [("ok", "a", "1.0"), ("note", "b", "x; do")]
