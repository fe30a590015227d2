"""Options that have no effect in a run are refused, not dropped.

What only says how to write is taken beside ``--dry-run``: there it has its effect without ``-n``.
"""

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
    names = (parameter.name or "" for parameter in click.get_current_context().command.params)
    refuse_beside(flag, *(name for name in names if name not in (*allowed, *OUTPUT)))


def refuse_beside(flag: str, *names: str) -> None:
    """Refuse the parameters *names*, which have no effect beside *flag*.

    :param flag: as the user writes it
    :raises UsageError: the first one that the command line gives
    """
    if shown := _first_given(names):
        raise UsageError(f"{shown} has no effect with {flag}", hint="leave out one of them")


def refuse_without(flag: str, *names: str) -> None:
    """Refuse the parameters *names*, which have no effect without *flag*.

    :param flag: as the user writes it
    :raises UsageError: the first one that the command line gives
    """
    if shown := _first_given(names):
        raise UsageError(
            f"{shown} has no effect without {flag}", hint=f"add {flag}, or leave it out"
        )


def _first_given(names: Collection[str]) -> str | None:
    """The first of the parameters *names* that the command line gives, as the user writes it."""
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name in names and context.params.get(name) not in (None, ()):
            return parameter.opts[-1] if isinstance(parameter, click.Option) else name.upper()
    return None
