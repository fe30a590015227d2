"""A patch file as a source, or as an own patch on top: its header is kept byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.small_series import SmallSeries, enter, small_series

DIFF = b"--- a/README\n+++ b/README\n@@ -1 +1 @@\n-text\n+words\n"
DESCRIPTION = (
    b"Description: words instead of a text\n"
    b" The text was too long for anybody who wants to read it.\n"
    b" .\n"
    b" Words are short.\n"
    b"Author: Ann Writer <ann@test.invalid>\n"
    b"Author: Ben Writer <ben@test.invalid>\n"
    b"Origin: vendor\n"
    b"Bug-Debian: https://bugs.debian.org/123456\n"
    b"Bug-Debian: https://bugs.debian.org/654321\n"
    b"Forwarded: no\n"
    b"Last-Update: 2020-02-02\n"
)
HEADS = {
    "description": DESCRIPTION + b"\n",
    "separator": DESCRIPTION + b"---\nThis patch header follows DEP-3.\n README | 2 +-\n\n",
    "mail": b"From: =?utf-8?q?Zo=C3=AB?= <zoe@test.invalid>\n"
    b"Date: Sat, 01 Feb 2020 10:00:00 +0100\n"
    b"Subject: [PATCH 2/3] words instead of\n a text\n\nThe text was too long.\n\n"
    b"Bug: https://bugs.test.invalid/7\nForwarded: not-needed\n---\n README | 2 +-\n\n",
    "subject": b"Subject: words instead of a text\nAuthor: Ann Writer <ann@test.invalid>\n\n",
    "prose": b"Words are short, and so is this.\n\n",
    "comments": b"# by hand\n\n## more\n" + DESCRIPTION,
    "latin-1": b"Description: W\xf6rter\nAuthor: Zo\xeb <zoe@test.invalid>\n\n",
    "crlf": DESCRIPTION.replace(b"\n", b"\r\n") + b"\r\n",
    "nothing": b"",
}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    with small_series(tmp_path) as made:
        enter(made, monkeypatch, tmp_path)
        yield made


def write(small: SmallSeries, head: bytes, keys: str = "") -> None:
    """One more patch, from a patch file with *head*."""
    folder = small.root / "patches/packager"
    folder.mkdir(parents=True)
    (folder / "words.patch").write_bytes(head + DIFF)
    manifest = small.root / "series/small.toml"
    entry = '\n[[patch]]\nname = "words"\nproject = "project"\n' + keys
    manifest.write_text(
        manifest.read_text() + entry + 'source = { file = "packager/words.patch" }\n'
    )


def written(small: SmallSeries) -> bytes:
    small.run("rebase", "--onto", "1.0")
    return (small.root / "patches/small/1.0/project/0003-words.patch").read_bytes()


@pytest.mark.parametrize("form", HEADS)
def test_a_header_is_kept_byte_for_byte(small: SmallSeries, form: str) -> None:
    write(small, HEADS[form])
    data = written(small)
    assert data.partition(b"diff --git ")[0] == HEADS[form]
    assert data.endswith(b"\n-text\n+words\n")
