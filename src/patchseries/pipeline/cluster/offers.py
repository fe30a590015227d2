"""A rebase that takes the ports of a cluster where they are confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from patchseries.model import Target
from patchseries.pipeline.cluster.dispatch import Hearing, ports_of_jobs
from patchseries.pipeline.cluster.job import PortJob, jobs_for
from patchseries.pipeline.cluster.program import parts_digest, program_parts
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.portcache import KeptPort, PortCache
from patchseries.pipeline.session import Session


def take_offers(session: Session, given: RebaseInputs, targets: Sequence[Target]) -> None:
    """Have the session's cluster, if it has one, port onto *targets*, for *given* to take from.

    :raises SeriesError: the cluster cannot be used
    """
    if session.cluster is not None and isinstance(given.porter, PortCache):
        given.porter.offered = offered_ports(session, jobs_of(given, targets))


def jobs_of(given: RebaseInputs, targets: Sequence[Target]) -> list[PortJob]:
    """The jobs of *targets* that other machines can do."""
    return list(jobs_for(given, targets, parts_digest(program_parts())))


def offered_ports(session: Session, jobs: Sequence[PortJob]) -> dict[str, KeptPort]:
    """What the session's cluster made of *jobs*, by the key of the port cache.

    :raises SeriesError: the cluster cannot be used
    """
    if session.cluster is None or not jobs:
        return {}
    with session.cluster() as cluster:
        return ports_of_jobs(jobs, cluster, Hearing(session.progress, session.warn))
