"""Sign-off: an adapted patch compared with its source, and a person's approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchseries.files import sha256
from patchseries.git import Repository
from patchseries.lock import Acceptance, Cell, Lock
from patchseries.model import Finding, Outcome
from patchseries.patches.header import split_patch
from patchseries.patches.interdiff import without_numbers
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.porting import Pins, PublishedRebase, publish_rebased
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import RebasedCell
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session


@dataclass(frozen=True, slots=True)
class Offer:
    """One adapted port that waits for a person; the bases on which it is the same diff.

    :ivar shape: digest of the diff without its line numbers
    :ivar range_diff: the source's diff against the port's, as ``git range-diff`` shows it
    """

    patch: str
    bases: tuple[str, ...]
    diff: str
    shape: str
    strategies: tuple[str, ...]
    findings: tuple[Finding, ...]
    range_diff: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who (``Name <mail>``) signs off, and on which day (ISO 8601)."""

    by: str
    on: str


def offers(given: RebaseInputs, cells: Sequence[RebasedCell]) -> list[Offer]:
    """The ports among *cells* that are not signed off.

    Equal diffs of one patch are grouped if their findings are equal too.
    """
    waiting: dict[tuple[object, ...], list[RebasedCell]] = {}
    for cell in cells:
        if cell.needs_review and cell.diff:
            told = _beside_the_diff(cell.result.strategies, cell.result.findings)
            waiting.setdefault((cell.patch, cell.diff, told), []).append(cell)
    return [
        Offer(
            same[0].patch,
            tuple(cell.base for cell in same),
            same[0].diff or "",
            shape(same[0]),
            same[0].result.strategies,
            same[0].result.findings,
            range_diff(given.repository, same[0]),
        )
        for same in waiting.values()
    ]


def alike(waiting: Sequence[Offer]) -> list[list[Offer]]:
    """*waiting* in groups that differ only in line numbers: reading one of each is enough."""
    groups: dict[tuple[object, ...], list[Offer]] = {}
    for offer in waiting:
        told = _beside_the_diff(offer.strategies, offer.findings)
        groups.setdefault((offer.patch, offer.shape, told), []).append(offer)
    return list(groups.values())


def _beside_the_diff(strategies: Sequence[str], findings: Sequence[Finding]) -> tuple[object, ...]:
    """What a reader is told beside the diff, line numbers aside."""
    return tuple(strategies), tuple(replace(finding, line=None) for finding in findings)


def shape(cell: RebasedCell) -> str:
    """The digest of what *cell*, which has a patch file, changes, without its line numbers."""
    return sha256(without_numbers(split_patch(cell.files[0].data)[1]))


def range_diff(repository: Repository, cell: RebasedCell) -> str:
    """The source's diff against the port's; "" when they do not differ or there is no commit."""
    change = cell.change
    if change is None or cell.result.tree is None:
        return ""
    shown = repository.range_diff((change.before, change.after), (cell.before, cell.result.tree))
    return shown.decode("utf-8", "replace")


def accept(
    session: Session, series: Series, pins: Pins, taken: Sequence[Offer], sign_off: SignOff
) -> PublishedRebase:
    """Write the sign-off of *taken* into the lock, and into the heads of the patch files.

    :raises SeriesError: a patch file of these bases was edited by hand
    """
    bases = tuple(dict.fromkeys(base for offer in taken for base in offer.bases))
    selection = Selection(bases=bases, patches=tuple(offer.patch for offer in taken))
    with session.rebase_inputs(series, pins) as given:
        signed = replace(given, lock=_signed(series.lock, taken, sign_off))
        rebased = rebase(signed, selection, session.progress)
    return publish_rebased(session, series, rebased, pins)


def _signed(lock: Lock, taken: Sequence[Offer], sign_off: SignOff) -> Lock:
    cells = dict(lock.cells)
    for offer in taken:
        for base in offer.bases:
            known = cells.get((offer.patch, base), Cell(Outcome.ADAPTED))
            accepted = Acceptance(sign_off.by, sign_off.on, offer.diff)
            cells[offer.patch, base] = replace(known, accepted=accepted)
    return replace(lock, cells=cells)
