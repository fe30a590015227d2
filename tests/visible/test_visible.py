"""What a stranger wrote can neither steer a terminal nor command a CI service."""

from __future__ import annotations

import ast
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.visible import json_text, printable, printable_line, visible

ANY = st.text(st.characters(), max_size=30)  # surrogates too


@given(ANY)
def test_no_control_character_is_left(text: str) -> None:
    shown = visible(text)
    kinds = {unicodedata.category(c) for c in shown if c not in "\t\n"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown


@given(st.binary(max_size=12))
def test_bytes_that_are_no_utf8_are_shown_as_bytes(data: bytes) -> None:
    kept = bytes(byte for byte in data if byte >= 0x20 and byte != 0x7F)
    if not any(unicodedata.category(c)[0] in "CZ" for c in kept.decode("utf-8", "ignore")):
        shown = kept.decode("utf-8", "backslashreplace")
        assert visible(kept.decode("utf-8", "surrogateescape")) == shown


@pytest.mark.parametrize(
    "character",
    "\0\x1f\x7f\x80\x9f\u061c\u200e\u202e\u2028\ufeff\ufffe\uffff\ud800\udc7f\udd00\udfff"
    "\U000e0000\U000e007f",
)
def test_an_escape_tells_which_character_it_was(character: str) -> None:
    assert visible(character) != character
    assert ast.literal_eval(f'"{visible(character)}"') == character


@given(ANY)
def test_a_line_is_one_line(text: str) -> None:
    assert len(printable_line(text).splitlines()) <= 1


@given(st.text("abcz .-/é\n\t", max_size=30))
def test_ordinary_text_stays(text: str) -> None:
    assert visible(text) == printable(text) == text


@pytest.mark.parametrize(
    "command", ["::error::x", "  ::set-env name=x::y", "##[error]x", "a ##vso[task]x", "\r::x::"]
)
def test_no_line_is_a_command(command: str) -> None:
    for text in (command, f"before\n{command}"):
        for line in printable(text).splitlines():
            assert not line.lstrip().startswith("::")
            assert "##[" not in line
            assert "##vso[" not in line


@given(st.dictionaries(ANY, ANY, max_size=3), st.booleans())
def test_json_gives_the_same_values_back(values: dict[str, str], ascii_only: bool) -> None:
    text = json_text(values, ascii_only=ascii_only)
    assert json.loads(text) == values
    assert visible(text) == text
    assert text.isascii() or not ascii_only


def test_json_is_for_people_too() -> None:
    assert json_text({"a": "é"}) == '{\n  "a": "é"\n}'
    assert json_text(["é"], indent=None, ascii_only=True) == '["\\u00e9"]'
