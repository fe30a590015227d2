"""Blocks of imports: their order, and the blank lines between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks import imports
from patchseries.port.hunks import resolve as hunks
from patchseries.port.hunks.lines import Lines, split_lines

LINES = st.lists(
    st.sampled_from(["import a\n", "import b\n", "from c import d\n", "\n", "x\n"])
).map(tuple)


def _merge(base: str, ours: str, theirs: str) -> str:
    sides = split_lines(base), split_lines(ours), split_lines(theirs)
    return "".join(hunks.resolve(*sides).lines)


def test_a_block_that_the_target_has_more_in_stays_apart_from_the_next() -> None:
    base = "doc\n\nimport uuid\n\nfrom shop import till\n"
    ours = base.replace("import uuid", "import time\nimport uuid")
    theirs = "doc\n\nfrom shop import till\n"
    assert _merge(base, ours, theirs) == "doc\n\nimport time\n\nfrom shop import till\n"


def test_a_block_goes_with_its_blank_line_where_the_target_has_no_more_in_it() -> None:
    base = "doc\n\nimport uuid\n\nfrom shop import till\n"
    ours = base + "from shop import walls\n"
    theirs = "doc\n\nfrom shop import till\n"
    assert _merge(base, ours, theirs) == theirs + "from shop import walls\n"


def test_an_import_goes_to_its_place_among_the_targets_own() -> None:
    base = "import re\n\nfrom shop.tests import till\n\nx = 1\n"
    ours = base.replace("shop.tests import till", "shop.common import walls")
    theirs = base.replace("from shop.tests", "from shop import roof\nfrom shop.tests")
    merged = "import re\n\nfrom shop.common import walls\nfrom shop import roof\n\nx = 1\n"
    assert _merge(base, ours, theirs) == merged


def test_a_block_that_nobody_sorts_is_left_as_it_is() -> None:
    ours = ["import b\n", "import a\n", "x\n"]
    merged = ["import c\n", *ours]
    assert imports.in_order(merged, tuple(ours), tuple(merged)) == merged


@pytest.mark.parametrize("line", ["from a import (\n", "from a import b, \\\n"])
def test_an_import_that_goes_on_is_not_moved(line: str) -> None:
    assert not imports.is_import(line)
    merged = ["import b\n", "import c\n", line, "    d)\n"]
    assert imports.in_order(merged, tuple(merged[:2]), tuple(merged)) == merged


@given(LINES, LINES, LINES)
def test_putting_in_order_moves_lines_and_nothing_else(
    merged: Lines, ours: Lines, theirs: Lines
) -> None:
    assert sorted(imports.in_order(list(merged), ours, theirs)) == sorted(merged)


@given(LINES, LINES, LINES)
def test_only_blank_lines_come_back(base: Lines, ours: Lines, theirs: Lines) -> None:
    kept = imports.with_gap(base, ours, theirs)
    assert [x for x in kept if x.strip()] == [x for x in theirs if x.strip()]


@given(LINES, LINES)
def test_no_gap_comes_back_in_a_target_that_changed_nothing(base: Lines, theirs: Lines) -> None:
    assert imports.with_gap(base, base, theirs) == theirs


def test_one_more_import_goes_to_the_block_that_theirs_has_it_in() -> None:
    ours = split_lines("import re\n\nfrom shop import roof\n\nx = 1\n")
    theirs = split_lines("import abc\nimport re\nimport till\n\nfrom shop import walls\n")
    assert "".join(imports.with_import(ours, "import till\n", theirs)) == (
        "import re\nimport till\n\nfrom shop import roof\n\nx = 1\n"
    )


def test_one_more_import_goes_among_all_where_the_blocks_have_nothing_in_common() -> None:
    ours = split_lines("x = 1\nimport re\n\nfrom shop import roof\n")
    assert "".join(imports.with_import(ours, "from shop import till\n", ())) == (
        "x = 1\nimport re\n\nfrom shop import roof\nfrom shop import till\n"
    )


def test_one_more_import_follows_the_one_that_it_follows_in_theirs() -> None:
    ours = split_lines("import abc\nimport re\n\nfrom shop import roof\n")
    theirs = split_lines("import re\n\nimport till\n\nfrom shop import walls\n")
    assert "".join(imports.with_import(ours, "import till\n", theirs)) == (
        "import abc\nimport re\nimport till\n\nfrom shop import roof\n"
    )
    first = split_lines("x = 1\n\nimport till\n")
    assert "".join(imports.with_import(ours, "import till\n", first)) == (
        "import abc\nimport re\n\nfrom shop import roof\nimport till\n"
    )


def test_a_file_without_imports_is_left_alone() -> None:
    assert imports.with_import(("x = 1\n",), "import re\n", ()) == ("x = 1\n",)


@pytest.mark.parametrize(
    ("before", "line", "other", "after"),
    [
        # on its place, where that is in order
        (
            "import a\nimport c\nimport d\n",
            "import c\n",
            "import b\n",
            "import a\nimport b\nimport d\n",
        ),
        # or nobody sorts
        (
            "import d\nimport c\nimport a\n",
            "import c\n",
            "import z\n",
            "import d\nimport z\nimport a\n",
        ),
        # else where it is in order
        (
            "import b\nimport c\nimport d\n",
            "import c\n",
            "import a\n",
            "import a\nimport b\nimport d\n",
        ),
        # among others of its package
        (
            "import a\nimport c\n\nfrom shop import till\n",
            "import c\n",
            "from shop import bell\n",
            "import a\n\nfrom shop import bell\nfrom shop import till\n",
        ),
        # unless there are some beside it
        (
            "from shop import a\nimport c\n\nfrom shop import till\n",
            "import c\n",
            "from shop import bell\n",
            "from shop import a\nfrom shop import bell\n\nfrom shop import till\n",
        ),
        # not among what only begins alike
        (
            "import c\n\nshop.open()\n",
            "import c\n",
            "from shop import bell\n",
            "from shop import bell\n\nshop.open()\n",
        ),
    ],
)
def test_an_import_in_place_of_another(before: str, line: str, other: str, after: str) -> None:
    assert "".join(imports.exchanged_import(split_lines(before), line, other)) == after
