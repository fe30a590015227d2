"""What a module or class defines, read by its shape, is what Python itself finds there."""

from __future__ import annotations

import ast
import textwrap
from importlib.util import resolve_name

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.verify.definitions import absolute, defines, imported, read_class, read_module
from patchseries.port.verify.words import words_of

NAMES = st.sampled_from(["a", "b", "cd", "e_f"])
DOTTED = st.lists(NAMES, min_size=1, max_size=4).map(".".join)


@given(st.integers(0, 5), st.none() | DOTTED, DOTTED)
def test_a_relative_name_is_resolved_as_python_does(
    dots: int, name: str | None, package: str
) -> None:
    text = "." * dots + (name or "")
    if not text or dots > package.count(".") + 1:
        return  # Python refuses it
    assert absolute(text.encode(), package.encode()).decode() == resolve_name(text, package)


@st.composite
def imports(draw: st.DrawFn) -> str:
    """A statement that imports, in one of the ways in which it is written."""
    aliases = draw(
        st.lists(st.tuples(DOTTED, st.none() | NAMES), min_size=1, max_size=3, unique_by=str)
    )
    blank = draw(st.sampled_from([" ", "  ", "\t"]))
    after = draw(st.sampled_from(["", "  # words, as x", "; x = 1"]))
    if draw(st.booleans()):
        named = [f"{name} as {alias}" if alias else name for name, alias in aliases]
        return f"import{blank}{', '.join(named)}{after}"
    plain = [(name.rpartition(".")[2], alias) for name, alias in aliases]
    named = [f"{name} as {alias}" if alias else name for name, alias in plain]
    origin = draw(st.sampled_from(["x.y", ".", ".z", "..z.y"]))
    form = draw(st.sampled_from(["{}", "({})", "(\n    {},\n)", "\\\n    {}"]))
    comma = draw(st.sampled_from([", ", ","])) if "\n" not in form else ",  # why\n    "
    if form.startswith("\\"):
        comma = ", \\\n    "
    return f"from {origin}{blank}import {form.format(comma.join(named))}{after}"


def by_python(text: str, package: str) -> dict[str, str]:
    """What the imports of *text* bind: local name → dotted name."""
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import):
            for one in node.names:
                top = one.name.partition(".")[0]
                found[one.asname or top] = one.name if one.asname else top
        elif isinstance(node, ast.ImportFrom):
            home = resolve_name("." * node.level + (node.module or ""), package)
            for one in node.names:
                found[one.asname or one.name] = f"{home}.{one.name}"
    return found


@given(st.lists(imports(), max_size=3).map("\n".join))
def test_an_import_binds_what_python_says(text: str) -> None:
    expected = by_python(text, "p.q.r")
    found = {n.decode(): d.decode() for n, d in imported(b"\n" + text.encode(), b"p.q.r")}
    assert found == expected
    module = read_module(text.encode(), b"p.q.r")
    assert {n.decode(): d.decode() for n, d in module.imports.items()} == expected
    assert set(expected) <= {name.decode() for name in module.names}
    in_a_block = "if x:\n" + textwrap.indent(text, "    ") if text else ""
    if "\n" not in text:
        assert dict(read_module(in_a_block.encode(), b"p.q.r").imports) == dict(module.imports)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def a():\n    b = 1\n", "a"),
        ("async def a(): pass\nclass B(C): pass\n", "a B"),
        ("a = b = 1\nc, d = 2\ne.f = 3\ng: int = 4\n", "a b c d e f g"),
        ("a == b\nf(c)\n", ""),
        ("from a import b or c\n", "b"),  # a text that looks so
        ("try:\n    a = 1\nexcept E as b:\n    c = 2\nfinally:\n    d = 3\n", "a b c d"),
        ("for a, b in x:\n    c = 1\nwith y as d:\n    pass\n", "a b c d"),
        ("if x:\n\n    a = 1\n# b = 2\n", "a"),
        ("def f():\n    global a, b\n    a = 1\n", "f a b"),
        ("if x:\r\n    a = 1\r\nb = 2\r\n", "a b"),
    ],
)
def test_the_names_of_a_module(text: str, names: str) -> None:
    found = read_module(text.encode())
    assert {name.decode() for name in found.names} == set(names.split())
    assert not found.is_open


