"""``series diff``."""

from __future__ import annotations

import sys
from typing import Any

import click

from patchseries.cli.common import Given, Progress, options, say, show_json


@click.command("diff")
@click.argument("wanted", metavar="PATCH")
@options("name", "offline", "mirror", "json", "quiet", "color")
@click.option("--onto", metavar="BASE", help="The port onto this base (default: the last).")
@click.option("--from", "old", metavar="BASE", help="Compare the port onto this base …")
@click.option("--to", "new", metavar="BASE", help="… with the port onto that one.")
def command(wanted: str, onto: str | None, old: str | None, new: str | None, **given: Any) -> int:
    """What porting PATCH of the series NAME changed, as git range-diff shows it.

    The change as upstream has it (else the commit that is ported) against the port, or with
    --from and --to the ports onto two bases. The first column says which lines of the *patch*
    differ, the second what the patch does.
    """
    from patchseries.pipeline.diff import diff_against_upstream, diff_between_bases

    if bool(old) != bool(new) or (old and onto):
        raise click.UsageError("--from and --to go together, and without --onto")
    asked = Given(patch=(wanted,), onto=tuple(filter(None, [onto, old, new])), **given)
    series, _ = asked.open()
    patch = series.manifest.patch(wanted)
    assert patch is not None  # it was checked with the selection
    in_color = asked.color == "always" or (asked.color == "auto" and sys.stdout.isatty())
    color = in_color and not asked.as_json
    with Progress(asked) as progress:
        session = asked.session(progress)
        if old and new:
            found = diff_between_bases(session, series, patch, (old, new), color=color)
        else:
            base = onto or series.manifest.projects[patch.project].bases[-1]
            found = diff_against_upstream(session, series, patch, base, color=color)
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
    sys.stdout.buffer.write(found.text)
    return 0
