"""A region that both sides changed, its texts, and the candidates for it: as values."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

from patchseries.port.hunks.lines import Lines, Replacement, compare, indent
from patchseries.port.hunks.merge3 import Overlap

_SECTION = re.compile(r"\[[^\]\n]*\][ \t\r]*$")
"""The name of a section, as in an ini file."""
_NAMED = re.compile(
    r"\[[^\]\n]*\]|[ \t]*(?:\w+[ \t]+)*(?:class|enum|impl|interface|struct|trait)[ \t]+\w+"
)
"""The start of a line that names a section, or a class in one of several languages."""


@dataclass(frozen=True)
class Texts:
    """The lines of the three texts, and what each side did to the ancestor."""

    ancestor: Lines
    ours: Lines
    theirs: Lines
    our_edits: Sequence[Replacement]
    their_edits: Sequence[Replacement]

    @classmethod
    def of(cls, ancestor: Lines, ours: Lines, theirs: Lines) -> Texts:
        """Compare both sides with the ancestor."""
        return cls(ancestor, ours, theirs, compare(ancestor, ours), compare(ancestor, theirs))

    def to_ancestor(self, at: int) -> int | None:
        """Where the line ``theirs[at]`` stands in the ancestor; None when theirs put it there."""
        edit = _last(self.their_edits, self._their_starts, at)
        if edit is None:
            return at
        return None if at < edit.end else at - edit.end + edit.high

    def to_ours(self, at: int) -> int | None:
        """Where the line ``ancestor[at]`` stands in ours; None when ours has it no more."""
        edit = _last(self.our_edits, self._our_lows, at)
        if edit is None:
            return at
        return None if at < edit.high else at - edit.high + edit.end

    def is_named_here(self, head: int) -> bool:
        """Whether ours has the class or section that ``theirs[head]`` opens, by its name."""
        found = _NAMED.match(self.theirs[head])
        return found is not None and found[0] in self._our_names

    @cached_property
    def _their_starts(self) -> list[int]:
        return [edit.start for edit in self.their_edits]

    @cached_property
    def _our_lows(self) -> list[int]:
        return [edit.low for edit in self.our_edits]

    @cached_property
    def _our_names(self) -> frozenset[str]:
        return frozenset(found[0] for found in map(_NAMED.match, self.ours) if found)

    @cached_property
    def _sections(self) -> list[int]:
        return [at for at, line in enumerate(self.theirs) if _SECTION.match(line)]

    @cached_property
    def _outer(self) -> Callable[[int], int | None]:
        return cache(partial(_opening, self.theirs))

    def heads(self, at: int) -> Iterator[int]:
        """The lines of theirs that open the blocks around ``theirs[at]``, from the innermost.

        A block is what is indented deeper, or stands under a section's name as in an ini file.
        """
        head = self._outer(at)
        while head is not None:
            yield head
            at, head = head, self._outer(head)
        before = bisect_left(self._sections, at)
        if before and not _SECTION.match(self.theirs[at]):
            yield self._sections[before - 1]


@dataclass(frozen=True)
class Dispute:
    """A region with its lines in the three texts, and the whole texts around it."""

    texts: Texts
    region: Overlap

    @cached_property
    def ancestor(self) -> list[str]:
        """The lines that both sides changed."""
        return self.region.ancestor.of(self.texts.ancestor)

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
        """The lines of theirs that the ancestor lacks."""
        return _without(self.theirs, self.ancestor)

    @cached_property
    def removed(self) -> list[str]:
        """The lines of the ancestor that theirs lacks."""
        return _without(self.ancestor, self.theirs)


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
        return _missing(_without(dispute.ours, dispute.ancestor), self.lines)


def _without(lines: Iterable[str], others: Iterable[str]) -> list[str]:
    """Those of *lines* that are none of *others*."""
    known = set(others)
    return [line for line in lines if line not in known]


def _missing(lines: Sequence[str], kept: Sequence[str]) -> tuple[str, ...]:
    left = Counter(lines) - Counter("".join(kept).splitlines(keepends=True))
    return tuple(line for line in lines if line.strip() and left[line])


def _last(edits: Sequence[Replacement], places: Sequence[int], at: int) -> Replacement | None:
    """The last of *edits*, which are at *places*, at or before *at*."""
    found = bisect_right(places, at)
    return edits[found - 1] if found else None


def _opening(lines: Sequence[str], at: int) -> int | None:
    """The line that opens the block which ``lines[at]`` is in, by indentation."""
    depth = indent(lines[at])
    if not depth:
        return None
    deeper = " " * depth
    for before in range(at - 1, -1, -1):
        line = lines[before]
        if not line.startswith(deeper) and line.strip() and indent(line) < depth:
            return before
    return None
