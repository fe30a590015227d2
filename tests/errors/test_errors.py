"""An error is one line that its reader can act on, without a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.errors import (
    ExitCode,
    MachineError,
    SeriesError,
    UpstreamError,
    UsageError,
    reading,
)


def test_message_cause_and_hint_are_one_line() -> None:
    error = SeriesError("it failed", cause="first\n  second", hint="try again")
    assert str(error) == "it failed (first second); try again"
    assert error.lines == (str(error),)


def test_a_list_keeps_its_lines_and_the_hint_has_its_own() -> None:
    assert str(SeriesError("a: 1\nb: 2", hint="correct them")) == "a: 1\nb: 2\ncorrect them"


def test_each_kind_has_its_exit_status() -> None:
    kinds = (SeriesError, UsageError, UpstreamError, MachineError)
    codes = [kind("x").exit_code for kind in kinds]
    assert codes == [ExitCode.INVALID, ExitCode.USAGE, ExitCode.UPSTREAM, ExitCode.PROGRAM]


def test_no_part_shows_a_password() -> None:
    url = "https://ann:secret@host.invalid/x"
    error = SeriesError(f"not {url}", cause=f"at {url}", hint=f"see {url}")
    assert "secret" not in f"{error!r} {error} {error.args}"


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "x.dsc"
    with pytest.raises(SeriesError) as caught, reading(path):
        path.read_bytes()
    assert str(caught.value) == f"cannot read {path} (No such file or directory)"
