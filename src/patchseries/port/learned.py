"""Identifier maps read off the history: what the base calls one thing and the target another.

A file's base and its version in the target tell: where their lines are alike but for a name,
that name was changed. A pair is taken only when the target's file has none of the base's name
left, the base's file none of the target's, and every place agrees.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from patchseries.port.lines import Edit, edits, split_lines
from patchseries.port.words import counterparts

_PHRASE = re.compile(r"[^\W\d][\w.]*|\d+|\s+|.", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_SHORTEST = 4


def learn(base: Sequence[str], ours: Sequence[str], our_edits: Iterable[Edit]) -> dict[str, str]:
    """The names (dotted or not) that ours has in place of the base's: base name → our name."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for edit in our_edits:
        old, new = base[edit.low : edit.high], ours[edit.start : edit.end]
        for a, b in counterparts(old, new).items():
            for was, now in _replaced(old[a], new[b]):
                seen[was][now] += 1
    here, there = names_in("".join(ours)), names_in("".join(base))
    return {
        was: next(iter(now))
        for was, now in seen.items()
        if len(now) == 1 and not _parts(was) <= here and not _parts(next(iter(now))) <= there
    }


def of_texts(base: str, ours: str, theirs: str) -> dict[str, str]:
    """The learned names that theirs brings in anew; empty when ours knows all that it says."""
    known = names_in(ours)
    unknown = {
        name
        for line in set(theirs.split("\n")) - set(base.split("\n"))
        for name in names_in(line) - known
    } & names_in(base)
    if not unknown:
        return {}
    old, new = split_lines(base), split_lines(ours)
    found = learn(old, new, edits(old, new))
    return {was: now for was, now in found.items() if _parts(was) & unknown}


def names_in(text: str) -> set[str]:
    """The identifiers of a text."""
    return set(re.findall(r"[^\W\d]\w*", text))


def apply(names: dict[str, str], text: str) -> str:
    """*text* with the learned names in place of the base's, whole words only."""
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = r"(?<!\w)(?:" + "|".join(re.escape(name) for name in longest_first) + r")(?!\w)"
    return re.sub(pattern, lambda found: names[found.group()], text)


def _parts(name: str) -> set[str]:
    return set(name.split("."))


def _replaced(old: str, new: str) -> list[tuple[str, str]]:
    """The names that stand one for one in two lines."""
    a, b = _PHRASE.findall(old), _PHRASE.findall(new)
    found = []
    for tag, low, high, start, end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "replace" and high - low == end - start == 1:
            found.extend(_differing(a[low], b[start]))
    return found


def _differing(old: str, new: str) -> list[tuple[str, str]]:
    if not (_NAME.fullmatch(old) and _NAME.fullmatch(new)):
        return []
    was, now = old.split("."), new.split(".")
    if len(was) == len(now):
        pairs = [(a, b) for a, b in zip(was, now, strict=True) if a != b]
    else:
        while was and now and was[-1] == now[-1]:
            was.pop()
            now.pop()
        pairs = [(".".join(was), ".".join(now))] if was and now else []
    return [(a, b) for a, b in pairs if min(len(a), len(b)) >= _SHORTEST]
