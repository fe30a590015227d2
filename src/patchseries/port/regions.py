"""A region that both sides changed, its texts, and the candidates for it: as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

from patchseries.port.lines import Edit, Lines, compare, indent
from patchseries.port.merge3 import Region


@dataclass(frozen=True)
class Texts:
    """The lines of the three texts, and what each side did to the base."""

    base: Lines
    ours: Lines
    theirs: Lines
    our_edits: Sequence[Edit]
    their_edits: Sequence[Edit]

    @classmethod
    def of(cls, base: Lines, ours: Lines, theirs: Lines) -> Texts:
        """Compare both sides with the base."""
        return cls(base, ours, theirs, compare(base, ours), compare(base, theirs))

    @cached_property
    def to_base(self) -> dict[int, int]:
        """Their untouched lines: position in theirs → in the base."""
        return {new: old for old, new in _untouched(self.their_edits, len(self.base))}

    @cached_property
    def to_ours(self) -> dict[int, int]:
        """Our untouched lines: position in the base → in ours."""
        return dict(_untouched(self.our_edits, len(self.base)))

    @cached_property
    def _outer(self) -> Callable[[int], int | None]:
        return cache(partial(_opening, self.theirs))

    def heads(self, at: int) -> Iterator[int]:
        """The lines of theirs that open the blocks around ``theirs[at]``, from the innermost."""
        head = self._outer(at)
        while head is not None:
            yield head
            head = self._outer(head)


@dataclass(frozen=True)
class Dispute:
    """A region with its lines in the three texts, and the whole texts around it."""

    texts: Texts
    region: Region

    @cached_property
    def base(self) -> list[str]:
        """The lines that both sides changed."""
        return self.region.base.of(self.texts.base)

    @cached_property
    def ours(self) -> list[str]:
        """What the target has in their place."""
        return self.region.ours.of(self.texts.ours)

    @cached_property
    def theirs(self) -> list[str]:
        """What the change puts in their place."""
        return self.region.theirs.of(self.texts.theirs)

    @cached_property
    def added(self) -> list[str]:
        """The lines of theirs that the base lacks."""
        return [line for line in self.theirs if line not in self.base]

    @cached_property
    def removed(self) -> list[str]:
        """The lines of the base that theirs lacks."""
        return [line for line in self.base if line not in self.theirs]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to settle a region: the rule that made it, and the lines it puts there."""

    rule: str
    lines: tuple[str, ...]

    def dropped(self, dispute: Dispute) -> tuple[str, ...]:
        """The telling lines that theirs adds and this candidate leaves out."""
        return _missing(dispute.added, self.lines)

    def overridden(self, dispute: Dispute) -> tuple[str, ...]:
        """The target's own lines that this candidate leaves out, though theirs did not ask."""
        own = [line for line in dispute.ours if line not in dispute.base]
        return _missing(own, self.lines)


def _missing(lines: Sequence[str], kept: Sequence[str]) -> tuple[str, ...]:
    left = Counter(lines) - Counter("".join(kept).splitlines(keepends=True))
    return tuple(line for line in lines if line.strip() and left[line])


def _untouched(side: Sequence[Edit], end: int) -> Iterator[tuple[int, int]]:
    """The lines outside the edits: position in the base, position in the side."""
    at = offset = 0
    for edit in side:
        yield from ((old, old + offset) for old in range(at, edit.low))
        at, offset = edit.high, edit.end - edit.high
    yield from ((old, old + offset) for old in range(at, end))


def _opening(lines: Sequence[str], at: int) -> int | None:
    """The line that opens the block which ``lines[at]`` is in, by indentation."""
    depth = indent(lines[at])
    if depth == 0:
        return None
    deeper = " " * depth
    for before in range(at - 1, -1, -1):
        line = lines[before]
        if not line.startswith(deeper) and line.strip() and indent(line) < depth:
            return before
    return None
