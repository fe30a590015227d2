"""What functions take, and which calls fit them; CPython's own answer is beside ours."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.verify.signatures import Call, signature_in
from patchseries.port.verify.syntax import parse

NAMES = ["a", "b", "c", "d"]


def call_of(text: str) -> Call | None:
    node = parse(text.encode()).root_node.named_children[0].named_children[0]
    assert node.type == "call"
    return Call.of(node)


@st.composite
def heads(draw: st.DrawFn) -> str:
    """The parameters of a function, as Python takes them."""
    plain = draw(st.integers(0, 2))
    defaults = draw(st.integers(0, 2))
    kinds = [draw(st.sampled_from(["{}", "{}: int"])).format(name) for name in "ab"[:plain]]
    kinds += [draw(st.sampled_from(["{}=1", "{}: str = ')'"])).format(n) for n in "cd"[:defaults]]
    star = draw(st.sampled_from(["", "*", "*rest", "*rest: int"]))
    by_name = [draw(st.sampled_from([n, f"{n}=1"])) for n in "ef"[: draw(st.integers(0, 2))]]
    if star and (by_name or star != "*"):
        kinds += [star, *by_name]
    if draw(st.booleans()):
        kinds.append("**more")
    return draw(st.sampled_from([", ", ",\n        "])).join(kinds)


CALLS = st.tuples(
    st.integers(0, 5), st.lists(st.sampled_from([*"abcdefg"]), max_size=4, unique=True)
)


def binds(head: str, positional: int, keywords: list[str]) -> bool:
    """Whether Python itself takes the call."""
    made: dict[str, Callable[..., Any]] = {}
    exec(f"def f({head}):\n    pass\n", made)
    try:
        inspect.signature(made["f"]).bind(*range(positional), **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True


@given(heads(), CALLS)
def test_a_call_fits_where_python_says_so(head: str, arguments: tuple[int, list[str]]) -> None:
    positional, keywords = arguments
    signature = signature_in(f"x = 1\ndef f({head}):\n    pass\n".encode(), b"f", in_class=False)
    given_ = ", ".join([*map(str, range(positional)), *(f"{name}=None" for name in keywords)])
    call = call_of(f"f({given_})\n")
    assert signature is not None
    assert call is not None
    assert (not signature.misfit(call)) is binds(head, positional, keywords)


CLASS = b"""
    x = 1

    {0}
    def f(self, a, b=2):
        pass

    def g(self):
        pass
"""


@pytest.mark.parametrize(
    ("decorator", "kind"),
    [
        (b"@staticmethod", "staticmethod"),
        (b"@classmethod", "classmethod"),
        (b"@contextlib.contextmanager", ""),
        (b"@abc.abstractmethod\n    @classmethod", "classmethod"),
        (b"@abstractmethod", ""),
        (b"", ""),
        (b"@mock.patch('x')", None),  # it may give it another argument
        (b"@staticmethod\n    @mine", None),
        (b"@mine\n    @staticmethod", None),
        (b"@mine(1,\n          2)", None),
        (b"@mine(\n        1\n    )", None),
        (b"x = g()", ""),
        (b"x = g()\n    @abstractmethod", ""),
        (b"def g(self):\n        pass", ""),
        (b"@staticmethod\n    def g(self):\n        pass", ""),
        (b"def g(self):\n        pass\n    @staticmethod", "staticmethod"),
    ],
)
def test_what_decorators_make_of_it(decorator: bytes, kind: str | None) -> None:
    text = CLASS.replace(b"{0}", decorator)
    signature = signature_in(text, b"f", in_class=True)
    assert (signature and signature.kind) == kind
    outside = signature_in(dedent(text.decode()).encode(), b"f", in_class=False)
    assert (outside and outside.kind) == kind
    if signature:
        assert signature.names == (b"self", b"a", b"b")
        assert signature.without_first().names == (b"a", b"b")
        assert signature.without_first().optional == {b"b"}


@pytest.mark.parametrize(
    "text",
    [
        b"def g(a): pass\n",
        b"def f(a):\n    pass\n\n\ndef f(a, b):\n    pass\n",
        b"def f(a):\n    pass\n\n\nf = wrap(f)\n",
        b"class A:\n    def f(self):\n        pass\n",
        b"def f(a:\n",
        b"def f(" + b"a,\n" * 100 + b"b):\n    pass\n",
        b"f = 1\n",
        b"",
    ],
)
def test_what_cannot_be_known(text: bytes) -> None:
    assert signature_in(text, b"f", in_class=False) is None


def test_a_method_that_is_set_too_cannot_be_known() -> None:
    body = b"    def f(self):\n        pass\n\n    def g(self):\n        self.f = 1\n"
    assert signature_in(body, b"f", in_class=True) is None
    assert signature_in(body, b"g", in_class=True) is not None


def test_a_tuple_is_one_parameter() -> None:
    """Python 2 has such."""
    found = signature_in(b"def f(a, (b, c), d=':'):  # x:\n    pass\n", b"f", in_class=False)
    assert found is not None
    assert (len(found.names), set(found.optional)) == (3, {b"d"})


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("f()", Call(0, ())),
        ("f(1, a=2,  # three\n  b=3)", Call(1, (b"a", b"b"))),
        ("f(x for x in y)", Call(1, ())),
        ("f((yield), [1, *a])", Call(2, ())),
        ("f(*a)", None),
        ("f(1, **a)", None),
    ],
)
def test_what_a_call_gives(text: str, call: Call | None) -> None:
    assert call_of(text) == call


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("1, 2, 3", "takes 2 arguments in order, not 3"),
        ("1, a=2", "gets a twice"),
        ("1, x=2", "has no parameter x"),
        ("b=2", "needs the argument a"),
        ("1", "needs the argument e"),
        ("1, e=2", ""),
    ],
)
def test_why_a_call_does_not_fit(arguments: str, why: str) -> None:
    signature = signature_in(b"def f(a, b=1, *, e):\n    pass\n", b"f", in_class=False)
    call = call_of(f"f({arguments})")
    assert signature is not None
    assert call is not None
    assert signature.misfit(call) == why
