"""``series completion``, and what a shell is answered that completes a command line.

A manifest is only parsed, and read more leniently than by any command: a mistake in it gives no
names, and no message in the middle of the line that somebody types. A name is offered only if it
means the same to every shell without quotes: in a manifest of a stranger, a base may be called
``$(…)``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.terminal import show_document

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VARIABLE = "_SERIES_COMPLETE"
"""Is set by a shell that asks, to ``bash_complete``, ``zsh_complete`` or ``fish_complete``."""
_SHELLS = ("bash", "zsh", "fish")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/@-]{0,200}")
_LARGEST = 2_000_000
"""Bytes of a manifest that can still be parsed while somebody waits for a key."""
_MOST = 100
"""Manifests that are looked into."""

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> int:
    """Print the script that makes SHELL complete commands, options, and names of the project.

    \b
    bash: series completion bash > ~/.local/share/bash-completion/completions/series
    zsh:  series completion zsh > "${fpath[1]}/_series"
    fish: series completion fish > ~/.config/fish/completions/series.fish
    """
    from click.shell_completion import get_completion_class

    from patchseries.cli import group

    kind = get_completion_class(shell)
    assert kind is not None  # click knows all of the choices
    made = kind(group, {}, "series", VARIABLE)
    show_document(made.source_template % made.source_vars())
    return 0


def answer(instruction: str) -> int:
    """Answer the shell that asks; whatever goes wrong, it gets no names and no message."""
    from click.shell_completion import shell_complete

    from patchseries.cli import group

    try:
        return shell_complete(group, {}, "series", VARIABLE, instruction)
    except Exception:
        return 1


def series_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The series of the project."""
    return _offered((path.stem for path in _manifests()), incomplete)


def setting_names(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The settings of the series named on the line, or of all."""
    tables = (row for doc in _documents(context) for row in _list(doc.get("setting")))
    return _offered((row.get("name") for row in tables if isinstance(row, dict)), incomplete)


def patch_names(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The patches of the series named on the line, or of all."""
    tables = (row for doc in _documents(context) for row in _list(doc.get("patch")))
    return _offered((row.get("name") for row in tables if isinstance(row, dict)), incomplete)


def project_names(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The projects of the series named on the line, or of all."""
    return _offered((name for name, _ in _projects(context)), incomplete)


def base_names(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The bases of the series named on the line, or of all."""
    tables = (table for _, table in _projects(context) if isinstance(table, dict))
    return _offered((base for table in tables for base in _list(table.get("bases"))), incomplete)


def _projects(context: click.Context) -> Iterator[tuple[Any, Any]]:
    for document in _documents(context):
        projects = document.get("project")
        yield from projects.items() if isinstance(projects, dict) else ()


def _documents(context: click.Context) -> Iterator[dict[str, Any]]:
    """The manifests of the series that the line names, or else all, as far as they parse."""
    from patchseries.errors import SeriesError
    from patchseries.files import read_file
    from patchseries.parsing import NotTomlError, parse_toml

    manifests = _manifests()
    # where an option still lacks its value, click leaves the arguments as they are
    words = {context.params.get("name"), *context.args}
    for path in [path for path in manifests if path.stem in words] or manifests:
        try:
            yield parse_toml(read_file(path, _LARGEST).decode())
        except (OSError, SeriesError, UnicodeDecodeError, NotTomlError):
            continue


def _manifests() -> list[Path]:
    """The manifests of the project around the working directory."""
    here = Path(os.path.abspath("."))
    for directory in (here, *here.parents):
        if found := sorted((directory / "series").glob("*.toml")):
            return found[:_MOST]
    return []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _offered(names: Iterator[Any], incomplete: str) -> list[CompletionItem]:
    """Those that begin with *incomplete*, each once, if a shell takes them as they are."""
    from click.shell_completion import CompletionItem

    texts = (name for name in names if isinstance(name, str) and _PLAIN.fullmatch(name))
    return [CompletionItem(name) for name in dict.fromkeys(texts) if name.startswith(incomplete)]
