"""Ports of Java."""

from __future__ import annotations

import pytest

from port.verify.languages.conftest import Codes

GONE = "import org.example.Show;\n\n"
BAKE = """\
    int bake(int n) {
        if (n > 0) {
            return n;
        }
        return 1;
    }
"""
BEFORE = GONE + "class Oven {\n" + BAKE + "}\n"
AFTER = BEFORE.replace("1", "2")
OURS = "\nclass Cool {\n    void cool() {\n        Show.of(3);\n    }\n}\n"
HEAT = "\nclass Heat {\n    int heat;\n}\n"
IMPORT = "import static org.example.Warm.warm;\n"


@pytest.mark.parametrize(
    ("after", "onto", "result", "expected"),
    [
        (AFTER, BEFORE + OURS, AFTER + OURS, []),
        (AFTER, BEFORE + OURS, AFTER.replace("        }\n", "", 1) + OURS, ["port-syntax"]),
        (
            AFTER + HEAT,
            BEFORE + HEAT + OURS,
            AFTER + HEAT + OURS + HEAT,
            ["port-duplicate-definition"],
        ),
        (
            AFTER.replace(GONE, ""),
            BEFORE + OURS,
            AFTER.replace(GONE, "") + OURS,
            ["port-removed-name-used"],
        ),
        (
            IMPORT + AFTER.replace("2", "warm(2)"),
            BEFORE + OURS,
            AFTER.replace("2", "warm(2)") + OURS,
            ["port-unknown-name"],
        ),
    ],
    ids=["good", "brace", "twice", "removed", "import"],
)
def test_a_port_of_java(
    codes: Codes, after: str, onto: str, result: str, expected: list[str]
) -> None:
    assert codes("Oven.java", BEFORE, after, onto, result) == expected


def test_a_method_of_other_parameters_is_no_second(codes: Codes) -> None:
    more = BEFORE.replace(BAKE, BAKE + "\n    int bake(long n) {\n        return 0;\n    }\n")
    assert codes("Oven.java", BEFORE, more, BEFORE + OURS, more + OURS) == []
