"""``series accept``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.building import maintainer
from patchseries.cli.common import Given, agreed, changed_words, now, options
from patchseries.cli.completion import patch_names
from patchseries.cli.terminal import Progress, say, show, show_json, show_text

if TYPE_CHECKING:
    from patchseries.pipeline.conflict.accept import Offer


@click.command("accept")
@click.argument("patch_name", metavar="PATCH", shell_complete=patch_names)
@options("name", "onto", "offline", "dry_run", "mirror", "json", "quiet", "color")
@click.option("-y", "--yes", is_flag=True, help="Sign off without asking.")
def command(patch_name: str, yes: bool, **given: Any) -> int:
    """Sign off the adapted PATCH: show how it differs from its source, ask, record it.

    The lock records who, when and for which diff. If the port changes later, it must be signed off
    again.
    """
    from patchseries.pipeline.conflict.accept import SignOff, accept, offers
    from patchseries.pipeline.rebase import rebase

    asked = replace(Given(**given), patch=(patch_name,))
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, selection, pins = asked.open_to_write(session)
        with session.rebase_inputs(series, pins) as inputs:
            rebased = rebase(inputs, selection, session.progress)
            cells = [cell for cell in rebased.cells if cell.patch == patch_name]
            waiting = offers(inputs, cells)
    if not asked.as_json:
        show_offers(waiting, asked)
    taken = (
        bool(waiting) and not asked.dry_run and (yes or (not asked.as_json and agreed("Sign off?")))
    )
    changed: tuple[str, ...] = ()
    if taken:
        sign_off = SignOff(str(maintainer()), now().date().isoformat())
        changed = accept(session, series, pins, waiting, sign_off).changed
    done = taken or not waiting
    if asked.as_json:
        show_json({"accepted": taken, "offers": offer_rows(waiting)}, ok=done)
    elif waiting:
        say(changed_words(changed, False) if taken else "not signed off")
    return 0 if done else 1


def show_offers(waiting: list[Offer], asked: Given) -> None:
    """Each diff that waits, with its findings and how it differs from the source.

    Those that differ in line numbers alone are shown once.
    """
    from patchseries.counting import enumerated
    from patchseries.pipeline.conflict.accept import alike

    for group in alike(waiting):
        offer = group[0]
        bases = enumerated([base for one in group for base in one.bases])
        same = "the same but for line numbers; " if len(group) > 1 else ""
        show(f"{offer.patch} on {bases}: {same}adapted by {', '.join(offer.strategies)}", asked)
        for finding in offer.findings:
            show(f"  {finding.severity}: {finding.code}: {finding.message}", asked)
        show_text(offer.range_diff or "  (the same diff as the source's)\n", asked)
        show("", asked)
    if not waiting:
        show("nothing to sign off", asked)


def offer_rows(waiting: list[Offer]) -> list[dict[str, Any]]:
    """Offers as rows of a JSON document."""
    from patchseries.report.documents import finding_rows

    return [
        {
            "patch": offer.patch,
            "bases": list(offer.bases),
            "diff": offer.diff,
            "strategies": list(offer.strategies),
            "findings": finding_rows(offer.findings),
            "range_diff": offer.range_diff,
        }
        for offer in waiting
    ]
