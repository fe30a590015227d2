"""git's objects as values, read from and written to their stored bytes.

Bytes stay bytes: messages and names may be in any encoding, and what is decoded for people
is never what is written back.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from patchseries.model import CommitId, TreeId

_WHEN = re.compile(rb" (?P<time>-?\d{1,11}) (?P<zone>[+-](?:[01]\d|2[0-3])[0-5]\d)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
)
"""Python's codecs that no message is written in: slow, or not of text."""
_LINE_ENDS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_LATEST = 253_402_214_400  # 9999-12-31, what a date can say in every zone
_EARLIEST = -62_135_510_400


@dataclass(frozen=True, slots=True)
class Signature:
    """Who and when: name and mail as text, seconds since 1970 (UTC), zone as ``+0100``."""

    name: str
    mail: str
    time: int
    zone: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. ``message`` is its stored bytes; :attr:`text` is the same for people."""

    id: CommitId
    tree: TreeId
    parents: tuple[CommitId, ...]
    author: Signature
    committer: Signature
    encoding: str
    message: bytes

    @property
    def text(self) -> str:
        """The message, decoded by its declared encoding, else UTF-8, else Latin-1."""
        return decode(self.message, self.encoding)

    @property
    def subject(self) -> str:
        """The first paragraph of the message on one line, as git shows it."""
        paragraph = self.text.strip("\n").split("\n\n", 1)[0]
        paragraph = _LINE_ENDS.sub(" ", paragraph)  # a header line cannot hold them
        return " ".join(line.strip() for line in paragraph.split("\n")).strip()


class TreeEntry(NamedTuple):
    """What a path is in a tree: git's mode (octal digits, ``100644``) and object id."""

    mode: str
    oid: str

    @property
    def is_tree(self) -> bool:
        """Whether it is a directory."""
        return self.mode == "40000"

    @property
    def is_submodule(self) -> bool:
        """Whether it is the commit of another repository, which is not here."""
        return self.mode == "160000"

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, executable or not."""
        return self.mode in ("100644", "100755")


def decode(data: bytes, encoding: str = "utf-8") -> str:
    """*data* as text: by *encoding*, else as UTF-8, else as Latin-1 (which always can).

    >>> decode(b"Zo\\xc3\\xab"), decode(b"Zo\\xeb"), decode(b"Zo\\xeb", "no-such-encoding")
    ('Zoë', 'Zoë', 'Zoë')
    """
    for name in (encoding, "utf-8"):
        try:
            if codecs.lookup(name).name not in _NOT_CHARSETS:
                text = data.decode(name)
                if not _SURROGATE.search(text):  # UTF-7 can spell what is no character
                    return text
        except (ValueError, LookupError):  # UnicodeError is a ValueError
            continue
    return data.decode("latin-1")


def parse_commit(oid: str, data: bytes) -> Commit:
    """The commit stored as *data* (git's commit object format); ValueError if it is none.

    >>> data = b"tree 1\\nparent 2\\nauthor Ann <a@test.invalid> 5 +0200\\n\\nSubject\\n"
    >>> commit = parse_commit("3", data)
    >>> commit.parents, commit.author.name, commit.author.time, commit.subject
    (('2',), 'Ann', 5, 'Subject')
    >>> parse_commit("3", b"100644 f")
    Traceback (most recent call last):
        ...
    ValueError: object 3 is not a commit
    """
    head, _, message = data.partition(b"\n\n")
    fields: dict[str, list[bytes]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key:  # an empty key continues a multi-line header (gpgsig), which nothing here needs
            fields.setdefault(key.decode("latin-1"), []).append(value)
    if "tree" not in fields or "author" not in fields:
        raise ValueError(f"object {oid} is not a commit")
    encoding = fields.get("encoding", [b"utf-8"])[0].decode("latin-1")
    return Commit(
        id=CommitId(oid),
        tree=TreeId(fields["tree"][0].decode()),
        parents=tuple(CommitId(p.decode()) for p in fields.get("parent", [])),
        author=_signature(fields["author"][0], encoding),
        committer=_signature(fields.get("committer", fields["author"])[0], encoding),
        encoding=encoding,
        message=message,
    )


class Tree(Mapping[bytes, TreeEntry]):
    """One level of a tree: what stands under each name. Most names are never asked for."""

    def __init__(self, data: bytes, id_bytes: int = 20) -> None:
        """Read a tree object; *id_bytes* is 20 for SHA-1, 32 for SHA-256."""
        entries = _ENTRIES[id_bytes].findall(data)
        self._entries = {name: (mode, oid) for mode, name, oid in entries}

    def __getitem__(self, name: bytes) -> TreeEntry:
        mode, oid = self._entries[name]
        return TreeEntry(mode.decode(), oid.hex())

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


_ENTRIES = {n: re.compile(rb"(\d+) ([^\0]+)\0(.{%d})" % n, re.DOTALL) for n in (20, 32)}


def format_tree(entries: Iterable[tuple[bytes, TreeEntry]]) -> bytes:
    """The bytes of a tree object, in git's order: a directory sorts as if it ended in ``/``."""
    ordered = sorted(entries, key=lambda e: e[0] + b"/" if e[1].is_tree else e[0])
    return b"".join(
        entry.mode.encode() + b" " + name + b"\0" + bytes.fromhex(entry.oid)
        for name, entry in ordered
    )


def _signature(data: bytes, encoding: str) -> Signature:
    who, _, when = data.rpartition(b">")
    start = who.find(b"<", who.rfind(b">") + 1)
    found = _WHEN.fullmatch(when)
    if not found or start < 0:  # seen in old imports: a missing date; the name is all there is
        return Signature(decode(data, encoding), "", 0, "+0000")
    return Signature(
        decode(who[:start], encoding).strip(),
        decode(who[start + 1 :], encoding),
        min(max(int(found["time"]), _EARLIEST), _LATEST),
        found["zone"].decode(),
    )


def encode_path(path: str) -> bytes:
    """A path as git stores it."""
    return path.encode("utf-8", "surrogateescape")


def decode_path(path: bytes) -> str:
    """A path as text that :func:`encode_path` takes back unchanged."""
    return path.decode("utf-8", "surrogateescape")
