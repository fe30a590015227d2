"""Mail: an mbox, patch files, encoded bodies."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.packages import PATCH
from patchseries.errors import SeriesError
from patchseries.imports import mail
from patchseries.imports.mail import decoded, file_stem, read_mbox, read_patch_files, split_mbox

DIFF = PATCH[PATCH.index(b"--- a/") :]


def message(number: int, subject: str, body: bytes = DIFF) -> bytes:
    head = f"From {number:040x} Mon Sep 17 00:00:00 2001\nFrom: A <a@x.invalid>\n"
    return (
        f"{head}Subject: {subject}\n\n".encode()
        + b"Why.\n---\n x | 1 +\n\n"
        + body
        + b"-- \n2.39.2\n\n"
    )


def test_an_mbox() -> None:
    cover = message(1, "[PATCH 0/2] Cover", b"words\n")
    one, two = message(2, "[PATCH 1/2] Bake: hotter"), message(3, "[PATCH 2/2] Bake: \xe4lter")
    found = read_mbox(cover + one + two, "x.mbox")
    assert found.files == {
        "series": b"0001-Bake-hotter.patch\n0002-Bake-lter.patch\n",
        "0001-Bake-hotter.patch": one,
        "0002-Bake-lter.patch": two,
    }


def test_a_from_in_the_text_begins_no_message() -> None:
    body = DIFF + b"+From here on it is hot\nFrom a friend, on 12:00:00 2001 and so on, at last\n"
    assert len(split_mbox(message(1, "a", body) + message(2, "b"))) == 2


def test_patch_files_come_in_the_order_of_their_names() -> None:
    files = {"0002-b.patch": PATCH, "0001-a.patch": PATCH, "0000-cover-letter.patch": b"words\n"}
    found = read_patch_files(files)
    assert [line.name for line in found.lines] == ["0001-a.patch", "0002-b.patch"]
    with pytest.raises(SeriesError, match="no patch"):
        read_patch_files({"a.patch": b"words\n"})
    with pytest.raises(SeriesError, match="holds no patch"):
        read_mbox(b"words\n", "x")


@pytest.mark.parametrize("how", ["quoted-printable", "base64"])
def test_an_encoded_body(how: str) -> None:
    diff = DIFF.replace(b"220", b"220 = \xc3\xa4")
    coded = quopri.encodestring(diff) if how == "quoted-printable" else base64.encodebytes(diff)
    head = f"Subject: x\nContent-Transfer-Encoding: {how}\nMIME-Version: 1.0\n\n".encode()
    assert decoded(head + coded) == b"Subject: x\nMIME-Version: 1.0\n\n" + diff
    assert decoded(message(1, "a")) == message(1, "a")


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    assert b"".join(split_mbox(data)) in (data, b"")
    decoded(data)
    decoded(b"Content-Transfer-Encoding: base64\n\n" + data)


@given(st.text(max_size=80))
def test_any_subject_is_a_file_name(subject: str) -> None:
    stem = file_stem(subject)
    assert stem
    assert "/" not in stem
    assert stem[0] not in ".-"


def test_where_a_message_begins() -> None:
    first = b"From ada@x.invalid Mon Jul  1 12:00:00 2013\nSubject: a\n\nwords\n"
    second = b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001\nSubject: b\n"
    assert split_mbox(first + b"\n" + second) == [first + b"\n", second]
    assert split_mbox(first + second) == [first + second]  # no empty line, and no end of a patch
    assert split_mbox(first + b"-- \n2.39\n" + second) == [first + b"-- \n2.39\n", second]
    far = b"-- \n" + b"x" * 80 + b"\n"
    assert len(split_mbox(first + far + second)) == 1
    assert split_mbox(b"words\n\n" + second) == [b"words\n\n", second]
    assert split_mbox(b"\n\n" + second) == [second]
    assert split_mbox(b"no mail") == [b"no mail"]


def test_too_many_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_MOST", 2)
    assert len(split_mbox(message(1, "a") + message(2, "b"))) == 2
    with pytest.raises(SeriesError, match="more than 2 messages in one file"):
        split_mbox(b"".join(message(n, "a") for n in range(3)))


def test_what_is_not_encoded_stays() -> None:
    for one in (
        b"Subject: a\nContent-Transfer-Encoding: 8bit\n\na=3Db\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Subject: a\n\nContent-Transfer-Encoding: base64\n\nYQ==\n",
    ):
        assert decoded(one) == one
    dos = b"Subject: a\r\nContent-Transfer-Encoding: base64\r\nX: y\n\nYQ0KYg==\n"
    assert decoded(dos) == b"Subject: a\r\nX: y\n\na\nb"


@pytest.mark.parametrize(
    ("subject", "stem"),
    [
        ("a" * 60, "a" * 52),
        ("a" * 51 + " b", "a" * 51),
        ("[PATCH] [x] a", "a"),
        ("a [b]", "a-b"),
        ("a...b..", "a.b"),
        ("", "patch"),
        ("..", "patch"),
    ],
)
def test_the_name_that_a_subject_makes(subject: str, stem: str) -> None:
    assert file_stem(subject) == stem
