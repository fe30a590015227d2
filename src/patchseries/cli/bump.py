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
    only shown, with the patches that the newest of them contains and those that conflict with it. A
    mirror answers for its upstream.
    """
    from patchseries.pipeline.bumping import add_bases, find_releases
    from patchseries.pipeline.trying import try_releases
    from patchseries.report.documents import new_release_rows

    asked = Given(**given)
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, selection = asked.open()
        lines = find_releases(session, series, selection)
        found = {
            name: [tag for tags in new.values() for tag in tags] for name, new in lines.items()
        }
        tried = try_releases(session, series, lines) if asked.dry_run else []
        if not asked.dry_run:
            hold(series.state)
            series, _ = asked.reopened()
        changed = add_bases(session, series, found)
    if asked.as_json:
        rows = new_release_rows(tried)
        show_json({"releases": found, "tried": rows, "changed": changed}, ok=True)
        return 0
    verb = "would be added" if asked.dry_run else "added"
    for new in tried:
        show(str(new), asked)
    for project, releases in found.items():
        if not (releases and tried):
            show(f"{project}: {', '.join(releases) or 'no new release'}", asked)
    if any(found.values()):
        say(f"{verb} to the bases in {changed[0]}; then: series rebase {series.name}")
    return 0
