"""The list of what is no fault: each entry names a fault of today's source, and says why."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest

from bench.covering import PACKAGE
from bench.equivalents import LIST, Place, equivalents, place_of
from bench.mutations import mutations

SOURCE = Path(__file__).parents[2] / PACKAGE
LISTED = equivalents(LIST.read_text(encoding="utf-8"))
ENTRY = """
[[equivalent]]
file = "room/one.py"
line = "a = (b ==  c)"
before = "b == c"
after = "(b != c)"
why = "it is so"
"""


@pytest.mark.parametrize("file", sorted({place.file for place in LISTED}))
def test_each_entry_names_a_fault_of_one_line(file: str) -> None:
    source = (SOURCE / file).read_bytes()
    lines: defaultdict[Place, set[int]] = defaultdict(set)
    for fault in chain.from_iterable(mutations(source)):
        lines[place_of(f"{PACKAGE}/{file}", source, fault)].add(fault.line)
    assert [place for place in LISTED if place.file == file and len(lines[place]) != 1] == []


def test_a_fault_is_found_in_the_list_by_the_texts_that_are_printed() -> None:
    source = b"if a:\n    a = (b ==  c) \n"
    (_, (fault,)) = mutations(source)
    place = place_of(f"{PACKAGE}/room/one.py", source, fault)
    assert equivalents(ENTRY) == {place: "it is so"}


@pytest.mark.parametrize(
    "text",
    [
        ENTRY + ENTRY.replace("it is so", "for another reason"),
        ENTRY.replace("it is so", ""),
        ENTRY.replace('why = "it is so"', ""),
        ENTRY.replace("why =", "because ="),
        ENTRY + "number = 3",
    ],
)
def test_an_entry_has_a_reason_and_is_there_once(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an entry|listed twice"):
        equivalents(text)
