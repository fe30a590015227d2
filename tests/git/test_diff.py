"""The names of files in what git says of a difference."""

from __future__ import annotations

import codecs

import pytest

from patchseries.git.diff import parse_patch


@pytest.mark.parametrize("name", [r"plain name", r"\a\b\t\n\v\f\r\"\\\001\177", r"\303\251\377"])
def test_a_name_is_quoted_as_in_c(name: str) -> None:
    quote = '"' * ("\\" in name)
    header = f"diff --git {quote}a/{name}{quote} {quote}b/{name}{quote}\n".encode()
    (path,) = parse_patch([header, b"@@ -1 +0,0 @@\n", b"-x\n"])
    meant = codecs.decode(name, "unicode_escape").encode("latin-1")
    assert path.encode("utf-8", "surrogateescape") == meant
