"""The definitions around a line: those that Python itself sees, and in C what git's hunks show."""

from __future__ import annotations

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.port.verify.scopes import Scopes

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
