"""Untrusted TOML and JSON: parsed in linear time, or refused with the line.

The standard parsers recurse once for each level, take time that is quadratic in the parts of a
dotted key, and refuse long numbers with an error that names no line.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

MOST_BYTES = 16_000_000
"""A manifest of 2,000 patches has less than one million."""
_DEEPEST = 64
_LONGEST_NUMBER = 1000
_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*(?:"{3,5}|\\?\Z)'  # texts: whole, else up to the end
    r"|'''(?:[^']++|'(?!''))*(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]++|\\[^\n])*"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+"
    r"|[^\"'#]++",
    re.DOTALL,
)
_DOTTED = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{_DEEPEST}}}")
_NUMBER = re.compile(rf"(?<![0-9_])[0-9_]{{{_LONGEST_NUMBER}}}")


class NotTomlError(ValueError):
    """Not TOML, or none that anybody would write.

    :ivar words: what is wrong
    :ivar line: where, from 1; None where that is nowhere in particular
    """

    def __init__(self, words: str, line: int | None) -> None:
        super().__init__(f"line {line}: {words}" if line else words)
        self.words = words
        self.line = line


def parse_toml(text: str) -> dict[str, Any]:
    """What the TOML *text* holds.

    :raises NotTomlError: it is none; or nested, dotted or long beyond all use

    >>> parse_toml("schema = 1")
    {'schema': 1}
    >>> parse_toml("a = ?")
    Traceback (most recent call last):
        ...
    patchseries.parsing.NotTomlError: line 1: Invalid value at column 5
    """
    _refuse_the_absurd(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.fullmatch(r"(.*) \(at line (\d{1,9}), column (\d{1,9})\)", str(error), re.DOTALL)
        if not found:  # "at end of document"
            raise NotTomlError(str(error), text.count("\n") + 1) from error
        raise NotTomlError(f"{found[1]} at column {found[3]}", int(found[2])) from error


def parse_json(data: bytes | str) -> Any:
    """What the JSON *data* holds.

    :raises ValueError: it is none, or nested beyond all use

    >>> parse_json(b'[1]')
    [1]
    >>> parse_json("[" * 100_000)
    Traceback (most recent call last):
        ...
    ValueError: nested too deeply
    """
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse_the_absurd(text: str) -> None:
    if len(text) > MOST_BYTES:
        raise NotTomlError(f"more than {MOST_BYTES} characters", None)
    bare = _TOKEN.sub(_stand_in, text)  # as long as the text, line by line
    for pattern, words in (
        (_DOTTED, f"a key of more than {_DEEPEST} parts"),
        (_NUMBER, f"a number of more than {_LONGEST_NUMBER} digits"),
    ):
        if found := pattern.search(bare):
            raise NotTomlError(words, bare.count("\n", 0, found.start()) + 1)
    depth = 0
    for bracket in re.finditer(r"[][{}]", bare):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _DEEPEST:
            line = bare.count("\n", 0, bracket.start()) + 1
            raise NotTomlError(f"nested more than {_DEEPEST} deep", line)


def _stand_in(token: re.Match[str]) -> str:
    """A text or comment as one word and its line feeds; anything else as it is."""
    word = token[0]
    if word[0] not in "\"'#":
        return word
    return ("" if word[0] == "#" else "s") + "\n" * word.count("\n")
