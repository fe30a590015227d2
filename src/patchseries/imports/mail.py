"""Patches as mail: an mbox, the files of git format-patch, single patch files."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Mapping

from patchseries.errors import SeriesError
from patchseries.imports.directory import PatchDirectory, made_directory
from patchseries.patches.dep3 import read_header
from patchseries.patches.header import split_patch

_FROM = re.compile(
    rb"^From (?:[0-9a-f]{40,64} [A-Z][a-z]{2} [A-Z][a-z]{2} .{13,20}"
    rb"|\S+ .{0,40}\d\d:\d\d:\d\d .{4,30})$",
    re.M,
)
"""The line that begins a message in an mbox: git's with a commit's id, or a mail program's."""
_TAGS = re.compile(r"^(?:\s*\[[^\]]{0,80}\])+\s*")
_ENCODED = re.compile(
    rb"^Content-Transfer-Encoding:[ \t]*(quoted-printable|base64)[ \t]*\r?$", re.M | re.I
)
_MOST = 10_000
"""Messages of one mbox."""


def read_mbox(data: bytes, label: str) -> PatchDirectory:
    """The patches of the mbox *data*, in its order, each called by its number and subject.

    A message without a diff (a cover letter) is left out.

    :raises SeriesError: it holds no patch
    """
    patches = [one for one in map(decoded, split_mbox(data)) if split_patch(one)[1]]
    if not patches:
        raise SeriesError(f"{label} holds no patch")
    names: dict[str, tuple[bytes, int]] = {}
    for number, patch in enumerate(patches, 1):
        names[f"{number:04d}-{file_stem(read_header(patch).subject)}.patch"] = (patch, 1)
    return made_directory(names)


def read_patch_files(files: Mapping[str, bytes]) -> PatchDirectory:
    """Patch files by name, in the order of their names, as git format-patch numbers them.

    :raises SeriesError: none of them is a patch
    """
    patches = {name: (data, 1) for name, data in sorted(files.items()) if split_patch(data)[1]}
    if not patches:
        raise SeriesError("there is no patch among the files")
    return made_directory(patches)


def split_mbox(data: bytes) -> list[bytes]:
    """The messages of an mbox, with the line that begins each.

    >>> first = b"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001"
    >>> len(split_mbox(first + b"\\nSubject: a\\n\\n" + first + b"\\nSubject: b\\n"))
    2
    """
    starts = [found.start() for found in _FROM.finditer(data)]
    starts = [at for at in starts if at == 0 or data[at - 2 : at] == b"\n\n" or _ends(data, at)]
    starts = sorted({0, *starts})
    if len(starts) > _MOST:
        raise SeriesError(f"more than {_MOST} messages in one file")
    ends = [*starts[1:], len(data)]
    return [data[a:b] for a, b in zip(starts, ends, strict=True) if data[a:b].strip()]


def decoded(message: bytes) -> bytes:
    """*message* with quoted-printable or base64 taken off its body; any other as it is.

    >>> decoded(b"Subject: a\\nContent-Transfer-Encoding: quoted-printable\\n\\na=3Db\\n")
    b'Subject: a\\n\\na=b\\n'
    """
    head, gap, _ = message.partition(b"\n\n")
    if not gap or not (found := _ENCODED.search(head)):
        return message
    body = email.message_from_bytes(message, policy=email.policy.compat32).get_payload(decode=True)
    if not isinstance(body, bytes):
        return message
    lines = [line for line in head.split(b"\n") if line.rstrip(b"\r") != found[0].rstrip(b"\r")]
    return b"\n".join(lines) + b"\n\n" + body.replace(b"\r\n", b"\n")


def file_stem(subject: str) -> str:
    """A file name for a patch of this subject, as git format-patch makes it.

    >>> file_stem("[PATCH 1/2] Fix: a/b (again)")
    'Fix-a-b-again'
    """
    text = re.sub(r"[^A-Za-z0-9_.]+", "-", _TAGS.sub("", subject)).strip("-.")
    return re.sub(r"\.{2,}", ".", text)[:52].rstrip("-.") or "patch"


def _ends(data: bytes, at: int) -> bool:
    """Whether a patch as git writes it ends before *at*: its version below ``-- ``."""
    return b"\n-- \n" in data[max(0, at - 80) : at]
