"""Comparing two sequences of lines (or words): which stay, and what was put in their place.

The comparison is patience's (lines that occur once in both texts are the anchors), with
difflib in the gaps that have no anchor. A block that could equally well be drawn a few lines
higher or lower is put where a person would: both sides of a merge are compared with the ancestor
by the same rule, so the same block falls on the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile

from patiencediff import unique_lcs

_SMALL = 1_500_000
"""Up to this many pairs of lines a gap is compared exhaustively."""
_DEEPEST = 11
"""So many times a gap between anchors is searched again: a hostile text has no end of them."""


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """``old[low:high]`` was replaced by ``new[start:end]``."""

    low: int
    high: int
    start: int
    end: int


Run = tuple[int, int]
"""Some lines: the first, and one past the last (0-based)."""

Lines = tuple[str, ...]
"""The lines of a whole file, each with its line feed."""


@lru_cache(maxsize=32)
def split_lines(text: str) -> Lines:
    """The lines of *text*, each with its line feed; the last may have none. Inverse: join.

    >>> split_lines("one\\ntwo")
    ('one\\n', 'two')
    """
    lines = text.split("\n")
    last = lines.pop()
    ended = [line + "\n" for line in lines]
    return (*ended, last) if last else tuple(ended)


def indent(line: str) -> int:
    """How many white characters *line* begins with.

    >>> indent("    return x")
    4
    """
    return len(line) - len(line.lstrip())


def decode(data: bytes) -> str:
    """*data* as text, losslessly: :func:`encode` gives the same bytes back."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes that :func:`decode` took."""
    return text.encode("utf-8", "surrogateescape")


def edits(old: Sequence[str], new: Sequence[str], *, slide: bool = True) -> list[Replacement]:
    """What turns *old* into *new*, in order, without two edits that touch.

    :param slide: place ambiguous blocks by indentation and blank lines (for lines, not words)

    >>> edits(["a", "b", "c"], ["a", "x", "y", "c"])
    [Replacement(low=1, high=2, start=1, end=3)]
    """
    found = _edits_between(_blocks(old, new), len(old), len(new))
    if slide:
        for at in range(len(found)):  # in order: each makes way for the one before it
            found[at] = _slide(found[at], old, new, found, at)
    return found


@lru_cache(maxsize=32)
def compare(old: Lines, new: Lines) -> Sequence[Replacement]:
    """The edits between two files, remembered: a port asks for the same ones several times."""
    return tuple(edits(old, new))


@lru_cache(maxsize=32)
def gone(old: str, new: str) -> str:
    """The lines of *old* that are nowhere in *new*, in any order.

    What *old* says and *new* does not must stand in one of these.
    """
    return "".join(set(split_lines(old)).difference(split_lines(new)))


def matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of positions of lines that stay, both rising."""
    return [(low + n, start + n) for low, start, size in _blocks(old, new) for n in range(size)]


_Block = tuple[int, int, int]
"""A run of lines that stay: where it stands in old and in new, and how many they are."""


def _blocks(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    blocks: list[_Block] = []
    low = start = 0
    for anchor_old, anchor_new, size in (*_anchors(old, new), (len(old), len(new), 0)):
        blocks += _exhaustive(old, new, Replacement(low, anchor_old, start, anchor_new))
        blocks.append((anchor_old, anchor_new, size))
        low, start = anchor_old + size, anchor_new + size
    return [block for block in blocks if block[2]]


def _anchors(old: Sequence[str], new: Sequence[str], levels: int = _DEEPEST) -> list[_Block]:
    """The runs that a patience diff finds, in order: lines that are unique on both sides, and again
    between those; where there are none, what both begin or end with.

    The library's own matcher ends the program where that goes deeper than ten levels.
    """
    runs = _runs(_staying(old, new))
    if not runs or not levels:
        return []
    found: list[_Block] = []
    low = start = 0
    for at, to, size in (*runs, (len(old), len(new), 0)):
        before, after = old[low:at], new[start:to]
        same = len(before) if before == after else 0  # most are: a few lines that are not unique
        if not same and not set(before).isdisjoint(after):
            inner = _anchors(before, after, levels - 1)
            found += [(low + a, start + b, count) for a, b, count in inner]
        found.append((at - same, to - same, size + same))
        low, start = at + size, to + size
    return _joined(found)


def _staying(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[int, int]]:
    """The lines that stay, in order: unique ones; else those at the beginning, or at the end."""
    if unique := unique_lcs(old, new):
        return unique
    if ahead := _common(old, new):
        return [(n, n) for n in range(ahead)]
    behind = _common(old[::-1], new[::-1])
    return [(len(old) - n, len(new) - n) for n in range(behind, 0, -1)]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines both begin with."""
    alike = (a == b for a, b in zip(old, new, strict=False))
    return sum(1 for _ in takewhile(bool, alike))


