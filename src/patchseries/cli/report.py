"""``series report``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, now, options
from patchseries.cli.terminal import Progress, say, show_json

if TYPE_CHECKING:
    from patchseries.pipeline.series import Selection, Series
    from patchseries.pipeline.session import Session
    from patchseries.report.pagemodel import Page


@click.command("report")
@options("name", "onto", "project", "patch", "offline", "mirror", "json", "quiet", "color")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="The file to write (default: build/NAME/report.html).",
)
def command(output: str | None, **given: Any) -> int:
    """Write one self-contained HTML page about the series NAME.

    It has what landed where on a time axis, every patch on every base, each patch's diff, the
    findings of `series check`, and the packages.
    """
    from patchseries.pipeline.reporting import make_page

    asked = Given(**given)
    series, selection = asked.open()
    with Progress(asked) as progress:
        page = make_page(asked.session(progress), series, selection, _today())
        path = _write(page, Path(output) if output else _usual_place(series))
    if asked.as_json:
        counts = {
            "patches": len(page.patches),
            "findings": len(page.findings),
            "packages": len(page.packages),
        }
        show_json({"file": str(path.absolute()), **counts}, ok=True)
    else:
        say(f"written to {os.path.relpath(path)}")
    return 0


def write_page(session: Session, series: Series, selection: Selection) -> Path:
    """Write the page of *selection* to its usual place, build/NAME/report.html; the path."""
    from patchseries.pipeline.reporting import make_page

    return _write(make_page(session, series, selection, _today()), _usual_place(series))


def _usual_place(series: Series) -> Path:
    from patchseries.journal import plain_directory

    return plain_directory(series.root, f"build/{series.name}") / "report.html"


def _write(page: Page, path: Path) -> Path:
    from patchseries.files import write_atomic
    from patchseries.report.html import html_page

    write_atomic(path.absolute(), html_page(page).encode("utf-8", "replace"))
    return path


def _today() -> str:
    """The day, in UTC; that of SOURCE_DATE_EPOCH where it is set, so that pages can be compared."""
    return now().strftime("%Y-%m-%d")
