"""The header of a patch file, read in every form that packagers write, and kept."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patchseries.patches.compose import keep_header
from patchseries.patches.dep3 import Header, person, read_header

DIFF = b"diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
STAT = b" f | 2 +-\n 1 file changed\n\n"


def fields(header: Header) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in header.fields]


def test_fields_of_dep3() -> None:
    header = read_header(
        b"Description: one line\n long text,\n .\n   as it is\n"
        b"Author: Ann <a@t.invalid>\nauthor: Ben <b@t.invalid>\n"
        b"Bug-debian: https://bugs.debian.org/1\nBug-Debian: https://bugs.debian.org/2\n"
        b"Origin: upstream,\n https://example.org/1\n\n"
        b"More words.\n\nForwarded: no\nLast-update: 2020-02-02\n---\nOrigin: ignored\n" + DIFF
    )
    assert fields(header)[1:] == [
        ("Author", "Ann <a@t.invalid>"),
        ("Author", "Ben <b@t.invalid>"),
        ("Bug-Debian", "https://bugs.debian.org/1"),
        ("Bug-Debian", "https://bugs.debian.org/2"),
        ("Origin", "upstream, https://example.org/1"),
        ("Forwarded", "no"),
        ("Last-Update", "2020-02-02"),
    ]
    assert [field.line for field in header.fields] == [1, 5, 6, 7, 8, 9, 14, 15]
    assert (header.subject, header.author) == ("one line", ("Ann", "a@t.invalid"))
    assert header.body == "long text,\n\n  as it is\n\nMore words."
    assert header.date is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"Foo: one\n more\nBar: x\n", ["Foo", "Bar"]),  # of the first paragraph alone
        (b"Foo: one\nmore\nBar: x\n", []),
        (b"Words.\n\nFoo: one\n more\n", []),
        (b"Words.\n\nFoo: one\n more\nOrigin: x\n", ["Foo", "Origin"]),
        (b"Words.\n\nOrigin: x\nwords\n", ["Origin"]),
    ],
)
def test_which_paragraphs_are_fields(text: bytes, names: list[str]) -> None:
    assert [name for name, _ in fields(read_header(text))] == names


@pytest.mark.parametrize(
    ("text", "found", "prose"),
    [
        # without a blank after the colon only a field that DEP-3 knows is one
        (b"Author:Ann\nnote:x\n", ["1:Author=Ann"], ("note:x",)),
        (b"http://x.invalid/\n", [], ("http://x.invalid/",)),
        (b"see:this\nBug:1\n", [], ("see:this\nBug:1",)),
        (b"Origin:x\n y\n", ["1:Origin=x y"], ()),
        (b"Origin : x\n", ["1:Origin=x"], ()),
        (b"Origin:\n x\n y\n", ["1:Origin=x y"], ()),
        # in a comment, and no further than it
        (b"# Origin: x\n# words\n", ["1:Origin=x"], ()),
        (b"# note: x\n", [], ()),
        (b"# Origin: x\n more\n", ["1:Origin=x"], (" more",)),
        (b"# Origin: x\n#  more\n", ["1:Origin=x more"], ()),
        (b"Origin: x\n#!/bin/sh\n", ["1:Origin=x"], ()),
        (b"#DP: a\n# DP:c\n", [], ("a\nc",)),
        # where in the header
        (b"words\n\nX-Own: 1\n", ["3:X-Own=1"], ("words",)),
        (b"a\n\nSubject: x\n", ["3:Subject=x"], ("a",)),
        (b"a\n\nb\n\nSubject: x\n", [], ("a", "b", "Subject: x")),
        (b"a\n\nb\n\nOrigin: x\n", ["5:Origin=x"], ("a", "b")),
        (b"Origin: x\n\t\n more\n", ["1:Origin=x"], (" more",)),
        (b"Foo: 1\nBar: 2\nwords\n", [], ("Foo: 1\nBar: 2\nwords",)),
        (b"Foo: 1\nBug: 2\nwords\n", ["1:Foo=1", "2:Bug=2"], ("words",)),
        (b"a\n\nFoo: 1\nBug: 2\nwords\n", [], ("a", "Foo: 1\nBug: 2\nwords")),
        (b"a\n\nFoo: 1\nBug: 2\n", ["3:Foo=1", "4:Bug=2"], ("a",)),
        (b"---\nOrigin: x\n", [], ()),
        (b"Origin: x\n--- \nBug: 1\n", ["1:Origin=x"], ()),
        (b"From %b\nBug: 1\n" % (b"1" * 40), ["2:Bug=1"], ()),
        (b"Bug: 1\nFrom %b\n" % (b"1" * 40), ["1:Bug=1"], ("From " + "1" * 40,)),
        # names are the same in upper and lower case
        (b"bug-debian: 1\nBUG-X: 2\nBUG: 3\n", ["1:Bug-Debian=1", "2:Bug-X=2", "3:Bug=3"], ()),
    ],
)
def test_what_is_a_field_and_what_is_text(
    text: bytes, found: list[str], prose: tuple[str, ...]
) -> None:
    header = read_header(text)
    assert [f"{field.line}:{field.name}={field.value}" for field in header.fields] == found
    assert header.prose == prose


def test_a_mail() -> None:
    header = read_header(
        b"From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\n"
        b"From: =?utf-8?q?Zo=C3=AB?= <z@t.invalid>\nDate: Sat, 1 Feb 2020 10:00:00 -0000\n"
        b"Subject: [PATCH] words\n instead\n\n"
        b"Note: this is text,\nof two lines.\nBug: so is this\n\n"
        b"Bug: https://t.invalid/7\nForwarded: no\n---\n" + STAT + DIFF
    )
    assert header.author == ("Zoë", "z@t.invalid")
    assert header.date is not None
    assert header.date.isoformat() == "2020-02-01T10:00:00+00:00"
    assert header.subject == "[PATCH] words instead"
    assert header.body == "Note: this is text,\nof two lines.\nBug: so is this"
    assert fields(header)[3:] == [("Bug", "https://t.invalid/7"), ("Forwarded", "no")]


@pytest.mark.parametrize(
    ("data", "subject", "author"),
    [
        (b"", "", None),
        (b"\n\n", "", None),
        (b"just words\nin two lines\n", "just words", None),
        (b"Index: of words\nis text\n", "Index: of words", None),
        (b"Description:\n the second line\n", "the second line", None),
        (b"\xef\xbb\xbfDescription: marked\n", "marked", None),
        (
            b"Description: W\xf6rter\nAuthor: Zo\xeb <z@t.invalid>\n",
            "Wörter",
            ("Zoë", "z@t.invalid"),
        ),
        (b"Subject: crlf\r\nAuthor: A <a@t.invalid>\r\n\r\n", "crlf", ("A", "a@t.invalid")),
        (
            b"#! /bin/sh /usr/share/x\n# Description: x\n#  y\n# Author: A <a@t.invalid>\n",
            "x",
            ("A", "a@t.invalid"),
        ),
        (b"## 01_x.dpatch by somebody\n\nDescription: x\n", "x", None),
        (
            b"From: Sender <s@t.invalid>\nSubject: x\n\nFrom: Author <a@t.invalid>\n\ny\n",
            "x",
            ("Author", "a@t.invalid"),
        ),
        (
            b"From: Sender <s@t.invalid>\nSubject: x\n\nFrom:\n\ny\n",
            "x",
            ("Sender", "s@t.invalid"),
        ),
        (b"# DP: one line,\n# DP: and another.\n\n", "one line,", None),
        (
            b"commit 1234567890123456789012345678901234567890\nAuthor: A <a@t.invalid>\n"
            b"Date:   Mon Jun 3 18:53:58 2024 +0200\n\n    Fix it\n    \n    Now.\n",
            "Fix it",
            ("A", "a@t.invalid"),
        ),
        (b"Author: nobody in particular\nSubject: x\n", "x", ("nobody in particular", "")),
        (
            b"From: =?nonsense?q?x?= <a@t.invalid>\nSubject: =?utf-8?b?x?=\n",
            "=?utf-8?b?x?=",
            ("=?nonsense?q?x?=", "a@t.invalid"),
        ),
    ],
)
def test_who_and_what(data: bytes, subject: str, author: tuple[str, str] | None) -> None:
    header = read_header(data + DIFF)
    assert (header.subject, header.author) == (subject, author)
    assert header.data == data


@pytest.mark.parametrize(
    "start",
    [
        DIFF,
        b"Index: f\n===================================================================\n",
        b"Index: p/f\n--- p/f\n+++ p/f\n",
        b"diff -Nur a/f b/f\n--- a/f\n+++ b/f\n",
        b"=== modified file 'f'\n--- a/f\n+++ b/f\n",
        b"--- a/f\r\n+++ b/f\r\n",
    ],
)
def test_the_diff_begins_where_a_program_wrote_it(start: bytes) -> None:
    head = b"Description: x\n\n--- no diff\nIndex: of words\ndiff is a program\n\n"
    assert read_header(head + start).data == head


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"Bug: u\n"),
        (b"Description: x\n more\n\ntext\n", b"Description: x\n more\nBug: u\n\ntext\n"),
        (b"Description: x\r\n\r\n", b"Description: x\r\nBug: u\r\n\r\n"),
        (b"Subject: x\n\ntext\n---\n stat\n\n", b"Subject: x\n\ntext\n\nBug: u\n---\n stat\n\n"),
        (
            b"Subject: x\n\ntext\n\nOrigin: vendor\n---\n",
            b"Subject: x\n\ntext\n\nOrigin: vendor\nBug: u\n---\n",
        ),
        (b"Subject: x\nOrigin: vendor\n\ntext\n", b"Subject: x\nOrigin: vendor\nBug: u\n\ntext\n"),
        (b"# Description: x\n\n", b"# Description: x\n# Bug: u\n\n"),
        (b"text\n\n", b"text\n\nBug: u\n"),
        (b"text", b"text\n\nBug: u\n"),
        (b"---\n stat\n", b"Bug: u\n---\n stat\n"),
        (b"Bug: t\n", b"Bug: t\nBug: u\n"),
        (b"bug:u\n", b"bug:u\n"),
    ],
)
def test_where_a_field_is_added(before: bytes, after: bytes) -> None:
    assert read_header(before).with_fields([("Bug", "u")]).data == after


def test_what_may_stand_once_is_not_added_with_another_value() -> None:
    header = read_header(b"Forwarded: no\n")
    assert header.with_fields([("Forwarded", "https://t.invalid/")]).data == b"Forwarded: no\n"


_LINES = st.sampled_from(
    [
        b"",
        b" ",
        b" more",
        b" .",
        b"\t",
        b"---",
        b"# a comment",
        b"#",
        b"text",
        b"Zo\xeb",
        b"\xff",
        b"Description: x",
        b"Subject: =?utf-8?q?x?=",
        b"From: A <a@t.invalid>",
        b"Author: B",
        b"Date: Sat, 1 Feb 2020 10:00:00 +0000",
        b"Bug: u",
        b"Bug-Debian: v",
        b"# Origin: vendor",
        b"Origin: vendor",
        b"Forwarded:",
        b"Unknown: y",
        "Größe".encode(),
        b"From 1234567890123456789012345678901234567890 x",
        b"\x00\x0b\x0c\x85",
    ]
)


def _last_line(data: bytes) -> bytes:
    return data.removesuffix(b"\n").rpartition(b"\n")[2]


_ENDS = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n"])
_HEADERS = st.one_of(
    st.lists(st.tuples(_LINES, _ENDS)).map(lambda lines: b"".join(a + b for a, b in lines)),
    st.binary(max_size=60).map(lambda data: data + b"\n"),
).filter(lambda data: not _last_line(data).startswith((b"Index: ", b"=== ", b"diff ")))
"""A last line of that kind is a part of the diff."""
_ADDED = st.lists(
    st.tuples(
        st.sampled_from(["Bug", "Bug-Debian", "Origin", "Forwarded", "X-Series-Adapted"]),
        st.sampled_from(["u", "v", "Zoë", "日本"]),
    ),
    min_size=1,
    max_size=4,
)


@given(_HEADERS)
@example(b"---\n")
def test_what_is_read_is_kept(data: bytes) -> None:
    header = read_header(data + DIFF)
    assert header.data == data
    written = keep_header(header.data, STAT + DIFF)
    assert written.startswith(data)
    assert written.removeprefix(data) in (DIFF, STAT + DIFF)
    assert read_header(written).fields == header.fields


@given(_HEADERS, _ADDED)
def test_adding_keeps_all_other_bytes_and_adds_once(
    data: bytes, added: list[tuple[str, str]]
) -> None:
    header = read_header(data + DIFF)
    once = header.with_fields(added)
    assert once.with_fields(added) == once
    rest = list(once.data)
    for byte in header.data:  # in this order, all of them
        rest = rest[rest.index(byte) + 1 :]
    assert all(once.says(*field) for field in added)
    for name, value in set(added):
        if not header.says(name, value) and once.says(name, value):
            assert once.values(name).count(value) <= 1
    told = [field for field in added if not header.says(*field)]
    assert not told or set(once.fields) != set(header.fields)


@given(_HEADERS)
def test_whatever_it_is_it_can_be_read(data: bytes) -> None:
    header = read_header(data)
    assert isinstance(header.subject + header.body, str)
    assert header.author is None or any(header.author)
    assert header.date is None or header.date.tzinfo is not None
    assert all(field.line >= 1 and field.lines for field in header.fields)


def test_the_date_of_git_show() -> None:
    header = read_header(b"Author: A <a@t.invalid>\nDate:   Mon Jun 3 18:53:58 2024 +0200\n")
    assert header.date is not None
    assert header.date.isoformat() == "2024-06-03T18:53:58+02:00"


def test_comments_in_comments_are_no_address() -> None:
    """The library reads each by a call of its own, and gives up at some depth."""
    deep = "(" * 100_000
    assert person(f" Ann {deep}") == (f"Ann {deep}", "")


def test_what_goes_on_after_words_belongs_to_them() -> None:
    header = read_header(b"Author: Ann\n Packager\nwords\n go on\n")
    (field,) = header.fields
    assert (field.name, field.lines) == ("Author", ("Ann", " Packager"))
    assert header.prose == ("words\n go on",)
