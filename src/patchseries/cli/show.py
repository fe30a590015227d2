"""``series show``."""

from __future__ import annotations

from typing import Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.completion import patch_names
from patchseries.cli.terminal import Progress, show_json, show_text


@click.command("show")
@click.argument("wanted", metavar="PATCH", shell_complete=patch_names)
@options("name", "offline", "mirror", "json", "quiet", "color")
def command(wanted: str, **given: Any) -> int:
    """Show everything about PATCH of the series NAME.

    That is: what the manifest and the lock say, and where the change landed upstream (if the
    history of its project is available or can be fetched).
    """
    from patchseries.errors import UpstreamError
    from patchseries.pipeline.status import series_status
    from patchseries.report.documents import patch_document
    from patchseries.report.facts import PatchFacts
    from patchseries.report.show import patch_text

    asked = Given(patch=(wanted,), **given)
    series, selection = asked.open()
    patch = series.manifest.patch(wanted)
    assert patch is not None  # the selection has checked it
    found, unknown = None, None
    with Progress(asked) as progress:
        try:
            found = series_status(asked.session(progress), series, selection).patches[0]
        except UpstreamError as error:
            unknown = error.message
    project = series.manifest.projects[patch.project]
    cells = {base: c for (name, base), c in series.lock.cells.items() if name == wanted}
    facts = PatchFacts(patch, project, cells, found, unknown)
    if asked.as_json:
        show_json({"patch": patch_document(facts)}, ok=True)
    else:
        show_text(patch_text(facts), asked)
    return 0
