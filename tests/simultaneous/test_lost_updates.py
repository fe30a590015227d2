"""Many processes at once on each command that writes: no change is lost.

SIMULTANEOUS says how many processes; the suite runs a few.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from patchseries import lock as locks
from patchseries import manifest
from patchseries.journal import find_state, held, operations
from support.project import Project
from support.upstreams import Upstream

MANY = int(os.environ.get("SIMULTANEOUS", "4"))
NAMES = [f"p{n}" for n in range(MANY)]
BASES = [f"1.{n}" for n in range(MANY)]

HEAD = """\
schema = 1

[series]
name = "many"

[project.project]
repository = "https://upstream.invalid/org/project.git"
bases = [{bases}]
"""
PATCH = """
[[patch]]
name = "{name}"
project = "project"
upstream = "{commit}"
source = {{ commit = "{commit}" }}
bases = "<=1.1"
"""


def made(root: Path) -> Project:
    """Each patch changes a file of its own, and conflicts there on 1.1."""
    (root / "series").mkdir(parents=True)
    with Upstream(root / "mirrors/org/project.git") as upstream:
        start = upstream.commit(dict.fromkeys(NAMES, b"a\nb\nc\n"))
        upstream.tag("1.0")
        upstream.commit(dict.fromkeys(NAMES, b"a\nours\nc\n"), branch="stable", parent=start)
        for base in BASES[1:]:
            upstream.tag(base, "refs/heads/stable")
        text = HEAD.format(bases=", ".join(f'"{base}"' for base in BASES))
        for name in NAMES:
            commit = upstream.commit({name: b"a\ntheirs\nc\n"}, f"Change {name}")
            text += PATCH.format(name=name, commit=commit)
        upstream.tag("2.0")
    (root / "series/many.toml").write_text(text)
    return Project(root)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Nothing is fetched yet."""
    return made(tmp_path / "project")


@dataclass(frozen=True)
class Prepared:
    """A project, and copies of it as it was at some points. State and cache name its place, so
    each copy is put back there."""

    project: Project
    copies: Path

    def keep(self, name: str) -> None:
        shutil.copytree(self.project.root, self.copies / name, symlinks=True)

    def put_back(self, name: str) -> Project:
        shutil.rmtree(self.project.root)
        shutil.copytree(self.copies / name, self.project.root, symlinks=True)
        return self.project


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    top = tmp_path_factory.mktemp("simultaneous")
    project = made(top / "project")
    kept = Prepared(project, top / "copies")
    done = project.run("fetch")
    assert done.status == 0, done.err
    kept.keep("fetched")
    for name in NAMES:
        assert project.run("resolve", name, "--take", "theirs", "-m", "x").status == 0
    kept.keep("resolved")
    return kept


@pytest.fixture
def fetched(prepared: Prepared) -> Project:
    return prepared.put_back("fetched")


@pytest.fixture
def resolved(prepared: Prepared) -> Project:
    """Every conflict is resolved."""
    return prepared.put_back("resolved")


