"""A three-way merge that calls a conflict only what really overlaps.

git's merge needs an untouched line between two changes; here they may touch. What does
overlap becomes an :data:`Overlap`, as small as the two sides allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchseries.model import Sides
from patchseries.port.hunks.lines import Replacement, edits


@dataclass(frozen=True, slots=True)
class Span:
    """A range of positions, ``lines[low:high]``."""

    low: int
    high: int

    def of(self, lines: Sequence[str]) -> list[str]:
        """The lines of the range."""
        return list(lines[self.low : self.high])


Overlap = Sides[Span]
"""Where both sides changed the same lines: the range in each of the three texts."""


def merge3(
    ancestor: Sequence[str], ours: Sequence[str], theirs: Sequence[str], *, slide: bool = True
) -> list[list[str] | Overlap]:
    """The merge, in order: lines that are settled, and regions that are not."""
    return join(
        ancestor,
        ours,
        theirs,
        edits(ancestor, ours, slide=slide),
        edits(ancestor, theirs, slide=slide),
    )


def join(
    ancestor: Sequence[str],
    ours: Sequence[str],
    theirs: Sequence[str],
    our_edits: Sequence[Replacement],
    their_edits: Sequence[Replacement],
) -> list[list[str] | Overlap]:
    """The merge of two sides whose changes to *ancestor* are known."""
    merged: list[list[str] | Overlap] = []
    settled: list[str] = []
    at = ours_off = theirs_off = 0
    for group in _groups(our_edits, their_edits):
        low = min(edit.low for edit, _ in group)
        high = max(edit.high for edit, _ in group)
        settled.extend(ancestor[at:low])
        our_growth = sum(_growth(edit) for edit, is_ours in group if is_ours)
        their_growth = sum(_growth(edit) for edit, is_ours in group if not is_ours)
        region = Sides(
            Span(low, high),
            Span(low + ours_off, high + ours_off + our_growth),
            Span(low + theirs_off, high + theirs_off + their_growth),
        )
        decided = _decided(region, group, ours, theirs)
        if decided is None:
            merged.extend((settled, region))
            settled = []
        else:
            settled.extend(decided)
        at, ours_off, theirs_off = high, ours_off + our_growth, theirs_off + their_growth
    settled.extend(ancestor[at:])
    merged.append(settled)
    return merged


def _decided(
    region: Overlap,
    group: Sequence[tuple[Replacement, bool]],
    ours: Sequence[str],
    theirs: Sequence[str],
) -> list[str] | None:
    sides = {is_ours for _, is_ours in group}
    our_lines, their_lines = region.ours.of(ours), region.theirs.of(theirs)
    if sides == {True} or our_lines == their_lines:
        return our_lines
    return their_lines if sides == {False} else None


def _growth(edit: Replacement) -> int:
    return (edit.end - edit.start) - (edit.high - edit.low)


def _groups(
    our_edits: Sequence[Replacement], their_edits: Sequence[Replacement]
) -> list[list[tuple[Replacement, bool]]]:
    """The edits of both sides in order, those that overlap together."""
    ordered = sorted(
        [(edit, True) for edit in our_edits] + [(edit, False) for edit in their_edits],
        key=lambda item: (item[0].low, item[0].high),
    )
    groups: list[list[tuple[Replacement, bool]]] = []
    for edit, is_ours in ordered:
        last = groups[-1] if groups else []
        if any(other_side != is_ours and _overlap(edit, other) for other, other_side in last):
            last.append((edit, is_ours))
        else:
            groups.append([(edit, is_ours)])
    return groups


def _overlap(one: Replacement, other: Replacement) -> bool:
    if one.low == one.high and other.low == other.high:
        return one.low == other.low
    if one.low == one.high:
        return other.low < one.low < other.high
    if other.low == other.high:
        return one.low < other.low < one.high
    return max(one.low, other.low) < min(one.high, other.high)
