"""Strategies: valid documents with something wrong in them, as bytes or as JSON values."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

AWKWARD = (
    b"", b"\0", b"\r", b"\r\n", b"\n\n", b"\n", b"\t", b" ", b"\x1b]0;x\x07", b"\x9b", b"\xff", b"\xc3",
    "\u2028".encode(), "²".encode(), "\u202e".encode(), b"-", b"--- ", b"+++ ", b"@@ -0,0 +1 @@",
    b"@@ -1,9999999999999999999 +1 @@", b"diff --git a/x b/x", b"\\ No newline at end of file",
    b"GIT binary patch", b"index 0..1", b"rename from ../x", b"../../etc/passwd", b"/etc/passwd", b".git/config",
    b"true", b"false", b"null", b"{}", b"[]", b'""', b"0", b"-1", b"1e999", b"NaN", b"9" * 5000, b"0x" + b"f" * 300,
    b"[" * 400, b"{" * 400, b"a." * 2000, b'"' * 3, b"'''", b"#", b"=", b":", b",", b"%", b"<", b"&", b"$(id)", b"`id`",
    b"a" * 70_000, b"2013-02-30", b"9999-12-31T23:59:60Z", b"+9999", b"rot13", b"I" + b"0" * 40, b"0" * 40,
)  # fmt: skip
"""What goes wrong in documents: control characters, wrong types, depth, length, other formats' words."""

_TOKENS = re.compile(rb"\w+|\s+|[^\w\s]")


@st.composite
def spoilt(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of *seeds* with up to six of its words removed, doubled, exchanged or replaced."""
    tokens = _TOKENS.findall(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 6))):
        if not tokens:
            break
        at = draw(st.integers(0, len(tokens) - 1))
        kind = draw(st.sampled_from(("replace", "insert", "remove", "double", "cut", "exchange")))
        if kind == "replace":
            tokens[at] = draw(_piece())
        elif kind == "insert":
            tokens.insert(at, draw(_piece()))
        elif kind == "remove":
            del tokens[at]
        elif kind == "double":
            length = draw(st.integers(1, 40))
            tokens[at:at] = tokens[at : at + length]
        elif kind == "cut":
            del tokens[at:]
        else:
            other = draw(st.integers(0, len(tokens) - 1))
            tokens[at], tokens[other] = tokens[other], tokens[at]
    return b"".join(tokens)


def _piece() -> st.SearchStrategy[bytes]:
    return st.one_of(
        st.sampled_from(AWKWARD), st.binary(max_size=12), st.text(max_size=6).map(_encoded)
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def json_value() -> st.SearchStrategy[Any]:
    """Any JSON value of moderate size, with awkward texts and numbers."""
    words = st.sampled_from(
        [word.decode("utf-8", "replace") for word in AWKWARD if len(word) < 500]
    )
    leaves = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), words, st.text(max_size=20)
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
        max_leaves=8,
    )


@st.composite
def spoilt_json(draw: st.DrawFn, seed: Callable[[], Any]) -> Any:
    """The value of *seed* with up to three of its parts replaced or removed."""
    value = seed()
    for _ in range(draw(st.integers(0, 3))):
        holders = list(_holders(value))
        if not holders:
            return draw(json_value())
        holder, key = draw(st.sampled_from(holders))
        if draw(st.booleans()):
            holder[key] = draw(json_value())
        else:
            del holder[key]
    return value


def _holders(value: Any) -> Any:
    """Each part of *value* as (what holds it, its key or index)."""
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _holders(inner)
