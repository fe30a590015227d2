"""Whether the hint of an error fits the command that meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click


def absent_options(hint: str, command: click.Command) -> Iterator[str]:
    """The options that *hint* tells to use or to leave out, and that *command* does not have.

    Those in backquotes belong to the command that is named there.

    >>> show = click.Command("show", params=[click.Option(["--offline"])])
    >>> list(absent_options("run the command without --offline, or `series fetch --locked`", show))
    []
    >>> list(absent_options("leave out --online", show))
    ['--online']
    """
    known = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", re.sub(r"`[^`]*`", "", hint)):
        if option not in known:
            yield option
