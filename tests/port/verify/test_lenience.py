"""What the parser takes and Python does not: empty blocks, statements that a line break cuts."""

from __future__ import annotations

import ast

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from patchseries.port.verify.lenience import lenience
from patchseries.port.verify.syntax import parse

NAMES = st.sampled_from(["x", "1.", "'s,'", "...", "a.b", "'''t,\nu.\n'''"])


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    forms = [
        "({},\n {})",
        "[{},\n{}]",
        "f({},\n   *{})",
        "{{{}:\n {}}}",
        "x[{} +\n{}]",
        "({} and\n{})",
        "{} or \\\n {}",
        "(lambda y,\n z={}: {})",
        "[{} for y,\n z in {}]",
        "({}.\n b, {})",
        "f({}, a={})",
        "f(a={}, *{})",
        "f(**{}, b={}, c=0)",
        "{}, {}",
    ]
    return st.builds(str.format, st.sampled_from(forms), inner, inner)


EXPRESSIONS = st.recursive(NAMES, _nested, max_leaves=4)
STATEMENTS = st.builds(
    str.format,
    st.sampled_from(
        [
            "{}",
            "x = {},",
            "if ({}):\n    pass\nelse:\n    del x,",
            "with f({}): pass",
            "# {{}},",
            "from a import (b,\n  c)",
            "for x, in y({}):\n    # c,\n    pass",
            "from a import *",
            "def f(a,\n  b=({})):\n    return a,",
            "@f({},\n 1)\nclass A(b,\n  c):\n\n    d = 1",
            "assert ({}), 'm,'",
            "try:\n    pass\nfinally:\n    x = ({}), \\\n  1",
        ]
    ),
    EXPRESSIONS,
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("if a:\nx = 1\n", [0]),
        ("def f():\n    if a:\n    return 1\n", [1]),
        ("try:\nexcept A:\n    pass\n", [0]),
        ("x = a.\\\n    b().\n    c()\n", [1]),
        ("with a(b),\n    c(d):\n    pass\n", [0]),
        ("x = a and\n    b\n", [0]),
        ("for a,\n    b in c:\n    pass\n", [0]),
        ("x = 1,\nf(a,\n  b),\nprint a,\ny = 2.\nz = ...\n", []),
        ("from a import *\nfrom a import (b,\n    c)\n", []),
        ("x = '''a,\nb.\n'''  # c,\n# d.\n", []),
        ("from a import b,\nx = 1\n", [0]),
        ("with (a,\n      b):\n    pass\n", []),
        ("x = {a: [b or\n         c], d:\n     e[f,\n       g]}\n", []),
        ("x = a or \\\n    b\n", []),
        ("f(a=1,\n  b)\ng(a=1, # c\n  *b)\n", [1]),
        ("f(a=1,\n  b=2,\n  a=3)\ng(a=b(a=1))\n", [2]),
        ("def f(a,\n      b=a, c=1,\n      a=2):\n    pass\n", [2]),
        ("def f(a, b=a, *c, **d): return lambda a: b\n", []),
    ],
)
def test_what_python_would_not_take(text: str, rows: list[int]) -> None:
    root = parse(text.encode()).root_node
    assert not root.has_error
    found = lenience(root, text.encode().split(b"\n"))
    assert [node.start_point.row for node in found] == rows


@given(st.lists(STATEMENTS, min_size=1, max_size=6).map("\n".join))
def test_what_python_takes_is_never_odd(text: str) -> None:
    try:
        ast.parse(text)
    except SyntaxError:
        reject()
    root = parse(text.encode()).root_node
    assume(not root.has_error)
    assert list(lenience(root, text.encode().split(b"\n"))) == []
