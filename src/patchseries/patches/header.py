"""The head of a patch file: mail headers, the message, DEP-3 fields.

The form is one that ``git am``, ``quilt`` and ``gbp pq import`` take and that ``gbp pq export
--abbrev=40`` writes back unchanged: From, Date and Subject encoded as mail headers, the body,
the DEP-3 fields as its last paragraph, ``---``. (DEP-3: https://dep-team.pages.debian.net/deps/dep3/)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.policy import Compat32
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from patchseries.git import Signature


_LINE_LENGTH = 77
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SPECIALS = re.compile(r'[,.@()<>\[\]\\:;"]')
_TAKEN_FOR_A_DIFF = re.compile(
    r"^(?=[ \t]*(---|\+\+\+|@@ -|diff |Index:|\*\*\* |rename |-- $))", re.M
)
"""Lines that patch or git am would take for the start of a diff, also when they are indented."""
_START_OF_DIFF = re.compile(
    rb"^(?:diff --git "
    rb"|Index: [^\n]*\n(?:={10}|--- |diff -)"  # quilt, Subversion, CVS
    rb"|=== (?:modified|added|removed|renamed) [^\n]*\n(?=--- )"  # Bazaar
    rb"|diff [^\n]*\n(?=--- )"
    rb"|--- \S[^\n]*\n\+\+\+ )",
    re.M,
)


@dataclass(frozen=True, slots=True)
class PatchHeader:
    """What stands above a patch's diff.

    ``author`` is None where it is not known, and ``dated`` False where the day is not: then no
    From or Date is written. ``fields`` are the DEP-3 fields in order, (name, value).
    """

    author: Signature | None
    subject: str
    body: str
    fields: tuple[tuple[str, str], ...] = ()
    dated: bool = True


def format_header(header: PatchHeader) -> bytes:
    """*header* as bytes, up to but without the ``---`` line."""
    message: Message[Header, Header] = Message()
    if header.author:
        message["From"] = _from(header.author)
    if header.author and header.dated:
        message["Date"] = Header(mail_date(header.author), "us-ascii", header_name="date")
    message["Subject"] = _encoded("subject", header.subject)
    text = _body(header)
    if text.isascii():
        message.set_payload(text.encode("ascii"))
    else:
        message.set_payload(text, _charset())
    return message.as_bytes(unixfrom=False, policy=Compat32(max_line_length=_LINE_LENGTH))


def mail_date(signature: Signature) -> str:
    """The time of *signature* as a mail header has it, in its own zone."""
    return _local_time(signature).strftime("%a, %-d %b %Y %H:%M:%S %z")


def iso_date(signature: Signature) -> str:
    """The day of *signature* in UTC, in the form of DEP-3: ``2013-06-28``."""
    return datetime.fromtimestamp(signature.time, UTC).strftime("%Y-%m-%d")


def message_body(text: str) -> str:
    """A commit message without its subject paragraph.

    >>> message_body("Subject\\n\\nWhy it is so.  \\n")
    'Why it is so.'
    """
    _, _, body = text.strip("\n").partition("\n\n")
    return "\n".join(line.rstrip() for line in body.strip("\n").split("\n"))


def split_patch(data: bytes) -> tuple[bytes, bytes]:
    """A patch file's head and its diff: from the first line on that a diff program wrote.

    >>> split_patch(b"Subject: x\\n\\n--- a/f\\n+++ b/f\\n")
    (b'Subject: x\\n\\n', b'--- a/f\\n+++ b/f\\n')
    >>> split_patch(b"no diff")
    (b'no diff', b'')
    """
    found = _START_OF_DIFF.search(data)
    return (data[: found.start()], data[found.start() :]) if found else (data, b"")


def _body(header: PatchHeader) -> str:
    paragraphs = [_TAKEN_FOR_A_DIFF.sub("| ", header.body).strip("\n")] if header.body else []
    if header.fields:
        paragraphs.append("\n".join(f"{name}: {_one_line(value)}" for name, value in header.fields))
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""


def _one_line(value: str) -> str:
    """*value* as a field can hold it: a line feed would begin another field."""
    return _CONTROL.sub(" ", value)


def _from(author: Signature) -> Header:
    name = _CONTROL.sub("", re.sub(r"\s+", " ", author.name)).strip() or author.mail or "unknown"
    if _SPECIALS.search(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    header = _encoded("from", name)
    header.append(f"<{_CONTROL.sub('', author.mail)}>", errors="replace")
    return header


def _encoded(name: str, text: str) -> Header:
    header = Header(header_name=name)
    text = _CONTROL.sub(" ", text)
    header.append(text, "us-ascii" if text.isascii() else _charset())
    return header


def _charset() -> Charset:
    charset = Charset("utf-8")
    charset.body_encoding = None  # type: ignore[assignment]  # None: as it is, 8 bit
    charset.header_encoding = QP
    return charset


def _local_time(signature: Signature) -> datetime:
    sign = -1 if signature.zone.startswith("-") else 1
    minutes = sign * (int(signature.zone[1:3]) * 60 + int(signature.zone[3:5]))
    return datetime.fromtimestamp(signature.time, timezone(timedelta(minutes=minutes)))
