"""``series remove``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from patchseries.cli.common import Given, changed_words, hold, options
from patchseries.cli.completion import patch_names
from patchseries.cli.terminal import Progress, say, show, show_json


@click.command("remove")
@click.argument("patch_name", metavar="PATCH", shell_complete=patch_names)
@options("name", "dry_run", "json", "quiet", "color")
def command(patch_name: str, **given: Any) -> int:
    """Take PATCH out of the series: its entry, resolutions, lines of the lock, written files.

    Refused if another patch requires it. `series undo` brings everything back. Patches in
    patches/own are kept.
    """
    from patchseries.journal import commit_files
    from patchseries.pipeline.edit.removing import plan_removal

    asked = replace(Given(**given), patch=(patch_name,))
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, _ = asked.open()
        if not asked.dry_run:
            hold(series.state)
            series, _ = asked.reopened()
        patch = series.manifest.patch(patch_name)
        assert patch is not None
        removal = plan_removal(series, patch)
        changed = sorted(removal.changes)
        if not asked.dry_run:
            changed = commit_files(series.state, removal.changes, session.operation)
    if asked.as_json:
        show_json({"removed": patch_name, "changed": changed, "kept": list(removal.kept)}, ok=True)
        return 0
    for path in changed:
        verb = "removed" if removal.changes[path] is None else "changed"
        show(f"{verb} {path}", asked)
    for path in removal.kept:
        show(f"kept    {path}, which no patch names now", asked)
    then = f"; then: series rebase {series.name}" if series.manifest.patches[1:] else ""
    say(changed_words(changed, asked.dry_run) + then)
    return 0
