"""What a worker of a cluster runs for `series rebase --executor`, with its own environment."""

from __future__ import annotations

from threading import Lock

from patchseries.cli.common import Given
from patchseries.cli.terminal import Progress
from patchseries.pipeline.cluster import worker
from patchseries.pipeline.cluster.program import program_parts

__all__ = ["program_parts", "work"]

_ALONE = Lock()
"""One job at a time in a process: parsers and caches in memory are not for several threads."""


def work(job: bytes) -> bytes:
    """The answer to *job*, with this machine's $SERIES_CACHE and $SERIES_MIRRORS."""
    given = Given(quiet=True)
    with _ALONE:
        session = given.session(Progress(given))
        return worker.answer(job, session.cache, session.fetching, _name())


def _name() -> str:
    """What this worker is called in messages."""
    try:
        from distributed import get_worker

        return f"worker {get_worker().address}"
    except (ImportError, ValueError):  # it is no worker of dask
        return "a worker"
