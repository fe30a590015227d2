"""Heads of patch files that somebody sent: DEP-3 fields, mail headers, and what is neither."""

from __future__ import annotations

from hostile.runner import MANIFEST, Case, World

DIFF = b"--- a/log.py\n+++ b/log.py\n@@ -1 +1 @@\n-quiet\n+loud\n"
GOOD = b"Description: Loud\nAuthor: A <a@test.invalid>\n"


class Headed:
    """Plants a patch file with this head, as the source of the patch ``fix``."""

    def __init__(self, head: bytes, diff: bytes = DIFF) -> None:
        self.data = head + b"\n" + diff

    def __call__(self, world: World) -> None:
        """Plant it."""
        world.write("patches/own/x.patch", self.data)
        world.write(
            "series/small.toml",
            MANIFEST + '[[patch]]\nname = "fix"\nproject = "project"\n'
            'summary = "x"\nsource = { file = "own/x.patch" }\n',
        )


HEADS = {
    "ESC in its description": b"Description: a\x1b[31m\x1b]0;t\x07\nAuthor: \x1b[31m\n",
    "markup in its description": b"Description: [/red] [link=x]\nAuthor: [b] <[/b]@x>\n",
    "a command to CI": b"Description: x\n ::error::y\n ##vso[x]\nAuthor: ::error::\n",
    "CR in its fields": b"Description: a\rAuthor: Eve\rBug: \r\nAuthor: A\r <a@b>\n",
    "NUL in its fields": GOOD + b"Origin: a\0b\nBug: \0\n",
    "line ends of Unicode": "Description: a\u2028Author: x\x85Bug: y\n".encode() + GOOD,
    "bytes that are not UTF-8": b"Description: caf\xe9 \xff\xfe\nAuthor: \xe9 <\xe9@x>\n",
    "a field of 2 MB": GOOD + b"Origin: " + b"x" * 2_000_000 + b"\n",
    "a field's name of 2 MB": GOOD + b"X" * 2_000_000 + b": x\n",
    "100,000 fields": GOOD + b"Bug: https://x.invalid/1\n" * 100_000,
    "a continuation of 100,000 lines": b"Description: x\n" + b" y\n" * 100_000 + GOOD[18:],
    "100,000 paragraphs": GOOD + b"\nx\n" * 100_000,
    "an address of brackets": b"Description: x\nAuthor: " + b"<" * 100_000 + b"\n",
    "an address of comments": b"Description: x\nAuthor: " + b"(" * 100_000 + b"\n",
    "an address of quotes": b'Description: x\nAuthor: "' + b'\\"' * 50_000 + b" <a@b>\n",
    "encoded words without end": b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\nFrom: A <a@b>\n",
    "a charset that is none": b"Subject: =?undefined?b?YQ==?=\nFrom: =?x\0?q?a?= <a@b>\n",
    "a charset of no text": b"Subject: =?rot13?q?abc?= =?hex?q?6?=\nFrom: =?zip?b?AAAA?= <a@b>\n",
    "an encoded line feed": b"Subject: =?utf-8?q?a=0AFrom: Eve?=\nFrom: =?utf-8?q?A=0A?= <a@b>\n",
    "encoded ESC": b"Subject: =?utf-8?q?a=1B[31m?=\nFrom: =?utf-8?q?A=1B[31m?= <a@b>\n",
    "bits that are no base64": b"Subject: =?utf-8?b?A?=\nFrom: =?utf-8?b?====?= <a@b>\n",
    "a date far away": b"Subject: x\nFrom: A <a@b>\nDate: Mon, 1 Jan 99999 00:00:00 +9999\n",
    "a zone without end": b"Subject: x\nFrom: A <a@b>\nDate: Mon, 1 Jan 2013 00:00:00 +"
    + b"9" * 400 + b"\n",
    "a date of 5,000 digits": b"Subject: x\nFrom: A <a@b>\nDate: " + b"9" * 5000 + b"\n",
    "a Last-Update of letters": GOOD + b"Last-Update: \x1b[31m\nForwarded: \x1b[31m\n",
    "a bug of a script": GOOD + b"Bug: javascript:alert(1)\nBug-Debian: http://[\nForwarded: ../\n",
    "Origin of a table": GOOD + b"Origin: backport, ext::sh -c x\nApplied-Upstream: --x\n",
    "nothing": b"",
    "an end before it begins": b"---\n---\n" + GOOD,
}  # fmt: skip
_STEPS = ((("show", "fix"), 0), (("run", "--onto", "1.0"), 1))
"""``run`` is all of it: the port, the check, the package, the report."""


def _status(name: str, command: str, usual: int) -> int:
    if command != "run":
        return usual
    return 5 if name in _BINARY else 0 if name in _NO_FINDING else usual


_BINARY = ("NUL in its fields", "a charset that is none")
"""With a NUL, which dpkg-source refuses in a patch."""
_NO_FINDING = ("a continuation of 100,000 lines", "100,000 paragraphs")

CASES = tuple(
    Case(
        f"a patch file's head with {name}: {command[0]}",
        Headed(head),
        command,
        _status(name, command[0], status),
        writes=True,
    )
    for name, head in HEADS.items()
    for command, status in _STEPS
)
