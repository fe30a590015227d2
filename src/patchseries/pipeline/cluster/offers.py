"""A rebase that takes the ports of a cluster where they are confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from patchseries.model import Target
from patchseries.pipeline.cluster.dispatch import Hearing, ports_of_jobs
from patchseries.pipeline.cluster.job import jobs_for
from patchseries.pipeline.cluster.program import parts_digest, program_parts
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.portcache import PortCache
from patchseries.pipeline.session import Session


def take_offers(session: Session, given: RebaseInputs, targets: Sequence[Target]) -> None:
    """Have the session's cluster, if it has one, port onto *targets*, for *given* to take from.

    :raises SeriesError: the cluster cannot be used
    """
    if session.cluster is None or not isinstance(given.porter, PortCache):
        return
    jobs = list(jobs_for(given, targets, parts_digest(program_parts())))
    if jobs:
        with session.cluster() as cluster:
            hearing = Hearing(session.progress, session.warn)
            given.porter.offered = ports_of_jobs(jobs, cluster, hearing)
