"""Their edits of a region one by one, each at the counterpart of its lines in ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from patchseries.port.hunks.lines import Replacement, edits
from patchseries.port.hunks.regions import Dispute
from patchseries.port.hunks.words import counterparts, merge_words
from patchseries.port.hunks.wrap import fit


def align(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which line of *new* is which of *old*: equal ones, and like ones where some were replaced."""
    found: dict[int, int] = {}
    at = start = 0
    for edit in [*edits(old, new), Replacement(len(old), len(old), len(new), len(new))]:
        found.update(zip(range(at, edit.low), range(start, edit.start), strict=True))
        replaced = counterparts(old[edit.low : edit.high], new[edit.start : edit.end])
        found.update((edit.low + a, edit.start + b) for a, b in replaced.items())
        at, start = edit.high, edit.end
    return found


@dataclass
class Interleaving:
    """One region interleaved. ``ours_first``: of lines added on one spot, ours come first."""

    dispute: Dispute
    ours_first: bool
    out: list[str] = field(default_factory=list)
    emitted: int = 0

    def __post_init__(self) -> None:
        self.to_ours = align(self.dispute.ancestor, self.dispute.ours)
        to_theirs = align(self.dispute.ancestor, self.dispute.theirs)
        self.to_ancestor = {new: old for old, new in to_theirs.items()}
        self.gone = {here for old, here in self.to_ours.items() if old not in to_theirs}

    def lines(self) -> list[str] | None:
        """The interleaved lines; None where both sides changed the same words of a line."""
        for at in range(len(self.dispute.theirs)):
            old = self.to_ancestor.get(at)
            if old is None:
                self._add(at)
            elif not self._keep(at, old):
                return None
        self._catch_up(len(self.dispute.ours))
        return self.out

    def _add(self, at: int) -> None:
        if self.ours_first:
            self._catch_up(self._next_counterpart(at))
        if not self._in_missing_block(at):
            self.out.append(self.dispute.theirs[at])

    def _keep(self, at: int, old: int) -> bool:
        """Put ours of a line that theirs kept or changed; a line that ours lacks stays away."""
        here = self.to_ours.get(old)
        if here is None:
            return True
        self._catch_up(here)
        self.emitted = here + 1
        sides = self.dispute.ancestor[old], self.dispute.ours[here], self.dispute.theirs[at]
        merged = merge_words(*sides)
        if merged is None:
            return False
        self.out.append(fit(merged, sides))
        return True

    def _catch_up(self, stop: int) -> None:
        pending = range(self.emitted, stop)
        self.out.extend(self.dispute.ours[at] for at in pending if at not in self.gone)
        self.emitted = max(self.emitted, stop)

    def _next_counterpart(self, at: int) -> int:
        for later in range(at + 1, len(self.dispute.theirs)):
            here = self.to_ours.get(self.to_ancestor.get(later, -1))
            if here is not None:
                return here
        return len(self.dispute.ours)

    def _in_missing_block(self, at: int) -> bool:
        """Whether the line stands in a block whose head the ancestor has and ours has not."""
        texts, region = self.dispute.texts, self.dispute.region
        for head in texts.heads(_telling(texts.theirs, region.theirs.low + at)):
            if head >= region.theirs.low:
                old = self.to_ancestor.get(head - region.theirs.low)
                is_here = old in self.to_ours
            else:
                old = texts.to_ancestor(head)
                is_here = old is not None and texts.to_ours(old) is not None
            if old is not None:
                return not is_here and not texts.is_named_here(head)
        return False


def _telling(lines: Sequence[str], at: int) -> int:
    """The line at *at*, or the next that is not blank: a blank line goes with what follows."""
    return next((n for n in range(at, len(lines)) if lines[n].strip()), at)
