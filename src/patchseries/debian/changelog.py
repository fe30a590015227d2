"""The changelog of the package: our entry on top of what is there."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from patchseries.debian.request import Maintainer
from patchseries.debian.version import LONGEST
from patchseries.errors import SeriesError

_TOP = re.compile(
    r"(?P<source>[a-z0-9][a-z0-9+.-]+) \((?P<version>[^\s()]+)\)(?P<suites>(?: [\w.+-]+)+);"
)
UNRELEASED = "UNRELEASED"
"""The distribution of an entry that nobody has said where to upload."""
_WIDTH = 78
_GLUE = "\x1f"  # stands for the space in "LP: #1", where no line may break


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of an entry: source name, version, first distribution."""

    source: str
    version: str
    distribution: str


@dataclass(frozen=True, slots=True)
class ChangelogItem:
    """A patch as the changelog tells it. ``bugs`` are ``LP: #1`` and ``Closes: #2``."""

    name: str
    subject: str
    bugs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of ours, in debian/changelog or debian/NEWS.

    ``timestamp``: seconds since 1970. ``changes``: what was added; ``lines``: settings.
    ``lists``: more points, each a sentence and what it is about. ``plain``: without bullets, as
    debian/NEWS has it.
    """

    source: str
    version: str
    distribution: str
    urgency: str
    maintainer: Maintainer
    timestamp: int
    notes: tuple[str, ...]
    changes: tuple[ChangelogItem, ...] = ()
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lines: tuple[str, ...] = ()
    plain: bool = False


def read_head(changelog: str) -> Head:
    """The head of the newest entry.

    :raises SeriesError: the text does not begin with one
    """
    for line in changelog.splitlines():
        if not line.strip():
            continue
        found = _TOP.match(line)
        if found and len(found["version"]) > LONGEST:
            raise SeriesError(f"debian/changelog: a version of {len(found['version'])} characters")
        if found:
            return Head(found["source"], found["version"], found["suites"].split()[0])
        break
    raise SeriesError("debian/changelog does not begin with an entry")


def read_versions(changelog: str) -> list[str]:
    """The version of each entry, newest first."""
    found = (_TOP.match(line) for line in changelog.splitlines())
    return [head["version"] for head in found if head and len(head["version"]) <= LONGEST]


def read_date(changelog: str) -> int:
    """When the newest entry was made, in seconds since 1970; 0 when it does not say."""
    found = re.search(r"^ -- .*>  (.+)$", changelog, re.MULTILINE)
    try:
        date = int(parsedate_to_datetime(found[1]).timestamp()) if found else 0
    except (ValueError, OverflowError):
        return 0
    return max(date, 0)


def render(entry: Entry) -> str:
    """The text of *entry* (deb-changelog(5)), with the line that ends it."""
    head = f"{entry.source} ({entry.version}) {entry.distribution}; urgency={entry.urgency}"
    body = [_item("  " if entry.plain else "  * ", note) for note in entry.notes]
    body += [_item("    - ", _words(change)) for change in entry.changes]
    body += [_item("    - ", line) for line in entry.lines]
    for title, items in entry.lists:
        body += [_item("  * ", title), *(_item("    - ", item) for item in items)]
    date = date_words(entry.timestamp)
    return "\n".join([head, "", *body, "", f" -- {entry.maintainer}  {date}"]) + "\n"


def continued(changelog: str, entry: Entry) -> str:
    """*changelog* with *entry*: on top of it, or, as dch does, in its newest entry if that is not
    released yet. What stands there already is not written twice; all else keeps its bytes.

    :raises SeriesError: it does not begin with an entry
    """
    top = read_head(changelog)
    if top.distribution != UNRELEASED:
        return joined(render(entry)) + "\n" + changelog.lstrip("\n")
    found = _UNRELEASED_ENTRY.match(changelog.lstrip("\n"))
    if found is None:
        raise SeriesError(
            f"debian/changelog: the entry of {top.version} is not complete",
            hint="it ends in a line ` -- NAME <MAIL>  DATE`",
        )
    there = found["body"].strip("\n")
    words = " ".join(there.split())
    notes = [n for n in entry.notes if " ".join(f"* {n}".split()) not in words]
    mine = "\n".join(_item("  * ", note) for note in notes)
    if mine and found["who"] != str(entry.maintainer):
        if not re.match(r"\s*\[ ", there):
            there = f"  [ {found['who'].partition(' <')[0]} ]\n{there}"
        mine = f"\n  [ {entry.maintainer.name} ]\n{mine}"
    body = [part for part in (there, mine) if part.strip()]
    head = f"{entry.source} ({entry.version}) {entry.distribution}; urgency={entry.urgency}"
    end = f" -- {entry.maintainer}  {date_words(entry.timestamp)}"
    return "\n".join([head, "", *body, "", end]) + changelog.lstrip("\n")[found.end() :]


_UNRELEASED_ENTRY = re.compile(
    r"[^\n]*\n(?P<body>(?:(?! -- )[^\n]*\n)*) -- (?P<who>[^\n]*?>)  [^\n]*"
)


def date_words(timestamp: int) -> str:
    """*timestamp* (seconds since 1970) as deb-changelog(5) writes dates, in UTC."""
    return format_datetime(datetime.fromtimestamp(timestamp, UTC))


def _words(change: ChangelogItem) -> str:
    bugs = f" ({', '.join(change.bugs)})".replace("#", _GLUE + "#") if change.bugs else ""
    bugs = bugs.replace(" " + _GLUE, _GLUE)
    return f"{change.name}: {change.subject}{bugs}"


def _item(bullet: str, text: str) -> str:
    filled = textwrap.fill(
        text,
        _WIDTH,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(_GLUE, " ")


def joined(*texts: str) -> str:
    """Entries, newest first, as one changelog."""
    return "\n".join(text.strip("\n") + "\n" for text in texts if text.strip())


def bug_words(links: Sequence[str]) -> tuple[str, ...]:
    """The bugs of DEP-3 Bug fields as a changelog closes them; what is neither is left out."""
    words = []
    for link in links:
        launchpad = re.search(r"launchpad\.net/(?:[^/]{1,100}/){0,9}\+?bugs?/(\d{1,12})", link)
        debian = re.search(r"bugs\.debian\.org/(?:cgi-bin/bugreport\.cgi\?bug=)?(\d{1,12})", link)
        if launchpad:
            words.append(f"LP: #{launchpad[1]}")
        elif debian:
            words.append(f"Closes: #{debian[1]}")
    return tuple(dict.fromkeys(words))
