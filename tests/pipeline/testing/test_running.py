"""One run of a command of tests: what it sees, and what its end says beyond its own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from patchseries.errors import ProgramError
from patchseries.manifest.suite import Format, SuiteTable
from patchseries.model import Target
from patchseries.pipeline.testing.running import run_tests
from patchseries.pipeline.testing.suites import Suite
from patchseries.testing.outcomes import TestRun

WORDS = ("{tests}", "{results}")
XML = '<testsuite><testcase name="a"/></testsuite>'


def ran(
    place: Path,
    script: str,
    form: Format = "tap",
    *,
    tests: str = "t",
    words: tuple[str, ...] = WORDS[:1],
    wrap: tuple[str, ...] = (),
    **limits: Any,
) -> TestRun:
    """The run of a shell script, whose arguments are *words*, in an empty tree."""
    (place / "tree").mkdir()
    command = ("sh", "-c", script, "sh", *words)
    table = SuiteTable.model_construct(command=command, format=form, **limits)
    return run_tests(Suite(table, place, place, wrap), Target("oven", "1.0"), place, tests)


def test_what_the_tests_see(tmp_path: Path) -> None:
    script = 'pwd; echo "$1 $SERIES_PROJECT $SERIES_BASE $W"; ulimit -v; cd "$HOME" && pwd; '
    script += 'cd "$TMPDIR" && pwd; exit 1'
    wrap = ("env", "W={place}")
    run = ran(tmp_path, script, "exit-status", tests="-x", wrap=wrap, memory_limit=64)
    where, said, memory, home, scratch = run.details["-x"].splitlines()
    assert where == str(tmp_path / "tree")
    assert said == f"./-x oven 1.0 {tmp_path}"
    assert memory == str(64 << 10)
    assert home.startswith(f"{tmp_path}/run-")
    assert scratch.startswith(f"{tmp_path}/run-")
    assert home != scratch


@pytest.mark.parametrize(
    ("form", "script", "endings"),
    [
        ("tap", "echo 'ok 1 - a'", {"a": "passed"}),
        ("tap", "echo 'ok 1 - a'; exit 3", {"a": "passed", "t": "error"}),
        ("tap", "echo 'not ok 1 - a'; exit 1", {"a": "failed"}),
        ("tap", "echo 'not ok 1 - a'; exit 127", {"a": "failed"}),
        ("tap", "echo 1..2; echo 'ok 1 - a'", {"a": "passed", "t": "error"}),
        ("tap", "exit 5", {"t": "error"}),
        ("pytest", "exit 5", {}),
        ("pytest", "exit 4", {"t": "error"}),
        ("pytest", "echo 't.py::a PASSED'; exit 5", {"t.py::a": "passed", "t": "error"}),
        ("pytest", "printf 't.py::a '; kill -SEGV $$", {"t.py::a": "error"}),
        ("exit-status", "exit 0", {"t": "passed"}),
        ("exit-status", "kill -KILL $$", {"t": "failed"}),
    ],
)
def test_what_the_end_of_the_program_says(
    tmp_path: Path, form: Format, script: str, endings: dict[str, str]
) -> None:
    assert ran(tmp_path, script, form).endings == endings


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="the tests of oven cannot be started"):
        ran(tmp_path, "no-such-program")
    (tmp_path / "other").mkdir()
    with pytest.raises(ProgramError, match="correct --wrap"):
        ran(tmp_path / "other", "true", wrap=("no-such-program", "{place}"))


@pytest.mark.parametrize("make", ['ln -s "$PWD/real" "$2"', 'mkfifo "$2"', 'mkdir "$2"', "true"])
def test_results_are_read_from_a_file_alone(tmp_path: Path, make: str) -> None:
    """Not through a link out of the scratch directory, and not from a pipe that nobody fills."""
    run = ran(tmp_path, f"echo '{XML}' >real; {make}", "junit", words=WORDS)
    assert run.endings == {"t": "error"}
    (tmp_path / "other").mkdir()
    good = ran(tmp_path / "other", f"echo '{XML}' >\"$2\"", "junit", words=WORDS)
    assert good.endings == {"a": "passed"}


HANGING = """
for test in {tests}; do
    grep -qx $test "$2" && continue
    echo "test: $test"
    sleep 60
done
echo "test: last"
echo "success: last"
"""


@pytest.mark.parametrize(
    ("hanging", "endings", "is_stopped"),
    [
        ("a b", {"a": "hangs", "b": "hangs", "last": "passed"}, False),
        ("a b c d", {"a": "hangs", "b": "hangs", "c": "hangs"}, True),
    ],
)
def test_tests_that_hang_are_left_out(
    tmp_path: Path, hanging: str, endings: dict[str, str], is_stopped: bool
) -> None:
    script = HANGING.format(tests=hanging)
    run = ran(tmp_path, script, "subunit", words=("{tests}", "{except}"), test_time_limit=0.5)
    assert run.endings == endings
    assert bool(run.stopped) is is_stopped


def test_a_command_that_cannot_leave_out_tests_is_run_once(tmp_path: Path) -> None:
    script = "echo x >>../runs; echo 'test: a'; sleep 60"
    run = ran(tmp_path, script, "subunit", test_time_limit=0.5)
    assert run.endings == {"a": "hangs"}
    assert run.stopped
    assert (tmp_path / "runs").read_text() == "x\n"
