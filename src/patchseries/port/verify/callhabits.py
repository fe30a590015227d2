"""Calls with a number of arguments that this file never gives, and upstream's does.

What an object is cannot be known before run time. But where upstream's file gives a method one
argument whenever it calls it, and the target's file two, a call with one cannot work here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from patchseries.counting import counted
from patchseries.model import Finding, PortCode, Severity
from patchseries.port.names.textsearch import occurrences
from patchseries.port.verify.calls import NamedCall
from patchseries.port.verify.ported import PortedFile

_PLACES = 2
"""So many calls in a file are its habit."""
_MOST_CALLS = 300
"""So many different calls of the added lines are looked at: each is searched for in both files."""
_MOST_PLACES = 50
"""So many calls of a file are enough to tell its habit."""
_MOST_BYTES = 2000
"""A call that is longer is not counted."""
_NAMED = re.compile(rb"[\w.\x80-\xff]")
"""What makes a name the end of a longer one."""
_COMMENT = rb"#[^\n]*"
_SIGN = re.compile(
    rb"\"{3}[^\"\\]*+(?:(?:\\.|\"(?!\"\"))[^\"\\]*+)*\"{3}"
    rb"|'{3}[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*'{3}"
    rb"|\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+)*\"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*'"
    rb"|%b|[()\[\]{},*]" % _COMMENT,
    re.DOTALL,
)
"""A string, a comment, or a sign that ends an argument or goes around it."""


def check_call_habits(file: PortedFile, calls: Sequence[NamedCall]) -> Iterator[Finding]:
    """The *calls* of added lines that the target's file makes with other numbers of arguments."""
    asked = ((named.chain, _given(named)) for named in calls)
    strange = {
        (chain, given)
        for chain, given in islice(dict.fromkeys(asked), _MOST_CALLS)
        if _is_strange(file, b".".join(chain) + b"(", given)
    }
    for named in calls:
        given = _given(named)
        if (named.chain, given) in strange:
            name = b".".join(named.chain).decode("utf-8", "replace")
            yield Finding(
                PortCode.UNKNOWN_HABIT,
                Severity.WARNING,
                f"{name} is given {counted(given, 'argument')}; the target's file never does that",
                file=file.path,
                line=named.line + 1,
                hint="see how other lines of the file call it",
            )


def _given(named: NamedCall) -> int:
    """How many arguments a call has."""
    return named.call.positional + len(named.call.keywords)


def _is_strange(file: PortedFile, head: bytes, given: int) -> bool:
    """Whether upstream's file and the target's give other numbers, and only upstream's *given*.

    :param head: how the calls begin, with the bracket
    """
    here: list[int] = []
    for count in islice(_counts(file.onto, head), _MOST_PLACES):
        if count == given:  # as nearly always
            return False
        here.append(count)
    if len(here) < _PLACES:
        return False
    there = list(islice(_counts(file.before, head), _MOST_PLACES))
    return len(there) >= _PLACES and given in there and set(here).isdisjoint(there)


def _counts(text: bytes, head: bytes) -> Iterator[int]:
    """How many arguments each call in *text* has that begins with *head*, where that is known."""
    for at in occurrences(text, head):
        if not (at and _NAMED.match(text, at - 1)):
            count = _arguments(text, at + len(head))
            if count is not None:
                yield count


def _arguments(text: bytes, start: int) -> int | None:
    """How many arguments there are from *start* to the bracket that ends the call.

    None where only run time knows, or where no bracket does.
    """
    depth = count = 0
    for found in _SIGN.finditer(text, start, start + _MOST_BYTES):
        sign = found[0]
        if sign in (b"(", b"[", b"{"):
            depth += 1
        elif depth:
            depth -= sign in (b")", b"]", b"}")
        elif sign in (b")", b"]", b"}"):
            return count + _says_something(text[start : found.start()])
        elif sign == b"*" and not _says_something(text[start : found.start()]):
            return None
        elif sign == b",":
            count, start = count + 1, found.end()
    return None


def _says_something(text: bytes) -> bool:
    return bool(re.sub(_COMMENT, b"", text).strip())
