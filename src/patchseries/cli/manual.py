"""``series manual``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.terminal import show, show_json, show_pages
from patchseries.errors import ProgramError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _topic_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in topics() if name.startswith(incomplete)]


@click.command("manual")
@click.argument("topic", required=False, shell_complete=_topic_names)
@options("json", "color")
def command(topic: str | None, **given: Any) -> int:
    """Show the page TOPIC of the manual, through $PAGER on a terminal.

    Without TOPIC the pages are listed: tutorials first, then how-tos, reference and concepts.
    """
    asked = Given(**given)
    pages = topics()
    if topic is None:
        _list_topics(pages, asked)
        return 0
    if topic not in pages:
        from patchseries.manifest.problems import unknown_name

        raise UsageError(
            unknown_name("page", topic, list(pages)), hint="`series manual` lists them"
        )
    text = pages[topic].read_text("utf-8")
    if asked.as_json:
        show_json({"topic": topic, "title": _title(text), "text": text}, ok=True)
    else:
        show_pages(text)
    return 0


def topics() -> dict[str, Path]:
    """The pages of the manual by their names, in the order of its index: tutorials first."""
    directory = manual_directory()
    pages = {path.stem: path for path in sorted(directory.rglob("*.md"))}
    glossary = directory.parent / "glossary.md"
    if glossary.is_file():
        pages["glossary"] = glossary
    index = pages.pop("index", None)
    order = re.findall(r"\]\((?:\.\./)?([\w-]+)\.md\)", index.read_text("utf-8") if index else "")
    return {name: pages[name] for name in dict.fromkeys([*order, *pages]) if name in pages}


def manual_directory() -> Path:
    """Where the pages are: in the package, or in the source tree that it runs from.

    :raises ProgramError: in neither
    """
    package = Path(__file__).parent.parent
    for directory in (package / "docs/manual", package.parent.parent / "docs/manual"):
        if directory.is_dir():
            return directory
    raise ProgramError(
        "the manual is not installed", hint="install patchseries again, from its wheel"
    )


def _list_topics(pages: dict[str, Path], asked: Given) -> None:
    from patchseries.report.table import TextTable

    titles = {name: _title(path.read_text("utf-8")) for name, path in pages.items()}
    if asked.as_json:
        rows = [{"topic": name, "title": title} for name, title in titles.items()]
        show_json({"topics": rows}, ok=True)
        return
    show(TextTable(("topic", "what it is about"), list(titles.items())), asked)
    show("", asked)
    show("to read one: series manual TOPIC", asked)


def _title(text: str) -> str:
    """The first heading of a page."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1] if found else ""
