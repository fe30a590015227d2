"""``series diff``."""

from __future__ import annotations

from typing import Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.completion import base_names, patch_names
from patchseries.cli.flags import refuse_beside
from patchseries.cli.terminal import Progress, say, show, show_json

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


@click.command("diff")
@click.argument("wanted", metavar="PATCH", shell_complete=patch_names)
@options("name", "offline", "mirror", "json", "quiet", "color")
@click.option(
    "--onto",
    metavar="BASE",
    shell_complete=base_names,
    help="Show the port onto this base (default: the last).",
)
@click.option(
    "--from",
    "old",
    metavar="BASE",
    shell_complete=base_names,
    help="Compare the port onto this base …",
)
@click.option(
    "--to", "new", metavar="BASE", shell_complete=base_names, help="… with the port onto that one."
)
def command(wanted: str, onto: str | None, old: str | None, new: str | None, **given: Any) -> int:
    """Show what porting PATCH of the series NAME changed, as git range-diff does.

    Compares the upstream change (or else the ported commit) with the port; with --from and --to,
    the ports onto two bases. The first column belongs to the comparison, the second to the patch.
    """
    from patchseries.pipeline.diff import diff_against_upstream, diff_between_bases

    if bool(old) != bool(new):
        raise click.UsageError("use --from and --to together")
    if old:
        refuse_beside("--from and --to", "onto")
    asked = Given(patch=(wanted,), onto=tuple(filter(None, [onto, old, new])), **given)
    series, _ = asked.open()
    patch = series.manifest.patch(wanted)
    assert patch is not None  # it was checked with the selection
    with Progress(asked) as progress:
        session = asked.session(progress)
        if old and new:
            found = diff_between_bases(session, series, patch, (old, new))
        else:
            base = onto or series.manifest.projects[patch.project].bases[-1]
            found = diff_against_upstream(session, series, patch, base)
    if asked.as_json:
        told = {
            "patch": wanted,
            "old": found.old.name,
            "new": found.new.name,
            "identical": found.identical,
            "diff": found.text.decode("utf-8", "replace"),
        }
        show_json(told, ok=True)
        return 0
    say(f"{wanted}: {found.old.name}, compared with the port {found.new.name}")
    if found.identical:
        say("the same change")
    for line in found.lines:
        show(line, asked, _style(line))
    return 0


def _style(line: str) -> str:
    """The colour of a line: by its first sign (what the port changed), else by the patch's own.

    git indents the lines by four columns. It is asked for no colour itself: what a stranger wrote
    into a file could not be told from it.
    """
    return _STYLES.get(line[4:5]) or _STYLES.get(line[5:6], "")
