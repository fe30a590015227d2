"""Names of the target in lines that a change adds to a region which the target put otherwise."""

from __future__ import annotations

import pytest

from patchseries.port.hunks import resolve as hunks
from patchseries.port.hunks.lines import split_lines

BASE = "shut(till.door)\nopen(till.door)\nend()\n"
THEIRS = "shut(till.door, 1)\nopen(till.door, 2)\nclose(till.door)\nend()\n"


def _merge(ours: str) -> str:
    sides = split_lines(BASE), split_lines(ours), split_lines(THEIRS)
    return "".join(hunks.resolve(*sides).lines)


def test_an_added_line_says_it_as_the_target_does_around_it() -> None:
    merged = THEIRS.replace("till.door", "shop.gate")
    assert _merge(BASE.replace("till.door", "shop.gate")) == merged


@pytest.mark.parametrize(
    "ours",
    [
        BASE.replace("till.door", "shop.gate", 1).replace("till.door", "wall.hole"),
        BASE.replace("till.door", "shop.gate") + "open(till.door)\n",
        BASE.replace("till.door", "shop.gate", 1).replace("till.door", ""),
    ],
    ids=["two ways", "still said elsewhere", "one place"],
)
def test_the_name_stays(ours: str) -> None:
    assert "close(till.door)\n" in _merge(ours)
