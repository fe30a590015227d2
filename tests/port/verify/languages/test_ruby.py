"""Ports of Ruby."""

from __future__ import annotations

import pytest

from port.verify.languages.conftest import Codes

BAKE = "  def bake(n)\n    if n > 1\n      return n\n    end\n    1\n  end\n"
BEFORE = "class Oven\n" + BAKE + "end\n"
AFTER = BEFORE.replace("    1\n", "    2\n")
OURS = "\n  def cool\n    show(bake(3))\n  end\n"
HEAT = "\n  def heat\n    warm\n  end\n"
TEST = "\n  test 'heat' do\n    warm\n  end\n"


def with_ours(text: str) -> str:
    """*text* with the target's own method at the end of the class."""
    return text.removesuffix("end\n") + OURS + "end\n"


@pytest.mark.parametrize(
    ("after", "onto", "result", "expected"),
    [
        (AFTER, with_ours(BEFORE), with_ours(AFTER), []),
        (AFTER, with_ours(BEFORE), with_ours(AFTER.replace("    end\n", "")), ["port-syntax"]),
        (
            BEFORE.replace(BAKE, BAKE + "\n  def heat\n  end\n"),
            with_ours(BEFORE.replace(BAKE, "  def heat\n  end\n\n" + BAKE)),
            with_ours(
                BEFORE.replace(BAKE, "  def heat\n  end\n\n" + BAKE + "\n  def heat\n  end\n")
            ),
            ["port-duplicate-definition"],
        ),
        (
            "class Oven\nend\n",
            with_ours(BEFORE),
            with_ours("class Oven\nend\n"),
            ["port-removed-name-used"],
        ),
        (
            BEFORE.replace(BAKE, BAKE + TEST),
            with_ours(BEFORE.replace(BAKE, TEST + BAKE)),
            with_ours(BEFORE.replace(BAKE, TEST + BAKE + TEST)),
            ["port-duplicate-definition"],
        ),
    ],
    ids=["good", "end", "twice", "removed", "test"],
)
def test_a_port_of_ruby(
    codes: Codes, after: str, onto: str, result: str, expected: list[str]
) -> None:
    assert codes("lib/oven.rb", BEFORE, after, onto, result) == expected


def test_a_method_of_another_class_is_no_second(codes: Codes) -> None:
    pan = "\nclass Pan\n  def bake(n)\n  end\nend\n"
    assert codes("a.rb", BEFORE, BEFORE + pan, with_ours(BEFORE), with_ours(BEFORE) + pan) == []
