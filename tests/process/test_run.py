"""Programs: their time is limited, nothing of them is left, and what they say holds no password."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries import process
from patchseries.errors import MachineError, ProgramError
from patchseries.process import CoProcess, Result, describe


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No descriptor stays open, and no new child is there, not even one that has ended."""
    before, children = sorted(os.listdir("/proc/self/fd")), children_here()
    yield
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert children_here() <= children


def children_here() -> set[str]:
    """The ids of this process's children: other tests of the same worker may have left some."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended just now
            parent = entry.read_text().rpartition(")")[2].split()[1]
            found |= {entry.parent.name} if parent == str(os.getpid()) else set()
    return found


@pytest.mark.parametrize("listens", [False, True])
def test_its_time_is_limited(listens: bool) -> None:
    before = time.monotonic()
    with pytest.raises(ProgramError, match=r"sleep 30 did not finish within 0\.2 s"):
        process.run(["sleep", "30"], timeout=0.2, on_stderr=(lambda _: None) if listens else None)
    assert time.monotonic() - before < 5


def test_one_that_ends_in_time_is_not_disturbed() -> None:
    assert process.run(["cat"], stdin=b"x", timeout=30).stdout == b"x"


@pytest.mark.parametrize("listens", [False, True])
def test_nothing_comes_on_its_input(listens: bool) -> None:
    listen = (lambda _: None) if listens else None
    assert process.run(["cat"], timeout=5, on_stderr=listen) == Result(0, b"", b"")


def test_one_that_ignores_the_polite_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_GRACE", 0.1)
    before = time.monotonic()
    with pytest.raises(ProgramError, match="did not finish"):
        process.run(["sh", "-c", "trap '' TERM; while :; do :; done"], timeout=0.2)
    assert time.monotonic() - before < 4


def test_no_password_in_its_words() -> None:
    script = "echo fatal: https://ann:geheim@host.invalid/x >&2; exit 1"
    with pytest.raises(ProgramError) as caught:
        process.run(["sh", "-c", script])
    assert "geheim" not in str(caught.value)
    lines: list[str] = []
    process.run(["sh", "-c", script], accept=(1,), on_stderr=lines.append)
    assert lines == ["fatal: https://***@host.invalid/x"]


def test_one_that_may_not_be_started(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"\x00not a program")
    (tmp_path / "broken").chmod(0o755)
    with pytest.raises(MachineError, match="could not be started"):
        process.run([tmp_path / "broken"])
    with pytest.raises(MachineError, match="could not be started"):
        process.start([tmp_path])


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (subprocess.TimeoutExpired("sh", 60), ProgramError),
    ],
    ids=["interrupted", "too slow"],
)
def test_one_that_is_ended_can_still_tidy_up(
    tmp_path: Path, end: BaseException, told: type[BaseException]
) -> None:
    """As git does, which removes its lock files: one that is killed leaves them."""
    lock = tmp_path / "lock"
    script = (
        f"trap 'rm {lock}; exit' TERM; touch {lock}; echo ready >&2; while :; do sleep 0.01; done"
    )

    def is_over(_: str) -> None:
        assert lock.exists()
        raise end

    with pytest.raises(told):
        process.run(["sh", "-c", script], timeout=60, on_stderr=is_over)
    assert not lock.exists()


def test_what_it_says_is_what_went_wrong_or_else_what_it_printed() -> None:
    assert Result(0, b" out \n", b"").words == "out"
    assert Result(0, b"out", b"\xff err\n").words == "\ufffd err"


@pytest.mark.parametrize("listens", [False, True])
def test_all_that_it_writes_is_read_and_its_status(listens: bool) -> None:
    """More than a pipe holds, on both streams at once; and time enough disturbs nothing."""
    code = "import os; os.write(2, b'e' * 9**6); os.write(1, b'o' * 9**6); os.write(2, b'\\nlast')"
    words = [sys.executable, "-c", f"{code}; raise SystemExit(3)"]
    lines: list[str] = []
    listen = lines.append if listens else None
    done = process.run(words, accept=(0, 3), timeout=60, on_stderr=listen)
    assert done == Result(3, b"o" * 9**6, b"e" * 9**6 + b"\nlast")
    assert lines == (["e" * 9**6] if listens else [])
    with pytest.raises(ProgramError, match="failed with status 3"):
        process.run(words, accept=(0, 1))


def test_a_line_is_told_as_soon_as_it_has_ended(tmp_path: Path) -> None:
    script = "printf 'one\\ntw' >&2; until test -e go; do sleep 0.01; done; printf 'o\\rx' >&2"
    lines: list[str] = []

    def told(line: str) -> None:
        lines.append(line)
        (tmp_path / "go").touch()

    process.run(["sh", "-c", script], cwd=tmp_path, timeout=20, on_stderr=told)
    assert lines == ["one", "two"]


@given(st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r", b"\r\n", b" d "]), max_size=12))
def test_lines_are_told_once_however_they_come(pieces: list[bytes]) -> None:
    output, told, heard = bytearray(), list[str](), 0
    for piece in pieces:
        output += piece
        heard = process._tell_lines(output, heard, told.append)
    ended = re.split(rb"[\r\n]", b"".join(pieces))[:-1]
    assert [line for line in told if line] == [
        line.decode().strip() for line in ended if line.strip()
    ]


def test_a_program_that_says_nothing_has_no_cause() -> None:
    with pytest.raises(ProgramError, match="true failed with status 0"):
        process.run(["true"], accept=(1,))  # an answer that it was not asked for
    with pytest.raises(ProgramError) as caught:
        process.run(["false"])
    assert (caught.value.message, caught.value.cause) == ("false failed with status 1", None)


def test_a_program_that_is_killed_is_told_by_the_signal() -> None:
    with pytest.raises(ProgramError, match=r"^sh x was killed by SIGKILL \(why\)$"):
        process.run(["sh", "-c", "echo why >&2; kill -KILL $$", "x"])


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["/usr/bin/git", "-C", "there", "-c", "a=b", "fetch", "x"], "git fetch"),
        (["git", "--git-dir=x", "--bare", "log"], "git log"),
        (["git", "-C", "there"], "git"),
        (["env", "A=b", "make", "all"], "env make"),
        (["xz"], "xz"),
    ],
)
def test_a_call_is_known_by_its_first_word(argv: list[str], name: str) -> None:
    assert describe(argv) == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("lintian", "apt-get install lintian"),
        ("no-such-program", "install no-such-program and run the command again"),
        ("git", r"install git 2\.39 or later \(apt-get install git\)"),
    ],
)
def test_a_missing_program_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, hint: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for act in (process.require, lambda name: process.run([name])):
        with pytest.raises(MachineError, match=f"^{name} is not installed; {hint}$"):
            act(name)
    assert process.identity.__wrapped__(name) == name


def test_a_directory_that_is_missing_is_no_missing_program(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=f"no directory {tmp_path}/none") as caught:
        process.run(["true"], cwd=tmp_path / "none")
    assert not isinstance(caught.value, MachineError)
    with pytest.raises(MachineError, match="is not installed"):
        process.run([str(tmp_path / "none")], cwd=tmp_path)
    process.run(["test", "-d", tmp_path.name], cwd=tmp_path.parent)


def test_another_version_of_a_program_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ask = process.identity.__wrapped__
    seen = set()
    for text, when in (("1", 1), ("22", 1), ("22", 2)):
        (tmp_path / "tool").write_text(text)
        (tmp_path / "tool").chmod(0o755)
        os.utime(tmp_path / "tool", ns=(when, when))
        seen.add(ask("tool"))
        assert ask("tool") == ask("tool")
    assert len(seen) == 3


def test_a_git_whose_settings_are_broken_is_a_fault_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[broken")
    env = {"GIT_CONFIG_GLOBAL": str(tmp_path / "config")}
    with pytest.raises(MachineError, match=r"git cannot read its configuration.*bad config line"):
        process.run(["git", "config", "--list"], env=env)
    words = "echo 'fatal: bad config line 1' >&2; exit 9"
    with pytest.raises(ProgramError, match=r"sh .*status 9") as caught:
        process.run(["sh", "-c", words])
    assert not isinstance(caught.value, MachineError)


@pytest.mark.parametrize("trap", ["", "trap '' TERM;"])
def test_nothing_of_one_that_is_interrupted_lives_on(
    monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    monkeypatch.setattr(process, "_SOON", 0.1)
    started: list[int] = []

    def interrupt(line: str) -> None:
        started.append(int(line))
        raise KeyboardInterrupt

    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        process.run(["sh", "-c", f"{trap} echo $$ >&2; while :; do :; done"], on_stderr=interrupt)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
    assert time.monotonic() - before < 5


# Co-processes -------------------------------------------------------------------------------------


def co(script: str, tmp_path: Path) -> CoProcess:
    return CoProcess(["sh", "-c", script], cwd=tmp_path, env={"WORD": "hello"})


def answer(running: process.Process, words: bytes) -> bytes:
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(words)
    running.stdin.flush()
    return running.stdout.readline()


def test_one_that_answers_is_kept_until_it_ends(tmp_path: Path) -> None:
    program = co('read x; echo "$x $WORD $PWD"; read x', tmp_path)
    first = program.running()
    assert answer(first, b"1\n") == f"1 hello {tmp_path}\n".encode()
    assert program.running() is first
    first.communicate(b"\n")
    second = program.running()
    assert second is not first
    assert answer(second, b"2\n").startswith(b"2 hello")
    program.close()
    assert second.poll() is not None
    program.close()
    third = program.running()
    assert third is not second
    assert answer(third, b"3\n").startswith(b"3 hello")
    program.close()


def test_one_that_does_not_end_by_itself_is_ended(tmp_path: Path) -> None:
    program = co("echo ready; exec sleep 60", tmp_path)
    running = program.running()
    assert answer(running, b"") == b"ready\n"
    before = time.monotonic()
    program.close()
    assert running.returncode == -signal.SIGTERM
    assert time.monotonic() - before < 5


def test_one_that_ended_before_it_had_read_all_is_closed_too(tmp_path: Path) -> None:
    program = co("exit 3", tmp_path)
    running = program.running()
    running.wait()
    assert running.stdin is not None
    running.stdin.write(b"not read")
    program.close()
    assert running.stdin.closed


def test_its_first_complaint_is_told_once(tmp_path: Path) -> None:
    program = co("while read x; do echo $x >&2; echo; done", tmp_path)
    assert program.complaint() is None
    running = program.running()
    assert program.complaint() is None
    for words in ("note: 1", "error: 2", "fatal: 3"):
        answer(running, f"{words}\n".encode())
    assert program.complaint() == "error: 2"
    assert program.complaint() is None
    answer(running, b"fatal: 4\n")
    assert program.complaint() == "fatal: 4"
    answer(running, b"note: 5\n")
    assert program.complaint() is None
    program.close()
    assert program.complaint() is None
