"""The line of each key of a TOML text, however it is written."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest.positions import key_lines, line_of

TEXT = """\
schema = 1

[series]
name = "x"  # why

[[patch]]
name = "a"
source.commit = "1"

[[patch]]
name = 'b'
text = '''
[patch]
name = "no key"
'''
bugs = [
  1,
]
"""


def test_each_key_has_its_line() -> None:
    found = key_lines(TEXT)
    lines = TEXT.splitlines()
    assert lines[found["series", "name"] - 1].startswith("name = ")
    assert found["patch", 0, "name"] == lines.index('name = "a"') + 1
    assert found["patch", 1, "name"] == lines.index("name = 'b'") + 1
    assert found["patch", 0, "source", "commit"] == lines.index('source.commit = "1"') + 1
    assert found["patch", 1, "bugs"] == lines.index("bugs = [") + 1


@given(st.lists(st.sampled_from(["a = 1", "[b]", "[[c]]", "d.e = 2", "", "# x", "f = [1,\n2]"])))
def test_a_key_stands_where_it_is_said_to(parts: list[str]) -> None:
    text = "\n".join(parts)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = text.split("\n")
    for path, line in key_lines(text).items():
        if isinstance(path[-1], str):  # else a value of a list, on its own line
            assert path[-1] in lines[line - 1]


def test_the_lines_of_tables_in_tables() -> None:
    text = """[[a]]
x = 1
[[a.b]]
[[a.b]]
"y z" = [
  1,  # one
  # two
  { p = 2, q.r = 3 },
]
[a.c]
[[a]]
[a.c]
d.e = 1
[f.g]
"""
    assert key_lines(text) == {
        ("a",): 1,
        ("a", 0): 1,
        ("a", 0, "x"): 2,
        ("a", 0, "b"): 3,
        ("a", 0, "b", 0): 3,
        ("a", 0, "b", 1): 4,
        ("a", 0, "b", 1, "y z"): 5,
        ("a", 0, "b", 1, "y z", 0): 6,
        ("a", 0, "b", 1, "y z", 1): 8,
        ("a", 0, "b", 1, "y z", 1, "p"): 8,
        ("a", 0, "b", 1, "y z", 1, "q"): 8,
        ("a", 0, "b", 1, "y z", 1, "q", "r"): 8,
        ("a", 0, "c"): 10,
        ("a", 1): 11,
        ("a", 1, "c"): 12,
        ("a", 1, "c", "d"): 13,
        ("a", 1, "c", "d", "e"): 13,
        ("f", "g"): 14,
    }


def test_the_nearest_that_has_a_line() -> None:
    lines = {("a",): 3, ("a", 0, "b"): 5}
    assert line_of(lines, ("a", 0, "b")) == 5
    assert line_of(lines, ("a", 0, "c")) == 3
    assert line_of(lines, ("x", 1)) == 1
    assert line_of({(): 9}, ("x",)) == 9
