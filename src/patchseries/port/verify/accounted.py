"""What the engine says that it did besides merging: mapped paths, renamed words, dropped hunks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _unchanged(text: bytes) -> bytes:
    return text


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of the change that was left out on purpose: its upstream path and its lines.

    With no lines at all, the whole file was dropped.
    """

    path: str
    removed: tuple[bytes, ...] = ()
    added: tuple[bytes, ...] = ()

    @property
    def whole_file(self) -> bool:
        """Whether nothing of the file was ported."""
        return not self.removed and not self.added


@dataclass(frozen=True, slots=True)
class Accounted:
    """The engine's account of a port; the default is git's own merge, which maps nothing.

    ``paths``: upstream path → path in the target, for each path that moved.
    ``rename``: the identifier map, from upstream text to target text, line by line.
    ``dropped``: what was left out.
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    rename: Callable[[bytes], bytes] = _unchanged
    dropped: tuple[LeftOut, ...] = ()

    def drops_file(self, path: str) -> bool:
        """Whether the whole upstream file *path* was left out."""
        return any(d.path == path and d.whole_file for d in self.dropped)
