"""A dask cluster as the executor of port jobs: `dask://HOST:PORT`, `dask+tls://HOST:PORT`.

dask's scheduler gives the jobs to its workers, moves them from a slow worker to one that waits, and
gives those of a worker that died to another. Certificates come from dask's own configuration.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patchseries.errors import ProgramError, SeriesError, UpstreamError
from patchseries.pipeline.cluster.dispatch import Hearing, Workers
from patchseries.pipeline.cluster.job import PortJob
from patchseries.pipeline.cluster.program import difference

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE = 60.0  # seconds to wait for the first worker
_CONNECTING = 10.0  # seconds for the scheduler to answer
_ANSWERING = 10.0  # seconds for a worker to say which program it has
_AT_ONCE = 16  # workers that are asked at the same time
_SOON = 0.5  # seconds between two looks for a worker


@dataclass(frozen=True, slots=True)
class WorkerFunctions:
    """What a worker runs, by its module and name, which must be importable there.

    :ivar work: does a job
    :ivar program: says which program the worker has
    """

    work: Callable[[bytes], bytes]
    program: Callable[[], dict[str, str]]


@contextmanager
def dask_cluster(
    address: str, functions: WorkerFunctions, hearing: Hearing
) -> Iterator[DaskCluster]:
    """The cluster of the scheduler *address*, ``dask://HOST:PORT``, while the block lasts.

    :raises ProgramError: dask.distributed is not installed
    :raises UpstreamError: the scheduler cannot be reached
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ProgramError(
            "--executor needs dask.distributed, which is not installed",
            cause=str(error),
            hint="install the extra: pip install 'patchseries[dask]'",
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it means is told here
    hearing.progress(f"connecting to {address}")
    try:
        with warnings.catch_warnings():  # of other versions: the program's are compared here
            warnings.simplefilter("ignore")
            url = address.replace("dask+tls://", "tls://").replace("dask://", "tcp://")
            client = Client(url, timeout=_CONNECTING, set_as_default=False, name="patchseries")
    except (OSError, TypeError, ValueError, RuntimeError) as error:
        raise UpstreamError(
            f"the scheduler {address} cannot be reached",
            cause=str(error),
            hint="start it with `dask scheduler`, or leave out --executor",
        ) from error
    with client:
        yield DaskCluster(address, client, functions, hearing)


@dataclass
class DaskCluster:
    """The workers of one scheduler that have this very program; each other is refused, and told."""

    name: str
    client: Client
    functions: WorkerFunctions
    hearing: Hearing
    _usable: dict[str, bool] = field(default_factory=dict)
    """By address of a worker that was asked: whether it has this program."""

    @contextmanager
    def workers(self) -> Iterator[Workers]:
        """Those that are there now; one that joins later is not waited for.

        :raises UpstreamError: none joins in time, or the scheduler is gone
        :raises ProgramError: all of them are refused
        """
        addresses = self._first_usable()
        executor = self.client.get_executor(workers=sorted(addresses), pure=False)
        try:
            yield Workers(
                executor,
                self.functions.work,
                lambda: bool(addresses & self._present()),
                self._fatal,
            )
        finally:
            executor.shutdown(wait=False)  # takes back what is not done

    def _first_usable(self) -> set[str]:
        end = time.monotonic() + _PATIENCE
        while True:
            present = self._present()
            self._ask(sorted(present - self._usable.keys()))
            if usable := {address for address in present if self._usable.get(address)}:
                return usable
            if present:
                raise ProgramError(
                    f"no worker of {self.name} can be used: {len(present)} refused",
                    hint="install the same patchseries, git and libraries on each",
                )
            if time.monotonic() > end:
                raise UpstreamError(
                    f"no worker has joined {self.name} in {_PATIENCE:.0f} s",
                    hint="start some with `dask worker`, or leave out --executor",
                )
            self.hearing.progress(f"waiting for a worker of {self.name}")
            time.sleep(_SOON)

    def _present(self) -> set[str]:
        """The addresses of the workers that the scheduler has now."""
        try:
            return set(self.client.scheduler_info(n_workers=-1)["workers"])
        except Exception as error:
            raise self._lost(error) from error

    def _ask(self, addresses: Sequence[str]) -> None:
        """Ask each worker which program it has; say which are refused, and what differs."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for address, program in zip(addresses, pool.map(self._program, addresses), strict=True):
                words = difference(program)
                self._usable[address] = not words
                if words:
                    self.hearing.warn(f"worker {address} is refused: {words}")

    def _program(self, address: str) -> object:
        try:
            answers = self.client.run(
                self.functions.program,
                workers=[address],
                on_error="return",
                callback_timeout=_ANSWERING,
            )
        except Exception as error:  # whatever reading its answer raises
            return error
        return answers.get(address)

    def _fatal(self, job: PortJob, error: Exception) -> SeriesError | None:
        from distributed import KilledWorker

        if isinstance(error, CancelledError):
            return self._lost(error)
        if isinstance(error, KilledWorker):
            return ProgramError(
                f"{job.words} ended {error.allowed_failures + 1} workers of {self.name}",
                hint="look at their logs: was the memory full?",
            )
        return None

    def _lost(self, error: Exception) -> SeriesError:
        return UpstreamError(
            f"the scheduler {self.name} does not answer any more", cause=str(error)
        )
