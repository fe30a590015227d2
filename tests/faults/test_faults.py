"""Each call that writes fails once: one line, the right status, old or new, and the next run works.

The suite tries a sample of the calls of each command; ``make soak-faults`` tries all of them, on
the series of the demonstration too (FAULTS=all).
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.cases import DEMO, SMALL
from faults.shim import Machine
from faults.trial import World, prepared
from support.project import demo_project
from support.small_series import small_series

ALL = os.environ.get("FAULTS") == "all"
SAMPLE = 6
WRITING = ("write", "rename", "fsync", "link", "create", "mkdir")


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One for all tests; what it looks at is the directory that it was made for."""
    folder = tmp_path_factory.mktemp("faults")
    made = Machine(folder / "shim", folder / "base")
    yield made
    made.close()


@pytest.fixture
def world(machine: Machine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    base = machine.below
    base.mkdir()
    if request.param == "small":
        with small_series(tmp_path / "made"):
            pass
        shutil.move(tmp_path / "made/project", base / "project")
        mirrors = tmp_path / "made/mirrors"
    else:
        demo_project(base / "project")
        mirrors = tmp_path / "mirrors"
        shutil.move(base / "project/mirrors", mirrors)
    yield World(machine, base, mirrors)
    shutil.rmtree(base)


_NAMES = [("small", name) for name in SMALL] + [("demo", name) for name in DEMO if ALL]


@pytest.mark.parametrize(("world", "name"), _NAMES, indirect=["world"])
def test_faults(world: World, name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    cases = DEMO if "demo" in request.node.name else SMALL
    trial = prepared(world, cases[name], tmp_path / "start")
    assert all(trial.usual.calls[kind] for kind in ("write", "rename", "open"))
    chosen = list(trial.faults())
    if not ALL:
        chance = random.Random(name)
        reads = [fault for fault in chosen if fault.kind not in WRITING]
        writes = [fault for fault in chosen if fault.kind in WRITING]
        chosen = chance.sample(reads, SAMPLE // 3) + chance.sample(writes, SAMPLE - SAMPLE // 3)
    met = 0
    wrong: list[str] = []
    for fault in chosen:
        found = trial.problems(fault)
        met += found is not None
        wrong += found or []
    print(f"{name}: {met} faults met of {len(chosen)}; calls {dict(trial.usual.calls)}")
    assert wrong == []
    assert met > len(chosen) // 2
