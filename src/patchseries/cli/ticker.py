"""Progress where no terminal shows it change: a line every few seconds, in a CI log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping


def is_ci(environ: Mapping[str, str]) -> bool:
    """Whether a CI service runs this: all of them set $CI."""
    return environ.get("CI", "").lower() not in ("", "0", "false")


class Ticker:
    """Says what goes on, and since when, every so many seconds, until it is stopped."""

    def __init__(self, say: Callable[[str], None], seconds: float = 10.0) -> None:
        self._say = say
        self._seconds = seconds
        self._words = "starting"
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()

    def update(self, words: str) -> None:
        """What goes on from now on; with no words, nothing is said."""
        self._words = words

    def stop(self) -> None:
        """Say nothing any more."""
        self._ended.set()
        self._thread.join()

    def _tick(self) -> None:
        while not self._ended.wait(self._seconds):
            if self._words:
                self._say(f"{self._words} ({time.monotonic() - self._started:.0f} s)")
