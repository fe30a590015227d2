"""``series add``."""

from __future__ import annotations

from typing import Any

import click

from patchseries.cli.common import Given, hold, options
from patchseries.cli.terminal import Progress, say, show_json, show_text


@click.command("add")
@click.argument("thing")
@click.option("--as", "patch_name", metavar="PATCH", help="The patch's name.")
@options("name", "project", "offline", "dry_run", "mirror", "json", "quiet", "color")
def command(thing: str, patch_name: str | None, **given: Any) -> int:
    """Add a patch to the series NAME: show its entry, then append it to the manifest.

    THING is a Change-Id, the URL of a Gerrit change, a commit id (full or short) of a project's
    repository, the URL of a commit or merge request (GitHub, GitLab, opendev, cgit), the URL of a
    bug that a commit says it closes, or a patch file, which is copied to patches/own. The name of
    the patch is made from the subject. With -n the entry is only shown.
    """
    from patchseries.pipeline.adding import Finder
    from patchseries.pipeline.edit.addition import add
    from patchseries.report.documents import table_row

    asked = Given(**given)
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, _ = asked.open()
        addition = Finder(session, series, asked.project).find(thing)
        if patch_name:
            addition = addition.called(patch_name)
        if not asked.dry_run:
            hold(series.state)
            series, _ = asked.reopened()
            addition.check_is_new(series.manifest)
        changed = add(session, series, addition)
    if asked.as_json:
        row = table_row(addition.patch.table)
        show_json({"patch": row, "changed": changed}, ok=True, schema=2)
        return 0
    show_text(addition.patch.text, asked)
    verb = "would be added to" if asked.dry_run else "added to"
    say(f"{addition.patch.name}: {verb} {changed[-1]}; then: series rebase {series.name}")
    return 0
