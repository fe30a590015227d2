"""Words inside lines: how alike two lines are, and a merge finer than a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from functools import lru_cache

from patchseries.model import Sides
from patchseries.port.hunks.merge3 import Overlap, merge3

_WORD = re.compile(r"[^\W\d]\w*|\d+|\s+|.", re.DOTALL)
_LEAST_ALIKE = 0.6
"""Two lines at least so alike may stand for each other (`make bench-thresholds`: with 0.5 as many
backports are identical, with 0.4, 0.7 and 0.8 fewer)."""
_TOO_LONG = 4000


def words(text: str) -> list[str]:
    """*text* cut into identifiers, numbers, white space and single signs.

    >>> words("f(a_1, 22)")
    ['f', '(', 'a_1', ',', ' ', '22', ')']
    """
    return _WORD.findall(text)


_Bag = tuple[Set[object], int]
"""The words of a line and how many they are; a word's second is another: ``("x", 1)``."""


@lru_cache(maxsize=8192)
def _bag(line: str) -> _Bag:
    found = [word for word in words(line) if not word.isspace()]
    counts: Counter[str] = Counter()
    bag: set[object] = set()
    for word in found:
        bag.add((word, counts[word]) if word in counts else word)
        counts[word] += 1
    return bag, len(found)


def likeness(one: str, other: str) -> float:
    """How much of two lines is the same words: 0 (nothing) to 1 (all, in any order).

    >>> likeness("f(a, b)", "f(a, b)"), likeness("x", "y")
    (1.0, 0.0)
    """
    if one == other:
        return 1.0
    (a, size), (b, other_size) = _bag(one), _bag(other)
    total = size + other_size
    return 2 * len(a & b) / total if total else 1.0


def survival(old: str, new: str) -> float:
    """How many of the words of *old* are in *new* still: 0 (none) to 1 (all).

    >>> survival("a = b", "a = b + c")
    1.0
    """
    (a, size), (b, _) = _bag(old), _bag(new)
    return len(a & b) / size if size else 1.0


def merge_words(ancestor: str, ours: str, theirs: str) -> str | None:
    """Their change to *ancestor* made in *ours*, word by word; None where both changed the same.

    >>> merge_words("f(a, b)", "f(z, b)", "f(a, b, c)")
    'f(z, b, c)'
    >>> merge_words("x = 1", "x = 2", "x = 3") is None
    True
    """
    if ancestor == ours:
        return theirs
    if ancestor == theirs or ours == theirs:
        return ours
    if max(len(ancestor), len(ours), len(theirs)) > _TOO_LONG:
        return None
    sides = words(ancestor), words(ours), words(theirs)
    merged: list[str] = []
    for piece in merge3(*sides, slide=False):
        both = _entries(piece, sides[1], sides[2]) if isinstance(piece, Sides) else piece
        if both is None:
            return None
        merged.extend(both)
    return "".join(merged)


def _entries(region: Overlap, ours: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """Both added entries to a list on the same spot: ours, then theirs."""
    mine, other = region.ours.of(ours), region.theirs.of(theirs)
    if region.ancestor.low != region.ancestor.high or not mine or not other:
        return None
    if not (mine[0] == other[0] == "," or mine[-1] == other[-1] == ","):
        return None
    if "=" in mine and "=" not in other:  # a positional argument cannot follow a named one
        return [*other, *mine]
    return [*mine, *other]


def counterparts(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which line of *new* stands for which line of *old*, both rising, by likeness.

    The pairing with the greatest total likeness, among pairs that are alike enough.
    """
    if len(old) * len(new) > 20_000:
        return {}
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    bags = [_bag(line) for line in new]
    score = [_weights(_bag(line), bags) for line in old]
    for i in range(len(old) - 1, -1, -1):
        row, below = best[i], best[i + 1]
        for j in range(len(new) - 1, -1, -1):
            row[j] = max(below[j], row[j + 1], below[j + 1] + score[i][j])
    found: dict[int, int] = {}
    i = j = 0
    while i < len(old) and j < len(new):
        if score[i][j] and best[i][j] == best[i + 1][j + 1] + score[i][j]:
            found[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _weights(bag: _Bag, others: Sequence[_Bag]) -> list[float]:
    """The likeness to each other line as a score: 0 for lines that are not alike enough.

    Blank lines count little, so that they follow their neighbours.
    """
    mine, size = bag
    if not size:
        return [0.0 if count else 0.1 for _, count in others]
    weights = []
    for other, count in others:
        total = size + count
        enough = 2 * min(size, count) >= _LEAST_ALIKE * total  # were all of the shorter shared
        alike = 2 * len(mine & other) / total if enough else 0.0
        weights.append(alike if alike >= _LEAST_ALIKE else 0.0)
    return weights
