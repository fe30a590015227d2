"""Calls with a number of arguments, or a named one, that upstream's file gives and this one never.

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
_OF_MOCKS = re.compile(rb"(?:\w+\.)?(?:patch(?:\.\w+)?|call|\w*Mock)\($")
"""What may be given any argument by its name."""
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
    """The *calls* of added lines that give what the target's file never gives in such a call."""
    asked = dict.fromkeys((named.chain, _given(named), named.call.keywords) for named in calls)
    strange = {one: words for one in islice(asked, _MOST_CALLS) if (words := _strange(file, *one))}
    for named in calls:
        given = strange.get((named.chain, _given(named), named.call.keywords))
        if given:
            name = b".".join(named.chain).decode("utf-8", "replace")
            yield Finding(
                PortCode.UNKNOWN_HABIT,
                Severity.WARNING,
                f"{name} is given {given}; the target's file never does that",
                file=file.path,
                line=named.line + 1,
                hint="see how other lines of the file call it",
            )


def _given(named: NamedCall) -> int:
    """How many arguments a call has."""
    return named.call.positional + len(named.call.keywords)


def _strange(
    file: PortedFile, chain: tuple[bytes, ...], given: int, keywords: Sequence[bytes]
) -> str:
    """What upstream's calls of *chain* give, and no call of the target's; empty for nothing."""
    head = b".".join(chain) + b"("
    if _is_strange(file, head, given):
        return counted(given, "argument")
    for name in () if _OF_MOCKS.match(head) else keywords:
        if name + b"=" not in file.onto and _is_strange_name(file, head, name):
            return f"the argument {name.decode('utf-8', 'replace')}"
    return ""


def _is_strange(file: PortedFile, head: bytes, given: int) -> bool:
    """Whether upstream's file and the target's give other numbers, and only upstream's *given*.

    :param head: how the calls begin, with the bracket
    """
    here: list[int] = []
    for arguments in islice(_calls(file.onto, head), _MOST_PLACES):
        if len(arguments) == given:  # as nearly always
            return False
        here.append(len(arguments))
    if len(here) < _PLACES:
        return False
    there = [len(arguments) for arguments in islice(_calls(file.before, head), _MOST_PLACES)]
    return len(there) >= _PLACES and given in there and set(here).isdisjoint(there)


def _is_strange_name(file: PortedFile, head: bytes, name: bytes) -> bool:
    """Whether most such calls upstream name that argument; here there are some, and none does."""
    there = list(islice(_calls(file.before, head), _MOST_PLACES))
    here = list(islice(_calls(file.onto, head), _PLACES))
    named = re.compile(rb"\s*%b\s*=(?!=)" % re.escape(name))
    naming = sum(any(map(named.match, arguments)) for arguments in there)
    return len(here) >= _PLACES and _PLACES <= naming > len(there) / 2


def _calls(text: bytes, head: bytes) -> Iterator[list[bytes]]:
    """The arguments of each call in *text* that begins with *head*, where they are known."""
    for at in occurrences(text, head):
        if not (at and _NAMED.match(text, at - 1)):
            arguments = _arguments(text, at + len(head))
            if arguments is not None:
                yield arguments


def _arguments(text: bytes, start: int) -> list[bytes] | None:
    """The arguments from *start* to the bracket that ends the call, as they are written.

    None where only run time knows, or where no bracket does.
    """
    depth = 0
    found: list[bytes] = []
    for sign in _SIGN.finditer(text, start, start + _MOST_BYTES):
        if sign[0] in (b"(", b"[", b"{"):
            depth += 1
        elif depth:
            depth -= sign[0] in (b")", b"]", b"}")
        elif sign[0] in (b")", b"]", b"}"):
            last = text[start : sign.start()]
            return [*found, last] if _says_something(last) else found
        elif sign[0] == b"*" and not _says_something(text[start : sign.start()]):
            return None
        elif sign[0] == b",":
            found.append(text[start : sign.start()])
            start = sign.end()
    return None


def _says_something(text: bytes) -> bool:
    return bool(re.sub(_COMMENT, b"", text).strip())
