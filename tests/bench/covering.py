"""Which tests run which line of the source: measured once, and kept in build/mutants.

A part of the map is one measured run of some test files. Files of tests that are new or have
changed are run again into a part of their own. Where the source has changed, a line is looked up as
the line that it was; remove build/mutants to measure all of it again. A map that is out of date can
only miss tests.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import count
from pathlib import Path

from coverage import CoverageData
from defusedxml import ElementTree

from test_layout import TESTED_ELSEWHERE

ROOT = Path(__file__).parents[2]
PACKAGE = "src/patchseries"
KEPT = ROOT / "build" / "mutants"
_SETTINGS = "[run]\nsource_pkgs = patchseries\nconcurrency = multiprocessing, thread\n"


@dataclass(frozen=True, slots=True)
class Part:
    """One measured run.

    :ivar directory: what is kept of it: ``coverage``, ``seconds.json``, ``tests.json``, ``src``
    :ivar digests: the files of tests that count here, and the SHA-256 of each
    :ivar seconds: how long each test took that passed, by its pytest id
    """

    directory: Path
    digests: dict[str, str]
    seconds: dict[str, float]


class CoveringTests:
    """The tests that run a line."""

    def __init__(self, parts: list[Part]) -> None:
        """The parts are of different files of tests."""
        self._parts = parts
        self.seconds = {name: took for part in parts for name, took in part.seconds.items()}
        self._by_line = cache(self._lines_of)

    def of(self, module: str, line: int | None) -> list[str]:
        """The tests that run *line* of the file *module*; None: any line, or that test the file.

        A line inside a statement that no test is known to run has the tests of the lines above it.
        """
        lines = self._by_line(module)
        near = range(line, max(0, line - 10), -1) if line else ()
        here = next((lines[at] for at in near if at in lines), set())
        if here <= {""}:
            here = set().union(*lines.values()) if lines else set()
        if line is None or not here - {""}:
            own = _own_tests(module)
            here = here | {name for name in self.seconds if name.startswith(f"{own}::")}
        return sorted(here & set(self.seconds))

    def _lines_of(self, module: str) -> dict[int, set[str]]:
        now = (ROOT / module).read_text().splitlines()
        found: defaultdict[int, set[str]] = defaultdict(set)
        for part in self._parts:
            if (part.directory / module).exists():
                old = (part.directory / module).read_text().splitlines()
                tests = _tests_by_line(part, module)
                for before, line in _same_lines(old, now):
                    found[line] |= tests.get(before, set())
        return {line: tests for line, tests in found.items() if tests}


def _tests_by_line(part: Part, module: str) -> dict[int, set[str]]:
    """The tests of *part* by the lines that they run; `""` is no test, but an import."""
    data = CoverageData(str(part.directory / "coverage"))
    data.read()
    measured = next((f for f in data.measured_files() if f.endswith(f"/{module}")), None)
    if measured is None:
        return {}
    return {
        line: {name.rpartition("|")[0] for name in names if name.partition("::")[0] in part.digests}
        | ({""} & set(names))
        for line, names in data.contexts_by_lineno(measured).items()
    }


def _same_lines(old: list[str], new: list[str]) -> Iterator[tuple[int, int]]:
    """Pairs of lines, counted from 1; a line that is new has the tests of the one before it."""
    before = 0
    matched = {
        block.b + offset: block.a + offset
        for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for offset in range(block.size)
    }
    for line in range(len(new)):
        before = matched.get(line, before)
        yield before + 1, line + 1


@cache
def _own_tests(module: str) -> str:
    """The file that tests *module*, as the layout of the tests has it."""
    path = Path(module).relative_to(PACKAGE).with_suffix("")
    room = path.parent if path.parent.name else path
    return f"tests/{TESTED_ELSEWHERE.get(str(path), room / f'test_{path.name}.py')}"


class Distance(Enum):
    """Where a test lies: in the file that tests the module, in the module's room, or elsewhere."""

    FILE, ROOM, ELSEWHERE = range(3)


def distance_of(name: str, module: str) -> Distance:
    """How far the test *name* is from the file *module*."""
    return _distance(name.partition("::")[0], module)


@cache
def _distance(file: str, module: str) -> Distance:
    if file == _own_tests(module):
        return Distance.FILE
    room = Path(module).relative_to(PACKAGE).with_suffix("").parts[0]
    return Distance.ROOM if file.startswith(f"tests/{room}/") else Distance.ELSEWHERE


def covering_tests(jobs: int) -> CoveringTests:
    """What is kept, after the tests that are new or have changed were run.

    :param jobs: how many processes run them
    """
    now = {str(p.relative_to(ROOT)): _digest(p) for p in sorted(ROOT.glob("tests/**/test_*.py"))}
    parts = [_read_part(d, now) for d in sorted(KEPT.glob("part-*")) if (d / "tests.json").exists()]
    known = {file for part in parts for file in part.digests}
    if missing := [file for file in now if file not in known]:
        print(f"measuring which lines {len(missing)} files of tests run", flush=True)
        parts.append(_measured(missing, now, jobs))
    for part in parts:
        if not part.digests:
            shutil.rmtree(part.directory)
    return CoveringTests([part for part in parts if part.digests])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_part(directory: Path, now: dict[str, str]) -> Part:
    digests: dict[str, str] = json.loads((directory / "tests.json").read_text())
    seconds: dict[str, float] = json.loads((directory / "seconds.json").read_text())
    current = {file: digest for file, digest in digests.items() if now.get(file) == digest}
    return Part(
        directory,
        current,
        {name: took for name, took in seconds.items() if name.partition("::")[0] in current},
    )


def _measured(files: list[str], now: dict[str, str], jobs: int) -> Part:
    """Run *files* and keep what they ran."""
    directory = next(d for n in count(1) if not (d := KEPT / f"part-{n:03}").exists())
    shutil.copytree(ROOT / PACKAGE, directory / PACKAGE, ignore=shutil.ignore_patterns("*.pyc"))
    (directory / "settings").write_text(f"{_SETTINGS}data_file = {directory / 'coverage'}\n")
    words = ["-n", str(jobs), "-p", "no:randomly", "-p", "no:cacheprovider", "--cov=patchseries"]
    words += ["--cov-context=test", "--cov-report=", f"--cov-config={directory / 'settings'}"]
    words += ["-o", "junit_family=xunit1", f"--junitxml={directory / 'junit.xml'}"]
    argv = [sys.executable, "-m", "pytest", *words, *files]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(argv, cwd=ROOT, env=environment, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"pytest ended with status {done.returncode}: no map was made")
    seconds = _seconds(directory / "junit.xml")
    digests = {file: now[file] for file in files}
    (directory / "seconds.json").write_text(json.dumps(seconds))
    (directory / "tests.json").write_text(json.dumps(digests))
    return Part(directory, digests, seconds)


def _seconds(report: Path) -> dict[str, float]:
    """How long each test took that passed; those that were skipped or failed tell nothing."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        if not len(case.findall("failure") + case.findall("error") + case.findall("skipped")):
            inner = case.get("classname", "").rpartition(Path(case.get("file", "")).stem)[2]
            names = [case.get("file"), *inner.strip(".").split("."), case.get("name")]
            found["::".join(name for name in names if name)] = float(case.get("time", 0))
    return found
