"""oslo.config's files: what is read is what oslo.config reads, and what is written comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oslo_config import iniparser

from patchseries.manifest import SettingEntry
from patchseries.settings.forms import oslo
from patchseries.settings.forms.form import Scalar

USUAL = {"name": "fans", "why": "x", "cost": "x", "source": "x", "project": "oven", "value": 1}
SETTING = SettingEntry.model_validate(USUAL | {"file": "o", "section": "a", "option": "x"})
LINES = st.one_of(
    st.sampled_from(
        ["", "[a]", "[b] ", "[]", "[a", "# c", "; c", " # c", "x = 1", "x: 2", "y=", "= 1", "x"]
    ),
    st.text(alphabet="abxy =:#;[]\"' \t$\\\r", max_size=8),
)


class Parser(iniparser.BaseParser):
    """oslo.config's own parser, as its ``ConfigParser`` uses it."""

    def __init__(self) -> None:
        super().__init__()
        self.section = ""
        self.rows: list[tuple[str, str, str]] = []

    def new_section(self, section: str) -> None:
        self.section = section

    def assignment(self, key: str, value: list[str]) -> None:
        if not self.section:
            raise iniparser.ParseError("before every section", self.lineno, "")
        self.rows.append((self.section, key, "\n".join(value)))


@given(st.lists(LINES, max_size=12))
def test_what_is_read_is_what_oslo_config_reads(lines: list[str]) -> None:
    text = "\n".join(lines)
    theirs = Parser()
    problem = False
    try:
        theirs.parse(line + "\n" for line in text.split("\n"))
    except iniparser.ParseError:
        problem = True
    mine = oslo.parse(text)
    assert [(one.section, one.option, one.value) for one in mine.assignments] == theirs.rows
    assert (mine.problem is not None) == problem


def test_where_an_assignment_stands() -> None:
    text = "[a]\n\nx = 1\n  2\n\t3\n# c\ny : 'q'\n"
    assert [(o.option, o.value, o.first, o.last) for o in oslo.parse(text).assignments] == [
        ("x", "1\n2\n3", 3, 5),
        ("y", "q", 7, 7),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[a]\nx\n", 2, "neither = nor :"),
        ("x = 1\n", 1, "'x' stands before every"),
        ("[a]\n y\n", 2, "goes on with no value"),
        ("[a]\nx = 1\n# c\n y\n", 4, "goes on with no value"),
        ("[]\n", 1, "without a name"),
        ("[a\n", 1, "must end with ]"),
        ("[a]\n= 1\n", 2, "without an option"),
    ],
)
def test_what_oslo_config_refuses(text: str, line: int, words: str) -> None:
    read = oslo.parse(text)
    assert words in (read.problem or "")
    assert read.line == line


OPTIONS = {"a": "1", "b": "$a-$a", "loop": "$loop", "c": "${b}"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "x"),
        ("$a", "1"),
        ("${a}x", "1x"),
        ("$c", "1-1"),
        ("$$a", "$a"),
        ("$", "$"),
        ("$1", "$1"),
        ("${a", "${a"),
        ("$other", None),
        ("$loop", None),
    ],
)
def test_a_value_that_names_others(value: str, expected: str | None) -> None:
    assert oslo.substituted(value, OPTIONS.get) == expected


def test_a_value_that_grows_at_each_step_is_bounded() -> None:
    options = {f"a{n}": f"$a{n + 1}" * 1000 for n in range(15)} | {"a15": "x"}
    assert oslo.substituted("$a0", options.get) is None


@given(st.one_of(st.booleans(), st.integers(-9, 10**12), st.text("ab $'\"#;=[]", max_size=9)))
def test_a_line_that_is_written_is_read_as_it_was_meant(value: Scalar) -> None:
    if isinstance(value, str) and value != value.strip():
        return
    lookup: Callable[[str], str | None] = {"a": "other"}.get
    (one,) = oslo.parse(f"[a]\n{oslo.FORM.line(SETTING, value)}\n").assignments
    read = oslo.substituted(one.value, lookup)
    assert read is not None
    assert oslo.FORM.same(value, read)


@pytest.mark.parametrize(
    ("wanted", "value", "same"),
    [
        (True, "Yes", True),
        (True, "2", False),
        (False, "OFF", True),
        (40, " 40", True),
        (40, "040", True),
        (40, "40x", False),
        (40, "४०", False),
        (40, "9" * 5000, False),
        ("x", "x", True),
        ("x", "X", False),
    ],
)
def test_the_same_value(wanted: Scalar, value: str, same: bool) -> None:
    assert oslo.FORM.same(wanted, value) is same
