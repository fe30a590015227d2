"""The definitions around a line: those that Python itself sees, and in C what git's hunks show."""

from __future__ import annotations

import ast
from itertools import permutations
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.port.verify.scopes import ScopeHeader, Scopes

_BODIES = st.recursive(
    st.sampled_from(["pass", "x = 1\n\ny = 2", "f(\n    1,\n)", "# words\nz = 3"]),
    lambda inner: st.lists(
        st.builds(
            lambda head, body: head + ":\n" + "\n".join("    " + ln for ln in body.split("\n")),
            st.sampled_from(
                ["def f()", "async def g(a)", "class C", "class D(E)", "if x", "for y in z"]
            ),
            inner,
        )
        | inner,
        min_size=1,
        max_size=3,
    ).map("\n".join),
    max_leaves=6,
)


def seen_by_python(text: str) -> dict[int, tuple[bytes, ...]]:
    """The definitions around each line of code, by the parser."""
    found: dict[int, tuple[bytes, ...]] = {}

    def walk(node: ast.AST, chain: tuple[bytes, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            inner = chain
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = (*chain, child.name.encode())
            if isinstance(child, ast.stmt):
                found[child.lineno - 1] = inner
            walk(child, inner)

    walk(ast.parse(text), ())
    return found


@settings(max_examples=50)
@given(_BODIES)
def test_python_sees_the_same_scopes(text: str) -> None:
    scopes = Scopes.of(text.encode(), "dir/a.py")
    expected = seen_by_python(text)
    for line, chain in expected.items():
        assert scopes.chain(line) == chain
        around = scopes.around(line)
        indents = [header.indent for header in around]
        heads = [scopes.lines[header.line] for header in around]
        assert indents == [len(head) - len(head.lstrip()) for head in heads] == sorted(set(indents))
        assert all(
            header.is_function == (b"class" not in scopes.lines[header.line]) for header in around
        )
    names = {name for chain in expected.values() for name in chain}
    assert set(scopes.chains(names)) == {c for c in expected.values() if c}


C = b"int one(void)\n{\n  two();\n}\n\nstatic long three;\n  four\n"


def test_in_other_languages_a_scope_is_the_last_line_that_starts_in_the_first_column() -> None:
    scopes = Scopes.of(C, "a.c")
    one, three = (b"int one",), (b"static long three;",)
    assert [scopes.chain(line) for line in range(9)] == [one] * 5 + [three] * 4
    assert Scopes.of(b"  x\n", "a.c").chain(0) == ()
    assert Scopes.of(b"a", "a.c").chain(5) == (b"a",)
    assert Scopes.of(b"def a():\n b\n", "script").chain(1) == (b"a",)


def test_columns_and_lines_are_counted_as_git_and_python_count_them() -> None:
    scopes = Scopes.of(b"a\n\tb\n   \tc\n        \td\n\n \x0ce", "a.py")
    assert [scopes.indent(line) for line in range(7)] == [0, 8, 8, 16, None, 2, None]
    assert len(scopes.lines) == 6
    assert len(Scopes.of(b"a\r\nb\x0bc\n", "a.py").lines) == 2


def test_a_tab_reaches_to_the_next_eighth_column() -> None:
    scopes = Scopes.of(b"class A:\n\tdef f(self):\n         x = 1\n        y = 2\n", "a.py")
    assert [scopes.chain(line) for line in (2, 3)] == [(b"A", b"f"), (b"A",)]


def test_definitions_are_found_by_name_below_blank_lines() -> None:
    scopes = Scopes.of(b"\n\nclass A:\n    def f(self):\n        pass\n", "a.py")
    assert list(scopes.chains({b"f", b"A"})) == [(b"A",), (b"A", b"f")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.c", b"  a\nint f(void)\n  b\n  c\nint g(void)\n  d\n"),
        ("a.py", b"a = 1\ndef f():\n  b\n  c\nclass G:\n  d = 2\n"),
        ("a.py", b"class A:\n  def f():\n    b\n    c\n  def g():\n    d\n"),
    ],
)
def test_what_is_around_a_line_does_not_depend_on_what_was_asked_before(
    path: str, text: bytes
) -> None:
    pattern = Scopes.of(text, path).pattern
    alone = [Scopes(text, pattern).chain(line) for line in range(6)]
    assert len(set(alone)) == 3
    for order in permutations(range(6)):
        scopes = Scopes(text, pattern)
        assert [scopes.chain(line) for line in order] == [alone[line] for line in order]


_OTHER_LINES = st.lists(st.sampled_from(["int f(void)", "{", "    x = 1;", "\ty();", "}", ""]))


@given(_OTHER_LINES, st.lists(st.integers(0, 40)))
def test_in_other_languages_it_is_the_last_line_in_the_first_column(
    lines: list[str], asked: list[int]
) -> None:
    """Whatever was asked before, and in whatever order."""
    scopes = Scopes("\n".join(lines).encode(), Scopes.of(b"", "a.c").pattern)
    for line in asked:
        above = [text for text in lines[: line + 1] if text.startswith("int")]
        assert scopes.chain(line) == ((b"int f",) if above else ())


class _Counted(Scopes):
    """Counts the lines that were looked at."""

    looked: ClassVar[int] = 0

    def _header(self, line: int) -> ScopeHeader | None:
        type(self).looked += 1
        return super()._header(line)


def test_no_line_is_looked_at_for_each_place_below_it() -> None:
    """A file in which nothing starts in the first column, and a change of all of it."""
    text = b"(function () {\n" + b"\tcall();\n" * 2000
    scopes = _Counted(text, Scopes.of(b"", "a.js").pattern)
    assert {scopes.chain(line) for line in range(2000)} == {()}
    assert _Counted.looked < 3 * 2000
    assert [len(spans) for spans in scopes._spans.values()] == [1]


@given(
    st.lists(st.sampled_from([b"x", b'"""', b'x = """a""" + """b', b""])),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))),
)
def test_quotes_are_counted_whatever_was_asked_before(
    lines: list[bytes], asked: list[tuple[int, int]]
) -> None:
    scopes = Scopes.of(b"\n".join(lines), "a.py")
    for low, high in asked:
        counted = sum(line.count(b'"""') for line in scopes.lines[low:high])
        assert scopes.quotes(low, high) == counted
