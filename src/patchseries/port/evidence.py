"""Choosing among the candidates for a region by what the three texts say."""

from __future__ import annotations

from collections.abc import Sequence

from patchseries.port.words import likeness

_REWRITTEN = 0.65
"""Base and theirs less alike than this: theirs wrote the region anew."""
_OTHER = 0.75
"""Base and ours less alike than this: ours is another state of the code."""


def order(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """The rules whose candidates fit the region, the best first (the others follow)."""
    changed = likeness("".join(base), "".join(theirs))
    apart = likeness("".join(base), "".join(ours))
    kept = sum(1 for line in base if line.strip() and line in theirs)
    if not base:
        return []
    if not any(line.strip() for line in ours):
        return ["theirs"] if kept <= 1 and changed < _REWRITTEN else ["missing-neighbour"]
    if not theirs:
        return ["weave"] if apart >= _OTHER else ["theirs"] if apart >= 0.5 else ["dropped"]
    if kept <= 1 and (changed < _REWRITTEN or apart < _OTHER):
        if apart >= 0.9:
            return []
        return ["theirs"] if changed < _REWRITTEN else ["words", "theirs"]
    return []