@pytest.mark.parametrize(
    "line",
    [
        "def __getattr__(name): pass",
        "globals()['a'] = 1",
        "globals().update(b)",
        "b = globals()",
        "exec(b, globals())",
        "from x import *",
        "sys.modules[__name__] = b",
        "b = sys.modules[__name__]",
        "setattr(sys.modules[__name__], 'b', 1)",
    ],
)
def test_a_module_that_may_have_more_is_open(line: str) -> None:
    assert read_module(f"a = 1\n{line}\n".encode()).is_open
    assert read_class(b"class A:\n    def __getattr__(self, n): pass\n", b"A").is_open  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "line",
    [
        "b = globals()['a']",
        "b = globals()['a'] == 1",
        "b = globals().get('a')",
        "b = getattr(sys.modules[__name__], 'a')",
        "def b():\n    return sys.modules[__name__]",
        "b = sys.modules[__name__].__file__",
    ],
)
def test_a_module_that_only_looks_into_itself_is_not(line: str) -> None:
    assert not read_module(f"a = 1\n{line}\n".encode()).is_open


CLASSES = b"""\
class First(object):
    one = 1

class Second(First,
             mixin.Other, metaclass=Meta):
    two = 2
    three = (
)
# four
    four = 4

    class Inner:
        five = 5

    six = 6
seven = 7
class Third: eight = 8
class Narrow:
 nine = 9
"""


@pytest.mark.parametrize(
    ("name", "bases", "has", "lacks"),
    [
        (b"First", [b"object"], [b"one"], [b"two", b"First"]),
        (
            b"Second",
            [b"First", b"mixin.Other"],
            [b"two", b"three", b"four", b"Inner", b"five", b"six"],
            [b"one", b"seven", b"Second"],
        ),
        (b"Inner", [], [b"five"], [b"six", b"four"]),
        (b"Third", [], [], [b"eight", b"seven"]),
        (b"Narrow", [], [b"nine"], [b"eight"]),
    ],
)
def test_a_class_has_what_stands_in_its_body(
    name: bytes, bases: list[bytes], has: list[bytes], lacks: list[bytes]
) -> None:
    for text in (CLASSES, CLASSES.replace(b"\n", b"\r\n")):
        found = read_class(text, name)
        assert found is not None
        assert list(found.bases) == bases
        assert not found.is_open
        assert [one for one in (*has, *lacks) if found.has(one)] == has
    assert read_class(CLASSES, b"Fourth") is None
    assert read_class(CLASSES, b"seven") is None


@given(
    st.lists(
        st.sampled_from([b"b", b"c", b"\x80", b"'", b'"', b" ", b"=", b"-", b".", b"def ", b"\n"])
    ).map(b"".join)
)
def test_what_is_defined_is_a_word_of_the_text(text: bytes) -> None:
    """Else it would be nowhere in the very text that defines it."""
    for word in (b"b", b"c", b"bc"):
        assert not defines(text, word) or word in words_of(text)


@pytest.mark.parametrize(
    ("line", "is_there"),
    [
        ("x = word = 1", True),
        ("f(1, word = 2)", True),
        ("word= 1", True),
        ("-word = 1", False),
        ("x.word = 1", False),
        ("my self.word = 1", True),
        ("class  word(A):", True),
        ("xclassy word", False),
        ('"say word now"', True),
        ('"say pass-word"', False),
    ],
)
def test_a_word_is_defined_where_something_gives_it_a_meaning(line: str, is_there: bool) -> None:
    assert defines(f"{line}\n".encode(), b"word") is is_there
    assert defines(f"other(word)\n{line}".encode(), b"word") is is_there
