"""The same work on several things at once, in processes that are forked from this one.

A process starts with all that this one holds, so nothing has to be sent to it; what it makes is
sent back. It hears no Ctrl-C of its own: this process ends it, and it ends with this process.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from typing import Any, Generic, TypeVar

from patchseries.errors import ProgramError
from patchseries.progress import ProgressCallback

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

_OFTEN = 0.1  # seconds between two looks at what the processes say
_PR_SET_PDEATHSIG = 1  # of prctl(2)


@dataclass(frozen=True)
class ForkedWork(Generic[C, T, R]):
    """What is done with each thing.

    :ivar start: is called once in each process; what it gives is for that process alone
    :ivar run: makes a result of that and of one thing; it says what it does by the last argument
    """

    start: Callable[[], C]
    run: Callable[[C, T, ProgressCallback], R]


def side_by_side(
    work: ForkedWork[C, T, R], things: Sequence[T], jobs: int, hear: ProgressCallback
) -> list[R]:
    """What *work* makes of each of *things*, in their order, in at most *jobs* processes.

    :param hear: what the processes say, in this process
    :raises SeriesError: what the first thing raised that raised one, or a process was killed
    """
    context = multiprocessing.get_context("fork")
    words: SimpleQueue[str] = context.SimpleQueue()
    state = (work, words, os.getpid())
    count = min(jobs, len(things))
    with ProcessPoolExecutor(count, context, _begin, state) as pool, _ended_with(pool):
        futures = [pool.submit(_run, thing) for thing in things]
        rest: set[Future[R]] = set(futures)
        while rest:
            rest = wait(rest, _OFTEN).not_done
            while not words.empty():
                hear(words.get())
        try:
            return [future.result() for future in futures]
        except BrokenProcessPool as error:
            raise ProgramError(
                "a process that did a part of the work was killed",
                hint="if the memory was full: -j1 takes less",
            ) from error


@contextmanager
def _ended_with(pool: ProcessPoolExecutor) -> Iterator[None]:
    """End the processes of *pool* at once when the block is interrupted."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
        raise


_mine: list[Any] = []
"""In a process of the pool: the work, what its start gave, and the way to say something."""


def _begin(work: ForkedWork[Any, Any, Any], words: SimpleQueue[str], parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before this was words
        os._exit(1)
    _mine[:] = [work, work.start(), words.put]


def _run(thing: Any) -> Any:
    work, mine, say = _mine
    return work.run(mine, thing, say)
