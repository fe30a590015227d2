"""The version in the name of a tag or branch, and where it stands among those of its line.

Names may be anybody's. They are read token by token, in time in proportion to their length, and
long ones not at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Key = tuple[int, tuple[int, ...], int, tuple[int, ...], tuple[int, ...]]
"""Where in its line a place stands: (0 release, 1 end of line, 2 branch head), the numbers without
trailing zeros, the stage (development, alpha, milestone, candidate, final), the stage's own numbers
(of a final release: of what came after it, such as a patch level), and the numbers of a package's
revision (none: it is no package)."""

HEAD: Key = (2, (), 0, (), ())
"""The place of the head of a branch: behind every tag of the line."""

LONGEST_NAME = 100
"""Characters of a tag or branch that can be a release: longer ones are somebody's trick."""

_DEVELOPMENT, _ALPHA, _MILESTONE, _CANDIDATE, _FINAL = range(-1, 4)
_STAGES = {
    "dev": _DEVELOPMENT,
    **dict.fromkeys(("a", "alpha"), _ALPHA),
    **dict.fromkeys(("b", "beta", "g", "gamma", "m", "milestone", "pre", "preview"), _MILESTONE),
    **dict.fromkeys(("rc", "c", "cr"), _CANDIDATE),
    **dict.fromkeys(("final", "ga", "release", "stable", "lts"), _FINAL),
    **dict.fromkeys(("post", "p", "pl", "patch", "r", "rev", "sp"), _FINAL),
}
_ENDS = {"em": 0, "eom": 1, "eol": 2, "last": 3}

_TOKEN = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]")
_SEPARATORS = ".", "_", "-"
"""What may stand between the numbers of a version, the most usual first."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version in a name.

    :param prefix: what stands before it in the name
    :param numbers: as they are written: ``("22", "04", "1")``
    :param rest: what stands behind the numbers
    :param key: its place
    """

    prefix: str
    numbers: tuple[str, ...]
    rest: str
    key: Key

    @property
    def values(self) -> tuple[int, ...]:
        """The numbers."""
        return tuple(int(number) for number in self.numbers)


@lru_cache(maxsize=16384)  # the tags of a repository are asked for time and again
def version_in(name: str) -> Version | None:
    """The version that *name* ends in; None when it ends in none.

    >>> [version_in(name).numbers for name in ("v1.4.2", "curl-8_4_0", "REL9_6_24", "tool-2")]
    [('1', '4', '2'), ('8', '4', '0'), ('9', '6', '24'), ('2',)]
    >>> version_in("v1.4.0-rc.1").key < version_in("1.4").key < version_in("1.4.0-1").key
    True
    >>> version_in("1.4-watch") is None
    True
    """
    if len(name) > LONGEST_NAME:
        return None
    tokens = tokens_of(name)
    for start, end in number_runs(tokens):
        rest = tokens[end:]
        if (stage := _stage(rest)) is not None:
            numbers = tuple(tokens[start:end:2])
            key = (0, significant([int(n) for n in numbers]), *stage, ())
            return Version("".join(tokens[:start]), numbers, "".join(rest), key)
    return None


def packaged_version(name: str) -> Version | None:
    """The version of a Debian package's tag, as DEP-14 writes it; None when it is no such tag.

    Revisions are ordered by their numbers, which is what dpkg does with all but the odd ones.

    >>> found = packaged_version("debian/1%2.3_rc1-4")
    >>> found.numbers, found.key[2], found.key[4]
    (('2', '3'), 2, (4,))
    >>> packaged_version("upstream/2.3").key == version_in("v2.3").key
    True
    """
    vendor, _, text = name.removeprefix("archive/").partition("/")
    if vendor not in ("debian", "ubuntu", "upstream") or len(name) > LONGEST_NAME:
        return None
    text = text.replace("%", ":").replace("_", "~").replace("#", "")
    text = text.partition(":")[2] or text
    revision = ""
    if vendor != "upstream":
        text, revision = text.rpartition("-")[::2] if "-" in text else (text, "0")
    text = re.sub(r"[+~.](?:dfsg|ds|repack|really|git)[^/]*$", "", text)
    found = version_in(text)
    if found is None or found.prefix not in ("", "v"):
        return None
    numbers = tuple(int(n) for n in re.findall(r"[0-9]+", revision)) or (0,)
    key = (*found.key[:4], numbers if vendor != "upstream" else ())
    return Version(f"{vendor}/", found.numbers, found.rest, key)


