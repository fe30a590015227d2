"""What is cut out of a file to be parsed on its own: whole definitions, from any line of them."""

from __future__ import annotations

import pytest

from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.syntax import chunks

DECORATED = b"""\
def one():
    return 1


@first
@second(2)
def two():
    return 2


def three():
    return 3
"""

AT_THE_MARGIN = b'''\
"""
A text that starts
at the left margin.
"""

import os


def one():
    text = """
and goes on there
"""
    return text


def two():
    return 2
'''

IN_A_CLASS = b'''\
class One(
    First,
    Second):
    """A text

    of some lines.
    """
    a = 1
    b = [
        1,
    ]

    @first(
        2)
    def one(self):
        return 1
'''


BESIDE = b"""\
def one():
    @first
    def two():
        return 2
    return two
@second(
    # of two lines
    2)
@third
def three():
    return 3
"""

BARE = b'''\
"""A text
of two lines."""

one = [
 1,
 2]
'''


@pytest.mark.parametrize(
    ("text", "line", "extent"),
    [
        (BARE, 1, (0, 3)),
        (BARE, 2, (3, 6)),  # a blank line belongs to what follows
        (BARE, 5, (3, 6)),
        (b"\nx = 1\ny = 2\n", 0, (1, 2)),
        (DECORATED[DECORATED.index(b"@second") :], 2, (0, 5)),
        (DECORATED, 4, (4, 10)),
        (DECORATED, 7, (4, 10)),
        (DECORATED, 1, (0, 4)),
        (b'def f():\n    a = """\nb\n"""\nc = 1\n', 1, (0, 4)),
        (BESIDE, 10, (5, 11)),
        (BESIDE[: BESIDE.index(b"@second")] + BESIDE[BESIDE.index(b"def three") :], 6, (5, 7)),
        (AT_THE_MARGIN, 0, (0, 5)),
        (AT_THE_MARGIN, 9, (8, 15)),
        (IN_A_CLASS, 1, (0, 16)),
        (IN_A_CLASS, 5, (3, 7)),
        (IN_A_CLASS, 7, (7, 8)),
        (IN_A_CLASS, 9, (8, 12)),
        (IN_A_CLASS, 13, (12, 16)),
    ],
)
def test_a_definition_is_cut_out_whole(text: bytes, line: int, extent: tuple[int, int]) -> None:
    (part,) = chunks(Scopes.of(text, "a.py"), [(line, line + 1)])
    assert (part.start, part.end) == extent
    assert part.parses


@pytest.mark.parametrize(
    ("line", "odd"), [(9, False), (10, True), (11, True), (12, True), (13, False)]
)
def test_what_stands_beside_a_change_is_judged_and_no_more(line: int, odd: bool) -> None:
    lines = [b"def f(a):", *[b"    a += 1"] * 10, b"    f(a=1, 2)", *[b"    a += 1"] * 5]
    (part,) = chunks(Scopes.of(b"\n".join(lines), "a.py"), [(line, line + 1)])
    assert part.is_odd == odd
    assert part.parses


def test_what_touches_is_one_part_and_what_does_not_are_two() -> None:
    text = b"def one():\n    return 1\n\n\ndef two():\n    return 2\nx = 1\ny = 2\nz = 3\n"
    for runs, extents in (
        ([(0, 1), (4, 5)], [(0, 6)]),
        ([(6, 7), (8, 9)], [(6, 7), (8, 9)]),
    ):
        parts = chunks(Scopes.of(text, "a.py"), runs)
        assert [(part.start, part.end) for part in parts] == extents


def test_what_does_not_parse_is_not_odd_as_well() -> None:
    (part,) = chunks(Scopes.of(b"def f(:\n    f(a=1, 2)\n", "a.py"), [(1, 2)])
    assert (part.parses, part.is_odd) == (False, False)


def test_each_of_several_changes_in_one_function_is_judged() -> None:
    lines = [b"def f(a):", b"    a = 1", *[b"    a += 1"] * 9, b"    f(a=1, 2)"]
    scopes = Scopes.of(b"\n".join(lines), "a.py")
    assert [part.is_odd for part in chunks(scopes, [(1, 2)])] == [False]
    assert [part.is_odd for part in chunks(scopes, [(1, 2), (11, 12)])] == [True]
