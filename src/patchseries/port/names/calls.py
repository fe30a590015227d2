"""How the target calls what the ancestor calls with other arguments: ``f(x)`` for ``f(log, x)``.

Only where one argument differs, the lines that changed agree, and the target never calls it as the
ancestor does: then a call that is new to the file will hardly do as it is. (An argument for another
is in 13 of 5,836 backports: 12 come nearer to the person's tree, one goes away from it.)
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from patchseries.port.hunks.lines import Lines, compare, gone, split_lines
from patchseries.port.hunks.words import counterparts

_TOKEN = re.compile(r"[^\W\d][\w.]*|\d+|\s+|.")
_HEAD = re.compile(r"(?<![\w.])[^\W\d][\w.]*\(")
_NAME = re.compile(r"[^\W\d]")
_QUOTES = ("'", '"')
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")
_PLACES = 2
"""So many calls must have changed alike. With one, one more of 1,637 backports gets worse."""


def calls(ancestor: str, ours: str, added: Sequence[str]) -> dict[str, str]:
    """The target's calls for those in the lines *added*, up to the argument that differs.

    :returns: the ancestor's ``f(log, `` → the target's ``f(``; mostly empty
    """
    lost = gone(ancestor, ours)
    heads = {head for line in added for head in _HEAD.findall(line) if head in lost}
    if not heads:
        return {}
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for old, new in _changed(split_lines(ancestor), split_lines(ours), heads):
        for was, now in _argument(_TOKEN.findall(old), _TOKEN.findall(new)):
            seen[was][now] += 1
    text = "".join(added)
    return {
        was: next(iter(ways))
        for was, ways in seen.items()
        if len(ways) == 1 and ways.total() >= _PLACES and was in text and was not in ours
        if not any(other != was and _is_start(was, other) for other in seen)
    }


def _is_start(one: str, other: str) -> bool:
    """Whether either is the start of the other: the same call, changed in two ways."""
    return one.startswith(other) or other.startswith(one)


def _changed(ancestor: Lines, ours: Lines, heads: set[str]) -> Iterator[tuple[str, str]]:
    """The changed lines with one of *heads* in both."""
    for edit in compare(ancestor, ours):
        old, new = ancestor[edit.low : edit.high], ours[edit.start : edit.end]
        said = heads.intersection(_HEAD.findall("".join(old)))
        said.intersection_update(_HEAD.findall("".join(new)))
        for at, to in counterparts(old, new).items() if said else ():
            if any(head in old[at] and head in new[to] for head in said):
                yield old[at], new[to]


def _argument(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The call in which all that differs is one argument, or one more or less, up to there.

    What is called within it is a name by itself, and so is a class with what it inherits. One
    plain name for another is a variable of these places.
    """
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    differing = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if len(differing) != 1:
        return
    _, low, high, start, end = differing[0]
    at = _opening(old, low)
    was, now = old[low:high], new[start:end]
    if not was or was.count(",") == now.count(","):  # the word after it tells where it ends
        further = _next_word(old, high)
        high, end = high + further, end + further
    is_call = at > 0 and _NAME.match(old[at - 1]) and "class" not in old[:at]
    in_text = sum(word in _QUOTES for word in old[at:low]) % 2
    is_local = not in_text and all(len(w) == 1 and w[0].isidentifier() for w in (was, now))
    if is_call and not is_local and old[high - 1] != "(" and _depth(was) == _depth(now):
        yield "".join(old[at - 1 : high]), "".join(new[at - 1 : end])


def _next_word(words: Sequence[str], at: int) -> int:
    """How many words there are from *at* to the end of the next that is no space."""
    return next((n for n, word in enumerate(words[at:], 1) if not word.isspace()), 0)


def _depth(words: Sequence[str]) -> int:
    """How many brackets are opened and not closed: a line may end within the call."""
    return sum((word in _OPEN) - (word in _CLOSE) for word in words)


def _opening(words: Sequence[str], at: int) -> int:
    """Where the bracket stands that is open at *at*; 0 for none."""
    depth = 0
    for before in range(at - 1, 0, -1):
        depth += (words[before] == ")") - (words[before] == "(")
        if depth < 0:
            return before
    return 0
