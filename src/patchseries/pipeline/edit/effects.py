"""What a change of the series would do to its cells: ported before and after, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from patchseries.errors import UpstreamError
from patchseries.git import Repository
from patchseries.model import CommitId, Outcome, TreeId
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.portcache import Porter
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import RebasedCell
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.port import Change, PortOptions, PortResult
from patchseries.progress import Steps


@dataclass(frozen=True, slots=True)
class Effect:
    """A cell that would change.

    :ivar before: its outcome now (None: there is no such patch yet)
    :ivar after: its outcome then
    :ivar lapses: somebody signed it off, and would be asked again
    """

    patch: str
    base: str
    before: Outcome | None
    after: Outcome
    lapses: bool = False

    def __str__(self) -> str:
        """As it is told: ``retry on 1.2: clean -> conflict``."""
        if self.before is self.after:
            words = f"{self.after}, with another diff"
        else:
            words = f"{self.before or 'new'} -> {self.after}"
        again = ", to be signed off again" if self.lapses else ""
        return f"{self.patch} on {self.base}: {words}{again}"


def bases_at_hand(
    session: Session, series: Series, project: str
) -> tuple[dict[tuple[str, str], CommitId], list[str]]:
    """The pins of the bases of *project* that are in the cache whole; the bases that are not."""
    offline = replace(session, fetching=replace(session.fetching, offline=True))
    pins: dict[tuple[str, str], CommitId] = {}
    missing: list[str] = []
    for base in series.manifest.projects[project].bases:
        try:
            pins |= offline.fetch(series, Selection((project,), (base,)))
        except UpstreamError:
            missing.append(base)
    return pins, missing


def effects(
    session: Session, before: RebaseInputs, after: RebaseInputs, project: str, bases: Sequence[str]
) -> list[Effect]:
    """The cells of *project* on *bases* that *after* changes: the outcome, or an adapted diff.

    What both port alike is ported once.
    """
    porter = _remembering(before.porter)
    found: list[Effect] = []
    steps = Steps(session.progress, len(bases))
    for base in bases:
        steps.begin(f"checking what changes in {project} on {base}")
        old, new = (
            _cells(replace(given, porter=porter), project, base) for given in (before, after)
        )
        found += _compared(old, new)
    return found


def _compared(old: Mapping[str, RebasedCell], new: Mapping[str, RebasedCell]) -> Iterator[Effect]:
    for name, cell in new.items():
        was = old.get(name)
        if was is None:
            if cell.outcome not in (Outcome.CLEAN, Outcome.NOT_APPLICABLE):
                yield Effect(name, cell.base, None, cell.outcome)
        elif was.outcome is not cell.outcome or (
            cell.outcome is Outcome.ADAPTED and was.diff != cell.diff
        ):
            lapses = cell.needs_review and was.accepted is not None
            yield Effect(name, cell.base, was.outcome, cell.outcome, lapses)


def _cells(given: RebaseInputs, project: str, base: str) -> dict[str, RebasedCell]:
    cells = rebase(given, Selection((project,), (base,)), lambda _: None).cells
    return {cell.patch: cell for cell in cells}


def _remembering(porter: Porter) -> Porter:
    known: dict[tuple[Change, TreeId, PortOptions], PortResult] = {}

    def port(
        repository: Repository, change: Change, onto: TreeId, options: PortOptions
    ) -> PortResult:
        key = (change, onto, options)
        if key not in known:
            known[key] = porter(repository, change, onto, options)
        return known[key]

    return port
