"""Options that have no effect beside another one are refused, not dropped."""

from __future__ import annotations

from collections.abc import Collection

import click
from click.core import ParameterSource

from patchseries.errors import UsageError

OUTPUT = ("as_json", "quiet", "color")
"""The options that say how a command prints."""


def refuse_others(flag: str, allowed: Collection[str]) -> None:
    """Refuse what the command line gives beside *flag* that is not *allowed*.

    :param flag: as the user writes it
    :param allowed: the names of the parameters that have a meaning there, its own among them
    :raises UsageError: the first one that has none
    """
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name not in (*allowed, *OUTPUT) and context.params.get(name) not in (None, ()):
            shown = parameter.opts[-1] if isinstance(parameter, click.Option) else name.upper()
            raise UsageError(f"{shown} has no effect with {flag}", hint="leave out one of them")
