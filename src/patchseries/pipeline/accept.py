"""Sign-off: what an adapted patch does, beside what its source does, and a person's yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchseries.git import Repository
from patchseries.lock import Acceptance, Cell, Lock
from patchseries.model import Finding, Outcome
from patchseries.pipeline.porting import Pins, Ported, publish_rebased
from patchseries.pipeline.rebase import Ingredients, RebasedCell, rebase
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.port import Change


@dataclass(frozen=True, slots=True)
class Offer:
    """One adapted port that waits for a person; the bases on which it is the same diff.

    :ivar range_diff: the source's diff against the port's, as ``git range-diff`` shows it
    """

    patch: str
    bases: tuple[str, ...]
    diff: str
    strategies: tuple[str, ...]
    findings: tuple[Finding, ...]
    range_diff: str


def offers(given: Ingredients, cells: Sequence[RebasedCell]) -> list[Offer]:
    """What is there to sign off among *cells*, equal diffs of one patch together."""
    waiting: dict[tuple[str, str], list[RebasedCell]] = {}
    for cell in cells:
        if cell.needs_review and cell.diff:
            waiting.setdefault((cell.patch, cell.diff), []).append(cell)
    return [
        Offer(
            patch,
            tuple(cell.base for cell in same),
            diff,
            same[0].result.strategies,
            same[0].result.findings,
            range_diff(given.repository, same[0]),
        )
        for (patch, diff), same in waiting.items()
    ]


def range_diff(repository: Repository, cell: RebasedCell) -> str:
    """The source's diff against the port's; "" when they do not differ or there is no commit."""
    if cell.source is None or cell.result.tree is None:
        return ""
    change = Change.of(repository, repository.commit(cell.source))
    shown = repository.range_diff((change.before, change.after), (cell.before, cell.result.tree))
    # the first line only names two commits that were made up for the comparison
    return shown.decode("utf-8", "replace").partition("\n")[2]


def accept(
    session: Session, series: Series, pins: Pins, taken: Sequence[Offer], by: str, on: str
) -> Ported:
    """Write the sign-off of *taken* into the lock, and into the heads of the patch files.

    :param by: who (``Name <mail>``)
    :param on: the day (ISO 8601)
    :raises SeriesError: a patch file of these bases was edited by hand
    """
    bases = tuple(dict.fromkeys(base for offer in taken for base in offer.bases))
    selection = Selection(bases=bases, patches=tuple(offer.patch for offer in taken))
    with session.ingredients(series, pins) as given:
        signed = replace(given, lock=_signed(series.lock, taken, by, on))
        rebased = rebase(signed, selection, session.told)
    return publish_rebased(session, series, rebased, pins)


def _signed(lock: Lock, taken: Sequence[Offer], by: str, on: str) -> Lock:
    cells = dict(lock.cells)
    for offer in taken:
        for base in offer.bases:
            known = cells.get((offer.patch, base), Cell(Outcome.ADAPTED))
            cells[offer.patch, base] = replace(known, accepted=Acceptance(by, on, offer.diff))
    return replace(lock, cells=cells)
