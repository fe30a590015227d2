"""An error is one line that its reader can act on, without a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.cli import group
from patchseries.errors import (
    DeclinedError,
    ExitCode,
    ListedError,
    MachineError,
    ProgramError,
    SeriesError,
    UpstreamError,
    UsageError,
    reading,
)
from support.project import REPOSITORY

STATUSES = {
    ExitCode.OK: "done",
    ExitCode.FINDINGS: "done, with findings or conflicts",
    ExitCode.USAGE: "wrong usage",
    ExitCode.INVALID: "manifest, lock or configuration invalid",
    ExitCode.UPSTREAM: "upstream not reachable, or not at the commit that was pinned",
    ExitCode.PROGRAM: "a program is missing or failed, or output could not be written",
    ExitCode.BUG: "a bug",
    ExitCode.INTERRUPTED: "interrupted",
}


def test_message_cause_and_hint_are_one_line() -> None:
    error = SeriesError("it failed", cause="first\n  second", hint="try again")
    assert str(error) == "it failed (first second); try again"
    assert error.lines == (str(error),)


def test_a_list_keeps_its_lines_and_the_hint_has_its_own() -> None:
    assert str(SeriesError("a: 1\nb: 2", hint="correct them")) == "a: 1\nb: 2\ncorrect them"


def test_a_listed_error_has_a_line_for_each_thing() -> None:
    assert ListedError("two:\na\nb", hint="correct them").lines == (
        "two:",
        "a",
        "b",
        "correct them",
    )


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (SeriesError, ExitCode.INVALID),
        (UsageError, ExitCode.USAGE),
        (UpstreamError, ExitCode.UPSTREAM),
        (ProgramError, ExitCode.PROGRAM),
        (MachineError, ExitCode.PROGRAM),
        (DeclinedError, ExitCode.FINDINGS),
    ],
)
def test_each_kind_has_its_exit_status_and_its_words(
    kind: type[SeriesError], status: ExitCode
) -> None:
    error = kind("it failed", cause="why", hint="try again")
    assert error.exit_code == status
    assert str(error) == "it failed (why); try again"


@pytest.mark.parametrize("path", ["README.md", "docs/manual/json.md"])
def test_the_exit_statuses_are_those_that_are_documented(path: str) -> None:
    table = "".join(f"| {int(status)} | {words} |\n" for status, words in STATUSES.items())
    assert f"| status | meaning |\n|---|---|\n{table}\n" in (REPOSITORY / path).read_text()
    assert set(STATUSES) == set(ExitCode)


def test_help_names_each_exit_status() -> None:
    words = " ".join((group.help or "").split()).partition("Exit status: ")[2].split()
    assert {int(word) for word in words if word.isdigit()} == set(ExitCode)


def test_no_part_shows_a_password() -> None:
    url = "https://ann:secret@host.invalid/x"
    error = SeriesError(f"not {url}", cause=f"at {url}", hint=f"see {url}")
    assert "secret" not in f"{error!r} {error} {error.args}"


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "x.dsc"
    with pytest.raises(SeriesError) as caught, reading(path):
        path.read_bytes()
    assert str(caught.value) == f"cannot read {path} (No such file or directory)"
