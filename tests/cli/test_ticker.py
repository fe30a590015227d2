"""Progress: one line on a terminal, a line now and then in CI, and nothing in a pipe."""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Callable

import pytest

from patchseries.cli import terminal
from patchseries.cli.common import Given
from patchseries.cli.ticker import Ticker, is_ci


class Screen(io.StringIO):
    """A terminal that remembers all that was written."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No CI service, and a terminal of 60 columns if there is one."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")


def awaited(text: Callable[[], str], wanted: str) -> str:
    """All that *text* gave until *wanted* was in it; a busy machine may take its time."""
    seen = text()
    deadline = time.monotonic() + 60
    while wanted not in seen and time.monotonic() < deadline:
        time.sleep(0.01)
        seen += text()
    return seen


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("1", True), ("", False), ("false", False)]
)
def test_what_says_that_it_is_ci(value: str, expected: bool) -> None:
    assert is_ci({"CI": value}) is expected
    assert not is_ci({})


def test_a_ticker_says_the_latest_words_and_how_long_it_took() -> None:
    said: list[str] = []
    ticker = Ticker(said.append, 0.02)
    ticker.update("[1/2] rebasing nova")
    ticker.update("[2/2] rebasing nova")
    deadline = time.monotonic() + 30
    while len(said) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    ticker.stop()
    many = len(said)
    assert many >= 2
    assert re.fullmatch(r"\[2/2\] rebasing nova \(\d+ s\)", said[-1])
    time.sleep(0.1)
    assert len(said) == many


def test_what_ends_before_the_first_line_is_due_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    with terminal.Progress(Given()) as progress:
        assert progress.on
        progress.update("rebasing")
    assert capsys.readouterr() == ("", "")


def test_a_ci_log_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(terminal, "Ticker", lambda say: Ticker(say, 0.02))
    with terminal.Progress(Given()) as progress:
        progress.update("rebasing \x1b[31m\n::error::x")
        err = awaited(lambda: capsys.readouterr().err, "rebasing")
    assert capsys.readouterr().out == ""
    lines = [line for line in err.splitlines() if "rebasing" in line]
    assert lines
    assert all(re.fullmatch(r"series: rebasing \\x1b\[31m\\n.*x \(0 s\)", x) for x in lines)


@pytest.mark.parametrize(("given", "ci"), [(Given(quiet=True), "true"), (Given(), "")])
def test_quiet_and_a_pipe_start_nothing(
    given: Given, ci: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(terminal, "Ticker", None)
    with terminal.Progress(given) as progress:
        assert not progress.on
        progress.update("rebasing")


def test_a_terminal_has_one_line_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.Progress(Given()) as progress:
        progress.update("[12/50] rebasing nova onto 2013.1.2: " + "long-name-" * 20)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    lines = [line for line in re.split(r"[\r\n]+", shown) if "12/50" in line]
    assert lines
    assert all(len(line) <= 60 and "[12/50] rebasing nova onto" in line for line in lines)


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(terminal, "Ticker", lambda say: Ticker(say, 0.02))
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.Progress(Given()) as progress:
        progress.update("rebasing")
        assert "series: rebasing (" in awaited(screen.getvalue, "rebasing")
    assert "\x1b" not in screen.getvalue()


def test_nothing_is_said_after_a_question_or_output_until_something_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(terminal, "Ticker", lambda say: Ticker(say, 0.02))
    with terminal.Progress(Given()) as progress:
        progress.update("one")
        terminal.clear_progress()
        capsys.readouterr()
        time.sleep(0.2)
        assert capsys.readouterr().err.count("series: ") <= 1  # one may have been on its way
        progress.update("two")
        assert "series: two (" in awaited(lambda: capsys.readouterr().err, "two")
