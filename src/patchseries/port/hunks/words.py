"""Words inside lines: how alike two lines are, and a merge finer than a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from patchseries.model import Sides
from patchseries.port.hunks.merge3 import Overlap, merge3

_WORD = re.compile(r"[^\W\d]\w*|\d+|\s+|.", re.DOTALL)
_LEAST_ALIKE = 0.6
"""Two lines at least so alike may stand for each other."""
_TOO_LONG = 4000


def words(text: str) -> list[str]:
    """*text* cut into identifiers, numbers, white space and single signs.

    >>> words("f(a_1, 22)")
    ['f', '(', 'a_1', ',', ' ', '22', ')']
    """
    return _WORD.findall(text)


@lru_cache(maxsize=8192)
def _bag(line: str) -> tuple[Mapping[str, int], int]:
    """How often each word stands in a line, and how many they are."""
    found = [word for word in words(line) if not word.isspace()]
    return Counter(found), len(found)


def _shared(a: Mapping[str, int], b: Mapping[str, int]) -> int:
    return sum(min(count, b[word]) for word, count in a.items() if word in b)


def likeness(one: str, other: str) -> float:
    """How much of two lines is the same words: 0 (nothing) to 1 (all, in any order).

    >>> likeness("f(a, b)", "f(a, b)"), likeness("x", "y")
    (1.0, 0.0)
    """
    if one == other:
        return 1.0
    (a, size), (b, other_size) = _bag(one), _bag(other)
    total = size + other_size
    return 2 * _shared(a, b) / total if total else 1.0


def survival(old: str, new: str) -> float:
    """How many of the words of *old* are in *new* still: 0 (none) to 1 (all).

    >>> survival("a = b", "a = b + c")
    1.0
    """
    (a, size), (b, _) = _bag(old), _bag(new)
    return _shared(a, b) / size if size else 1.0


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
    score = [[_weight(a, b) for b in new] for a in old]
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


def _weight(a: str, b: str) -> float:
    """The likeness as a score; blank lines count little, so that they follow their neighbours."""
    if not a.strip() or not b.strip():
        return 0.1 if a.strip() == b.strip() else 0.0
    few, many = sorted((_bag(a)[1], _bag(b)[1]))
    if 2 * few < _LEAST_ALIKE * (few + many):  # not even if all the words of one are in the other
        return 0.0
    alike = likeness(a, b)
    return alike if alike >= _LEAST_ALIKE else 0.0
