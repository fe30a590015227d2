"""Where a line of one text stands in another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks.lines import split_lines
from patchseries.port.hunks.regions import Texts

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=8).map(tuple)


@given(LINES, LINES, LINES)
def test_a_line_is_found_again_unless_an_edit_took_it(
    base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    texts = Texts.of(base, ours, theirs)
    taken = {at for edit in texts.our_edits for at in range(edit.low, edit.high)}
    for at, line in enumerate(base):
        here = texts.to_ours(at)
        assert (here is None) == (at in taken)
        assert here is None or ours[here] == line
    brought = {at for edit in texts.their_edits for at in range(edit.start, edit.end)}
    for at, line in enumerate(theirs):
        there = texts.to_ancestor(at)
        assert (there is None) == (at in brought)
        assert there is None or base[there] == line


def texts_of(theirs: str, ours: str = "") -> Texts:
    return Texts.of((), split_lines(ours), split_lines(theirs))


CODE = (
    "[a]\nx = 1\n    more\n\n[b]  \n[not one] = 2\nclass C:\n    def f():\n        pass\n"
    "    [nor this]\ny = 2\n[c]\n    deep\n"
)


@pytest.mark.parametrize(
    ("at", "heads"),
    [
        (0, []),  # a section's name is in none
        (1, [0]),
        (2, [1, 0]),
        (4, []),
        (5, [4]),
        (6, [4]),
        (8, [7, 6, 4]),
        (10, [4]),
        (12, [11]),
    ],
)
def test_the_blocks_and_the_section_that_a_line_is_in(at: int, heads: list[int]) -> None:
    assert list(texts_of(CODE).heads(at)) == heads


@pytest.mark.parametrize(
    ("code", "at", "heads"),
    [
        ("f {\n\tx\n\n\ty {\n\t\tz\n\t\tz\n\t}\n}\n", 5, [3, 0]),
        ("f {\n\tx\n\n\ty {\n\t\tz\n\t\tz\n\t}\n}\n", 3, [0]),
        ("f\n    x\n\n    y\n", 3, [0]),
        ("    x\n    y\nend\n", 1, []),  # nothing is above it
        ("    x\n    y\nend\n", 0, []),
    ],
)
def test_a_block_of_several_lines(code: str, at: int, heads: list[int]) -> None:
    """Indented with blanks or tabs; an empty line ends none."""
    assert list(texts_of(code).heads(at)) == heads


def test_a_section_of_a_file_with_crlf() -> None:
    assert list(texts_of("[a]\r\nx = 1\r\n").heads(1)) == [0]


def test_before_the_first_section_there_is_none() -> None:
    assert list(texts_of("x = 1\n[a]\n").heads(0)) == []


@pytest.mark.parametrize(
    ("head", "here"),
    [
        ("class Oven(Base):\n", "class Oven(object):\n"),
        ("    class Oven:\n", "    class Oven(Base):\n"),
        ("public final class Oven extends Base {\n", "public final class Oven {\n"),
        ("pub struct Oven<T> {\n", "pub struct Oven {\n"),
        ("public enum Oven {\n", "public enum Oven implements Hot {\n"),
        ("impl Oven {\n", "impl Oven<T> {\n"),
        ("interface Oven {\n", "interface Oven extends Hot {\n"),
        ("pub trait Oven {\n", "pub trait Oven: Hot {\n"),
        ("[testenv:oven]\n", "[testenv:oven]  \n"),
    ],
)
def test_a_class_or_section_is_known_by_its_name(head: str, here: str) -> None:
    assert texts_of(head, f"x\n{here}y\n").is_named_here(0)


@pytest.mark.parametrize(
    ("head", "here"),
    [
        ("class Oven:\n", "class Ovens:\n"),
        ("class Ovens:\n", "class Oven:\n"),
        ("class Oven:\n", "    class Oven:\n"),
        ("class Oven:\n", "x = class_Oven\n"),
        ("[oven]\n", "[ovens]\n"),
        ("def oven():\n", "def oven():\n"),  # another signature may be another function
    ],
)
def test_another_is_another(head: str, here: str) -> None:
    assert not texts_of(head, here).is_named_here(0)