def is_final(key: Key) -> bool:
    """Whether a tag with this place in its line is a release: no candidate, no end, no package."""
    return key[0] == 0 and key[2] == _FINAL and not key[4]


def end_of_line(name: str) -> tuple[str, Key] | None:
    """What a tag such as ``zed-eol`` or ``2023.1-last`` ends, and its place there.

    >>> end_of_line("yoga-eom")[0], end_of_line("1.2-rc1")
    ('yoga', None)
    """
    line, _, end = name.rpartition("-")
    if not line or end not in _ENDS or len(name) > LONGEST_NAME:
        return None
    return line, (1, (), 0, (_ENDS[end],), ())


def place_behind(rest: str) -> Key | None:
    """The place of ``.1``, ``.b3``, ``.0rc1``, ``.0.0.0b1`` or nothing behind a line's version.

    >>> place_behind(".0.0.0b1") < place_behind("") < place_behind(".1")
    True
    """
    tokens = tokens_of(rest)
    end = 0
    while tokens[end : end + 1] == ["."] and is_number("".join(tokens[end + 1 : end + 2])):
        end += 2
    stage = _stage(tokens[end:])
    if stage is None:
        return None
    return (0, significant([int(n) for n in tokens[1:end:2]]), *stage, ())


def milestone(stage: str, number: str) -> Key:
    """The place of a milestone (``2``) or, by the word *stage*, of another such tag (``rc2``)."""
    return (0, (), _STAGES[stage or "b"], (int(number),), ())


def tokens_of(name: str) -> list[str]:
    """The numbers, the words and the single other characters of *name*."""
    return _TOKEN.findall(name)


def is_number(token: str) -> bool:
    """Whether *token* is a number, in the digits that versions are written with."""
    return token.isascii() and token.isdecimal()


def number_runs(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Where the numbers of a version may begin and end.

    Numbers between equal separators are it, where there are any; else single numbers.
    """
    single = [at for at, token in enumerate(tokens) if is_number(token)]
    for separator in _SEPARATORS:
        runs: list[tuple[int, int]] = []
        end = 0
        for start in single:
            if start >= end:
                end = start + 1
                while tokens[end : end + 1] == [separator] and end + 1 in single:
                    end += 2
                if end > start + 1:
                    runs.append((start, end))
        if runs:
            return runs
    return [(start, start + 1) for start in single]


def significant(numbers: Sequence[int]) -> tuple[int, ...]:
    """*numbers* without trailing zeros: 1.4 and 1.4.0 are one release."""
    size = max((n for n, number in enumerate(numbers, 1) if number), default=0)
    return tuple(numbers[:size])


# Private -----------------------------------------------------------------------------------------


def _stage(tokens: Sequence[str]) -> tuple[int, tuple[int, ...]] | None:
    """The stage that *tokens* behind a version's numbers name, and its numbers; None: no stage."""
    words = list(tokens)
    if "+" in words[1:]:  # what stands behind it says how a release was built
        words = words[: words.index("+", 1)]
    attached = bool(words) and words[0].isalpha()
    if words and words[0] in "-._+~":
        words = words[1:]
        if not words:
            return None
    if not words:
        return _FINAL, ()
    word = words[0].lower()
    numbers = words if is_number(word) else words[1:]
    if numbers and numbers[0] in _SEPARATORS:
        numbers = numbers[1:]
    between = numbers[1::2]
    if len(between) == len(numbers[::2]) > 0 or not set(between) <= set(_SEPARATORS):
        return None
    if not all(map(is_number, numbers[::2])):
        return None
    values = tuple(int(n) for n in numbers[::2])
    if is_number(word):
        return _FINAL, values
    if attached and word.isascii() and len(word) == len(words) == 1:
        return _FINAL, (ord(word) - ord("a") + 1,)  # 1.1.1w: a letter for a patch level
    return (_STAGES[word], values) if word in _STAGES else None
