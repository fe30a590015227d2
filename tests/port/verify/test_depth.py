"""Lines that stand in more brackets than upstream, or in fewer, though all of it parses."""

from __future__ import annotations

import pytest

from port.verify.conftest import Examined

BAKE = "test('bake', () => {\n  bake();\n});\n"
HEAT = "\ntest('heat', () => {\n  heat();\n});\n"
COOL = "\ntest('cool', () => {\n  cool();\n});\n"
DEEPER = "\n  test('heat', () => {\n    heat();\n  });\n"
OURS = "test('ours', () => {\n  ours();\n});\n"
NESTED = OURS[: -len("});\n")] + HEAT + "});\n"


def told(examined: Examined, before: str, after: str, onto: str, result: str) -> list[str]:
    found = examined(*({"a.ts": text} for text in (before, after, onto, result)))
    return [f"{f.line}: {f.message}" for f in found if f.code == "port-hunk-misplaced"]


def said(line: int, text: str, upstream: int = 0, here: int = 2) -> str:
    return f"{line}: upstream this is in {upstream} open brackets, here in {here}: {text}"


def test_a_block_that_landed_before_the_end_of_its_neighbour(examined: Examined) -> None:
    found = told(examined, BAKE, BAKE + HEAT, OURS, NESTED)
    assert found == [said(4, "test('heat', () => {")]


def test_one_that_landed_behind_it_is_where_upstream_has_it(examined: Examined) -> None:
    assert told(examined, BAKE, BAKE + HEAT, OURS, OURS + HEAT) == []
    inside = BAKE.replace("  bake();\n", "  bake();\n  more();\n")
    assert told(examined, BAKE, inside, OURS + BAKE, OURS + inside) == []


def test_each_run_of_lines_is_told_once(examined: Examined) -> None:
    nested = OURS.replace("});\n", HEAT + "\n// own\n" + COOL + "});\n")
    onto = OURS.replace("});\n", "\n// own\n});\n")
    found = told(examined, BAKE, BAKE + HEAT + COOL, onto, nested)
    assert found == [said(4, "test('heat', () => {"), said(10, "test('cool', () => {")]


@pytest.mark.parametrize(
    ("after", "onto", "result"),
    [
        # indented otherwise: the target has it in a block of its own
        (BAKE + HEAT, OURS, OURS.replace("});\n", DEEPER + "});\n")),
        # a bracket in a string: the brackets of this text cannot be counted
        (BAKE + HEAT, "let a = '(';\n" + OURS, "let a = '(';\n" + NESTED),
        ("let a = '(';\n" + BAKE + HEAT, OURS, NESTED),
        # the line stands several times: which is which is not known
        (BAKE + HEAT + HEAT, OURS, NESTED.replace("});\n", HEAT + "});\n", 1)),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_not_told(
    examined: Examined, after: str, onto: str, result: str
) -> None:
    assert told(examined, BAKE, after, onto, result) == []
