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
@click.option(
    "--audit",
    "audits",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Show what `series config audit --json` wrote (repeatable).",
)
@click.option(
    "--figure",
    "figures",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Show an SVG or PNG image (repeatable).",
)
def command(
    output: str | None, audits: tuple[Path, ...], figures: tuple[Path, ...], **given: Any
) -> int:
    """Write one self-contained HTML page about the series NAME.

    It has what landed where on a time axis, every patch on every base, each patch's diff, the
    findings of `series check`, the packages, and the settings.
    """
    from patchseries.pipeline.reporting import make_page
    from patchseries.pipeline.reportparts import ReportOptions, read_audit, read_figure

    chosen = ReportOptions(
        _today(),
        tuple(read_audit(path) for path in audits),
        tuple(read_figure(path) for path in figures),
    )
    asked = Given(**given)
    series, selection = asked.open()
    with Progress(asked) as progress:
        page = make_page(asked.session(progress), series, selection, chosen)
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
    from patchseries.pipeline.reportparts import ReportOptions

    page = make_page(session, series, selection, ReportOptions(_today()))
    return _write(page, _usual_place(series))


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
