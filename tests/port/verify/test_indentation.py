"""Which lines are indented as Python takes none."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patchseries.port.verify.indentation import has_misfit, misfits

FILE = """\
class A(object):
    '''Text
  at any depth.
    '''
    x = (1,
  2)   # a comment: with a colon
# another

    def f(self):  # a comment
        if self.x: return "it's:"
        y = [
    'a',
        ]; z = y \\
  + {1: 2}
\treturn z

    def g(self): pass


def h():
        return r'\\'
"""
LINES = st.lists(
    st.builds(
        str.__add__,
        st.sampled_from(["", "    ", "  ", "\t", "        "]),
        st.sampled_from(["x = 1", "if x:", "def f():", "f(", ")", "", "# c:", "'''", "x = 'a:'"]),
    ),
    max_size=8,
)


def test_what_python_takes() -> None:
    assert misfits(FILE.encode()) == ()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("        if self.x", "          y = 0\n        if self.x", 10),
        ("        if self.x: return", "        if self.x:\n        return", 10),
        ("    def g", "   def g", 16),
        ("        ]; z", "        ]\n          z", 13),
        ("        return r", "    return 1\n        return r", 21),
    ],
)
def test_a_line_that_does_not_fit(old: str, new: str, line: int) -> None:
    text = FILE.replace(old, new).encode()
    assert text.count(b"\n", 0, misfits(text)[0]) == line


def refused(text: str) -> str | None:
    """Why Python does not take a text."""
    try:
        compile(text, "x", "exec")
    except SyntaxError as error:
        return error.msg
    return None


@given(LINES)
def test_python_agrees(lines: list[str]) -> None:
    text = "".join(line + "\n" for line in lines)
    why, found = refused(text), misfits(text.encode())
    if why is None:
        assert not found
    if why and "unexpected indent" in why:
        assert found


@given(st.binary())
def test_any_bytes_are_read(text: bytes) -> None:
    assert all(text[:start][-1:] in (b"", b"\n") for start in misfits(text))


def test_a_text_full_of_misfits_takes_linear_time() -> None:
    text = b" x\n  y\n" * 100_000
    assert len(misfits(text)) > 100_000


def has(lines: list[str], first: int, last: int) -> bool:
    text = "\n".join(lines).encode()
    return has_misfit(text, text.split(b"\n"), first, last)


def test_a_change_is_judged_with_the_definitions_around_it() -> None:
    lines = FILE.split("\n")
    assert not has(lines, 9, 10)
    lines[8:8] = ["  y = 1"]  # the class ends here, and what follows is too deep
    assert has(lines, 8, 9)
    assert not has(lines, 21, 22)
    assert not has([], 0, 0)
    assert has([*FILE.split("\n"), "        x = 1", "    y = 2"], 19, 20)
    assert not has(["def f():", "    a", "", "", "def g():", "return 1", ""], 1, 2)


def test_only_the_definitions_that_a_change_is_in_are_read() -> None:
    """What was odd in another one before is no news."""
    whole, broken = ["    x", "    y"], ["x", "y"]
    for odd, changed in product(range(4), repeat=2):
        lines = [line for n in range(4) for line in ("def f():", *(broken if n == odd else whole))]
        for first, last in ((0, 1), (1, 2), (0, 2), (1, 1)):
            at = 3 * changed + 1
            assert has(lines, at + first, at + last) == (odd == changed), (odd, at, first, last)


def test_a_definition_below_a_change_is_not_above_it() -> None:
    assert has(["x = 1", "  y", "def f(): pass"], 1, 2)
    assert has(["  y", "def f(): pass"], 0, 1)


@given(LINES, st.integers(0, 20), st.integers(0, 8))
@example([], 13, 6)  # a line that goes on is before a definition then
def test_what_a_change_breaks_is_seen_beside_it(new: list[str], at: int, gone: int) -> None:
    lines = FILE.split("\n")
    lines[at : at + gone] = new
    text = "\n".join(lines)
    if not any("'''" in line or "(" in line for line in new):
        assert has(lines, at, at + len(new)) == bool(misfits(text.encode()))


def test_what_follows_a_line_that_does_not_fit_is_measured_by_it() -> None:
    """One fault is told once: the lines that go on as deep as the misfit are no others."""
    text = b"if x:\n        a\n    b\n    c\nd\n  e\n  f\n"
    assert [text.count(b"\n", 0, at) for at in misfits(text)] == [2, 5]
