"""A rebase and the files it writes: what every command that ports has in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from patchseries.model import CommitId, Finding, Outcome
from patchseries.pipeline.publish import plan, publish
from patchseries.pipeline.rebase import Rebased, RebasedCell, rebase
from patchseries.pipeline.resolutions import load_resolutions, unused_resolutions
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session

Pins = Mapping[tuple[str, str], CommitId]


@dataclass(frozen=True)
class Ported:
    """A rebase that was published: its cells, the files that changed, what else is to be told."""

    rebased: Rebased
    changed: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def conflicts(self) -> list[RebasedCell]:
        """The cells that conflict."""
        return [cell for cell in self.rebased.cells if cell.outcome is Outcome.CONFLICT]


def rebase_and_publish(
    session: Session, series: Series, selection: Selection, pins: Pins, *, overwrite: bool = False
) -> Ported:
    """Port what is selected and write patches and lock."""
    with session.ingredients(series, pins) as given:
        rebased = rebase(given, selection, session.told)
    return publish_rebased(session, series, rebased, pins, overwrite=overwrite)


def publish_rebased(
    session: Session, series: Series, rebased: Rebased, pins: Pins, *, overwrite: bool = False
) -> Ported:
    """Write the patches and the lock of a rebase, as far as the session lets it."""
    planned = plan(series, rebased, pins, overwrite=overwrite)
    changed = publish(
        series, planned, session.operation, locked=session.locked, dry_run=session.dry_run
    )
    unused = unused_resolutions(series, load_resolutions(series), rebased.cells)
    return Ported(rebased, tuple(changed), tuple(unused))
