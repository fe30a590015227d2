"""The one door for text that goes to a terminal or a log.

What a stranger wrote (file names, subjects, tags, messages of programs) may be in any of it. So
nothing is ever taken for markup, what would steer a terminal or a CI service is shown as an
escape, and no password of a URL is shown. No other module of the command line prints.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

import click

from patchseries.cli.color import wants_color
from patchseries.cli.ticker import Ticker, is_ci
from patchseries.redaction import redacted
from patchseries.visible import json_text, printable, printable_line, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.status import Status
    from rich.text import Text

    from patchseries.cli.common import Given

_NO_LIMIT = 1_000_000
"""The columns of a pipe."""
_LONGEST_PROGRESS = 200
"""Characters of a line of progress, in which a stranger's text may be."""
_SIGN = 3
"""Columns that the sign takes which turns before it."""


class Progress(AbstractContextManager["Progress"]):
    """One line on a terminal that says what goes on; in CI a line every ten seconds.

    It is silent in a pipe, and gives way to whatever else is printed or asked
    (:func:`clear_progress`).
    """

    shown: ClassVar[Progress | None] = None

    def __init__(self, given: Given) -> None:
        terminal = sys.stderr.isatty()
        self._live = terminal and os.environ.get("TERM") != "dumb"
        self.on = (terminal or is_ci(os.environ)) and not given.quiet
        self._color = given.color
        self._status: Status | None = None
        self._ticker: Ticker | None = None

    def update(self, words: str) -> None:
        """Show *words* on the progress line."""
        if not words:
            return
        words = printable_line(redacted(words)[:_LONGEST_PROGRESS])
        if self._ticker is not None:
            self._ticker.update(words)
        elif Progress.shown is self and self._status is not None:
            self._status.update(self._fitting(words))
            self._status.start()

    def _fitting(self, words: str) -> Text:
        """*words* in one line of the terminal, beside the sign that turns."""
        from rich.text import Text

        line = Text(words)
        line.truncate(console(stderr=True).width - _SIGN, overflow="ellipsis")
        return line

    def clear(self) -> None:
        """Say nothing more until there is something new to say."""
        if self._ticker is not None:
            self._ticker.update("")
        if self._status is not None:
            self._status.stop()

    def __enter__(self) -> Progress:
        if self.on and not self._live:
            self._ticker = Ticker(_tick)
            Progress.shown = self
        elif self.on:
            self._status = console(self._color, stderr=True).status("starting")
            self._status.start()
            Progress.shown = self
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        self.clear()
        Progress.shown = None


def _tick(words: str) -> None:
    """A line of progress, which does not give way to itself."""
    click.echo(printable_line(redacted(f"series: {words}")), err=True)


def clear_progress() -> None:
    """Make room on the terminal for output or a question."""
    if Progress.shown is not None:
        Progress.shown.clear()


def console(color: str = "auto", *, stderr: bool = False) -> Console:
    """Where people's output goes; in a pipe a line is as long as it needs to be.

    :param color: what ``--color`` says
    """
    from patchseries.cli.safeconsole import SafeConsole

    stream = sys.stderr if stderr else sys.stdout
    terminal = stream.isatty()
    return SafeConsole(
        stderr=stderr,
        force_terminal=terminal,
        color_system="standard" if wants_color(color, terminal, os.environ) else None,
        no_color=False,  # the rule above has read $NO_COLOR
        width=None if terminal else _NO_LIMIT,
        highlight=False,
        markup=False,
        emoji=False,
    )


def show(what: RenderableType, given: Given, style: str = "") -> None:
    """Print one line, or a table, for people; a terminal wraps long lines, so paths can be copied.

    A line feed in a line is an escape: it cannot begin a line of its own (:func:`show_text`).
    """
    if isinstance(what, str):
        show_lines([(what, style)], given)
        return
    from rich.text import Text

    clear_progress()
    console(given.color).print(what, soft_wrap=isinstance(what, Text))


def show_lines(lines: Iterable[tuple[str, str]], given: Given) -> None:
    """Print lines, each with its style, as :func:`show` prints one."""
    from rich.text import Text

    clear_progress()
    printer = console(given.color)  # to make one takes as long as to print three lines
    for line, style in lines:
        printer.print(Text(printable_line(redacted(line)), style=style), soft_wrap=True)


def show_text(text: str, given: Given) -> None:
    """Print a text of several lines, each ended by a line feed."""
    show_lines(((line, "") for line in text.removesuffix("\n").split("\n")), given)


def show_json(document: Mapping[str, Any], *, ok: bool, schema: int = 1) -> None:
    """Print the one JSON document of a command.

    :param schema: the version of its keys: one more whenever a key is removed or changed
    """
    show_plain_json({"schema": schema, "ok": ok, **document})


def show_plain_json(document: Mapping[str, Any], *, indent: int | None = 2) -> None:
    """Print *document* as JSON; in ASCII where the output is not UTF-8."""
    text = json_text(document, indent=indent)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if encoding.lower().replace("-", "") != "utf8":
        text = json_text(document, indent=indent, ascii_only=True)
    click.echo(text)


def show_document(text: str) -> None:
    """Print a document that a program reads (XML, CSV, annotations): its writer has escaped it."""
    click.echo(text, nl=False)


def show_pages(text: str) -> None:
    """Print a long text of our own: through the user's pager on a terminal."""
    if sys.stdout.isatty():
        click.echo_via_pager(visible(text), color=False)
    else:
        click.echo(visible(text), nl=False)


def write_patch(patch: bytes) -> None:
    """Print a patch: every byte where a program reads it, escapes on a terminal."""
    clear_progress()
    if sys.stdout.isatty():
        click.echo(visible(patch.decode("utf-8", "surrogateescape")), nl=False)
    else:
        sys.stdout.buffer.write(patch)


def say(words: str) -> None:
    """Print one line for people on standard error."""
    note(f"series: {words}")


def note(words: str) -> None:
    """As :func:`say`, without the program's name."""
    clear_progress()
    click.echo(printable_line(redacted(words)), err=True)


def note_text(text: str) -> None:
    """Print several lines on standard error, each ended by a line feed."""
    clear_progress()
    click.echo(printable(redacted(text)), err=True)
