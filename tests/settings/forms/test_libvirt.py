"""libvirtd.conf and qemu.conf: what libvirt takes, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.settings.forms import libvirt


def rows(text: str) -> list[tuple[str, str, int, int]]:
    read = libvirt.parse(text)
    assert read.problem is None
    return [(one.option, one.value, one.first, one.last) for one in read.assignments]


def test_what_is_read() -> None:
    text = (
        "# a\n\nmax = 20 # b\n  name='x # y'\n"
        'list = [ "a", # c\n  "b" ,\n]\nlong = """q\n"r"""\nnone = []\nless = -1'
    )
    assert rows(text) == [
        ("max", "20", 3, 3),
        ("name", "x # y", 4, 4),
        ("list", "[a, b]", 5, 7),
        ("long", 'q\n"r', 8, 9),
        ("none", "[]", 10, 10),
        ("less", "-1", 11, 11),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("max 20\n", 1),
        ("\nmax = a\n", 2),
        ("a = 1\nmax = 'a\n", 2),
        ("max = 1 2\n", 1),
        ("max = [ 'a' 'b' ]\n", 1),
        ("max = [ 'a'\n", 1),
        ("[max]\n", 1),
        ("= 1\n", 1),
    ],
)
def test_what_libvirt_refuses(text: str, line: int) -> None:
    read = libvirt.parse(text)
    assert read.problem
    assert read.line == line


@given(st.text(alphabet="ab=1\"'[],# \n-", max_size=40))
def test_any_text_is_read_and_every_line_number_is_there(text: str) -> None:
    read = libvirt.parse(text)
    last = text.count("\n") + 1
    places = [(one.first, one.last) for one in read.assignments]
    assert all(1 <= first <= end <= last for first, end in places)
    assert places == sorted(places)


def test_a_long_file_takes_linear_time() -> None:
    assert len(libvirt.parse("a = [ " + "1, " * 100_000 + "]\n" + "b = 1\n" * 50_000).assignments)
    assert libvirt.parse("a = [" + " " * 500_000).problem
