"""Ports of JSON."""

from __future__ import annotations

import pytest

from patchseries.port.verify.languages.json import LANGUAGE
from port.verify.languages.conftest import Codes

read = LANGUAGE.read


@pytest.mark.parametrize(
    ("text", "error", "again"),
    [
        ('{"a": {"b": 1},\n "c": [{"b": 1}, "b", "b"]}', None, {}),
        ('\ufeff{"a": 1}', None, {}),
        ("", None, {}),
        ('{"a": 1,\n "b": 1,\n "a": 2,\n "a": 3}', None, {"a": [2, 3]}),
        ('{"a": {"\u00e4\\n": 1,\n "\u00e4\\n": 2}}', None, {"\u00e4\n": [1]}),
        ('{"\\u0061": 1, "a": 2,\n "\\u0061": 2}', None, {"a": [0, 1]}),
        ('{"a": 1,\n "b": 1\n "c": 1}', 2, {}),
        ('{"a": 1,\n}', 1, {}),
        ("// why\n{}", 0, {}),
        ("[" * 100_000, 0, {}),
    ],
)
def test_what_is_read(text: str, error: int | None, again: dict[str, list[int]]) -> None:
    found = read(text.encode())
    assert (found.error, dict(found.repeated)) == (error, again)


def test_bytes_that_are_no_text_cannot_be_read() -> None:
    assert read(b'{"a": "\xff"}').error == 0


BEFORE = '{\n  "name": "oven",\n  "heat": 1,\n  "bread": {\n    "rye": 1\n  }\n}\n'
AFTER = BEFORE.replace('"heat": 1', '"heat": 2')


def ours(text: str) -> str:
    return text.replace('"rye": 1', '"rye": 1,\n    "oat": 1')


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (ours(AFTER), []),
        (ours(AFTER).replace("2,", "2"), ["port-syntax"]),
        (ours(AFTER).replace("2,", '2,\n  "heat": 1,'), ["port-duplicate-definition"]),
    ],
)
def test_what_a_port_breaks(codes: Codes, result: str, expected: list[str]) -> None:
    assert codes("package.json", BEFORE, AFTER, ours(BEFORE), result) == expected
