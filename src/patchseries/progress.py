"""Progress of long steps."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[str], None]
"""Called with a few words at each new step."""


def no_progress(_: str) -> None:
    """A callback that ignores progress."""
