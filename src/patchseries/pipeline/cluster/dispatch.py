"""Sending port jobs to a cluster through `concurrent.futures`, and reading what comes back.

The engine behind the executor gives the jobs to its machines, and gives those of a machine that
died to another one. What comes back only offers ports: each is confirmed where it is used
(:mod:`patchseries.pipeline.portcache`). A job that was not done is done here, by the rebase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from patchseries.errors import ProgramError, SeriesError
from patchseries.pipeline.cluster.job import JobAnswer, PortJob, packed, unpacked
from patchseries.pipeline.portcache import KeptPort
from patchseries.progress import ProgressCallback, Steps

_OFTEN = 0.5  # seconds between two looks at whether a worker is left
_MOST_LOST = 3  # times that all workers may be lost


class JobExecutor(Protocol):
    """Machines that do port jobs."""

    name: str
    """What a person calls it."""

    def workers(self) -> AbstractContextManager[Workers]:
        """Those that are there now; it waits for the first.

        :raises SeriesError: there is none, or it cannot be reached
        """


@dataclass(frozen=True, slots=True)
class Workers:
    """Machines that can do jobs now.

    :ivar executor: gives jobs to them
    :ivar work: what they do with a job
    :ivar is_any_left: whether one of them is still there
    :ivar fatal: what an error of a future means, where that is more than one worker's; else None
    """

    executor: Executor
    work: Callable[[bytes], bytes]
    is_any_left: Callable[[], bool] = lambda: True
    fatal: Callable[[PortJob, Exception], SeriesError | None] = lambda *_: None


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears of the work: what is being done, and what a person is to know."""

    progress: ProgressCallback
    warn: ProgressCallback


def ports_of_jobs(
    jobs: Sequence[PortJob], cluster: JobExecutor, hearing: Hearing
) -> dict[str, KeptPort]:
    """What the machines of *cluster* made of *jobs*, by the key of the port cache.

    :raises SeriesError: the cluster cannot be used, or a job ends the machines that do it
    """
    offered: dict[str, KeptPort] = {}
    steps = Steps(hearing.progress, len(jobs))
    undone = list(jobs)
    for _ in range(_MOST_LOST):
        if not undone:
            break
        with cluster.workers() as workers:
            for job, future in _as_completed(undone, workers):
                steps.begin(f"{job.words} on {cluster.name}")
                offered |= _ports(job, future, workers, hearing.warn)
                undone.remove(job)
    if undone:
        raise ProgramError(
            f"all workers of {cluster.name} were lost {_MOST_LOST} times",
            cause=f"at last while {undone[0].words}",
            hint="look at the logs of the workers, or leave out --executor",
        )
    return offered


def _as_completed(
    jobs: Sequence[PortJob], workers: Workers
) -> Iterator[tuple[PortJob, Future[bytes]]]:
    """Each of *jobs* with its future, when that is done; it ends when no worker is left."""
    futures = {workers.executor.submit(workers.work, packed(job)): job for job in jobs}
    rest = set(futures)
    while rest:
        done, rest = wait(rest, _OFTEN, "FIRST_COMPLETED")
        for future in [one for one in futures if one in done]:
            yield futures[future], future
        if not done and not workers.is_any_left():
            break


def _ports(
    job: PortJob, future: Future[bytes], workers: Workers, warn: ProgressCallback
) -> dict[str, KeptPort]:
    """What *future* offers; nothing where it failed, of which *warn* hears."""
    try:
        answer = unpacked(JobAnswer, future.result())
    except Exception as error:  # whatever another machine raised, or sent
        if (fatal := workers.fatal(job, error)) is not None:
            raise fatal from error
        what = f"{type(error).__name__}: {error}".split("\n")[0]
        warn(f"{job.words} failed on a worker, and is done here: {what}")
        return {}
    if answer.error is not None:
        warn(f"{job.words} is done here: {answer.worker} says: {answer.error}")
    return answer.ports
