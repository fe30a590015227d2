"""What a way to name releases must tell, and where a ref stands by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from patchseries.landed.graph import NamedRefs
from patchseries.landed.versions import Key

UNRELEASED = "unreleased"
"""The line of what is on the main branch and in no tag."""


@dataclass(frozen=True, slots=True)
class ReleasePlace:
    """Where a ref stands: its line, and its place within it."""

    rank: tuple[int, ...]
    """Orders the lines; the least of its tags' is a line's."""
    line: str
    key: Key
    tag: str | None
    """The tag's name; None for the head of a branch, which has no release yet."""


class Scheme(Protocol):
    """How one project names its releases."""

    def tag(self, name: str) -> ReleasePlace | None:
        """Where the tag stands, or None when it is no release."""

    def branch(self, name: str) -> ReleasePlace | None:
        """Where the head of the branch stands, or None when it is no line's branch."""

    def line_named(self, name: str) -> str | None:
        """The line that a person calls *name*, or None."""

    def learned(self, refs: NamedRefs) -> Scheme:
        """The same with what the repository's own *refs* tell of its lines."""
