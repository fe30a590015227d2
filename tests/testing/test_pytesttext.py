"""What pytest prints: read from pytest itself, from a run that was ended, and from any text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.testing.outcomes import Ending
from patchseries.testing.pytesttext import read

TESTS = """
import pytest
def test_passes(): print("a.py::test_x PASSED")
def test_fails(): assert 1 == 2
class TestK:
    @pytest.mark.parametrize("x", ["a b", "c::d"])
    def test_each(self, x): assert x == "a b"
@pytest.fixture
def broken(): raise ValueError("no fixture")
def test_setup(broken): pass
def test_skipped(): pytest.skip("not here")
@pytest.mark.xfail
def test_expected(): assert 0
@pytest.mark.xfail
def test_better(): pass
"""


def run_pytest(folder: Path, *words: str) -> bytes:
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-p", "no:randomly"]
    done = subprocess.run(
        [*command, "-c", "/dev/null", "--rootdir", folder, *words],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize("words", [(), ("--color=yes",), ("-n", "1")])
def test_what_pytest_prints(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "test_a.py").write_text(TESTS)
    run = read(run_pytest(tmp_path, *words, "test_a.py"))
    assert run.endings == {
        "test_a.py::test_passes": Ending.PASSED,
        "test_a.py::test_fails": Ending.FAILED,
        "test_a.py::TestK::test_each[a b]": Ending.PASSED,
        "test_a.py::TestK::test_each[c::d]": Ending.FAILED,
        "test_a.py::test_setup": Ending.ERROR,
        "test_a.py::test_skipped": Ending.SKIPPED,
        "test_a.py::test_expected": Ending.EXPECTED_FAILURE,
        "test_a.py::test_better": Ending.UNEXPECTED_SUCCESS,
    }
    assert run.unfinished is None
    assert "assert 1 == 2" in run.details["test_a.py::test_fails"]
    assert "no fixture" in run.details["test_a.py::test_setup"]


def test_a_file_that_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("import nothing_of_that_name\n")
    run = read(run_pytest(tmp_path, "test_a.py"))
    assert run.endings == {"test_a.py": Ending.ERROR}
    assert "nothing_of_that_name" in run.details["test_a.py"]


def test_the_test_that_did_not_end_is_known() -> None:
    begun = b"collected 2 items\n\nt/test_a.py::test_a PASSED    [ 50%]\nt/test_a.py::test_b "
    run = read(begun)
    assert run.endings == {"t/test_a.py::test_a": Ending.PASSED}
    assert run.unfinished == "t/test_a.py::test_b"
    assert read(begun + b"FAILED [100%]\n").unfinished is None


def test_a_test_that_passed_and_whose_end_failed_is_bad() -> None:
    lines = b"t.py::a PASSED [ 50%]\nt.py::a ERROR  [ 50%]\nt.py::b PASSED [100%]\n"
    assert read(lines).endings == {"t.py::a": Ending.ERROR, "t.py::b": Ending.PASSED}
    assert read(b"t.py::a FAILED\nt.py::a PASSED\n").endings == {"t.py::a": Ending.FAILED}


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    run = read(f"t/test_a.py::test_a PASSED [ 50%]\n{text}".encode())
    assert run.endings.get("t/test_a.py::test_a")


@pytest.mark.parametrize(
    ("line", "endings"),
    [
        ("t.py::a PASSED", {"t.py::a": Ending.PASSED}),
        ("t.py::a XPASS (why) [ 1%]", {"t.py::a": Ending.UNEXPECTED_SUCCESS}),
        ("[gw0] [ 50%] PASSED t.py::a ", {"t.py::a": Ending.PASSED}),
        ("[gw0] [ 50%] RERUN t.py::a", {}),
        ("[gw0] [ 50%] PASSED ", {}),
        ("FAILED t.py::a - assert 1 == 2", {"t.py::a": Ending.FAILED}),
        ("ERROR t.py", {"t.py": Ending.ERROR}),
        ("FAILED ", {}),
        ("it PASSED", {}),
        ("it PASSED t.py::a", {}),
        ("t.py::a PASSEDx", {}),
    ],
)
def test_each_line(line: str, endings: dict[str, Ending]) -> None:
    assert read(f"{line}\n".encode()).endings == endings


def test_sections_are_the_details_of_what_they_are_headed_with() -> None:
    run = read(
        b"t.py::K::test_a FAILED\nt.py::test_b PASSED\nt.py::test_c ERROR\nt.py::test_d FAILED\n"
        b"=== FAILURES ===\n___ K.test_a ___\none\n___ odd\ntwo\n"
        b"___ test_b ___\nthree\n___ ERROR at setup of test_c ___\nfour\n"
        b"___ test_d ___\n \n=== short test summary info ===\nFAILED t.py::test_d\n"
    )
    assert run.details == {"t.py::K::test_a": "one\n___ odd\ntwo", "t.py::test_c": "four"}


def test_a_test_that_began_is_known_by_the_last_line_that_says_something() -> None:
    begun = b"t.py::a PASSED\nt.py::b "
    assert read(begun + b"\n \n\n").unfinished == "t.py::b"
    assert read(begun + b"\nit printed this\n").unfinished is None
    assert read(b"t.py::a PASSED\nt.py::a\n").unfinished is None
    assert read(b"t.py::" + b"x" * 5000).unfinished == "t.py::" + "x" * 3994