def _runs(pairs: Iterable[tuple[int, int]]) -> list[_Block]:
    """The *pairs*, in order, as runs."""
    runs: list[_Block] = []
    low = start = size = 0
    for old, new in pairs:
        if old - size == low and new - size == start:
            size += 1
            continue
        runs.append((low, start, size))
        low, start, size = old, new, 1
    runs.append((low, start, size))
    return [run for run in runs if run[2]]


def _joined(runs: Iterable[_Block]) -> list[_Block]:
    """The same *runs* without empty ones, and one where one follows right on another."""
    joined: list[_Block] = []
    for low, start, size in runs:
        before = joined[-1] if joined else (0, 0, 0)
        if (low - before[2], start - before[2]) == before[:2]:
            joined[-1:] = [(*before[:2], before[2] + size)]
        else:
            joined.append((low, start, size))
    return [run for run in joined if run[2]]


def _exhaustive(old: Sequence[str], new: Sequence[str], gap: Replacement) -> list[_Block]:
    """What stays within *gap*, between two anchors."""
    low, start = gap.low, gap.start
    if not 0 < (gap.high - low) * (gap.end - start) <= _SMALL:
        return []
    old_lines, new_lines = old[low : gap.high], new[start : gap.end]
    if set(old_lines).isdisjoint(new_lines):
        return []
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    return [(low + a, start + b, size) for a, b, size in matcher.get_matching_blocks()]


def _edits_between(blocks: Sequence[_Block], old_end: int, new_end: int) -> list[Replacement]:
    found = []
    low = start = 0
    for old_at, new_at, size in [*blocks, (old_end, new_end, 0)]:
        if old_at > low or new_at > start:
            found.append(Replacement(low, old_at, start, new_at))
        low, start = old_at + size, new_at + size
    return found


def _slide(
    edit: Replacement,
    old: Sequence[str],
    new: Sequence[str],
    neighbours: list[Replacement],
    at: int,
) -> Replacement:
    """*edit* (all added or all removed) moved to the most natural of its equal places."""
    added = edit.low == edit.high
    if not added and edit.start != edit.end:
        return edit
    lines, low, high = (new, edit.start, edit.end) if added else (old, edit.low, edit.high)
    below = _room(neighbours[at - 1] if at else None, edit, added)
    above = _room_after(
        neighbours[at + 1] if at + 1 < len(neighbours) else None, edit, added, len(lines)
    )
    up = down = 0
    while low - up > below and lines[low - up - 1] == lines[high - up - 1]:
        up += 1
    while high + down < above and lines[low + down] == lines[high + down]:
        down += 1
    if not up and not down:
        return edit
    best = min(
        range(-up, down + 1),
        key=lambda shift: (
            _break_cost(lines, low + shift) + _break_cost(lines, high + shift),
            -shift,
        ),
    )
    return Replacement(edit.low + best, edit.high + best, edit.start + best, edit.end + best)


def _room(previous: Replacement | None, edit: Replacement, added: bool) -> int:
    if previous is None:
        return 0
    gap = edit.low - previous.high - 1
    return max((edit.start if added else edit.low) - max(gap, 0), 0)


def _room_after(following: Replacement | None, edit: Replacement, added: bool, end: int) -> int:
    if following is None:
        return end
    gap = following.low - edit.high - 1
    return (edit.end if added else edit.high) + max(gap, 0)


def _break_cost(lines: Sequence[str], at: int) -> int:
    """How unnatural a cut before ``lines[at]`` is: low before an outer line, after a blank one."""
    if at >= len(lines) or at == 0:
        return 0
    blank_before = not lines[at - 1].strip()
    ahead = at
    while ahead < len(lines) and not lines[ahead].strip():
        ahead += 1
    if ahead == len(lines):
        return 0
    apart = 2 if ahead > at else -6 if blank_before else 0
    return 4 * indent(lines[ahead]) + apart
