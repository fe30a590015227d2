"""A rich console on which no text can steer the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from patchseries.visible import printable


class SafeConsole(Console):
    """As rich's, but control characters are shown as escapes, in tables too.

    Only the styles that we set reach the terminal as control sequences.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The segments of *renderable*, their text made visible."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(printable(segment.text), segment.style)
