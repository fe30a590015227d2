"""Strings that go over several lines: what stands in them is no code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.verify.definitions import read_class
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.strings import in_string

QUOTES = ["'''", '"""']


@pytest.mark.parametrize("quotes", QUOTES)
@pytest.mark.parametrize(
    ("text", "is_in"),
    [
        ("x = QQQ\n> \nQQQ\n", True),
        ("x = QQQ\n\\QQQ> \nQQQ\n", True),
        ("x = QQQ a QQQ\n> \n", False),
        ("x = QQQ\n\nQQQ\n> \n", False),
        ("# QQQ\n> \n# QQQ\n", False),
        ("x = 'it\\'s # \"'\n> \n", False),
        ("x = QQQ # QQQ\n> \n", False),
        ("x = QQQ 'a\n> QQQ\n", True),
        ("> \nx = QQQ\nQQQ\n", False),
        ("x = QQQ\n> \n", False),  # it is never closed
        ("f(QQQ\nQQQ, QQQ\n> QQQ)\n", True),
        ("x = QQQ\n\\\\QQQ\n> \nQQQ\nQQQ\n", False),
        ("x = QQQ > QQQ\n", False),
        ("x = '>'\n# >\n", False),
        ("# >\n", False),
    ],
)
def test_where_a_place_is(text: str, is_in: bool, quotes: str) -> None:
    data = text.replace("QQQ", quotes).encode()
    assert in_string(data, data.index(b">")) is is_in


@pytest.mark.parametrize(
    "template", ["{\n  'a': 1\n}\n", "version: 2\nparameters:\n", "<a>\n", "- a\n"]
)
@pytest.mark.parametrize("quotes", QUOTES)
def test_a_template_in_a_test_ends_neither_its_class_nor_its_function(
    template: str, quotes: str
) -> None:
    head = f"class Test(Base):\n    def one(self):\n        x = {quotes}\n"
    text = f"{head}{template}{quotes}\n        y = 1\n\n    def two(self):\n        self.z = 2\n"
    scopes = Scopes.of(text.encode(), "test.py")
    lines = text.splitlines()
    assert scopes.chain(lines.index("        y = 1")) == (b"Test", b"one")
    assert scopes.chain(lines.index("        self.z = 2")) == (b"Test", b"two")
    found = read_class(text.encode(), b"Test")
    assert found is not None
    assert found.has(b"two")
    assert found.has(b"z")


@pytest.mark.parametrize("end", ["x = 1\n", "@wraps\ndef f():\n    pass\n", "{1: 2}\n", "(a)\n"])
def test_code_in_the_first_column_ends_them(end: str) -> None:
    text = f"class Test(Base):\n    def one(self):\n        pass\n\n{end}    self.z = 2\n"
    scopes = Scopes.of(text.encode(), "test.py")
    assert b"Test" not in scopes.chain(text.count("\n") - 1)
    found = read_class(text.encode(), b"Test")
    assert found is not None
    assert not found.has(b"z")


def test_its_quotes_are_not_in_it() -> None:
    assert not in_string(b"x = '''\n'''\n", 4)


@pytest.mark.parametrize("piece", [b'\\"', b"\\'", b"'\\\n", b'"""\\', b"#'", b"{\n"])
def test_a_string_full_of_what_could_begin_or_end_one_takes_linear_time(piece: bytes) -> None:
    text = b"class A:\n    x = '''\n" + piece * 60_000 + b"\n'''\n    y = 1\n"
    scopes = Scopes.of(text, "a.py")
    assert scopes.chain(len(scopes.lines) - 1) == (b"A",)
    assert not in_string(piece * 60_000, 0)


@given(st.text(st.sampled_from("a'\"#\n\\ "), max_size=40), st.integers(0, 40))
def test_it_never_fails(text: str, at: int) -> None:
    assert in_string(text.encode(), at) in (True, False)
