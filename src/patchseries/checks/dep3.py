"""DEP-3: the head of a patch file says where it is from and where it went, in fields.

The values are those that lintian wants (https://dep-team.pages.debian.net/deps/dep3/).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime

from patchseries.checks.rule import Rule, error, warning
from patchseries.patches.header import split_patch

MISSING = error(
    "dep3-missing",
    "a patch header lacks a field",
    "Whoever finds the patch in the package must see what it is, who made it, where it is from, "
    "whether it was forwarded and when it was last touched.",
    "run `series rebase`; for an own patch, add the field to the file in patches/own",
)
ORIGIN = error(
    "dep3-origin",
    "the field Origin is not valid",
    "It says `upstream`, `backport`, `vendor` or `other`, then a comma and a URL or commit:ID. "
    "Only `vendor` may stand alone: what was written here has no other place.",
    "write it as `Origin: backport, commit:ID`",
)
FORWARDED = error(
    "dep3-forwarded",
    "the field Forwarded is not valid",
    "It says `no`, `not-needed` or the URL of the place it was sent to.",
    "write `no`, `not-needed` or a URL",
)
LAST_UPDATE = error(
    "dep3-last-update",
    "the field Last-Update is no date",
    "It is a day that exists, as YYYY-MM-DD.",
    "write it as YYYY-MM-DD",
)
BUG = error(
    "dep3-bug",
    "a Bug field is no URL",
    "Bug and Bug-VENDOR hold the URL of a report, so that it can be followed.",
    "set `bug-url` in the project's table, or write the whole URL",
)
APPLIED_UPSTREAM = error(
    "dep3-applied-upstream",
    "the field Applied-Upstream is not valid",
    "It says the version that has the change, then a comma and a URL or commit:ID.",
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
    "a field stands twice in a patch header",
    "Tools take the first or the last; which one is luck.",
    "leave one of them",
)
MISSPELT = warning(
    "dep3-misspelt",
    "a field of a patch header looks misspelt",
    "A field with a wrong name is not read by any tool.",
    "correct its name",
)

RULES = (
    MISSING, ORIGIN, FORWARDED, LAST_UPDATE, BUG, APPLIED_UPSTREAM, PERSON, DATE, TWICE, MISSPELT,
)  # fmt: skip

_URL = r"https?://[^\s/]+\S*"
_REFERENCE = rf"(?:{_URL}|commit:[0-9a-f]{{7,64}})"
_KNOWN = (
    "Description", "Subject", "Origin", "Bug", "Forwarded", "Author", "From", "Reviewed-by",
    "Acked-by", "Last-Update", "Applied-Upstream", "Date",
)  # fmt: skip
_ONCE = frozenset(
    {"Description", "Subject", "Origin", "Forwarded", "Last-Update", "Applied-Upstream", "From"}
)
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]*): *(.*)")

Problem = tuple[Rule, int, str]
"""What is wrong: the rule, the line, the words."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a header: its name, its value with continuation lines joined, its line."""

    name: str
    value: str
    line: int


def fields_of(data: bytes) -> tuple[Field, ...]:
    """The fields of a patch file: those of the first paragraph of its head and of the last.

    In between stands prose, which may have lines that look like fields.
    """
    head = split_patch(data)[0].decode("utf-8", "replace")
    paragraphs = _paragraphs(head)
    if not paragraphs:
        return ()
    chosen = [paragraphs[0], *paragraphs[1:][-1:]]
    return tuple(field for paragraph in chosen for field in _fields(paragraph))


def problems(data: bytes, *, own: bool) -> Iterator[Problem]:
    """What is wrong with the head of the patch file *data*.

    :param own: a patch written here needs no Origin
    """
    fields = fields_of(data)
    names = {field.name for field in fields}
    for wanted in _WANTED[1:] if own else _WANTED:
        if not any(f.value for f in fields if f.name in wanted):
            yield MISSING, 1, f"it has no {wanted[0]}"
    for field in fields:
        yield from _value(field)
        if field.name not in _KNOWN and not field.name.startswith(("Bug-", "X-")):
            near = get_close_matches(field.name, _KNOWN, n=1, cutoff=0.8)
            if near and near[0] not in names:
                yield MISSPELT, field.line, f"{field.name}: did you mean {near[0]}?"
    yield from _twice(fields)


_WANTED = (
    ("Origin",),
    ("Subject", "Description"),
    ("From", "Author"),
    ("Forwarded",),
    ("Last-Update",),
)


def _value(field: Field) -> Iterator[Problem]:
    name = "Bug" if field.name.startswith("Bug-") else field.name
    if name in _VALID and field.value:
        rule, is_valid = _VALID[name]
        if not is_valid(field.value):
            yield rule, field.line, f"{field.name}: {field.value}"


def _twice(fields: Sequence[Field]) -> Iterator[Problem]:
    seen: set[str] = set()
    for field in fields:
        if field.name in _ONCE and field.name in seen:
            yield TWICE, field.line, f"{field.name} stands twice"
        seen.add(field.name)


def _paragraphs(head: str) -> list[list[tuple[int, str]]]:
    """The paragraphs of a head up to its ``---``: each line with its number from 1."""
    paragraphs: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(head.split("\n"), 1):
        if line.rstrip() == "---":
            break
        if line.strip():
            paragraphs[-1].append((number, line))
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _fields(paragraph: Sequence[tuple[int, str]]) -> list[Field]:
    fields: list[Field] = []
    for number, line in paragraph:
        found = _FIELD.fullmatch(line.rstrip())
        if found:
            fields.append(Field(found[1], found[2].strip(), number))
        elif line[0] in " \t" and fields:
            last = fields.pop()
            fields.append(Field(last.name, f"{last.value} {line.strip()}".strip(), last.line))
    return fields


def is_person(value: str) -> bool:
    """Whether *value* is ``Name <mail@host>``, mail encoding allowed."""
    try:
        name, mail = parseaddr(str(make_header(decode_header(value))))
    except (HeaderParseError, LookupError, ValueError):
        return False
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
    except (ValueError, IndexError, TypeError):
        return False
    return True


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


_VALID: dict[str, tuple[Rule, Callable[[str], bool]]] = {
    "Origin": (ORIGIN, _matches(rf"(upstream|backport|vendor|other), {_REFERENCE}|vendor")),
    "Forwarded": (FORWARDED, _matches(rf"no|not-needed|{_URL}")),
    "Last-Update": (LAST_UPDATE, is_day),
    "Bug": (BUG, _matches(_URL)),
    "Applied-Upstream": (APPLIED_UPSTREAM, _matches(rf"[^\s,]+, {_REFERENCE}")),
    "From": (PERSON, is_person),
    "Author": (PERSON, is_person),
    "Reviewed-by": (PERSON, is_person),
    "Acked-by": (PERSON, is_person),
    "Date": (DATE, _is_mail_date),
}
