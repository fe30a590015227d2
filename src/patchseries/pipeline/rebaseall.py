"""Every series of a project rebased at once: ported side by side, written in one step.

What is wrong with one series is its own result, and stops no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from patchseries.errors import ExitCode, MachineError, SeriesError
from patchseries.journal import commit_files
from patchseries.model import Target
from patchseries.pipeline.mergedin import MergedIn, merged_in
from patchseries.pipeline.porting import Pins, PublishedRebase, findings_of
from patchseries.pipeline.publish import PublishPlan, differing, plan
from patchseries.pipeline.rebased import Rebased, joined
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.settled import SettledTargets
from patchseries.pipeline.sidebyside import ForkedWork, side_by_side
from patchseries.progress import ProgressCallback

if TYPE_CHECKING:
    from patchseries.pipeline.portcache import KeptPort

_EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class SeriesRebase:
    """What became of one series: it was ported, or there is an error.

    ``merged`` says by which commits bases have its patch files, by patch and base.
    """

    name: str
    series: Series | None = None
    ported: PublishedRebase | None = None
    merged: Mapping[tuple[str, str], MergedIn] = field(default_factory=dict)
    error: SeriesError | None = None

    @property
    def exit_code(self) -> int:
        """The exit status of a rebase of this series alone."""
        if self.error is not None:
            return self.error.exit_code
        is_stuck = self.ported is not None and self.ported.conflicts
        return ExitCode.FINDINGS if is_stuck else ExitCode.OK


@dataclass(frozen=True, slots=True)
class OpenSeries:
    """A series as it is on disk while the project is held, and its pins."""

    series: Series
    pins: Pins


@dataclass(frozen=True, slots=True)
class _Share:
    """A series; ``done`` are the settled targets, ``rest`` is to be ported."""

    opened: OpenSeries
    done: Mapping[Target, Rebased]
    rest: Sequence[Target]

    @property
    def cells(self) -> int:
        """How many are to be ported."""
        manifest = self.opened.series.manifest
        return sum(len(manifest.patches_of(target.project)) for target in self.rest)


def rebase_all(
    settled: SettledTargets, opened: Sequence[OpenSeries], *, overwrite: bool = False
) -> list[SeriesRebase]:
    """Port what is not *settled* of each series, and write the patches and locks of all.

    :raises SeriesError: the machine lacks something, the cluster cannot be used, or nothing can be
        written; then nothing was
    """
    session = settled.session
    shares = [_share(settled, one) for one in opened]
    offered = _offered(session, shares) if session.cluster is not None else {}
    results: list[SeriesRebase] = []
    changes: dict[str, bytes | None] = {}
    fresh: list[tuple[Series, Rebased]] = []
    for share, ported in zip(shares, _ported(session, shares, offered), strict=True):
        series = share.opened.series
        try:
            result, planned = _planned(session, share, ported, overwrite=overwrite)
        except MachineError:
            raise
        except SeriesError as error:
            results.append(SeriesRebase(series.name, error=error))
            continue
        results.append(result)
        changes |= planned.changes
        if isinstance(ported, Rebased):
            fresh.append((series, ported))
    if changes and not session.dry_run:
        commit_files(opened[0].series.state, changes, session.operation)
        for series, ported in fresh:
            settled.keep(replace(series), ported)  # its lock is another one now
    return results


def _planned(
    session: Session, share: _Share, ported: Rebased | SeriesError, *, overwrite: bool
) -> tuple[SeriesRebase, PublishPlan]:
    """What became of a series, and what is to be written for it.

    :raises SeriesError: it could not be ported, or may not be written
    """
    if isinstance(ported, SeriesError):
        raise ported
    series, pins = share.opened.series, share.opened.pins
    rebased = joined(_targets(series), [*share.done.values(), ported])
    planned = plan(series, rebased, pins, overwrite=overwrite)
    paths = differing(series, planned, locked=session.locked)
    published = PublishedRebase(rebased, tuple(paths), findings_of(series, rebased))
    merged = merged_in(session, series, pins, rebased.cells)
    return SeriesRebase(series.name, series, published, merged), planned


def _targets(series: Series) -> list[Target]:
    return _EVERYTHING.targets(series.manifest)


def _share(settled: SettledTargets, opened: OpenSeries) -> _Share:
    done = settled.rebased(opened.series, _EVERYTHING)
    return _Share(opened, done, [t for t in _targets(opened.series) if t not in done])


def _offered(session: Session, shares: Sequence[_Share]) -> dict[str, KeptPort]:
    """What the session's cluster made of all that is to be ported."""
    from patchseries.pipeline.cluster.offers import jobs_of, offered_ports

    jobs = []
    for share in shares:
        if share.rest:
            with (
                suppress(SeriesError),  # it is told where that series is ported
                session.rebase_inputs(share.opened.series, share.opened.pins) as given,
            ):
                jobs += jobs_of(given, share.rest)
    return offered_ports(session, jobs)


def _ported(
    session: Session, shares: Sequence[_Share], offered: Mapping[str, KeptPort]
) -> list[Rebased | SeriesError]:
    """What each of *shares* came to, in their order.

    One that is more than a process's part of the whole is ported by all processes; the others side
    by side, the longest first.
    """
    results: dict[int, Rebased | SeriesError] = {
        number: Rebased(()) for number, share in enumerate(shares) if not share.rest
    }
    total = sum(share.cells for share in shares)
    order = sorted(set(range(len(shares))) - results.keys(), key=lambda n: -shares[n].cells)
    large = [n for n in order if shares[n].cells * session.jobs >= total]
    are_many = session.jobs > 1 and len(order) - len(large) > 1
    for number in large if are_many else order:
        results[number] = _port(session, shares[number], offered, session.progress)
    if rest := [number for number in order if number not in results]:
        alone = replace(session, jobs=1)

        def port_one(_: None, number: int, say: ProgressCallback) -> Rebased | SeriesError:
            return _port(alone, shares[number], offered, say)

        work = ForkedWork(lambda: None, port_one)
        parts = side_by_side(work, rest, session.jobs, session.progress)
        results |= zip(rest, parts, strict=True)
    return [results[number] for number in range(len(shares))]


def _port(
    session: Session,
    share: _Share,
    offered: Mapping[str, KeptPort],
    progress: ProgressCallback,
) -> Rebased | SeriesError:
    from patchseries.pipeline.portcache import PortCache
    from patchseries.pipeline.rebase import rebase_targets  # the engine: long to import

    series, pins = share.opened.series, share.opened.pins
    try:
        with session.rebase_inputs(series, pins) as given:
            if isinstance(given.porter, PortCache):
                given.porter.offered = offered
            return rebase_targets(given, share.rest, lambda w: progress(f"{series.name}: {w}"))
    except MachineError:
        raise
    except SeriesError as error:
        return error