def at_once(project: Project, commands: Sequence[Sequence[str]]) -> list[int]:
    """Run *commands* at the same time; their statuses; no bug is met."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "patchseries", *words],
            cwd=project.root,
            env=project.environment,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for words in commands
    ]
    said = [process.communicate(timeout=300)[1] for process in running]
    assert not [text for text in said if "Traceback" in text or "a bug" in text]
    return [process.returncode for process in running]


def lock_of(project: Project) -> locks.Lock:
    return locks.load(project.root / "series/many.lock")


def test_fetch(project: Project) -> None:
    assert at_once(project, [["fetch", "--onto", base] for base in BASES]) == [0] * MANY
    assert {rev for _, rev in lock_of(project).pins} >= set(BASES)


def test_resolve_and_rebase_and_accept_and_undo(fetched: Project) -> None:
    words = [["resolve", name, "--take", "theirs", "-m", "x"] for name in NAMES]
    assert at_once(fetched, words) == [0] * MANY
    kept = list((fetched.root / "series/resolutions/many").glob("*.toml"))
    assert {path.name.partition("-")[0] for path in kept} == set(NAMES)

    assert at_once(fetched, [["rebase", "--onto", base] for base in BASES]) == [0] * MANY
    assert {base for _, base in lock_of(fetched).cells} == set(BASES)
    assert at_once(fetched, [["rebase"] for _ in NAMES]) == [0] * MANY

    assert at_once(fetched, [["accept", name, "--yes"] for name in NAMES]) == [0] * MANY
    cells = lock_of(fetched).cells
    assert all(cells[name, "1.1"].accepted for name in NAMES)

    taken = at_once(fetched, [["undo"] for _ in NAMES])
    assert taken == [0] * MANY
    state = find_state(Path(fetched.environment["SERIES_STATE"]), fetched.root)
    undone = [one.undoes for one in operations(state) if one.undoes is not None]
    assert len(set(undone)) == MANY
    assert not any(lock_of(fetched).cells[name, "1.1"].accepted for name in NAMES)


def test_refresh(resolved: Project) -> None:
    assert resolved.run("rebase").status == 0
    for number, name in enumerate(NAMES, 1):
        path = resolved.root / f"patches/many/1.0/project/{number:04d}-{name}.patch"
        path.write_text(path.read_text().replace("+theirs", "+edited"))
    words = [["refresh", name, "--onto", "1.0", "--yes"] for name in NAMES]
    assert at_once(resolved, words) == [0] * MANY
    found = manifest.load(resolved.root / "series/many.toml")
    for name in NAMES:
        patch = found.patch(name)
        assert patch is not None
        source = patch.source_for("1.0")
        assert source is not None
        assert source.file == f"own/{name}-1.0.patch"


def test_status_record(fetched: Project) -> None:
    words = [["status", "--record", "--patch", name] for name in NAMES]
    assert at_once(fetched, words) == [0] * MANY
    assert set(lock_of(fetched).landed) == set(NAMES)


def test_resolve_in_a_work_tree(fetched: Project) -> None:
    assert at_once(fetched, [["resolve", name] for name in NAMES]) == [1] * MANY
    rows = fetched.run("resolve", "--status", "--json").document["open"]
    assert {row["patch"] for row in rows} == set(NAMES)
    for row in rows:
        (Path(row["folder"]) / row["patch"]).write_text("a\ntheirs\nc\n")
    assert at_once(fetched, [["resolve", n, "--continue", "-m", "x"] for n in NAMES]) == [0] * MANY
    kept = list((fetched.root / "series/resolutions/many").glob("*.toml"))
    assert {path.name.partition("-")[0] for path in kept} == set(NAMES)


def test_build(resolved: Project) -> None:
    """Each is another build, so each counts a version of its own."""
    words = [["build", "--onto", "1.0", "--urgency", f"u{n}"] for n in range(MANY)]
    assert at_once(resolved, words) == [0] * MANY
    record = resolved.text("build/many/1.0/project/series-build.json")
    assert f'"number": {MANY}' in record
    assert list((resolved.root / "build/many/1.0").iterdir()) == [
        resolved.root / "build/many/1.0/project"
    ]


def test_different_commands(resolved: Project) -> None:
    words = [
        ["rebase"],
        ["fetch"],
        ["status", "--record"],
        ["build", "--onto", "1.0"],
        ["run", "--onto", "1.1"],
        ["status", "--record", "--patch", "p0"],
    ]
    assert set(at_once(resolved, words)) <= {0, 1}
    found = lock_of(resolved)
    assert set(found.landed) == set(NAMES)
    assert {(name, base) for name in NAMES for base in ("1.0", "1.1")} <= set(found.cells)


def test_import(resolved: Project) -> None:
    """One of them makes the series; the others say that it is there."""
    built = resolved.run("build", "--onto", "1.0", "--json").document["packages"]
    dsc = built[0]["dsc"]
    statuses = at_once(resolved, [["import", dsc, "taken", "--offline"] for _ in NAMES])
    assert sorted(statuses) == [0] + [2] * (MANY - 1)
    assert (resolved.root / "series/taken.toml").is_file()
    assert (resolved.root / "patches/imported/taken/series").is_file()


def test_init(project: Project) -> None:
    """One of them begins the series; the others say that it is there, and change nothing."""
    words = [
        ["init", "begun", "--repository", f"https://{n}.invalid/x", "--base", "1.0"] for n in NAMES
    ]
    assert sorted(at_once(project, words)) == [0] + [2] * (MANY - 1)
    assert len(operations(find_state(Path(project.environment["SERIES_STATE"]), project.root))) == 1


def test_a_command_that_waits_says_so_and_gives_up(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    state = find_state(tmp_path / "state", tmp_path / "p")
    began = time.monotonic()
    with held(state):
        waiter = [sys.executable, "-c", _WAITER, str(state.home), str(state.root)]
        done = subprocess.run(
            waiter, env=Project(tmp_path).environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 5, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "waiting"
    assert second.startswith(f"another command has been using {state.root} for more than 1 s")
    assert 1 < time.monotonic() - began < 30


_WAITER = """
import sys
from pathlib import Path
from patchseries.errors import SeriesError
from patchseries.journal import find_state, held
try:
    with held(find_state(*map(Path, sys.argv[1:])), lambda: print("waiting", flush=True), 1.0):
        pass
except SeriesError as error:
    print(error, flush=True)
    sys.exit(error.exit_code)
"""


def test_held_again_in_one_run(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    state = find_state(tmp_path / "state", tmp_path / "p")
    with held(state), held(state, timeout=0):
        pass
    with held(state, lambda: pytest.fail("it was let go")):
        pass
