"""Laying out merged lines."""

from __future__ import annotations

from patchseries.port.hunks.wrap import aligned, fit

OPEN = "    mark(1, say('one '\n"
MORE = "                'two', order(2,\n"
DEEPER = "                             3))\n"


def test_lines_below_a_bracket_that_moved_are_aligned_with_it() -> None:
    shorter = OPEN.replace("mark", "do")
    merged = [shorter, MORE, DEEPER, "    end()\n"]
    theirs = [OPEN, MORE, DEEPER, "    end()\n"]
    assert aligned(merged, theirs) == [shorter, MORE[2:], DEEPER[2:], "    end()\n"]


def test_lines_that_theirs_did_not_align_stay_where_they_are() -> None:
    merged = ["    do(1, say('one '\n", "        'two')\n"]
    assert aligned(merged, [OPEN, "        'two')\n"]) == merged


def test_lines_of_ours_stay_where_they_are() -> None:
    merged = ["    do(1, say('one '\n", MORE]
    assert aligned(merged, [OPEN]) == merged


def test_what_is_theirs_as_a_whole_stays_as_it_is() -> None:
    assert aligned([OPEN, MORE, DEEPER], [OPEN, MORE, DEEPER]) == [OPEN, MORE, DEEPER]


def test_nothing_is_broken_where_the_text_has_no_limit() -> None:
    long = f"call({'x' * 70}, {'y' * 20})\n"
    assert fit(long, [long]) == long
    assert fit(long, ["call()\n"]) == f"call({'x' * 70},\n     {'y' * 20})\n"
