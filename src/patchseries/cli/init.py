"""``series init``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, hold, options, state_directory
from patchseries.cli.flags import refuse_beside
from patchseries.cli.terminal import Progress, clear_progress, say, show_json, show_text
from patchseries.errors import UpstreamError, UsageError

if TYPE_CHECKING:
    from patchseries.pipeline.session import Session
    from patchseries.pipeline.starting import Beginning


@click.command("init")
@options("name")
@click.option("--repository", metavar="URL", help="The upstream repository.")
@click.option("--base", "bases", multiple=True, metavar="TAG", help="A release (repeatable).")
@click.option("--gerrit", metavar="URL", help="The Gerrit where changes are reviewed.")
@click.option("--bug-url", metavar="URL", help="A bug's page, with {bug} for the number.")
@options("dry_run", "mirror", "json", "quiet", "color")
def command(
    repository: str | None,
    bases: tuple[str, ...],
    gerrit: str | None,
    bug_url: str | None,
    **given: Any,
) -> int:
    """Begin a series: write series/NAME.toml in this directory.

    What is not given is taken from .gitreview, debian/ and the repository's tags; what is still
    missing is asked on a terminal. NAME is the source package or the repository's name.
    """
    from patchseries.journal import find_state
    from patchseries.pipeline.starting import look_around, manifest_text, write_manifest

    asked = Given(**given)
    directory = Path.cwd()
    found = look_around(directory)
    begun = replace(
        found,
        name=asked.name,
        repository=repository or found.repository,
        gerrit=gerrit or (None if repository else found.gerrit),
        bug_url=bug_url or (None if repository else found.bug_url),
        bases=bases,
    )
    with Progress(asked) as progress:
        session = asked.session(progress)
        begun = _completed(session, begun)
        state = find_state(state_directory(), directory)
        if not asked.dry_run:
            hold(state)
        path = write_manifest(session, state, begun)
    if asked.as_json:
        show_json({"manifest": path, "text": manifest_text(begun)}, ok=True)
        return 0
    show_text(manifest_text(begun), asked)
    verb = "would be written" if asked.dry_run else "written"
    say(f"{path}: {verb}; then: series add THING {begun.name}")
    return 0


def _completed(session: Session, begun: Beginning) -> Beginning:
    """*begun* with what is missing looked up, or asked."""
    from patchseries.pipeline.starting import base_of, name_of

    if begun.bases:
        refuse_beside("--base", "mirror")
    repository = begun.repository or _ask("repository", "The upstream repository (URL)")
    begun = replace(begun, repository=repository)
    name = begun.name or name_of(begun) or _ask("NAME", "The name of the series")
    if not begun.bases:
        try:
            base = base_of(session, begun, name)
        except UpstreamError:
            if not sys.stdin.isatty():
                raise
            base = None
        base = base or _ask("--base", "The release to begin with (a tag)")
        begun = replace(begun, bases=(base,))
    return replace(begun, name=name)


def _ask(option: str, question: str) -> str:
    """What a person answers to *question*.

    :raises UsageError: standard input is not a terminal
    """
    if not sys.stdin.isatty():
        option = "--repository URL" if option == "repository" else option
        option = "--base TAG" if option == "--base" else option
        raise UsageError(
            f"{question[0].lower()}{question[1:]} is not known", hint=f"give it: {option}"
        )
    clear_progress()
    answer: str = click.prompt(question, err=True)
    return answer
