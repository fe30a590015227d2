"""What is told of files that hold data, whatever they are written in."""

from __future__ import annotations

import pytest

from patchseries.port.hunks.lines import split_lines
from patchseries.port.verify.grammar import MAX_BYTES
from patchseries.port.verify.soundness import soundness
from port.verify.conftest import Examined

ONE = "oven:\n  hot: 1\n\n\n\n\n"
TWO = ONE.replace("1", "2")
OWN = "bread:\n  rye: 1\n"
BROKEN = TWO.replace("  hot: 2", "  hot: 2\n   cold: 1")
AGAIN = TWO.replace("  hot: 2", "  hot: 2\n  hot: 3")


@pytest.mark.parametrize(
    ("before", "after", "onto", "result", "expected"),
    [
        (ONE, TWO, ONE + OWN, TWO + OWN, []),
        (ONE, TWO, ONE + OWN, BROKEN + OWN, ["port-syntax"]),
        (ONE, TWO, ONE + OWN, AGAIN + OWN, ["port-duplicate-definition"]),
        # what a side has is no news: a template, a key that stands again
        (ONE, BROKEN, ONE + OWN, BROKEN + OWN, ["port-not-verified"]),
        (ONE, TWO, BROKEN + OWN, BROKEN + OWN + "x: 1\n", ["port-not-verified"]),
        (ONE, AGAIN, ONE + OWN, AGAIN + OWN, []),
        (ONE, TWO, ONE + OWN + OWN, TWO + OWN + OWN, []),
        # but once more than there it is
        (ONE, AGAIN, ONE + OWN, AGAIN + "  hot: 4\n" + OWN, ["port-duplicate-definition"]),
        # a new file that differs from upstream's
        ("", TWO, "", BROKEN, ["port-syntax"]),
        # too large to be looked at
        (ONE, TWO, ONE + OWN, TWO + OWN + "#" * MAX_BYTES, ["port-not-verified"]),
    ],
)
def test_what_a_port_breaks(
    examined: Examined, before: str, after: str, onto: str, result: str, expected: list[str]
) -> None:
    found = examined(*({"a.yml": text} for text in (before, after, onto, result)))
    assert [f.code for f in found if not f.code.startswith("port-line-")] == expected


def test_a_file_that_is_as_upstream_has_it_is_not_read(examined: Examined) -> None:
    assert examined({"a.yml": ONE}, {"a.yml": BROKEN}, {"a.yml": ONE}) == ()


@pytest.mark.parametrize(
    ("text", "ours", "grade"),
    [(TWO, ONE, 1), (AGAIN, ONE, 0.5), (BROKEN, ONE, 0.25), (BROKEN, BROKEN, 1), (AGAIN, AGAIN, 1)],
)
def test_a_text_that_can_be_read_stands_better(text: str, ours: str, grade: float) -> None:
    assert soundness("a.yml", ours, ONE)(split_lines(text), [(0, 1)]) == grade
    large = soundness("a.yml", ours, "#" * (MAX_BYTES + 1))
    assert large(split_lines(text), [(0, 1)]) == 1
