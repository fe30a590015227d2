"""The modules from which the target imports what upstream imports from elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.names.homes import Import, agreed, exchanged, homes, imported

NAMES = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
DOTTED = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
IMPORTS = st.builds(Import, DOTTED, NAMES, NAMES)


@given(IMPORTS)
def test_a_statement_is_read_as_it_is_written(one: Import) -> None:
    assert imported(f"{one}\n") == one
    assert imported(f"{one}  # noqa\n") == one


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import a.b\n", Import("", "a.b", "a")),
        ("import a.b as c\n", Import("", "a.b", "c")),
        ("from .. import a\n", Import("..", "a", "a")),
        ("from a import b, c\n", None),
        ("from a import (b)\n", None),
        ("from a import b; c()\n", None),
        ("import_all()\n", None),
        ("", None),
    ],
)
def test_what_a_line_imports(line: str, found: Import | None) -> None:
    assert imported(line) == found


@pytest.mark.parametrize(
    ("wanted", "other", "is_like"),
    [
        ("from shop import log", "from shop import log as l", True),
        ("import shop.log as log", "from shop import log as l", True),  # the same thing
        ("from shop import log", "from shop import bell", True),
        ("from shop import log", "import log", True),
        ("import log", "from shop import log", True),
        ("import log", "import bell", False),
        ("import log", "from log import bell", False),
        ("from shop import log", "from shop.log import bell", False),
        ("from shop import log", "import bell", False),
    ],
)
def test_which_imports_say_something_of_one(wanted: str, other: str, is_like: bool) -> None:
    """Those of the same name, thing or module: no module is none that two share."""
    one, two = imported(wanted), imported(other)
    assert one is not None
    assert two is not None
    assert one.is_like(two) == is_like


def read(*lines: str) -> list[Import]:
    return [one for one in map(imported, lines) if one]


HERE, THERE = "from shop.lib import log", "from shoplib import log"


@pytest.mark.parametrize(
    ("here", "found"),
    [
        ([HERE, HERE], HERE),
        ([HERE], None),  # one file may be wrong
        ([HERE, HERE, "from shop.old import log"], None),  # they do not agree
        ([HERE, HERE, THERE], None),  # upstream's works here too
        ([HERE, HERE, "import log"], None),
        (["from shop import logs as log"] * 2, "from shop import logs as log"),
        ([HERE, HERE, "from shop import logs as log"], HERE),  # of the same name
        (["from shop.lib import log as logging"] * 2, None),  # it gives another name
        ([], None),
    ],
)
def test_what_the_target_imports_in_its_place(here: list[str], found: str | None) -> None:
    wanted = imported(THERE)
    assert wanted is not None
    there = agreed(homes(wanted, read(*here)))
    assert (str(there) if there else None) == found


@given(IMPORTS, st.lists(IMPORTS))
def test_what_is_found_is_the_targets_and_gives_the_same_name(
    wanted: Import, here: list[Import]
) -> None:
    ways = homes(wanted, here)
    assert all(one.local == wanted.local and one in here for one in ways)
    there = agreed(ways)
    if there is not None:
        assert here.count(there) >= 2
        assert wanted not in here


LOG = Import("shoplib", "log", "log")
ZOO, OTHER = Import("shop.zoo", "log", "log"), Import("shop.old", "log", "log")
BELL = Import("shoplib", "bell", "bell")


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([({LOG}, {ZOO})], ZOO),
        ([({LOG}, {ZOO}), ({LOG}, set())], ZOO),
        ([({LOG}, {ZOO}), ({LOG}, set()), ({LOG}, {BELL})], None),  # more do without
        ([({LOG}, {ZOO}), ({LOG}, {OTHER})], None),
        ([({LOG}, {ZOO}), ({BELL}, {OTHER})], ZOO),  # of files that import something else
        ([({LOG, BELL}, {BELL, ZOO})], ZOO),
        ([({LOG}, {ZOO, OTHER})], None),  # either in one file, whatever the order
        ([({LOG}, {OTHER})], None),  # none of those that the target may mean
        ([({ZOO}, {ZOO})], None),
        ([], None),
    ],
)
def test_what_the_target_has_instead(
    pairs: list[tuple[set[Import], set[Import]]], found: Import | None
) -> None:
    assert exchanged(LOG, [ZOO], pairs) == found
