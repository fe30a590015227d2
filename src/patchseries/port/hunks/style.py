"""Lines that say the same in another style: spaces, quotes, full stops, unread names.

A line in another style loses nothing, so next to what the change edits its wording is taken, as
people do who settle a conflict (`make bench-backports`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice, takewhile

from patchseries.port.hunks.lines import Replacement, indent
from patchseries.port.hunks.regions import Texts

_STRING = re.compile(
    r"""(?P<triple>"{3}|'{3})(?P<doc>.*?)(?P=triple)"""
    r"""|(?<!\\)(?P<quote>["'])(?P<said>(?:[^"'\\\n]|\\.)*)(?P=quote)"""
)
_GAP = re.compile(r"(?<!\w) | (?!\w)")
"""A space that separates no two words."""
_PROSE = 2
"""A string with so many spaces is a sentence for people."""
_ALIAS = re.compile(r"\b(assert(?:Not|AlmostNot|Almost)?Equal)s\b")
"""Python's unittest has these methods by two names, of which one was deprecated in 3.1."""
_HANDLER = re.compile(r"([ \t]*except\b[^:#]*?)(?:,|[ \t]as\b)[ \t]*(\w+)[ \t]*:")
_LONGEST_HANDLER = 100
"""A handler of so many lines is not searched for the name of its exception."""


def restyled(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether *new* is *old*, line by line, in another style.

    >>> restyled(["f( 'a' )\\n"], ['f("a");\\n']), restyled(["f(a)\\n"], ["f(b)\\n"])
    (True, False)
    """
    return [*map(_plain, old)] == [*map(_plain, new)]


def keep_style(texts: Texts) -> Texts:
    """*texts* in which ours has upstream's style in the lines next to what theirs changes."""
    ancestor, ours = texts.ancestor, list(texts.ours)
    near = {at for edit in texts.their_edits for at in _beside(texts.theirs, edit)}
    for edit in texts.our_edits:
        lines, shift = range(edit.low, edit.high), edit.start - edit.low
        if edit.end - edit.start == len(lines) and not near.isdisjoint(lines):
            for run in _runs(at for at in lines if _is_restyled(ancestor, ours, at, at + shift)):
                if not near.isdisjoint(run):
                    ours[run[0] + shift : run[-1] + 1 + shift] = ancestor[run[0] : run[-1] + 1]
    made = tuple(ours)
    return texts if made == texts.ours else Texts.of(ancestor, made, texts.theirs)


def _runs(places: Iterable[int]) -> Iterator[list[int]]:
    """*places* in runs, each of which goes on line by line."""
    for _, run in groupby(enumerate(places), lambda one: one[1] - one[0]):
        yield [at for _, at in run]


def _is_restyled(ancestor: Sequence[str], ours: Sequence[str], old: int, new: int) -> bool:
    lines = _without_unread(ancestor, old), _without_unread(ours, new)
    return indent(lines[0]) == indent(lines[1]) and restyled(lines[:1], lines[1:])


def _beside(theirs: Sequence[str], edit: Replacement) -> range:
    """The lines of the ancestor that an edit replaces or stands next to, no blank line between."""
    new = theirs[edit.start : edit.end] or ("-",)
    return range(edit.low - bool(new[0].strip()), edit.high + bool(new[-1].strip()))


def _without_unread(lines: Sequence[str], at: int) -> str:
    """The line at *at*; if it is a handler that does not read its exception, without its name."""
    found = _HANDLER.match(lines[at])
    if found is None:
        return lines[at]
    rest = lines[at][found.end() :]
    depth, name = indent(lines[at]), re.compile(rf"\b{found[2]}\b")
    below = islice(lines, at + 1, at + 1 + _LONGEST_HANDLER)
    block = [rest, *takewhile(lambda line: not line.strip() or indent(line) > depth, below)]
    is_unread = len(block) <= _LONGEST_HANDLER and not any(map(name.search, block))
    return f"{found[1]}:{rest}" if is_unread else lines[at]


def _plain(line: str) -> str:
    """*line* without what is style in it; lines of one meaning give one text."""
    pieces, at = [], 0
    for found in _STRING.finditer(line):
        pieces += [_code(line[at : found.start()]), _string(found)]
        at = found.end()
    return "".join((*pieces, _code(line[at:]).rstrip(";")))


def _code(text: str) -> str:
    return _GAP.sub("", _ALIAS.sub(r"\1", " ".join(text.split())))


def _string(string: re.Match[str]) -> str:
    """A string in one kind of quotes; a sentence without its full stop."""
    if string["triple"]:
        return f"'{string['doc'].strip().rstrip('.')}'"
    said = string["said"]
    return f"'{said.rstrip('.') if said.count(' ') >= _PROSE else said}'"
