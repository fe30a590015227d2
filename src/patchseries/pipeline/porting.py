"""A rebase and the files it writes: what every command that ports has in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from patchseries.model import CommitId, Finding, Outcome, Severity
from patchseries.pipeline.publish import plan, publish
from patchseries.pipeline.rebased import Rebased, RebasedCell, joined
from patchseries.pipeline.resolutions import load_resolutions, unused_resolutions
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.settled import SettledTargets

Pins = Mapping[tuple[str, str], CommitId]


@dataclass(frozen=True)
class PublishedRebase:
    """A rebase that was published: its cells, the files that changed, what else is to be told."""

    rebased: Rebased
    changed: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def conflicts(self) -> list[RebasedCell]:
        """The cells that conflict."""
        return [cell for cell in self.rebased.cells if cell.outcome is Outcome.CONFLICT]


def rebase_and_publish(
    settled: SettledTargets,
    series: Series,
    selection: Selection,
    pins: Pins,
    *,
    overwrite: bool = False,
) -> PublishedRebase:
    """Port what is selected and not *settled*, and write patches and lock.

    The trees of the result are in no repository.
    """
    session, targets = settled.session, selection.targets(series.manifest)
    done = settled.rebased(series, selection)
    rest = [target for target in targets if target not in done]
    fresh = Rebased(())
    if rest:
        from patchseries.pipeline.rebase import rebase_targets  # the engine: long to import

        with session.rebase_inputs(series, pins) as given:
            if session.cluster is not None:
                from patchseries.pipeline.cluster.offers import take_offers

                take_offers(session, given, rest)
            fresh = rebase_targets(given, rest, session.progress)
    rebased = joined(targets, [*done.values(), fresh])
    published = publish_rebased(session, series, rebased, pins, overwrite=overwrite)
    if rest and not session.dry_run:
        settled.keep(replace(series), fresh)  # its lock is another one now
    return published


def publish_rebased(
    session: Session, series: Series, rebased: Rebased, pins: Pins, *, overwrite: bool = False
) -> PublishedRebase:
    """Write the patches and the lock of a rebase, as far as the session lets it."""
    planned = plan(series, rebased, pins, overwrite=overwrite)
    changed = publish(
        series, planned, session.operation, locked=session.locked, dry_run=session.dry_run
    )
    return PublishedRebase(rebased, tuple(changed), findings_of(series, rebased))


def findings_of(series: Series, rebased: Rebased) -> tuple[Finding, ...]:
    """What is to be told of *rebased*: histories that were not asked, resolutions without use."""
    unused = unused_resolutions(series, load_resolutions(series), rebased.cells)
    return (*unread_histories(rebased.cells), *unused)


def unread_histories(cells: Sequence[RebasedCell]) -> Iterator[Finding]:
    """A note for each project of which some history could not be asked, and why."""
    unread = [cell for cell in cells if cell.answer.why]
    for project, why in dict.fromkeys((cell.project, cell.answer.why) for cell in unread):
        mine = [cell for cell in unread if (cell.project, cell.answer.why) == (project, why)]
        bases = ", ".join(dict.fromkeys(cell.base for cell in mine))
        message = f"{project}: the history was not searched for changes that are in {bases}: {why}"
        yield Finding(
            "history-unread",
            Severity.NOTE,
            message,
            hint="only the merge decided whether these bases contain a change already",
        )
