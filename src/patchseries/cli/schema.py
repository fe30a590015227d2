"""``series schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.manual import manual_directory
from patchseries.cli.terminal import show, show_json, show_text
from patchseries.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _document_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in schemas() if name.startswith(incomplete)]


@click.command("schema")
@click.argument("words", metavar="[NAME]", nargs=-1, shell_complete=_document_names)
@options("json", "color")
def command(words: tuple[str, ...], **given: Any) -> int:
    """Print the JSON Schema of the document NAME: what a command prints with --json.

    NAME is the command (`series schema check`, `series schema config audit`); a command with
    several documents has several. Without NAME they are listed.
    """
    asked = Given(**given)
    documents = schemas()
    if not words:
        _list(documents, asked)
        return 0
    name = "-".join(words)
    if name not in documents:
        from patchseries.manifest.problems import unknown_name

        raise UsageError(
            unknown_name("document", name, list(documents)), hint="`series schema` lists them"
        )
    show_text(documents[name].read_text("utf-8"), asked)
    return 0


def schemas() -> dict[str, Path]:
    """The schemas by the names of their documents."""
    files = {path.stem: path for path in (manual_directory() / "schemas").glob("*.json")}
    return dict(sorted(files.items()))


def _list(documents: dict[str, Path], asked: Given) -> None:
    from patchseries.report.table import TextTable

    titles = {
        name: json.loads(path.read_text("utf-8"))["title"] for name, path in documents.items()
    }
    rows = list(titles.items())
    if asked.as_json:
        show_json({"schemas": [{"name": name, "title": title} for name, title in rows]}, ok=True)
    else:
        show(TextTable(("document", "printed by"), rows), asked)
