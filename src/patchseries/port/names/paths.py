"""Where a file of the change lives in the target, when it is not at its own path."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from patchseries.port.hunks.lines import Lines, Replacement

_AROUND = 12
"""How many unchanged lines around a change count as its surroundings."""
_LEAST_MOVED = 0.25
_LEAST_ELSEWHERE = 0.6


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A path of the target that differs from the change's ancestor there.

    ``added``: the ancestor has nothing at that path, so it may be the file under another name.
    """

    path: str
    added: bool


def home(
    path: str,
    surroundings: set[str],
    newcomers: Iterable[Newcomer],
    read: Callable[[Sequence[str]], Iterable[str]],
) -> str | None:
    """The path in the target of the file that the change calls *path*; None when it has none.

    :param surroundings: the lines, stripped, in and around what the change touches
    :param read: the texts of target paths
    """
    kin = [(kinship(path, newcomer.path), newcomer) for newcomer in newcomers]
    namesakes = [found for alike, found in kin if alike == 1]
    return _best(surroundings, namesakes, _LEAST_MOVED, read) or _best(
        surroundings, [found for alike, found in kin if 0 < alike < 1], _LEAST_ELSEWHERE, read
    )


def _best(
    surroundings: set[str],
    among: Sequence[Newcomer],
    least: float,
    read: Callable[[Sequence[str]], Iterable[str]],
) -> str | None:
    """The path with the greatest share of *surroundings*: at least *least* of a new file, and
    ``_LEAST_ELSEWHERE`` of one that the ancestor has too."""
    best: tuple[float, str] | None = None
    texts = read([newcomer.path for newcomer in among])
    for newcomer, text in zip(among, texts, strict=True):
        there = set(map(str.strip, text.split("\n")))
        share = len(surroundings & there) / len(surroundings) if surroundings else 0.0
        enough = least if newcomer.added else _LEAST_ELSEWHERE
        if share >= enough and (best is None or (share, newcomer.path) > best):
            best = share, newcomer.path
    return best[1] if best else None


def kinship(one: str, other: str) -> float:
    """1 for the same basename, less when they share words (manage.py, nova-manage), else 0."""
    name, other_name = one.rpartition("/")[2], other.rpartition("/")[2]
    if name == other_name:
        return 1.0 if name != "__init__.py" else 0.0
    words, suffix = _name_words(name)
    other_words, other_suffix = _name_words(other_name)
    common = words & other_words
    if not common or other_suffix not in (suffix, ""):
        return 0.0
    return len(common - _TELLS_NOTHING) / len(words | other_words)


_TELLS_NOTHING = {"test", ""}


@lru_cache(maxsize=4096)
def _name_words(name: str) -> tuple[frozenset[str], str]:
    """The words of a basename without its suffix, and the suffix."""
    stem, suffix = posixpath.splitext(name)
    return frozenset(re.split(r"[\W_]+", stem)), suffix


def surroundings(ancestor: Lines, their_edits: Iterable[Replacement]) -> set[str]:
    """The telling lines of *ancestor* in and around the edits, stripped."""
    found: set[str] = set()
    for edit in their_edits:
        low, high = max(edit.low - _AROUND, 0), edit.high + _AROUND
        found.update(line.strip() for line in ancestor[low:high])
    return {line for line in found if len(line) > 3}
