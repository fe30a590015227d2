"""The fixture that holds every hint of a test against the options of the command."""

from __future__ import annotations

import click
import pytest

from support.hints import absent_options

COMMAND = click.Command("show", params=[click.Option(["--offline"]), click.Argument(["name"])])


@pytest.mark.parametrize(
    ("hint", "absent"),
    [
        ("run the command without --offline", []),
        ("run `series fetch --locked`, or drop it with `series rebase --overwrite`", []),
        ("leave out --online, or add --no-build", ["--online", "--no-build"]),
        ("write `--offline` -- or not", []),
    ],
)
def test_an_option_that_the_command_does_not_have_is_found(hint: str, absent: list[str]) -> None:
    assert list(absent_options(hint, COMMAND)) == absent
