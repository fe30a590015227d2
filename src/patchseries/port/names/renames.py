"""Identifier maps read off the history: what the ancestor calls one thing and the target another.

Three sources. The first and the last are sound only for names that the ancestor's file *binds*
(defines or imports) and the target's file does not know at all:

- the file itself: where its lines in ancestor and target are alike but for a name, and every place
  agrees, that name was changed;
- the file itself again, for dotted phrases that both say throughout (:mod:`.phrases`), and for
  calls with other arguments (:mod:`.calls`);
- a module that it imports: where the target imports another module in its place, and that one is
  not in the ancestor nor the first in the target, the module was renamed, and what is defined in
  the two files is compared likewise.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from difflib import SequenceMatcher

from patchseries.model import Sides
from patchseries.port.hunks.lines import Lines, compare, gone, split_lines
from patchseries.port.hunks.words import counterparts
from patchseries.port.names.alignment import Alignment
from patchseries.port.names.calls import calls
from patchseries.port.names.phrases import phrases
from patchseries.port.names.textsearch import lines_with, says, shared_ends

Reader = Callable[[str], str | None]
"""The text at a path of a tree; None when there is none."""

_PHRASE = re.compile(r"[^\W\d][\w.]*|\d+|\s+|.", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_IMPORT = re.compile(r"[ \t]*(?:from[ \t]+([\w.]+)[ \t]+)?import[ \t]+\(?([\w., \t]+)")
_IMPORTED = re.compile(r"([\w.]+)(?:[ \t]+as[ \t]+(\w+))?")
_DEFINED = re.compile(r"[ \t]*(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*=")
_SHORTEST = 4
"""One place teaches no shorter names, nor do several where the name is dotted: `str` says less than
`six.text_type` (`make bench-thresholds`: 2 to 6 are as good)."""
_PLACES = 2
"""In so many places a short name has to stand for others: `_` for `_LE` and `_LW`."""
_LONGEST = 1000
"""A line of more characters is data; the time to compare two grows by the square."""
_OBJECT = ("self.", "cls.")
"""What an attribute of an object begins with; a local name in its place is none elsewhere."""


def learn(
    ancestor: str, ours: str, theirs: str, in_ancestor: Reader, in_target: Reader
) -> dict[str, str]:
    """The target's names for those that theirs brings in anew and the target's file lacks.

    :returns: name (dotted or not), or start of a call, on the change's side → that of the target;
        mostly empty
    """
    if ancestor == ours:
        return {}
    added = _new_lines(ancestor, theirs)
    found = calls(ancestor, ours, added)
    for phrase, other in phrases(ancestor, ours, added).items():
        of_object = phrase.startswith(_OBJECT) and not other.startswith(_OBJECT)
        if not of_object and not _stands(phrase, (ancestor, ours), added, in_target):
            found[phrase] = other
    return found | _names(Sides(ancestor, ours, theirs), added, in_ancestor, in_target)


def _stands(
    phrase: str, versions: tuple[str, str], added: Sequence[str], in_target: Reader
) -> bool:
    """Whether the target can say *phrase* too: its first name is new, or a module that has it."""
    head, member = phrase.split(".")[:2]
    if any(f".{phrase}" in line for line in added):  # the attribute of something
        return False
    new = re.compile(rf"[ \t]*(?:{head}[ \t]*:?=(?!=)|for {head} in\b|with .* as {head}:)")
    if any(new.match(line) for line in added):
        return True
    was, now = (_binding(text, head) for text in versions)
    text = in_target(_file(now)) if now and was == now else None
    return text is not None and says(text, member)


def _names(
    texts: Sides[str], added: Sequence[str], in_ancestor: Reader, in_target: Reader
) -> dict[str, str]:
    ancestor, ours, theirs = texts
    new = {name for line in added for name in names_in(line) if len(name) > 2}
    lost = gone(ancestor, ours)
    unknown = {name for name in new if says(lost, name) and not says(ours, name)}
    bound = {name: module for name in unknown if (module := _binding(ancestor, name)) is not None}
    if not bound:
        return {}
    found: dict[str, str] = {}
    for was, now in _changed(split_lines(ancestor), split_lines(ours), bound.keys()).items():
        head, head_now = was.partition(".")[0], now.partition(".")[0]
        if head not in bound or f"{head_now}.".startswith(_OBJECT):
            continue
        alias = bound[head] and _binding(ours, head_now) == bound[head]
        if alias or not _has(in_target, bound[head]):
            found[was] = now
    found |= _siblings(found, bound, theirs, {name for name in new if not says(ours, name)})
    for name in sorted(bound):
        if name in found and in_ancestor(_file(bound[name])) is not None:
            text = in_target(_file(_binding(ours, found[name]) or ""))
            found |= _module(in_ancestor(_file(bound[name])), text, unknown)
    return found


def _has(tree: Reader, dotted: str) -> bool:
    """Whether a tree has the module *dotted*, or a module that says its last name."""
    if tree(_file(dotted)) is not None:
        return True
    home, _, name = dotted.rpartition(".")
    text = tree(_file(home))
    return text is not None and says(text, name)


def _siblings(
    learned: Mapping[str, str], bound: Mapping[str, str], theirs: str, new: Set[str]
) -> dict[str, str]:
    """What the target calls the names *new*, which theirs imports from a module of which it calls
    all others by one name: ``_`` for ``_LE`` and ``_LW``, and so for ``_LI``.
    """
    ways: defaultdict[str, list[str]] = defaultdict(list)
    for name, dotted in bound.items():
        ways[dotted.rpartition(".")[0]].append(learned.get(name, ""))
    homes = {home: of[0] for home, of in ways.items() if home and len(of) > 1 == len(set(of))}
    siblings = {}
    for name in new - bound.keys() if homes else ():
        home = (_binding(theirs, name) or "").rpartition(".")[0]
        if homes.get(home):
            siblings[name] = homes[home]
    return siblings


def names_in(text: str) -> set[str]:
    """The identifiers of a text.

    >>> sorted(names_in("self.x = y_1 + 2"))
    ['self', 'x', 'y_1']
    """
    return set(_IDENTIFIER.findall(text))


def apply(names: Mapping[str, str], text: str) -> str:
    """*text* with the learned names in place of the ancestor's, whole words only.

    >>> apply({"old": "new"}, "old, older, self.old")
    'new, older, self.new'
    >>> apply({"run(log, ": "run("}, "run(log, x); self.run(log, x)")
    'run(x); self.run(log, x)'

    Lines that go on below an open bracket stay below it:

    >>> print(apply({"older": "new"}, "older(a,\\n      b)"))
    new(a,
        b)
    """
    starts = sorted({start for name in names for start in lines_with(text, name)})
    if not starts:
        return text
    pattern = re.compile("|".join(map(_as_pattern, sorted(names, key=len, reverse=True))))
    pieces, at = [], 0
    for start in starts:  # a search of the whole text takes ten times longer
        if start < at:  # moved along with what it goes on with
            continue
        pieces.append(text[at:start])
        at = start
        moved = Alignment()
        while at == start or (moved.is_moved and at < len(text)):
            end = text.find("\n", at) + 1 or len(text)
            old = text[at:end]
            new = pattern.sub(lambda said: names[said.group()], old)
            pieces.append(moved.aligned(old, new))
            at = end
    return "".join((*pieces, text[at:]))


def _as_pattern(name: str) -> str:
    """*name* as a whole; a call, which has a bracket, only if nothing is named before it."""
    before = r"(?<![\w.])" if "(" in name else r"(?<!\w)"
    after = r"(?!\w)" if name[-1].isidentifier() or name[-1].isdigit() else ""
    return before + re.escape(name) + after


def _new_lines(ancestor: str, theirs: str) -> list[str]:
    """The lines that theirs adds, each once."""
    head, tail = shared_ends(ancestor, theirs)
    old, new = (text[head : len(text) - tail].split("\n") for text in (ancestor, theirs))
    return list(Counter(new) - Counter(old))


def _binding(text: str, name: str) -> str | None:
    """The module that a text imports as *name*; "" for what it defines, None for neither."""
    defined = imported = None
    for start in lines_with(text, name):
        found = _DEFINED.match(text, start)
        if found and name in found.groups():
            defined = ""
        found = _IMPORT.match(text, start)
        for what, alias in _IMPORTED.findall(found[2]) if found else ():
            if found and name == (alias or what.partition(".")[0]):
                imported = f"{found[1]}.{what}" if found[1] else what
    return defined if imported is None else imported


def _file(module: str) -> str:
    return module.replace(".", "/") + ".py" if module else ""


def _module(old: str | None, new: str | None, unknown: set[str]) -> dict[str, str]:
    """What was renamed inside a module that was renamed as a whole, from its two texts."""
    if old is None or new is None:
        return {}
    changed = _changed(split_lines(old), split_lines(new), unknown)
    return {a: b for a, b in changed.items() if a in unknown and _binding(old, a) is not None}


def _changed(ancestor: Lines, ours: Lines, about: Set[str]) -> dict[str, str]:
    """The names that one text has in place of the other's, where every place agrees.

    Only of lines that say any of *about* in the ancestor.
    """
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for was, now in _replacements(ancestor, ours, about):
        seen[was][now] += 1
    here = names_in("".join(ours))
    changed = {was: next(iter(now)) for was, now in seen.items() if len(now) == 1}
    places: Counter[str] = Counter()
    for was, now in changed.items():
        places[now] += seen[was][now]
    return {
        was: now
        for was, now in changed.items()
        if not set(was.split(".")) <= here
        if min(len(was), len(now)) >= _SHORTEST or ("." not in was and places[now] >= _PLACES)
    }


def _replacements(ancestor: Lines, ours: Lines, about: Set[str]) -> Iterable[tuple[str, str]]:
    for old, new in line_pairs(ancestor, ours, about):
        yield from _replaced(old, new)


def line_pairs(ancestor: Lines, ours: Lines, about: Set[str]) -> Iterable[tuple[str, str]]:
    """The lines that one text has in place of the other's, where any of *about* is said."""
    for edit in compare(ancestor, ours):
        old, new = ancestor[edit.low : edit.high], ours[edit.start : edit.end]
        if not any(name in line for line in old for name in about):
            continue
        yield from ((old[a], new[b]) for a, b in counterparts(old, new).items())


def _replaced(old: str, new: str) -> Iterable[tuple[str, str]]:
    """The names that stand one for one in two lines, unless they are too long to be compared."""
    if max(len(old), len(new)) > _LONGEST:
        return
    a, b = _PHRASE.findall(old), _PHRASE.findall(new)
    for tag, low, high, start, end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "replace" and high - low == end - start == 1:
            yield from _differing(a[low], b[start])


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
    return pairs
