"""tools/python2/run_tests.py, run by this Python: what it writes is read as `series test` does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from patchseries.testing.outcomes import Ending, TestRun
from patchseries.testing.subunit1 import read

RUNNER = Path(__file__).parents[2] / "tools" / "python2" / "run_tests.py"

TESTS = """\
import unittest
from p import work

class Case(unittest.TestCase):
    def test_a(self):
        self.assertEqual(work.A, 1)
    def test_b(self):
        self.fail("no")
    def test_c(self):
        raise SystemExit("this one would end everything")
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    for package in ("p", "p/tests"):
        (tree / package).mkdir(parents=True)
        (tree / package / "__init__.py").touch()
    (tree / "p/work.py").write_text("A = 1\n")
    (tree / "p/tests/test_in.py").write_text(TESTS)
    (tree / "tests").mkdir()
    (tree / "tests/test_alone.py").write_text(TESTS)
    (tree / "tests/test_broken.py").write_text("import nothing_of_that_name\n")
    return tree


def run(tree: Path, path: str) -> tuple[int, TestRun]:
    module = path.removesuffix(".py").replace("/", ".")
    names = f"{module}.Case.test_c\n{module.removeprefix('tests.')}.Case.test_c\n"
    (tree.parent / "except").write_text(names)
    stream = tree.parent / "stream"
    done = subprocess.run(
        [sys.executable, RUNNER, path, stream, tree.parent / "except"],
        cwd=tree,
        env=os.environ | {"SERIES_PROJECT": "p", "SERIES_BASE": "1.0"},
        timeout=60,
        check=False,
        capture_output=True,
    )
    return done.returncode, read(stream.read_bytes())


@pytest.mark.parametrize(
    ("path", "module"),
    [("p/tests/test_in.py", "p.tests.test_in"), ("tests/test_alone.py", "test_alone")],
)
def test_each_test_but_what_is_left_out(tree: Path, path: str, module: str) -> None:
    status, result = run(tree, path)
    assert status == 0
    assert result.endings == {
        f"{module}.Case.test_a": Ending.PASSED,
        f"{module}.Case.test_b": Ending.FAILED,
    }
    assert "AssertionError: no" in result.details[f"{module}.Case.test_b"]
    assert "Version: 1.0" in (tree / "PKG-INFO").read_text()


def test_a_file_that_cannot_be_imported(tree: Path) -> None:
    status, result = run(tree, "tests/test_broken.py")
    assert status == 3
    assert result.endings == {"tests.test_broken.import": Ending.ERROR}
    assert "nothing_of_that_name" in result.details["tests.test_broken.import"]
