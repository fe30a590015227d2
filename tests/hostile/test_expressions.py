"""No regular expression takes more than linear time, whatever text it meets.

The expressions are found, not listed: the compiled ones in every module, and those written in a
call of :mod:`re`. Each meets texts made from itself: what leads to a repetition, the repetition's
own letters again and again, and an end that does not fit. It is used as the source uses it:
``search``, ``sub`` and the like try every place of a text, ``match`` and ``fullmatch`` only one.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import patchseries

SOURCE = Path(patchseries.__file__).parent
TEXTS = SOURCE / "demo" / "upstreams"
MOST = 1 << 20
SIZES = (16, 24, 32, 1 << 10, 1 << 13, 1 << 15)
SECONDS = 2.0
"""For a megabyte. What is quadratic needs minutes, and is seen long before."""
ANYWHERE = {"search", "sub", "subn", "split", "findall", "finditer"}
AT_ONE_PLACE = {"match", "fullmatch", "prefixmatch"}
_CALL = re.compile(rf"\bre\s*\.\s*({'|'.join(ANYWHERE | AT_ONE_PLACE)})\b")


@dataclass(frozen=True)
class Used:
    """An expression, and how the source uses it."""

    where: str
    pattern: str | bytes
    flags: int
    methods: frozenset[str]

    def __str__(self) -> str:
        return self.where


def expressions() -> Iterator[Used]:
    """Every expression of the sources."""
    for path in sorted(SOURCE.rglob("*.py")):
        if TEXTS not in path.parents and path.name != "__main__.py":
            name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
            yield from _of_module(name.removesuffix(".__init__"), path.read_text())


def _of_module(name: str, text: str) -> Iterator[Used]:
    module, short = importlib.import_module(name), name.removeprefix("patchseries.")
    for key, value in vars(module).items():
        if isinstance(value, re.Pattern) and re.search(rf"^{key}\b", text, re.MULTILINE):
            called = set(re.findall(rf"\b{key}\.(\w+)\(", text))
            known = frozenset(called & (ANYWHERE | AT_ONE_PLACE)) or frozenset({"search", "match"})
            yield Used(f"{short}.{key}", value.pattern, value.flags & ~re.UNICODE, known)
    if not _CALL.search(text):
        return  # parsing every module takes longer than all else here
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(ast.Name("re"), method), args=[first, *_]):
                pattern = getattr(first, "value", None)
                if method in ANYWHERE | AT_ONE_PLACE and isinstance(pattern, str | bytes):
                    yield Used(f"{short}:{node.lineno}", pattern, _flags(node), frozenset({method}))


def _flags(node: ast.Call) -> int:
    found = 0
    for name in re.findall(r"re\.([A-Z]+)\b", ast.unparse(node)):
        found |= getattr(re, name)
    return int(found)


def worst(pattern: str | bytes, flags: int) -> list[tuple[str, str]]:
    """For each repetition in *pattern*: what leads to it, and one turn of it."""
    found: list[tuple[str, str]] = []
    _walk(_parser.parse(pattern, flags), "", found)
    return [(lead, turn) for lead, turn in found if turn]


def _walk(items: Any, lead: str, found: list[tuple[str, str]]) -> str:
    """A text that *items* match, behind *lead*; repetitions go to *found* on the way."""
    text = ""
    for op, value in items:
        text += _sample(op, value, lead + text, found)
    return text


def _sample(op: Any, value: Any, lead: str, found: list[tuple[str, str]]) -> str:
    match str(op):
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "a" if value != ord("a") else "b"
        case "ANY":
            return "a"
        case "IN":
            return _member(value)
        case "SUBPATTERN":
            return _walk(value[3], lead, found)
        case "ATOMIC_GROUP":
            return _walk(value, lead, found)
        case "BRANCH":
            samples = [_walk(branch, lead, found) for branch in value[1]]
            return samples[0]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _repeat(value, lead, found)
        case "ASSERT" | "ASSERT_NOT":
            _walk(value[1], lead, found)
    return ""


def _repeat(value: Any, lead: str, found: list[tuple[str, str]]) -> str:
    least, most, body = value
    turn = _walk(body, lead, found)
    if most == _constants.MAXREPEAT or most > 20:
        found.append((lead, turn))
        found += [(lead, letter) for letter in _letters(body)]
    return turn * int(max(least, 1 if most else 0))


def _letters(body: Any) -> list[str]:
    """Letters that one turn may consist of, the troublesome ones first."""
    if len(body) != 1 or str(body[0][0]) not in ("IN", "ANY", "NOT_LITERAL"):
        return []
    return [c for c in ' \n0a./"<,' if _takes(body[0], c)]


def _takes(item: Any, letter: str) -> bool:
    op, value = item
    if str(op) == "ANY":
        return letter != "\n"
    if str(op) == "NOT_LITERAL":
        return bool(value != ord(letter))
    return _among(value, letter)


def _member(value: Any) -> str:
    return next(
        (c for c in "a0A _.-/\t\n+@:=\"'()[]{}<>~^*#\\;,%|&é\x7f" if _among(value, c)), "\x80"
    )


def _among(value: Any, letter: str) -> bool:
    inside, negated = False, False
    for op, what in value:
        name = str(op)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            inside |= what == ord(letter)
        elif name == "RANGE":
            inside |= what[0] <= ord(letter) <= what[1]
        elif name == "CATEGORY":
            kind = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(what).rsplit("_", 1)[1]]
            inside |= (re.match(kind, letter) is not None) != ("_NOT_" in str(what))
    return inside != negated


def slow(used: Used) -> str | None:
    """With which text *used* takes too long; None when it never does."""
    compiled = re.compile(used.pattern, used.flags)
    slowest: tuple[float, Any] = 0.0, ""
    for lead, turn in dict.fromkeys(worst(used.pattern, used.flags)):
        for end in ("\0", "\n!"):
            for size in SIZES:
                text = _text(compiled, lead, turn, size, end)
                spent = _spent(compiled, used.methods, text)
                if spent > _allowed(size) and _spent(compiled, used.methods, text) > _allowed(size):
                    return f"{spent:.2f} s for {lead!r} + {turn!r} × {size} + {end!r}"
            slowest = max(slowest, (spent, (lead, turn, end)), key=lambda one: one[0])
    if not slowest[1]:
        return None
    lead, turn, end = slowest[1]
    spent = _spent(compiled, used.methods, _text(compiled, lead, turn, MOST, end))
    return f"a megabyte of {turn!r}: {spent:.2f} s" if spent > SECONDS else None


def _allowed(size: int) -> float:
    return SECONDS * max(size / MOST, 0.1)


def _text(compiled: re.Pattern[Any], lead: str, turn: str, size: int, end: str) -> Any:
    text = lead + turn * max(1, size // len(turn)) + end
    return text.encode("latin-1", "replace") if isinstance(compiled.pattern, bytes) else text


def _spent(compiled: re.Pattern[Any], methods: frozenset[str], text: Any) -> float:
    begin = time.process_time()
    if methods & ANYWHERE:
        for _ in compiled.finditer(text):
            pass
    if "match" in methods:
        compiled.match(text)
    if "fullmatch" in methods:
        compiled.fullmatch(text)
    return time.process_time() - begin


ALL = list(expressions())


@pytest.mark.parametrize("used", ALL, ids=str)
def test_it_takes_linear_time(used: Used) -> None:
    assert slow(used) is None


@pytest.mark.parametrize("used", ALL, ids=str)
def test_no_group_is_possessive(used: Used) -> None:
    """Python before 3.11.5 matches such a group wrongly (gh-106052); Debian 12 has 3.11.2."""
    assert not _groups_that_give_nothing_back(_parser.parse(used.pattern, used.flags))


def _groups_that_give_nothing_back(items: Any) -> bool:
    """Whether a group, and not only one character, is possessive or atomic in *items*."""
    for op, value in items:
        is_possessive = str(op) == "POSSESSIVE_REPEAT" and not _is_one_character(value[2])
        if is_possessive or str(op) == "ATOMIC_GROUP":
            return True
        if any(_groups_that_give_nothing_back(part) for part in _parts(value)):
            return True
    return False


def _is_one_character(items: Any) -> bool:
    one_character = {"LITERAL", "NOT_LITERAL", "ANY", "IN"}
    return len(items) == 1 and str(items[0][0]) in one_character


def _parts(value: Any) -> Iterator[Any]:
    """The expressions inside the value of an item."""
    if isinstance(value, _parser.SubPattern):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _parts(part)


def test_they_are_found() -> None:
    names = {used.where for used in ALL}
    assert {"landed.versions._TOKEN", "git.diff._HUNK", "patches.scan._HUNK"} <= names
    assert len(ALL) > 100
    assert {name.name for name in pkgutil.iter_modules(patchseries.__path__)} > {"port", "landed"}


@pytest.mark.parametrize(
    "pattern",
    [r"(?:\.?\d+)*x", r"(a+)+$", r"^\s*:", r"(.*),(.*);(.*)$", r"\W*reverts"],
)
def test_what_is_not_linear_is_seen(pattern: str) -> None:
    assert slow(Used("x", pattern, int(re.MULTILINE), frozenset({"search"})))
