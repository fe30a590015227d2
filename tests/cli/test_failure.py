"""How an error ends a command: its status, its line, its document; unit by unit."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from typing import Any

import click
import pytest

from patchseries.cli.failure import as_error, exit_status, tell
from patchseries.errors import ExitCode, ListedError, ProgramError, SeriesError, UpstreamError


def raising(error: BaseException) -> Callable[[], Any]:
    def run() -> Any:
        raise error

    return run


REFUSED = PermissionError(errno.EACCES, "Permission denied", "/srv/x")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (SeriesError("bad", hint="do"), 3, "series: bad; do"),
        (UpstreamError("gone", cause="404"), 4, "series: gone (404)"),
        (REFUSED, 5, "series: the system reports: /srv/x Permission denied"),
        (OSError("odd"), 5, "series: the system reports: odd"),
        (KeyboardInterrupt(), 130, "series: interrupted; nothing was left half written"),
        (click.Abort(), 130, "series: interrupted; nothing was left half written"),
        (click.UsageError("no such word"), 2, "Error: no such word"),
        (click.exceptions.Exit(7), 7, ""),
    ],
)
def test_each_error_has_its_status_and_its_line(
    error: BaseException, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_status(raising(error), [], {}) == status
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{words}\n" if words else "")


def test_with_json_an_error_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        exit_status(raising(SeriesError("bad", cause="why", hint="do")), ["x", "--json"], {}) == 3
    )
    assert json.loads(capsys.readouterr().out) == {
        "schema": 1,
        "ok": False,
        "error": {"message": "bad", "cause": "why", "hint": "do"},
    }
    context = click.Context(click.Command("status"), info_name="status")
    usage = click.UsageError("no such word", context)
    assert exit_status(raising(usage), ["--json"], {}) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["message"], error["hint"]) == ("no such word", "`series --help` shows the usage")


@pytest.mark.parametrize(("done", "status"), [(None, 0), (1, 1), ("x", 0)])
def test_what_a_command_returns(done: object, status: int) -> None:
    assert exit_status(lambda: done, [], {}) == status


def test_a_bug_is_one_line_and_its_traceback_is_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert exit_status(raising(ZeroDivisionError("https://me:word@h.invalid/")), [], {}) == 70
    err = capsys.readouterr().err
    begin = "series: a bug in series (ZeroDivisionError); its traceback is in "
    assert err.startswith(begin)
    with open(err.removeprefix(begin).strip(), encoding="utf-8") as log:
        text = log.read()
    assert text.startswith("Traceback")
    assert "word" not in text


def test_an_error_of_something_among_several_things(capsys: pytest.CaptureFixture[str]) -> None:
    listed = ListedError("a\nb", hint="c")
    assert tell(listed, "oven") == ExitCode.INVALID
    assert capsys.readouterr().err.splitlines() == [
        f"series: oven: {line}" for line in listed.lines
    ]
    assert len(listed.lines) > 1


@pytest.mark.parametrize(("length", "is_cut"), [(900, False), (901, True)])
def test_a_long_line_is_cut_in_its_middle(
    length: int, is_cut: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(SeriesError("a" * (length // 2) + "b" * (length - length // 2)))
    line = capsys.readouterr().err.removeprefix("series: ").strip()
    expected = f"{'a' * 450} … {'b' * 450}" if is_cut else "a" * 450 + "b" * 450
    assert line == expected


def test_whatever_it_is_in_a_report() -> None:
    known = SeriesError("x")
    assert as_error(known) is known
    assert isinstance(as_error(REFUSED), ProgramError)
    bug = as_error(ZeroDivisionError())
    assert (bug.message, bug.exit_code) == ("a bug in series (ZeroDivisionError)", 70)
