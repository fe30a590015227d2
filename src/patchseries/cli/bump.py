"""``series bump``."""

from __future__ import annotations

from typing import Any

import click

from patchseries.cli.common import Given, hold, options
from patchseries.cli.terminal import Progress, say, show, show_json


@click.command("bump")
@options("name", "project", "dry_run", "mirror", "json", "quiet", "color")
def command(**given: Any) -> int:
    """Add the point releases that have appeared upstream to the bases of the series NAME.

    Only releases of the line of the bases are added: no other line, no candidate. With -n they are
    only shown. A mirror answers for its upstream.
    """
    from patchseries.pipeline.bumping import add_bases, find_releases

    asked = Given(**given)
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, selection = asked.open()
        found = find_releases(session, series, selection)
        if not asked.dry_run:
            hold(series.state)
            series, _ = asked.reopened()
        changed = add_bases(session, series, found)
    if asked.as_json:
        show_json({"releases": found, "changed": changed}, ok=True)
        return 0
    verb = "would be added" if asked.dry_run else "added"
    for project, releases in found.items():
        show(f"{project}: {', '.join(releases) or 'no new release'}", asked)
    if any(found.values()):
        say(f"{verb} to the bases in {changed[0]}; then: series rebase {series.name}")
    return 0
