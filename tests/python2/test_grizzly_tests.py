"""tools/grizzly-tests on a small project, its Python 2.7 played by a script for this Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from support.manifests import small_manifest
from support.upstreams import Upstream

TOOL = Path(__file__).parents[2] / "tools" / "grizzly-tests"

PYTHON = """#!{python}
import importlib, os, sys, unittest
_, tree, module, stream, excepted = sys.argv[1:]
sys.path[:0] = [os.getcwd(), tree]
sys.dont_write_bytecode = True
open({log!r}, "a").write(f"{{module}} in {{os.path.relpath(os.getcwd(), tree)}}\\n")
left_out = open(excepted).read().splitlines()

class Result(unittest.TestResult):
    def say(self, word, test):
        print(f"{{word}}: {{test.id()}}", file=out, flush=True)
    def startTest(self, test):
        self.say("test", test)
    def addSuccess(self, test):
        self.say("success", test)
    def addFailure(self, test, why):
        self.say("failure", test)
    addError = addFailure

try:
    loaded = unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(module))
except Exception:
    sys.exit(3)
with open(stream, "w") as out:
    for suite in loaded:
        for test in suite:
            if test.id() not in left_out:
                test.run(Result())
"""

TESTS = b"""\
import subprocess, time, unittest
from p import work

class Case(unittest.TestCase):
    def test_a(self):
        self.assertEqual(work.A, 1)
    def test_b(self):
        self.assertTrue(work.B)
    def test_c(self):
        self.assertEqual(work.A, 0)
    def test_hangs(self):
        time.sleep(60)
    def test_z(self):
        pass
"""

PATCH = """
[[patch]]
name = "{name}"
project = "project"
source = {{ commit = "{commit}" }}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ported series of three patches: the second breaks a test, the last only a test's import."""
    changes = {
        "harmless": {"p/work.py": b"A = 1\n\n\n\nB = 1\n\n\nC = 1\n"},
        "bad": {"p/work.py": b"A = 1\n\n\n\nB = 0\n\n\nC = 1\n"},
        "unseen": {"p/other.py": b"raise ImportError\n"},
    }
    text = small_manifest(["1.0"])
    with Upstream(tmp_path / "mirrors/org/project.git") as upstream:
        upstream.commit(
            {
                "p/__init__.py": b"",
                "p/work.py": b"A = 1\n\n\n\nB = 1\n",
                "p/other.py": b"X = 1\n",
                "p/tests/__init__.py": b"",
                "p/tests/test_cases.py": TESTS,
                "tests/test_other.py": TESTS.replace(b"p import work", b"p import other, work"),
            }
        )
        upstream.tag("1.0")
        for name, files in changes.items():
            text += PATCH.format(name=name, commit=upstream.commit(files, name))
    root = tmp_path / "root"
    (root / "series").mkdir(parents=True)
    (root / "series/small.toml").write_text(text)
    python = tmp_path / "python"
    python.write_text(PYTHON.format(python=sys.executable, log=str(tmp_path / "log")))
    python.chmod(0o755)
    monkeypatch.chdir(root)
    for name in ("mirrors", "cache", "state"):
        monkeypatch.setenv(f"SERIES_{name.upper()}", str(tmp_path / name))
    done = CliRunner().invoke(group, ["rebase"], standalone_mode=False)
    assert not done.return_value, done.output
    return tmp_path


def run(project: Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, TOOL, "small", "--python", project / "python", "--limit", "2"],
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.splitlines()


def test_each_broken_test_is_blamed_on_one_patch(project: Path) -> None:
    status, lines = run(project)
    assert status == 1
    rows = [tuple(line.split()) for line in lines if line.startswith("project ")][1:]
    assert rows == [
        ("project", "1.0", "harmless", "10", "6", "4", "0"),
        ("project", "1.0", "bad", "10", "4", "4", "2"),
        ("project", "1.0", "unseen", "1", "0", "2", "3"),
        ("project", "1.0", "the", "whole", "series", "6", "2", "4", "5"),
    ]
    broken = {tuple(line.split()[2:]) for line in lines if line.startswith("broken by")}
    assert broken == {
        ("bad", "on", "1.0:", "p.tests.test_cases.Case.test_b"),
        ("bad", "on", "1.0:", "test_other.Case.test_b"),
        ("unseen", "on", "1.0:", "test_other.Case.test_a"),
        ("unseen", "on", "1.0:", "test_other.Case.test_z"),
        ("unseen", "on", "1.0:", "test_other.import"),
    }
    stock = [line for line in lines if line.startswith("fails on stock")]
    assert len(stock) == 4
    assert all("no reason is known" in line for line in stock)


def test_nothing_runs_twice(project: Path) -> None:
    first = run(project)
    log = (project / "log").read_text()
    assert "p.tests.test_cases in .\n" in log
    assert "test_other in tests\n" in log
    assert run(project) == first
    assert (project / "log").read_text() == log
