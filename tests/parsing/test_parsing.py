"""TOML and JSON of strangers are parsed, or refused with the line; never slowly, never a crash."""

from __future__ import annotations

import json

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from patchseries import parsing
from patchseries.parsing import NotTomlError, parse_json, parse_toml

TEXTS = st.text("ab\"'\\#[]{}.\n1=", max_size=40)
VALUES = st.recursive(
    st.integers(-(10**30), 10**30) | st.booleans() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_whatever_is_toml_is_read(document: dict[str, object]) -> None:
    assert parse_toml(tomlkit.dumps(document)) == document


@given(st.text("ab\"'\\#[]{}.\n1= ", max_size=60))
def test_a_text_is_read_or_refused_at_one_of_its_lines(text: str) -> None:
    refused: list[NotTomlError] = []
    try:
        parse_toml(text)
    except NotTomlError as error:
        refused.append(error)
    for reason in refused:
        assert reason.line is not None
        assert 1 <= reason.line <= text.count("\n") + 1
        assert str(reason) == f"line {reason.line}: {reason.words}"


NESTED = 64
LEGAL = (
    "a = " + "[" * NESTED + "]" * NESTED,
    "a = " + "{b = " * NESTED + "1" + "}" * NESTED,
    "a = " + "[[], []]\nb = [" + "[]," * 200 + "]",
    ".".join(["a"] * NESTED) + " = 1",
    "a = " + "9" * 999,
    'a = "' + "[" * 1000 + "." * 1000 + "9" * 5000 + '"',
    "# " + "[" * 1000 + "a." * 1000 + "9" * 5000,
    "a = '''\n" + "[" * 1000 + "\n'''",
    'a = """\n' + "{" * 1000 + '\n"""',
)
REFUSED = (
    ("\n\na = " + "[" * (NESTED + 1) + "]" * (NESTED + 1), 3, "nested more than 64 deep"),
    ("a = 1\nb = " + "{b = " * 65 + "1" + "}" * 65, 2, "nested more than 64 deep"),
    ("a = [" + "[], " * 9 + "[" * 64 + "]" * 65, 1, "nested more than 64 deep"),
    ("a = [\n" + "[\n" * 70 + "]" * 71, 65, "nested more than 64 deep"),
    ("\n" + ".".join(["a"] * (NESTED + 1)) + " = 1", 2, "a key of more than 64 parts"),
    ("[" + " . ".join(["a"] * 70) + "]", 1, "a key of more than 64 parts"),
    (".".join(['"a"'] * 70) + " = 1", 1, "a key of more than 64 parts"),
    ("x = '''\n\n'''\na = " + "9" * 1000, 4, "a number of more than 1000 digits"),
    ("a = -1" + "_000" * 400, 1, "a number of more than 1000 digits"),
    ("a = ?", 1, "Invalid value at column 5"),
    ("a = 1\nb = ", 2, "Invalid value (at end of document)"),
    ("a = 1\n\na = 2", 3, "Cannot overwrite a value"),
    ("a = 2013-02-30", 1, "Invalid date or datetime at column 5"),
)


@pytest.mark.parametrize("text", LEGAL)
def test_what_somebody_might_write_is_read(text: str) -> None:
    parse_toml(text)


@pytest.mark.parametrize(("text", "line", "words"), REFUSED)
def test_what_nobody_would_write_is_refused_at_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(NotTomlError) as caught:
        parse_toml(text)
    assert caught.value.words.startswith(words)
    assert caught.value.line == line


def test_a_text_of_the_greatest_size_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MOST_BYTES", 9)
    assert parse_toml("a = 12345") == {"a": 12345}
    with pytest.raises(NotTomlError, match=r"^more than 9 characters$"):
        parse_toml("a = 123456")


@given(st.recursive(st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_json_is_read(document: object) -> None:
    assert parse_json(json.dumps(document).encode()) == document


@pytest.mark.parametrize("data", ["[" * 100_000, "[" * 100_000 + "]" * 100_000])
def test_json_that_is_nested_beyond_all_use_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r"^nested too deeply$"):
        parse_json(data)
