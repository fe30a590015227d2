"""What a long step says while it works."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[str], None]
"""Is called with a few words whenever something new begins."""


def no_progress(_: str) -> None:
    """Progress that nobody watches."""
