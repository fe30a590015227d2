"""The one look of tables: at any width, nothing but a name is shortened."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from patchseries.cli import terminal
from patchseries.cli.common import Given
from patchseries.report.matrix import MatrixCell, matrix
from patchseries.report.table import TextTable, blocks, short_names

NAMES = ("cve-2024-32498-1-nova-images-are-checked", "cve-2024-32498-2-nova-images-are-checked")
BASES = tuple(f"2013.1.{n}" for n in range(6))
OUTCOMES = ("already-applied", "conflict", "adapted*", "clean", "not-applicable", "empty")


def printed(table: TextTable, width: int) -> list[str]:
    """The lines of *table* on a terminal of *width* columns."""
    console = Console(width=width, file=io.StringIO(), color_system=None)
    with console.capture() as captured:
        console.print(table)
    return captured.get().splitlines()


def series(names: tuple[str, ...] = NAMES) -> TextTable:
    outcomes = zip(BASES, OUTCOMES, strict=True)
    return matrix([MatrixCell(n, "nova", b, word) for b, word in outcomes for n in names])


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 300])
def test_every_outcome_is_there_in_full(width: int) -> None:
    lines = printed(series(), width)
    assert max(map(cell_len, lines)) <= width
    words = [word for line in lines for word in line.split()]
    for word in (*OUTCOMES, *OUTCOMES):
        words.remove(word)
    assert [word for word in words if word in BASES] == list(BASES)


@pytest.mark.parametrize("width", [60, 80])
def test_names_are_shortened_so_that_they_still_differ(width: int) -> None:
    first, second = printed(series(), width)[1:3]
    assert first.split()[0] != second.split()[0]
    assert first.startswith("cve-2")


def test_names_are_whole_where_there_is_room() -> None:
    assert len(printed(series(), 160)) == 3
    assert printed(series(), 160)[1].startswith(NAMES[0])


def test_a_few_columns_too_many_shorten_the_names_and_divide_nothing() -> None:
    whole = max(map(len, printed(series(), 300)))
    lines = printed(series(), whole - 5)
    assert len(lines) == 3
    assert "…" in lines[1]
    assert "already-applied" in lines[1]


def test_a_pipe_gets_each_row_on_one_line_and_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("a" * 300, "b" * 300)
    terminal.show(series(names), Given())
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["patch", *names]
    assert lines == [line.rstrip() for line in lines]


def test_a_wide_cell_is_wrapped_and_loses_no_word() -> None:
    words = "by cherry-pick, which was reverted, and perhaps in another line"
    lines = printed(TextTable(("patch", "evidence"), [("retry", words)]), 30)
    assert max(map(len, lines)) <= 30
    assert " ".join(line[7:] for line in lines[1:]).split() == words.split()


def test_prose_in_the_last_column_is_wrapped_beside_the_others() -> None:
    rows = [("note", "dput", "not installed: apt-get install dput, to publish packages")]
    lines = printed(TextTable(("", "", ""), rows, names=0), 40)
    assert [line[:12] for line in lines] == ["note  dput  ", *[" " * 12] * 2]


def test_a_table_without_titles_begins_with_its_first_row() -> None:
    assert printed(TextTable(("", ""), [("a", "b"), ("ccc", "d")]), 80) == ["a    b", "ccc  d"]


def test_a_table_of_nothing_is_nothing_but_its_titles() -> None:
    assert printed(TextTable(("patch", "project"), [], names=2), 80) == ["patch  project"]
    assert printed(TextTable(("", ""), []), 80) == []


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc"))), st.integers(1, 30))
def test_a_short_name_is_never_too_wide(name: str, width: int) -> None:
    short = short_names([name], width)[name]
    assert cell_len(short) <= width
    assert (short == name) == (cell_len(name) <= width)


@pytest.mark.parametrize(
    "names", [("a-1-long-name", "a-2-long-name"), ("long-name-b", "long-name-c")]
)
def test_the_cut_is_where_names_do_not_differ(names: tuple[str, str]) -> None:
    assert len(set(short_names(names, 7).values())) == 2


rows = st.lists(
    st.tuples(*(st.text(st.characters(max_codepoint=0x24F), max_size=25) for _ in "abcd")),
    max_size=5,
)


@given(rows, st.integers(20, 100))
def test_no_line_is_wider_than_the_terminal(found: list[tuple[str, ...]], width: int) -> None:
    table = TextTable(("one", "two", "three", "four"), found, names=2)
    assert max(map(cell_len, printed(table, width)), default=0) <= width


def test_the_terminal_is_asked_for_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    assert terminal.console().width == 60
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert terminal.console().width > 10_000


@pytest.mark.parametrize(
    ("widths", "width", "expected"),
    [
        # a name of 30 and data of 10: the name gives way, down to 20 at first, then to 10
        ((30, 10), 42, [{0: 30, 1: 10}]),
        ((30, 10), 41, [{0: 29, 1: 10}]),
        ((30, 10), 32, [{0: 20, 1: 10}]),
        ((30, 10), 31, [{0: 19, 1: 10}]),
        ((30, 10), 22, [{0: 10, 1: 10}]),
        ((30, 10), 21, [{0: 10, 1: 9}]),
        ((30, 10), 5, [{0: 10, 1: 1}]),
        # more columns: only where a name of 20 does not help the table is divided
        ((30, 10, 10), 44, [{0: 20, 1: 10, 2: 10}]),
        ((30, 10, 10), 43, [{0: 30, 1: 10}, {0: 30, 2: 10}]),
        ((30, 10, 10, 10), 54, [{0: 30, 1: 10, 2: 10}, {0: 30, 3: 10}]),
        ((30, 10, 10, 10), 53, [{0: 30, n: 10} for n in (1, 2, 3)]),
        # a last cell of 60 is wrapped, where 24 columns are left for it
        ((10, 8, 60), 82, [{0: 10, 1: 8, 2: 60}]),
        ((10, 8, 60), 50, [{0: 10, 1: 8, 2: 28}]),
        ((10, 8, 60), 46, [{0: 10, 1: 8, 2: 24}]),
        ((10, 8, 60), 45, [{0: 10, 1: 8}, {0: 10, 2: 33}]),
        ((30,), 25, [{0: 25}]),
        ((30,), 15, [{0: 20}]),
    ],
)
def test_which_column_gives_way(
    widths: tuple[int, ...], width: int, expected: list[dict[int, int]]
) -> None:
    row = tuple("x" * w for w in widths)
    assert blocks([row, tuple("" for _ in row)], 1, width) == expected


def test_of_two_names_the_longer_gives_way() -> None:
    assert blocks([("x" * 30, "x" * 25, "x" * 5)], 2, 57) == [{0: 24, 1: 24, 2: 5}]


def test_a_name_is_cut_in_its_middle_unless_another_place_tells_more_apart() -> None:
    assert short_names(["abcdefghij"], 7) == {"abcdefghij": "abc…hij"}
    assert short_names(["abcdefghij"], 6) == {"abcdefghij": "abc…ij"}
    names = ["a-long-name-1", "a-long-name-2", "b-long-name-1"]
    assert list(short_names(names, 5).values()) == ["a-…-1", "a-…-2", "b-…-1"]
    ends = ["1-long-name", "2-long-name", "3-long-name"]
    assert list(short_names(ends, 3).values()) == ["1…e", "2…e", "3…e"]


def test_a_word_has_its_style_where_it_is_no_name_and_no_title() -> None:
    styles = {"clean": "green", "adapted": "yellow"}
    table = TextTable(("patch", "clean"), [("clean", "clean"), ("x", "adapted*")], 1, styles)
    console = Console(width=40, file=io.StringIO())
    found = [
        [(text.plain[span.start : span.end], span.style) for span in text.spans if span.style]
        for text in table.__rich_console__(console, console.options)
        if not isinstance(text, str)
    ]
    assert found == [[], [("clean", "green")], [("adapted*", "yellow")]]


def test_what_is_divided_has_an_empty_line_between() -> None:
    rows = [("retry", "already-applied", "not-applicable")]
    assert printed(TextTable(("patch", "1.0", "1.1"), rows), 24) == [
        "patch  1.0",
        "retry  already-applied",
        "",
        "patch  1.1",
        "retry  not-applicable",
    ]


def test_where_not_even_ten_columns_of_a_name_fit_lines_are_cut_and_not_wrapped() -> None:
    assert printed(TextTable(("", ""), [("x" * 12, "yz")]), 5) == ["xxxxx", " " * 5]
