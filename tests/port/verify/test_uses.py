"""What lines use of each kind, and where: all of a text at once, and of one line of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.syntax import chunks
from patchseries.port.verify.uses import Uses, uses

TEXT = b"""\
import os.path as p
from q.r import s as t
class C(D, metaclass=M):
    \"\"\"doc\"\"\"
    x = y
    def f(self, a, b=c, *d):
        self.g = a.h + z.i.j(k=l)
        for m, n in w():
            n += v[u]
        global G
        del self.old
        return self.run(cls.make) or "text" % o
"""


def used(first: int, last: int) -> Uses:
    runs = [(first, last)]
    return uses(chunks(Scopes.of(TEXT, "a.py"), runs), runs, b"pkg")


def test_all_that_a_text_uses() -> None:
    assert used(0, 12) == Uses(
        names={b"D": 2, b"M": 2, b"y": 4, b"c": 5, b"z": 6, b"l": 6, b"w": 7, b"v": 8}
        | {b"u": 8, b"cls": 11, b"o": 11},
        chains={(b"z", b"i"): [6], (b"z", b"i", b"j"): [6]},
        pairs={(b"a", b"h"): 6, (b"z", b"i"): 6},
        own={b"old": [10], b"run": [11], b"make": [11]},
        attributes={b"h": 6, b"i": 6, b"j": 6, b"old": 10, b"run": 11, b"make": 11},
        keywords={b"metaclass": 2, b"k": 6},
        strings={b'"text"': 11},
        imports={b"os.path": 0, b"q.r.s": 1},
        bound={b"C", b"x", b"f", b"self", b"a", b"b", b"d", b"g", b"m", b"n", b"p", b"t"},
    )


def test_what_is_set_is_bound_where_it_is_set() -> None:
    """Also in a function that reads it nowhere: no name of ours is asked for."""
    text = b"def f():\n    a = b\n    (c, d.k) = e\n    for g in h:\n        i += j\n"
    for run in ((0, 5), (1, 5)):
        found = uses(chunks(Scopes.of(text, "a.py"), [run]), [run], b"pkg")
        assert set(found.names) == {b"b", b"d", b"e", b"h", b"j"}
        assert found.bound - {b"f"} == {b"a", b"c", b"k", b"g", b"i"}
        assert found.attributes == {}


def test_what_one_line_uses_and_what_the_function_around_it_binds() -> None:
    assert used(6, 7) == Uses(
        names={b"z": 6, b"l": 6},
        chains={(b"z", b"i"): [6], (b"z", b"i", b"j"): [6]},
        pairs={(b"a", b"h"): 6, (b"z", b"i"): 6},
        attributes={b"h": 6, b"i": 6, b"j": 6},
        keywords={b"k": 6},
        bound={b"a", b"self", b"g"},
    )


def test_an_import_of_several_lines_is_used_by_each() -> None:
    text = b"from a import (\n    b,\n    c,\n)\nx = 1\n"
    for line in range(4):
        runs = [(line, line + 1)]
        found = uses(chunks(Scopes.of(text, "a.py"), runs), runs, b"pkg")
        assert set(found.imports) == {b"a.b", b"a.c"}
    runs = [(4, 5)]
    assert uses(chunks(Scopes.of(text, "a.py"), runs), runs, b"pkg").imports == {}


def test_what_lines_in_several_places_use_is_what_each_of_them_uses() -> None:
    text = b"import a\nimport b\n\n\ndef f():\n    c.d()\n\n\nimport e\n\n\ndef g():\n    h.i()\n"
    imports, names = {0: b"a", 1: b"b", 8: b"e"}, {5: b"c", 12: b"h"}
    for lines in combinations(range(13), 2):
        runs = [(line, line + 1) for line in lines]
        found = uses(chunks(Scopes.of(text, "a.py"), runs), runs, b"pkg")
        assert found.imports == {imports[line]: line for line in lines if line in imports}
        assert found.names == {names[line]: line for line in lines if line in names}


WIDE = b"""

from a.b import (
    c as d,
)
import e.f
def g(h):
    \'\'\'doc
    doc\'\'\'
    from i import (
        j,
        k,
    )
    l.m(
        n=\'\'\'text
        text\'\'\',
        o=(self
           .p
           .q), r=s
        .t.u,
    )
    import v, w.x
    l.m(n=h.z)
class A:
    aa = b\'ab\'; ac.ad = ae = af.ag
    del ah.ai, cls.aj.ak
    def al(self):
        return self.am, \'an\', ao . ap
"""


def said(found: Uses) -> dict[tuple[str, ...], int]:
    """What does not ask for scopes, by kind and name."""
    names = {"attribute": found.attributes, "import": found.imports}
    names["own"] = {name: lines[0] for name, lines in found.own.items()}
    names |= {"keyword": found.keywords, "string": found.strings}
    one = {(kind, name.decode()): at for kind, told in names.items() for name, at in told.items()}
    return one | {("pair", a.decode(), b.decode()): line for (a, b), line in found.pairs.items()}


def read_by_python(text: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """The same as Python's own parser has it, each with its first and last line from 1."""
    module = ast.parse(text)
    docs = {node.value for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value, name, ast.Load() | ast.Del(), end_lineno=end):
                yield ("attribute", name), end or 0, end or 0
                if isinstance(value, ast.Name):
                    own = value.id in ("self", "cls")
                    yield ("own", name) if own else ("pair", value.id, name), end or 0, end or 0
            case ast.keyword(str(name), lineno=line):
                yield ("keyword", name), line, line
            case ast.Constant(lineno=line) if node not in docs:
                yield ("string", ast.get_source_segment(text, node) or ""), line, line
            case ast.Import(names, lineno=line, end_lineno=end):
                for alias in names:
                    name = alias.name if alias.asname else alias.name.partition(".")[0]
                    yield ("import", name), line, end or 0
            case ast.ImportFrom(str(module_name), names, lineno=line, end_lineno=end):
                for alias in names:
                    yield ("import", f"{module_name}.{alias.name}"), line, end or 0


def test_any_lines_use_what_python_reads_on_them() -> None:
    """A text is where it starts, an attribute where its name is, an import on each of its lines."""
    there = list(read_by_python(WIDE.decode()))
    scopes, total = Scopes.of(WIDE, "a.py"), WIDE.count(b"\n")
    whole = chunks(scopes, [(0, total)])
    for first in range(total):
        for last in range(first + 1, total + 1):
            runs = [(first, last)]
            told = said(uses(chunks(scopes, runs), runs, b"pkg"))
            assert told == said(uses(whole, runs, b"pkg"))
            assert told.keys() == {
                what for what, low, high in there if first < high and low <= last
            }
            assert {(what, line + 1) for what, line in told.items()} <= {t[:2] for t in there}
