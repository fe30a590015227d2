"""Which plain names have a meaning where they are read."""

from __future__ import annotations

import symtable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.verify import bindings
from patchseries.port.verify.bindings import unbound, where_unbound
from patchseries.port.verify.names import BUILTINS
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.syntax import chunks

MODULE = b"""\
def one(a, b=1, *c, **d):
    with a as e, b as (f, g):
        pass
    for h, (i, j) in c:
        k, l = [m for m in d if m]
    try:
        import n.o, p.q as r
        from s import t, u as v
    except (n, r), w:
        x = lambda y, z=1: [lambda: y + z, lambda y: z]
    print(a, b, c, d, e, f, g, h, i, j, k, l, n, r, t, v, w, x)
"""


def names(text: bytes, path: str = "a.py") -> dict[bytes, int]:
    scopes = Scopes.of(text, path)
    parts = chunks(scopes, [(0, len(scopes.lines))])
    return {k: v for part in parts for k, v in unbound(part, BUILTINS).items()}


def test_all_that_binds_a_name() -> None:
    assert names(MODULE) == {}


def test_a_lambda_that_a_class_begins_with_has_its_own_parameter() -> None:
    assert names(b"class A:\n    lambda a: a\n    b = a\n") == {b"a": 2}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f():\n    return a.b(c=1)\n", {"a": 1}),
        ("def f():\n    a = 1\n\n\ndef g():\n    return a\n", {"a": 5}),
        ("class A:\n    a = 1\n    b = a\n\n    def f(self):\n        return a\n", {"a": 5}),
        ("class A:\n    def f(self):\n        return f\n", {"f": 2}),
        ("def f():\n    if a is None:\n        a = 1\n", {"a": 1}),
        ("def f():\n    a = g(a)\n\n\ndef g(a):\n    a = g(a)\n", {"a": 1}),
        ("def f():\n    a = b = 1\n    a = a + b\n", {}),
        ("def f():\n    def g():\n        return a\n    a = 1\n", {}),
        ("def f():\n    def g():\n        a = 1\n    return a\n", {"a": 3}),
        ("def f(a):\n    def g():\n        b(a)\n        a = 1\n    b = 2\n", {"a": 2}),
        ("def f(a):\n    def g(a=a):\n        a = b(a)\n    b = 2\n", {}),
        ("def f():\n    return [a for a in ()] + [b.c for d, (b, e) in ()]\n", {}),
        ("def f():\n    global a\n    return a\n", {}),
        ("def f():\n    return a\n\n\ndef g():\n    return a\n", {"a": 1}),
        ("def f(:\n    return a\n", {}),
    ],
)
def test_what_nothing_binds(text: str, found: dict[str, int]) -> None:
    assert {name.decode(): line for name, line in names(text.encode()).items()} == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n", 0),
        ("def f():\n    a\n", 1),
        ("def f():\n    b = 1\n    return a\n", 2),
        ("def f(a):\n    pass\n\n\nprint(a)\n", 4),  # behind the last byte of the scope
        ("def f(a): pass\nprint(a)\n", 1),
        ("x = lambda a: a\nprint(a)\n", 1),
        ("class A:\n    a = 1\n\n\nprint(a)\n", 4),
        ("def f():\n    a = 1\nprint(a)\n", 2),
        ("def f(a):\n    return a\n", None),
        ("a = 1\nprint(a)\n", None),
        ("import a\n", None),
        ("b.a\n", None),
        ("f(a=1)\n", None),
    ],
)
def test_the_line_that_reads_a_name_which_nothing_binds(text: str, line: int | None) -> None:
    assert where_unbound(Scopes.of(text.encode(), "a.py"), b"a") == line


def test_a_method_is_looked_at_alone() -> None:
    text = b"class A:\n    a = 1\n\n    def f(self):\n        a.b\n\n    def g(self):\n        x\n"
    (part,) = chunks(Scopes.of(text, "a.py"), [(4, 5)])
    assert unbound(part, BUILTINS) == {b"a": 4}


def test_where_a_name_is_read_and_not_bound() -> None:
    text = b"def f(a):\n    return a\n\n\n# a, or aa\ndef g():\n    return a.b\n"
    assert where_unbound(Scopes.of(text, "a.py"), b"a") == 6
    assert where_unbound(Scopes.of(text, "a.py"), b"b") is None
    assert where_unbound(Scopes.of(text, "a.py"), b"f") is None


def test_only_lines_that_say_a_name_are_parsed_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "_MANY", 1)
    text = b"".join(b"def f%d():\n    return b\n\n\n" % n for n in range(20))
    text += b"def g():\n    return a\n"
    assert where_unbound(Scopes.of(text, "a.py"), b"a") == 81


NAMES = st.sampled_from("abc")
LINE = st.one_of(
    st.builds("{} = {}".format, NAMES, NAMES),
    st.builds("print({}.{})".format, NAMES, NAMES),
    st.builds("def {}({}): return {}".format, NAMES, NAMES, NAMES),
    st.builds("class {}({}): a = {}".format, NAMES, NAMES, NAMES),
    st.builds("x = lambda {}: {}".format, NAMES, NAMES),
)


@given(st.lists(LINE, min_size=1, max_size=5))
def test_a_name_that_python_takes_for_a_global_is_unbound(lines: list[str]) -> None:
    text = "def f():\n" + "".join(f"    {line}\n" for line in lines)
    free: set[str] = set()

    def visit(table: symtable.SymbolTable) -> None:
        free.update(
            s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()
        )
        for child in table.get_children():
            visit(child)

    (function,) = symtable.symtable(text, "x", "exec").get_children()
    visit(function)
    found = {name.decode() for name in names(text.encode())}
    assert free - {"print"} <= found
