"""Where a file of the change lives in the target, when it is not at its own path."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from patchseries.git import LineChange
from patchseries.port.hunks.lines import Lines, Replacement

Runs = Sequence[LineChange]
"""What was changed in a file."""

_AROUND = 12
"""How many unchanged lines around a change count as its surroundings (`make
bench-thresholds`: 3 to 12 are as good)."""
_LEAST_MOVED = 0.25
"""So much of the surroundings must be in a file of the same name (0.1 to 0.6 are as good)."""
_LEAST_ELSEWHERE = 0.6
"""So much must be in a file of another name (0.3 to 0.75 are as good)."""

_LEAST_OF_CODE = 0.7
"""So much of a change's surroundings must be in a file of any other name.

On 1,637 backports: 0.75 in the one that was right, 0.61 where the person left the change of the
file out, and 0.37 or less in all others.
"""
_TELLING = 24
"""A line of at least this many characters says which code it is."""
_SEARCHED = 12
"""How many lines of the surroundings are searched for."""
_SEARCHED_LENGTH = 200
"""Of a longer line (minified, or data) so many characters are searched for: git refuses 60,000."""


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
        alike = share(surroundings, text)
        enough = least if newcomer.added else _LEAST_ELSEWHERE
        if alike >= enough and (best is None or (alike, newcomer.path) > best):
            best = alike, newcomer.path
    return best[1] if best else None


def share(surroundings: Set[str], text: str, old: str = "") -> float:
    """How much of *surroundings* is in *text* and was not in *old*: 0 to 1."""
    there = _stripped(text) - _stripped(old)
    return len(surroundings & there) / len(surroundings) if surroundings else 0.0


def best_share(shares: Mapping[str, float]) -> str | None:
    """The path with the greatest share, if that says that it has the code."""
    best = max(shares, key=lambda path: (shares[path], path), default=None)
    return best if best and shares[best] >= _LEAST_OF_CODE else None


def _stripped(text: str) -> set[str]:
    return set(map(str.strip, text.split("\n")))


def telling(surroundings: Iterable[str]) -> list[str]:
    """The longest few of *surroundings*, by which a file that has some of them is searched.

    Of a very long line, its start.
    """
    lines = sorted((line for line in surroundings if len(line) >= _TELLING), key=len)
    return [line[:_SEARCHED_LENGTH] for line in lines[-_SEARCHED:]]


def followed(gone: Iterable[str], places: Iterable[str]) -> list[tuple[str, str]]:
    """Where directories went: (the change's, the target's), the deepest first.

    :param gone: files that the target lacks
    :param places: what git found for them; each is that of the file that it ends most like

    >>> followed(["new/shop/db/api.py", "new/api.py"], ["shop/db/api.py"])
    [('new', '')]
    """
    parts = [path.split("/") for path in gone]
    pairs = set()
    for other in (path.split("/") for path in places):
        ranked = sorted(parts, key=lambda path: _alike_at_the_end(path, other))
        alike = _alike_at_the_end(ranked[-1], other) if ranked else 0
        if alike and alike < len(ranked[-1]):
            pairs.add(("/".join(ranked[-1][:-alike]), "/".join(other[:-alike])))
    return sorted(pairs, key=lambda pair: (-pair[0].count("/"), pair))


def _alike_at_the_end(one: Sequence[str], other: Sequence[str]) -> int:
    """How many of the last parts of two paths are the same."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def gained(theirs: Mapping[str, Runs], ours: Mapping[str, Runs]) -> dict[str, str]:
    """For each file that only *theirs* changed, the one only *ours* changed with most of its lines.

    :param theirs: what upstream changed, by path
    :param ours: what was changed here, by path
    """
    strays = {path: _changed_lines(runs) for path, runs in ours.items() if path not in theirs}
    found = {}
    for path in (path for path in theirs if strays and path not in ours):
        changed = _changed_lines(theirs[path])
        best = max(strays, key=lambda stray: len(changed & strays[stray]))
        if changed & strays[best]:
            found[path] = best
    return found


def _changed_lines(runs: Runs) -> set[bytes]:
    return {line for run in runs for line in (*run.removed, *run.added)}


def in_directory(path: str, old: str, new: str) -> str | None:
    """*path* in the directory *new* if it is in *old*.

    >>> in_directory("new/shop/db/api.py", "new/shop", "old")
    'old/db/api.py'
    """
    return (new + path[len(old) :]).lstrip("/") if path.startswith(old + "/") else None


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
