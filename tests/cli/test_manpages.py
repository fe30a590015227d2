"""The man pages say what --help says, in roff that man takes without a warning."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest

from patchseries.cli import group
from patchseries.cli.manpages import pages
from support.tools import need
from test_architecture import ROOT


def commands() -> dict[str, click.Command]:
    """Every command by the name of its page, and those inside a command: ``config-render``."""
    whole = click.Context(group, info_name="series")
    found: dict[str, click.Command] = {}
    for name in group.list_commands(whole):
        command = group.get_command(whole, name)
        assert command is not None
        found[name] = command
        inside = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name}-{sub}": one for sub, one in inside.items()}
    return found


COMMANDS = commands()
PAGES = pages()


def shown(text: str, path: Path) -> str:
    """What ``man`` shows of the page *text*; it may not warn."""
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["man", "--warnings", "--local-file", str(path)],
        env={
            "PATH": "/usr/bin:/bin",
            "MANWIDTH": "200",
            "LC_ALL": "C.UTF-8",
            "MANOPT": "--no-hyphenation --no-justification",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_there_is_a_page_for_each_command() -> None:
    assert set(PAGES) == {"series.1", *(f"series-{name}.1" for name in COMMANDS)}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_every_option_and_every_line_of_the_help(name: str, tmp_path: Path) -> None:
    need("man")
    word = name.removeprefix("series-").removesuffix(".1")
    command = group if name == "series.1" else COMMANDS[word]
    text = " ".join(shown(PAGES[name], tmp_path / name).split())
    for param in command.params:
        for option in param.opts if isinstance(param, click.Option) else ():
            assert option in text
    help_text = (command.help or "").replace("\b", "").replace("`", "")
    assert " ".join(help_text.split()) in text.replace("‐", "-")


def test_the_wheel_installs_them_and_the_demonstration(tmp_path: Path) -> None:
    words = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        there = {Path(n).name: archive.read(n) for n in archive.namelist() if "/share/man/" in n}
        demo = archive.read("patchseries/demo/demo.toml")
    assert there == {name: text.encode() for name, text in PAGES.items()}
    assert demo == (ROOT / "series/demo.toml").read_bytes()


def test_text_is_no_request() -> None:
    from patchseries.cli.manpages import _description

    assert _description(".so /etc/passwd\n'x\n\\fB-n") == [
        "\\&.so /etc/passwd",
        "\\&'x",
        "\\efB\\-n",
    ]
