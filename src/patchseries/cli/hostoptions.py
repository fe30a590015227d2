"""The options that say for which host settings are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from patchseries.cli.completion import setting_names

if TYPE_CHECKING:
    from patchseries.pipeline.configuring import HostOptions

F = TypeVar("F", bound=Callable[..., Any])

_SIZE = click.IntRange(1, 10**9)
_SIZES = ("vms", "cores", "memory")
HOST_OPTIONS = (*_SIZES, "host", "accept_risk")
"""The names of their parameters."""


def host_options(beside: str | None = None) -> Callable[[F], F]:
    """Give a command these options.

    :param beside: the option without which they have no meaning; without one, sizes are required
    """
    begin = f"With {beside}: " if beside else ""

    def size(name: str, words: str, *, needed: bool = False) -> Callable[[F], F]:
        return click.option(name, type=_SIZE, required=needed, help=_sentence(begin + words))

    chosen = (
        size("--vms", "instances to start at once.", needed=not beside),
        size("--cores", "processor cores of the host.", needed=not beside),
        size("--memory", "memory of the host in MiB."),
        click.option(
            "--host",
            metavar="ROLE",
            help=_sentence(f"{begin}only the settings for this kind of host."),
        ),
        click.option(
            "--accept-risk",
            multiple=True,
            metavar="SETTING",
            shell_complete=setting_names,
            help=_sentence(f"{begin}accept this dangerous setting too (repeatable)."),
        ),
    )

    def decorated(command: F) -> F:
        for option in reversed(chosen):
            command = option(command)
        return command

    return decorated


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def host_of(given: dict[str, Any], base: str | None = None) -> HostOptions:
    """The host that the options say; they are taken out of *given*.

    :param base: the base that runs on the host
    """
    from patchseries.pipeline.configuring import HostOptions

    sizes = {name: size for name in _SIZES if (size := given.pop(name)) is not None}
    return HostOptions(sizes, given.pop("host"), base, given.pop("accept_risk"))
