"""A resolution as a file: how it looks to the people who read it, and what is no resolution."""

from __future__ import annotations

import pytest

from patchseries.git.textmerge import split_lines
from patchseries.resolution.edits import EditBeside
from patchseries.resolution.files import ChangedMode, MovedFile, NewFile, RemovedFile
from patchseries.resolution.lines import Own, Take
from patchseries.resolution.reading import parse_resolution
from patchseries.resolution.replay import Resolution
from patchseries.resolution.store import format_resolution

ALL = Resolution(
    "fans",
    "oven.py",
    "k1",
    (Take("ours", 1, 3, 4), Take("ancestor", 2, 2), Own((b"new\n", b"\ttab\n"))),
    "edited",
    "Ada <a@x>",
    "2013-07-01",
    "because",
    gone=True,
    edits=(
        EditBeside("a.py", "k2", 1, 2, 3, ()),
        EditBeside("b.py", "k3", 0, 1, 0, (Own((b"x",)),)),
    ),
    files=(
        NewFile("n", "100755", (b"caf\xe9\n",)),
        RemovedFile("r", "s1"),
        MovedFile("m", "old", "s2"),
        MovedFile("c", "oven.py", None),
        ChangedMode("p", "100644", "100755"),
    ),
)
TEXT = """\
# How a person resolved one conflict. `key` is a digest of its three sides. `take` names
# lines of a side, counted from 1, `indent` spaces more than there; `text` is new.
schema = 1
patch = "fans"
path = "oven.py"
key = "k1"
choice = "edited"
author = "Ada <a@x>"
date = 2013-07-01
reason = "because"
gone = true

[[piece]]
take = "ours:1-3"
indent = 4

[[piece]]
take = "base:2"

[[piece]]
text = '''
new
\ttab
'''

[[edit]]
path = "a.py"
key = "k2"
lines = [1, 2, 3]

[[edit]]
path = "b.py"
key = "k3"
lines = [0, 1, 0]

[[edit.piece]]
text = '''
x'''

[[file]]
path = "n"
change = "new"
mode = "100755"
encoding = "latin-1"
text = '''
caf\u00e9
'''

[[file]]
path = "r"
change = "removed"
was = "s1"

[[file]]
path = "m"
change = "renamed"
from = "old"
was = "s2"

[[file]]
path = "c"
change = "renamed"
from = "oven.py"

[[file]]
path = "p"
change = "mode"
old = "100644"
new = "100755"
"""


def test_the_whole_file() -> None:
    assert format_resolution(ALL) == TEXT
    assert parse_resolution(TEXT) == ALL


@pytest.mark.parametrize("text", ["it's", "'''", "end'", "\x7f", "\x1f", "a\rb", "\n\n x\n"])
def test_text_is_literal_where_that_can_hold_it(text: str) -> None:
    one = Resolution(
        "p", "f", "k", (Own(tuple(split_lines(text.encode()))),), "edited", "a", "2013-07-01", "r"
    )
    written = format_resolution(one)
    is_literal = text in ("it's", "\n\n x\n")
    assert (f"'''\n{text}'''" in written) == is_literal
    assert parse_resolution(written).pieces == (Own(tuple(split_lines(text.encode()))),)
    assert not set(written) & {"\x7f", "\x1f", "\r"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("schema = 1", "schema = 2", "schema is 2, not 1"),
        ("schema = 1", f"schema = '{'x' * 50}'", f"schema is '{'x' * 39}, not 1"),
        ("date = 2013-07-01", "date = 'x'", "a value of a wrong type"),
        ("lines = [1, 2, 3]", "lines = 1", "a value of a wrong type"),
        ("lines = [1, 2, 3]", "lines = [1, 2]", "values to unpack"),
        ('take = "ours:1-3"', 'take = "ours:3-1"', "expected lines such as"),
        ('take = "ours:1-3"', "", "either `take` or `text`"),
        ('encoding = "latin-1"', 'encoding = "utf-7"', "not a text encoding: 'utf-7'"),
        ('path = "n"', 'path = "../n"', "not the path of a file: '../n'"),
        ('path = "n"', 'path = "n\\u0000"', "not the path of a file"),
        ('mode = "100755"', 'mode = "120000"', "not the mode of a file: '120000'"),
        ('new = "100755"', 'new = "100600"', "not the mode of a file: '100600'"),
        ('change = "removed"', 'change = "burnt"', "not a change of a file: 'burnt'"),
        ('was = "s1"', "", "the key 'was' is missing"),
        ('reason = "because"', "", "the key 'reason' is missing"),
    ],
)
def test_what_is_no_resolution(old: str, new: str, words: str) -> None:
    assert TEXT.count(old)
    with pytest.raises(ValueError, match=words):
        parse_resolution(TEXT.replace(old, new))
