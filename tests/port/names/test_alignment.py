"""Lines below an open bracket, where what stands before it gets longer or shorter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.names.alignment import Alignment
from patchseries.port.names.renames import apply


def _renamed(text: str, name: str) -> str:
    return apply({"old": name}, text)


@pytest.mark.parametrize("name", ["longer_name", "olds", "no"])
@pytest.mark.parametrize(
    "form",
    [
        "x = {0}(a,\n{1}     b,\n{1}     c)\ny = [1,\n     2]\n",
        "{0}(a, [b,\n{1}     c],\n{1} b)\nif a:\n{0}()\n",
        "{0}(f({0}(a,\n{1}{1}    b),\n{1}   c),\n{1} d)\n",
        "{0}[{{a: ')',\n{1}  b: \"(\"}}]\nc = 1\n",
        "def f(a):\n    return {0}.f(a,\n           {1}   b)\n",
        "{0}(a\n{1} .b)\n",
        # what a line closes is closed once, though it stands left of what is in the bracket
        "{0}(a,\n{1} f(\n{1}     b\n{1} ),\n{1} c)\n",
        "{0}(f(a,\n{1}   b\n{1} ),\n{1} c)\n",
        "x({0}(a,\n  b),\n  c,\n  {0}(d,\n  {1} e))\n",
        "{0}(f(a,\n{1} b),\n{1} c)\n",
    ],
)
def test_they_stay_below_it(form: str, name: str) -> None:
    # What a person would write with either name: the spaces of a name stand for the name.
    assert _renamed(form.format("old", " " * 3), name) == form.format(name, " " * len(name))


@pytest.mark.parametrize(
    "text",
    [
        "old(\n    a,\n    b)\n",  # nothing follows the bracket
        "f(a, old,\n  b)\n",  # the bracket does not move
        "old(a)\n          b\n",  # it is closed
        "old('(', a)\n            b\n",
        "old(a,\n\n    b)\n",  # a blank line ends it
        "old(a,\n  b,\n    c)\n",  # a hanging indent
        "old(a,\n\tb)\n",
        "f(a,\n old(\n   b), c)\n",  # what is in the second bracket follows the first
        "old(a,\n  f(\n b),\n    c)\n",
    ],
)
def test_other_lines_stay_where_they_are(text: str) -> None:
    assert _renamed(text, "longer_name") == text.replace("old", "longer_name")


def test_the_body_after_a_long_condition_stays() -> None:
    text = "if old(a,\n       b):\n        f()\n"
    moved = "if longer_name(a,\n               b):\n        f()\n"
    assert _renamed(text, "longer_name") == moved


@pytest.mark.parametrize(
    ("old", "new"), [("    g(b,", "    g((b,"), ("    g(b,", "    g()(b,"), ("    b)", "    b")]
)
def test_nothing_moves_after_a_line_with_other_brackets(old: str, new: str) -> None:
    alignment = Alignment()
    alignment.aligned("old(a,\n", "longer_name(a,\n")
    assert alignment.is_moved
    alignment.aligned(old, new)
    assert alignment.is_moved == (new == "    g()(b,")


LINES = st.lists(
    st.text("old(a,)[]{}'\" ", max_size=14).map(lambda line: line + "\n"), max_size=6
).map("".join)


@given(LINES)
def test_nothing_but_spaces_at_the_start_of_lines_changes(text: str) -> None:
    renamed = _renamed(text, "longer_name")
    plain = apply({"old": "new"}, text).replace("new", "longer_name")
    assert [line.lstrip(" ") for line in renamed.split("\n")] == [
        line.lstrip(" ") for line in plain.split("\n")
    ]


@given(LINES)
def test_there_and_back(text: str) -> None:
    there = _renamed(text, "longer_name")
    if "longer_name" not in text:
        assert apply({"longer_name": "old"}, there).split() == text.split()
