"""The header of a patch file as it stands: its DEP-3 fields are read, its bytes are kept.

DEP-3 knows two forms: fields of its own (Description, Author) and a mail (Subject, From), whose
other fields may stand in a later paragraph. Both are read, with continuation lines, comments
(``#``) and free text; what is added is added as further fields, and all other bytes stay.
(https://dep-team.pages.debian.net/deps/dep3/)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from patchseries.git.objects import decode
from patchseries.patches.header import split_patch

_MAIL = ("From", "Date", "Subject")
_DEP3 = (
    "Description",
    "Origin",
    "Bug",
    "Forwarded",
    "Author",
    "Reviewed-by",
    "Acked-by",
    "Last-Update",
    "Applied-Upstream",
)
STANDARD = (*_MAIL, *_DEP3)
"""The names of the fields that DEP-3 and mail have, spelt as they are there."""
_SPELLING = {name.lower(): name for name in STANDARD}
_REPEATABLE = re.compile(r"(Bug(-.*)?|Author|Reviewed-by|Acked-by)", re.I)
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*+)[ \t]*+:(?:[ \t]++(.*)|)$")
_TIGHT_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*):(.*)$")
_FIRST = re.compile(r"(From|commit) [0-9a-f]{40,64}( |$)")
"""The first line of git format-patch, and of git show."""
_DP = re.compile(r"#+ ?DP:[ \t]?(.*)")
"""A line of text as dpatch had it, in a comment."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, its lines of text, the number of its first line (from 1).

    ``paragraph`` counts the paragraphs of the header from 0.
    """

    name: str
    lines: tuple[str, ...]
    line: int
    paragraph: int = 0

    @property
    def value(self) -> str:
        """Its text on one line."""
        return " ".join(filter(None, (line.strip() for line in self.lines)))


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the diff of a patch file.

    ``data`` are its bytes, ``fields`` the fields in order. ``prose`` are the paragraphs of free
    text, with the ``---`` line and all below it left out.
    """

    data: bytes
    fields: tuple[Field, ...] = ()
    prose: tuple[str, ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """The values of all fields called *name*."""
        return tuple(field.value for field in self.fields if field.name == name)

    @property
    def subject(self) -> str:
        """The change in one line: Subject, or the first line of Description or of the text."""
        found = next(iter(self.values("Subject")), "")
        return _decoded(found) if found else next(iter(self._description()), "").strip()

    @property
    def body(self) -> str:
        """What is said of the change besides the subject."""
        lines = self._description()
        if self.values("Subject"):
            return "\n".join(lines).strip("\n")
        return "\n".join(lines[1:]).strip("\n")

    @property
    def author(self) -> tuple[str, str] | None:
        """The author's name and mail address (each may be ``""``); None when no author is named."""
        # A second From, in the body of a mail, names the author; the first one sent it.
        values = (*self.values("From")[::-1], *self.values("Author"))
        return next(filter(any, map(person, values)), None)

    @property
    def date(self) -> datetime | None:
        """When the change was made, as a mail says it; None when it is not said."""
        try:
            when = parsedate_to_datetime(next(iter(self.values("Date")), ""))
        except (ValueError, IndexError, TypeError, OverflowError):
            return None
        return when if when.tzinfo else when.replace(tzinfo=UTC)  # mail's -0000

    def with_fields(self, fields: Iterable[tuple[str, str]]) -> Header:
        """This header with those of *fields* (name, value) added that it does not have yet.

        A field that may stand once is not added when it is there with another value.
        """
        header = self
        for name, value in fields:
            if not header.says(name, value):
                header = read_header(_added(header.data, name, value))
        return header

    def says(self, name: str, value: str) -> bool:
        """Whether it has a field *name*; with this *value*, where several may stand."""
        held = _lines_like(self.data, name)
        return value in held if _REPEATABLE.fullmatch(name) else bool(held)

    def _description(self) -> list[str]:
        lines: list[str] = []
        for field in self.fields:
            if field.name == "Description":
                lines += [_unescaped(line) for line in field.lines]
        for paragraph in self.prose:
            lines += ["", *paragraph.split("\n")]
        while lines and not lines[0].strip():
            del lines[0]
        return lines


def read_header(patch: bytes) -> Header:
    """The header of a patch file; *patch* may be the header alone. Whatever it is, it is read."""
    return _parsed(split_patch(patch)[0])


@lru_cache(maxsize=32)
def _parsed(data: bytes) -> Header:
    """Each rule of a check asks again, and a head may be long."""
    fields: list[Field] = []
    prose: list[str] = []
    for index, paragraph in enumerate(_paragraphs(_lines(data))):
        found, text = _read_paragraph(index, paragraph)
        fields += found
        if text:
            prose.append("\n".join(text))
    return Header(data, tuple(fields), tuple(prose))


def canonical(name: str) -> str:
    """The name of a field as DEP-3 spells it: names are the same in upper and lower case.

    >>> canonical("LAST-UPDATE"), canonical("bug-debian"), canonical("X-Own")
    ('Last-Update', 'Bug-Debian', 'X-Own')
    """
    if name.lower().startswith("bug-"):
        return f"Bug-{name[4:5].upper()}{name[5:]}"
    return _SPELLING.get(name.lower(), name)


def person(value: str) -> tuple[str, str]:
    """Name and mail address of ``Name <mail@host>``, mail encoding allowed; ``""`` for neither.

    >>> person("Ann Packager <ann@test.invalid>")
    ('Ann Packager', 'ann@test.invalid')
    >>> person("=?utf-8?q?Zo=C3=AB?= <z@test.invalid>")
    ('Zoë', 'z@test.invalid')
    >>> person("somebody"), person("Ann <ann>")
    (('somebody', ''), ('Ann', 'ann'))
    """
    text = _decoded(value)
    try:
        name, mail = parseaddr(text)
    except RecursionError:  # a comment in a comment in a comment …
        return text.strip(), ""
    if not name and "@" not in mail:
        return text.strip(), ""
    return name, mail


# Lines -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a header: its number (from 1), its bytes' range, its text without a comment's #."""

    number: int
    start: int
    end: int
    text: str
    comment: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip() and not self.comment

    @property
    def continues(self) -> bool:
        return self.text[:1] in (" ", "\t") and bool(self.text.strip())


def _lines(data: bytes) -> list[_Line]:
    """The lines of the header *data*, up to its ``---``."""
    lines: list[_Line] = []
    start = 0
    for number, raw in enumerate(data.split(b"\n"), 1):
        end = min(start + len(raw) + 1, len(data))
        text = decode(raw).rstrip("\r")
        if number == 1:
            text = text.removeprefix("\ufeff")
        if text.rstrip() == "---":
            break
        if start < len(data):
            lines.append(_line(number, start, end, text))
        start = end
    return lines


def _line(number: int, start: int, end: int, text: str) -> _Line:
    if text.startswith("#!") or (number == 1 and _FIRST.match(text)):
        return _Line(number, start, end, "")
    if found := _DP.match(text):
        return _Line(number, start, end, found[1])
    if text.startswith("#"):
        return _Line(number, start, end, text[1:].removeprefix(" "), comment=True)
    return _Line(number, start, end, text)


def _paragraphs(lines: Sequence[_Line]) -> list[list[_Line]]:
    paragraphs: list[list[_Line]] = [[]]
    for line in lines:
        if not line.blank:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _read_paragraph(index: int, lines: Sequence[_Line]) -> tuple[list[Field], list[str]]:
    """The fields of a paragraph, and its other lines."""
    if not _holds_fields(index, lines):
        return [], [line.text for line in lines if not line.comment]
    fields: list[_Open] = []
    text: list[str] = []
    last: _Line | None = None
    for line in lines:
        found = _name_and_value(line)
        if found:
            fields.append(_Open(canonical(found[0]), [found[1]], line.number))
            last = line
        elif line.continues and last and last.comment == line.comment:
            fields[-1].lines.append(line.text)
        else:
            text += [] if line.comment else [line.text]
            last = None
    return [Field(f.name, tuple(f.lines), f.number, index) for f in fields], text


class _Open(NamedTuple):
    """A field while its lines are collected."""

    name: str
    lines: list[str]
    number: int


def _holds_fields(index: int, lines: Sequence[_Line]) -> bool:
    """Whether a paragraph is one of fields. The first may have fields that DEP-3 does not know;
    a later one begins with one that it knows, or has nothing else."""
    written = [line for line in lines if not line.comment or _name_and_value(line)]
    names = [found[0] if (found := _name_and_value(line)) else None for line in written]
    if not names or names[0] is None:
        return False
    known = [name is not None and _is_known(name, index) for name in names]
    others = all(n or line.continues for n, line in zip(names, written, strict=True))
    return known[0] or (others and any(known)) or (index == 0 and (others or any(known)))


def _is_known(name: str, index: int) -> bool:
    """Whether *name* makes fields of a paragraph; mail's are at the top, or follow it at once."""
    name = canonical(name)
    return name in (STANDARD if index < 2 else _DEP3) or name.startswith(("Bug-", "X-"))


def _name_and_value(line: _Line) -> tuple[str, str] | None:
    found = _FIELD.match(line.text)
    if found is None and (tight := _TIGHT_FIELD.match(line.text)):
        found = tight if _is_known(tight[1], 0) else None
    if found is None or (line.comment and not _is_known(found[1], 0)):
        return None
    return found[1], (found[2] or "").strip()


def _unescaped(line: str) -> str:
    """A line of a Description: one space is its mark, and a dot stands for an empty line."""
    line = line[1:] if line[:1] in (" ", "\t") else line
    return "" if line.strip() == "." else line.rstrip()


def _decoded(value: str) -> str:
    """*value* with mail's encoding taken off, as far as it can be."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


# Adding ------------------------------------------------------------------------------------------


def _lines_like(data: bytes, name: str) -> list[str]:
    """The values of lines that look like a field *name*, wherever in the header they stand."""
    pattern = re.compile(rf"\s*{re.escape(name)}[ \t]*:(.*)", re.I)
    found = (pattern.match(line.text) for line in _lines(data))
    return [match[1].strip() for match in found if match]


def _added(data: bytes, name: str, value: str) -> bytes:
    """The header *data* with one more field, at the end of its fields of DEP-3."""
    lines = _lines(data)
    eol = b"\r\n" if data.partition(b"\n")[0].endswith(b"\r") else b"\n"
    text = f"{name}: {value}"
    place = _place(lines)
    at, comment = place or (lines[-1].end if lines else 0, False)
    before = data[:at]
    added = (b"# " if comment else b"") + text.encode() + eol
    if before and not before.endswith(b"\n"):
        before += eol
    if place is None and lines and not lines[-1].blank:
        added = eol + added
    return before + added + data[at:]


def _place(lines: Sequence[_Line]) -> tuple[int, bool] | None:
    """Where the fields of DEP-3 end, if any are there, and whether one more must be a comment."""
    for index, paragraph in reversed(list(enumerate(_paragraphs(lines)))):
        fields, _ = _read_paragraph(index, paragraph)
        if _take_more(fields):
            last = _last_field_line(fields, paragraph)
            return last.end, last.comment
    return None


def _take_more(fields: Sequence[Field]) -> bool:
    """Whether DEP-3 fields stand here: those of a mail alone are for mail."""
    names = [field.name for field in fields]
    return any(n in _DEP3 or n.startswith(("Bug-", "X-Series-")) for n in names)


def _last_field_line(fields: Sequence[Field], paragraph: Sequence[_Line]) -> _Line:
    last = fields[-1].line + len(fields[-1].lines) - 1
    return next(line for line in paragraph if line.number == last)
