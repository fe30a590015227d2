"""The man pages, made of the same commands and options as ``--help``."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import click

from patchseries import __version__
from patchseries.cli import COMMANDS, group


def pages() -> dict[str, str]:
    """Each page's roff by its file name: ``series.1`` and ``series-COMMAND.1``."""
    whole = click.Context(group, info_name="series")
    made = {"series.1": _page("series", _SUMMARY, whole)}
    for name in group.list_commands(whole):
        command = group.get_command(whole, name)
        assert command is not None
        context = click.Context(command, parent=whole, info_name=name)
        made[f"series-{name}.1"] = _page(f"series-{name}", COMMANDS[name], context)
        for sub, inner in getattr(command, "commands", {}).items():
            below = click.Context(inner, parent=context, info_name=sub)
            page = f"series-{name}-{sub}"
            made[f"{page}.1"] = _page(page, inner.get_short_help_str(_WIDTH), below)
    return made


def write(directory: Path) -> None:
    """Write the pages into *directory*."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (directory / name).write_text(text, encoding="utf-8")


_WIDTH = 200
"""Of a summary that is the first sentence of a help text."""
_SUMMARY = "Maintain a series of patches."


def _page(name: str, summary: str, context: click.Context) -> str:
    command = context.command
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [
        f'.TH "{_text(name.upper())}" "1" "" "patchseries {_text(__version__)}" "patchseries"',
        ".SH NAME",
        f"{_text(name)} \\- {_text(summary.rstrip('.'))}",
        ".SH SYNOPSIS",
        f"\\fB{_text(context.command_path)}\\fR {_text(usage)}",
        ".SH DESCRIPTION",
        *_description(inspect.cleandoc(command.help or "")),
        ".SH OPTIONS",
    ]
    records = (param.get_help_record(context) for param in command.get_params(context))
    for record in records:
        lines += _tagged(*record) if record and record[1] else []  # an argument has no words
    if isinstance(command, click.Group):
        lines += _commands(command, context)
    if command is not group:
        lines += _exit_status()
    return "\n".join([*lines, ".SH SEE ALSO", _see_also(name)]) + "\n"


def _names() -> list[str]:
    return group.list_commands(click.Context(group))


def _commands(of: click.Group, context: click.Context) -> list[str]:
    lines = [".SH COMMANDS"]
    for name in of.list_commands(context):
        inner = None if of is group else of.get_command(context, name)
        lines += _tagged(name, inner.get_short_help_str(_WIDTH) if inner else COMMANDS[name])
    return lines


def _exit_status() -> list[str]:
    return [".SH EXIT STATUS", "The exit statuses of all commands are listed in \\fBseries\\fR(1)."]


def _see_also(name: str) -> str:
    others = [f"series-{other}" for other in _names()] if name == "series" else ["series"]
    return ",\n".join(f"\\fB{_text(other)}\\fR(1)" for other in others)


def _description(text: str) -> list[str]:
    """The paragraphs of a help text; one that is marked as laid out keeps its lines."""
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines.append(".PP")
        if paragraph.startswith("\b\n"):
            lines += [".nf", *map(_line, paragraph[2:].split("\n")), ".fi"]
        else:
            lines += map(_line, paragraph.split("\n"))
    return lines[1:]


def _tagged(tag: str, words: str) -> list[str]:
    return [".TP", f"\\fB{_text(tag)}\\fR", _line(words)]


def _line(text: str) -> str:
    """One line of prose, its `commands` in bold."""
    return re.sub(r"`([^`]+)`", r"\\fB\1\\fR", _text(text))


def _text(text: str) -> str:
    """*text* as roff that prints just that."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text
