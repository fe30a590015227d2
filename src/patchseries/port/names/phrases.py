"""What the target says for a dotted phrase of the ancestor: ``r.getheader`` for ``r.headers.get``.

What ``r`` is cannot be known. But where two versions of a file say the same thing in two ways, each
throughout and never in the other's, a line that is new to the file has to say it in the way of
the file that it goes to.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from patchseries.port.hunks.lines import Lines, compare, gone, split_lines
from patchseries.port.hunks.words import counterparts
from patchseries.port.names.textsearch import says

_CHAIN = re.compile(r"(?<!\w)[^\W\d]\w*+(?:\.[^\W\d]\w*+)+")
_WORDS = re.compile(r"[^\W\d][\w.]*|\d+|\S")
_PLACES = 2
"""So often both files must say it, and agree, before it counts as their way (`make
bench-thresholds`: 1 to 3 are as good)."""


def phrases(ancestor: str, ours: str, added: Sequence[str]) -> dict[str, str]:
    """The target's phrases for those that the lines *added* use, the ancestor does and ours never.

    :returns: dotted phrase → what ours has in its place; mostly empty
    """
    used = {pair for line in added for pair in _pairs(line)}
    lost = {pair for pair in used if pair in gone(ancestor, ours)}
    unsaid = {pair for pair in lost if ancestor.count(pair) >= _PLACES and not says(ours, pair)}
    if not unsaid:
        return {}
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for was, now in _replaced(split_lines(ancestor), split_lines(ours), unsaid):
        if unsaid.intersection(_pairs(was)):
            phrase, other = _differing(was.split("."), now.split("."))
            seen[phrase][other] += 1
    return {
        phrase: next(iter(others))
        for phrase, others in seen.items()
        if len(others) == 1 and others.total() >= _PLACES and not says(ours, phrase)
    }


def _pairs(text: str) -> Iterator[str]:
    """The neighbouring names of the dotted names in *text*, but for assertions.

    Those have aliases, all of which work everywhere: to which a file keeps is taste.
    """
    for chain in _CHAIN.findall(text):
        names = chain.split(".")
        yield from (f"{a}.{b}" for a, b in pairwise(names) if not b.startswith("assert"))


def _replaced(ancestor: Lines, ours: Lines, about: set[str]) -> Iterator[tuple[str, str]]:
    """The dotted names of the ancestor's lines that are all that their counterparts differ in.

    Only of the edits that say any of *about* in the ancestor: they are few.
    """
    for edit in compare(ancestor, ours):
        old, new = ancestor[edit.low : edit.high], ours[edit.start : edit.end]
        if not any(phrase in line for line in old for phrase in about):
            continue
        for at, to in counterparts(old, new).items():
            a, b = _WORDS.findall(old[at]), _WORDS.findall(new[to])
            if len(a) == len(b):
                yield from (
                    (x, y)
                    for x, y in zip(a, b, strict=True)
                    if x != y and _CHAIN.fullmatch(x) and _alike(x, y)
                )


def _alike(was: str, now: str) -> bool:
    """Whether two phrases may mean the same: ``x.log`` and ``y.note``; not ``x.log`` and ``f``."""
    a, b = was.split("."), now.split(".")
    return all(b) and (len(a) == len(b) or not set(a).isdisjoint(b))


def _differing(was: list[str], now: list[str]) -> tuple[str, str]:
    """Two phrases without the names that they begin and end with alike, but for one beside."""
    head = next(
        (n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b),
        min(len(was), len(now)),
    )
    tail = 0
    while tail < min(len(was), len(now)) - head and was[-1 - tail] == now[-1 - tail]:
        tail += 1
    if len(was) - head - tail < 2 or len(now) - head - tail < 1:
        head, tail = (head - 1, tail) if head else (0, max(tail - 1, 0))
    return ".".join(was[head : len(was) - tail]), ".".join(now[head : len(now) - tail])
