"""DEP-3: the head of a patch file says where it is from and where it went, in fields.

The values are those that lintian checks (https://dep-team.pages.debian.net/deps/dep3/).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from email.utils import parsedate_to_datetime
from enum import Enum

from patchseries.checks.rule import Rule, error, warning
from patchseries.patches.dep3 import STANDARD, Field, person, read_header

MISSING = error(
    "dep3-missing",
    "a patch header lacks a field",
    "A reader of the package must see what the patch is, who made it, where it is from, "
    "whether it was forwarded and when it was last touched.",
    "where the source is a patch file, add the field to that file; then run `series rebase`",
)
ORIGIN = error(
    "dep3-origin",
    "the field Origin is not valid",
    "The value is `upstream`, `backport`, `vendor` or `other`, then a comma and a URL or "
    "commit:ID. Only `vendor` may stand alone: the packager wrote the patch.",
    "write it as `Origin: backport, commit:ID`",
)
FORWARDED = error(
    "dep3-forwarded",
    "the field Forwarded is not valid",
    "The value is `no`, `not-needed`, `yes`, or the URL where the patch was sent.",
    "write `no`, `not-needed` or a URL",
)
LAST_UPDATE = error(
    "dep3-last-update",
    "the field Last-Update is not a date",
    "The value is an existing day, as YYYY-MM-DD.",
    "write it as YYYY-MM-DD",
)
BUG = error(
    "dep3-bug",
    "a Bug field is not a URL",
    "Bug and Bug-VENDOR hold the URL of a report, so that it can be followed.",
    "set `bug-url` in the project's table, or write the whole URL",
)
APPLIED_UPSTREAM = error(
    "dep3-applied-upstream",
    "the field Applied-Upstream is not valid",
    "The value is the version that has the change, a URL or commit:ID, or both with a comma.",
    "write it as `Applied-Upstream: 2013.2, commit:ID`",
)
PERSON = error(
    "dep3-person",
    "a person is not named as `Name <mail>`",
    "From, Author, Reviewed-by and Acked-by name people who can be asked.",
    "write it as `Name <mail@host>`",
)
DATE = error(
    "dep3-date",
    "the Date of a patch header cannot be read",
    "git am, gbp and the changelog take the time of the change from it.",
    "write it as mail does: `Fri, 28 Jun 2013 10:00:00 +0000`",
)
TWICE = error(
    "dep3-twice",
    "a patch header has a field twice",
    "Some tools use the first, others the last.",
    "keep one of them",
)
MISSPELT = warning(
    "dep3-misspelt",
    "a field of a patch header looks misspelt",
    "A field with a wrong name is not read by any tool.",
    "correct its name",
)

RULES = (
    MISSING,
    ORIGIN,
    FORWARDED,
    LAST_UPDATE,
    BUG,
    APPLIED_UPSTREAM,
    PERSON,
    DATE,
    TWICE,
    MISSPELT,
)

_URL = r"(?:https?|ftp|git)://[^\s/]+\S*"
_VERSION = r"[^\s,]*\d[^\s,]*"
_REFERENCE = rf"(?:{_URL}|commit:[0-9a-f]{{7,64}})(?:[\s,;].*)?"
_ONCE = frozenset(
    {"Description", "Subject", "Origin", "Forwarded", "Last-Update", "Applied-Upstream", "From"}
)

Problem = tuple[Rule, int, str]
"""What is wrong: the rule, the line, the words."""


class Kind(Enum):
    """Whose header it is: of a patch that we ported, of an own patch on top of one, or of a patch
    that was carried here as a file."""

    PORTED = "ported"
    FIXUP = "fixup"
    CARRIED = "carried"


def problems(data: bytes, kind: Kind) -> Iterator[Problem]:
    """What is wrong with the header of the patch file *data*."""
    fields = read_header(data).fields
    names = {field.name for field in fields}
    yield from _missing(data, kind)
    for field in fields:
        yield from _value(field)
        if field.name not in STANDARD and not field.name.startswith(("Bug-", "X-")):
            near = get_close_matches(field.name, STANDARD, n=1, cutoff=0.8)
            if near and near[0] not in names:
                yield MISSPELT, field.line, f"{field.name}: did you mean {near[0]}?"
    yield from _twice(fields)


_DESCRIPTION = ("Subject", "Description")
_AUTHOR = ("From", "Author")
_NEEDED = {
    Kind.PORTED: (("Origin",), _DESCRIPTION, _AUTHOR, ("Forwarded",), ("Last-Update",)),
    Kind.FIXUP: (_DESCRIPTION, _AUTHOR, ("Forwarded",), ("Last-Update",)),
    Kind.CARRIED: (("Author", "From", "Origin"),),
}


def _missing(data: bytes, kind: Kind) -> Iterator[Problem]:
    header = read_header(data)
    filled = {field.name for field in header.fields if field.value}
    for wanted in _NEEDED[kind]:
        if not filled.intersection(wanted):
            yield MISSING, 1, f"it has no {wanted[0]}"
    if kind is Kind.CARRIED and not header.subject:
        yield MISSING, 1, "it has no Description"


def _value(field: Field) -> Iterator[Problem]:
    name = "Bug" if field.name.startswith("Bug-") else field.name
    if name in _VALID and field.value:
        rule, is_valid = _VALID[name]
        if not is_valid(field.value):
            yield rule, field.line, f"{field.name}: {field.value}"


def _twice(fields: Sequence[Field]) -> Iterator[Problem]:
    seen: set[tuple[str, int]] = set()
    for field in fields:
        # A mail may begin with a second From: its author, where another sent it.
        place = (field.name, field.paragraph if field.name == "From" else 0)
        if field.name in _ONCE and place in seen:
            yield TWICE, field.line, f"{field.name} is there twice"
        seen.add(place)


def is_person(value: str) -> bool:
    """Whether *value* is ``Name <mail@host>``, mail encoding allowed."""
    name, mail = person(value)
    return bool(name) and bool(re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", mail))


def is_day(value: str) -> bool:
    """Whether *value* is a day that exists, as YYYY-MM-DD."""
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_mail_date(value: str) -> bool:
    try:
        parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError, OverflowError):
        return False
    return True


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


_VALID: dict[str, tuple[Rule, Callable[[str], bool]]] = {
    "Origin": (ORIGIN, _matches(rf"((upstream|backport|vendor|other),\s*)?{_REFERENCE}|vendor")),
    "Forwarded": (FORWARDED, _matches(rf"(?i:no|not-needed|yes)([\s,;(].*)?|{_URL}([\s,;].*)?")),
    "Last-Update": (LAST_UPDATE, is_day),
    "Bug": (BUG, _matches(rf"{_URL}([\s,;].*)?")),
    "Applied-Upstream": (
        APPLIED_UPSTREAM,
        _matches(rf"({_VERSION},\s*)?{_REFERENCE}|{_VERSION}"),
    ),
    "From": (PERSON, is_person),
    "Author": (PERSON, is_person),
    "Reviewed-by": (PERSON, is_person),
    "Acked-by": (PERSON, is_person),
    "Date": (DATE, _is_mail_date),
}
