"""What a long step says while it works."""

from __future__ import annotations

import itertools
from collections.abc import Callable

ProgressCallback = Callable[[str], None]
"""Is called with a few words whenever something new begins."""


def no_progress(_: str) -> None:
    """Progress that nobody watches."""


class Steps:
    """The steps of a long work, counted from 1 to *total*; several threads may begin one.

    >>> steps = Steps(print, 2)
    >>> steps.begin("fetching nova")
    [1/2] fetching nova
    >>> steps.begin("fetching keystone")
    [2/2] fetching keystone
    """

    def __init__(self, progress: ProgressCallback, total: int) -> None:
        self._progress = progress
        self._total = total
        self._numbers = itertools.count(1)

    def begin(self, words: str) -> None:
        """Say that the next step begins; one that is the only one is not counted."""
        count = f"[{next(self._numbers)}/{self._total}] " if self._total > 1 else ""
        self._progress(f"{count}{words}")
