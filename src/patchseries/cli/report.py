"""``series report``."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from patchseries.cli.common import Given, Progress, options, say, show_json


@click.command("report")
@options("name", "onto", "project", "patch", "offline", "mirror", "json", "quiet", "color")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False),
              help="Where the page goes (default: build/NAME/report.html).")  # fmt: skip
def command(output: str | None, **given: Any) -> int:
    """Write one HTML page of all that is known of NAME; it stands alone and loads nothing.

    What landed where on a time axis, every patch on every base, each patch's story and diff,
    the findings of `series check`, and the packages.
    """
    from patchseries.files import write_atomic
    from patchseries.pipeline.reporting import make_page
    from patchseries.report.html import html_page

    asked = Given(**given)
    series, selection = asked.open()
    with Progress(asked) as progress:
        page = make_page(asked.session(progress), series, selection, _today())
        text = html_page(page)
    path = Path(output) if output else series.root / "build" / series.name / "report.html"
    write_atomic(path.absolute(), text.encode("utf-8", "replace"))
    if asked.as_json:
        counts = {"patches": len(page.patches), "findings": len(page.findings),
                  "packages": len(page.packages)}  # fmt: skip
        show_json({"file": str(path.absolute()), **counts}, ok=True)
    else:
        say(f"written to {os.path.relpath(path)}")
    return 0


def _today() -> str:
    """The day, in UTC; that of SOURCE_DATE_EPOCH where it is set, so that pages can be compared."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return now.strftime("%Y-%m-%d")
