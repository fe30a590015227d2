"""What a stranger wrote can neither steer a terminal nor command a CI service."""

from __future__ import annotations

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
