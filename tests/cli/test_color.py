"""One rule says whether output is coloured, for every command and stream."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import pytest

from patchseries.cli import group, terminal
from patchseries.cli.color import wants_color
from patchseries.cli.common import Given
from support.project import REPOSITORY

FORCED = {"CLICOLOR_FORCE": "1"}


@pytest.mark.parametrize(
    ("choice", "terminal", "environ", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": ""}, True),  # no-color.org: only when it is not empty
        ("auto", True, {"NO_COLOR": "0"}, False),
        ("auto", False, {"CLICOLOR_FORCE": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "3"}, True),
        ("auto", False, {"CLICOLOR_FORCE": "0", "FORCE_COLOR": "0"}, False),
        ("auto", True, {"NO_COLOR": "1", **FORCED}, False),
        ("auto", True, {"CLICOLOR": "0"}, False),
        ("auto", True, {"CLICOLOR": "1"}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1", "TERM": "dumb"}, True),
        ("never", True, FORCED, False),
    ],
)
def test_the_rule(choice: str, terminal: bool, environ: dict[str, str], expected: bool) -> None:
    assert wants_color(choice, terminal, environ) is expected


@pytest.mark.parametrize("variable", ["CLICOLOR_FORCE", "FORCE_COLOR"])
def test_a_pipe_is_coloured_when_that_is_asked_for(
    variable: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, "1")
    monkeypatch.delenv("TERM", raising=False)
    terminal.show("x", Given(), "bold red")
    terminal.show("x", Given(color="never"), "bold red")
    assert capsys.readouterr().out == "\x1b[1;31mx\x1b[0m\nx\n"


@pytest.mark.parametrize(
    ("words", "environ", "expected"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, False),
        (("--color=never",), FORCED, False),
        (("--color=always",), {"NO_COLOR": "1"}, True),
    ],
)
def test_a_terminal_gets_what_was_asked_for(
    words: tuple[str, ...], environ: dict[str, str], expected: bool, tmp_path: Path
) -> None:
    """Not even bold type is left where no colour is wanted."""
    ours, theirs = pty.openpty()
    clean = {n: v for n, v in os.environ.items() if n not in ("NO_COLOR", *FORCED, "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-m", "patchseries", "doctor", *words],
        env=clean | {"PYTHONPATH": str(REPOSITORY / "src"), "TERM": "xterm"} | environ,
        cwd=tmp_path,
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
        timeout=120,
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert done.returncode in (0, 5), done.stderr
    assert (b"\x1b[" in shown) is expected


def test_every_command_that_prints_for_people_takes_the_option() -> None:
    context = click.Context(group)
    plain = {"port", "completion"}  # what they print is for a program
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        group_of = command.commands.values() if isinstance(command, click.Group) else [command]
        for one in group_of:
            taken = any("--color" in param.opts for param in one.params)
            assert taken == (name not in plain), (name, one.name)
