"""Single values of strangers: dates, numbers, versions, names in headers and changelogs."""

from __future__ import annotations

import pytest
import requests

from patchseries.debian import changelog, version
from patchseries.debian.request import Maintainer
from patchseries.errors import SeriesError
from patchseries.git.objects import decode, parse_commit
from patchseries.patches.header import PatchHeader, format_header
from patchseries.sources import rest

COMMIT = b"tree %s\nauthor %b\ncommitter %b\n\nFix\n"
CODECS = ("rot13", "undefined", "a\0b", "punycode", "hex", "utf-7", "x" * 999)
NAMES = ("Ann\n -- Eve", "Ann\r", "Ann\x1b[31m", "Ann <eve@evil.invalid>", "A\u2028B")
DIGITS = "9" * 5000


@pytest.mark.parametrize(
    "words",
    [
        "²",
        "٣",
        "1²",
        "-1",
        "1e5",
        "9" * 5000,
        "Fri, 99 Foo 2013",
        "Thu, 04 Apr 2013 00:00:00 +9999",
        "Thu, 04 Apr 99999 00:00:00 GMT",
    ],
)
def test_a_wait_that_is_none_is_no_wait(words: str) -> None:
    response = requests.Response()
    response.headers["Retry-After"] = words
    assert rest._retry_after(response) is None


def test_a_wait_is_a_wait() -> None:
    response = requests.Response()
    response.headers["Retry-After"] = "7"
    assert rest._retry_after(response) == 7


@pytest.mark.parametrize("zone", ["+9999", "-2400", "+0060"])
@pytest.mark.parametrize("time", ["9" * 11, "-" + "9" * 11, "0"])
def test_a_commit_of_any_date_can_be_shown(time: str, zone: str) -> None:
    who = f"A <a@b.invalid> {time} {zone}".encode()
    commit = parse_commit("1" * 40, COMMIT % (b"2" * 40, who, who))
    header = PatchHeader(commit.author, commit.subject, "", ())
    assert b"Subject: Fix" in format_header(header)


@pytest.mark.parametrize("encoding", CODECS)
def test_a_message_is_text_whatever_encoding_it_names(encoding: str) -> None:
    decode(b"+2AA- caf\xe9", encoding).encode()


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 04 Apr 2013 00:00:00 +9999",
        "Thu, 04 Apr 99999 0:0:0 +0",
        "Mon, 01 Jan 0001 00:00:00 +1400",
        "²",
    ],
)
def test_a_changelog_of_any_date_is_read(date: str) -> None:
    seconds = changelog.read_date(f"a (1) b; urgency=low\n\n -- A <a@b.invalid>  {date}\n")
    assert changelog.date_words(seconds)


def test_a_version_of_5000_digits_is_told() -> None:
    with pytest.raises(SeriesError, match="a version of 500"):
        changelog.read_head(f"nova (1:2013.1-{DIGITS}) precise; urgency=low\n")
    with pytest.raises(SeriesError, match="a version of 500"):
        version.likely_updates(f"1:2013.1-{DIGITS}")


@pytest.mark.parametrize("name", NAMES)
def test_a_maintainer_is_one_name(name: str) -> None:
    with pytest.raises(SeriesError, match="name and mail"):
        Maintainer(name, "ann@test.invalid")
    with pytest.raises(SeriesError, match="name and mail"):
        Maintainer("Ann", name)


def test_a_value_begins_no_field_of_a_patch_header() -> None:
    who = b"A\rB <a\rb@b.invalid> 0 +0000"
    author = parse_commit("1" * 40, COMMIT % (b"2" * 40, who, who)).author
    fields = (("Bug", "1\nApplied-Upstream: 1.0"), ("Origin", "x\r\n\n--- a/b"))
    text = format_header(PatchHeader(author, "Fix\rFrom: Eve\nX: y", "", fields)).decode()
    assert [line for line in text.splitlines() if line.startswith(("Applied", "X:", "---"))] == []
    assert sum(line.startswith("From:") for line in text.splitlines()) == 1
