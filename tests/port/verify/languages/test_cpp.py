"""Ports of C++."""

from __future__ import annotations

import pytest

from port.verify.languages.conftest import Codes

GONE = "enum Slots { few, many };\n\n"
BEFORE = (
    GONE + "int Oven::bake(int n)\n{\n    if (n) {\n        return n;\n    }\n    return 1;\n}\n"
)
AFTER = BEFORE.replace("1", "2")
OURS = "\nvoid cool(Slots s) { show(s); }\n"
HEAT = "\nint heat(int n) { return n; }\n"


@pytest.mark.parametrize(
    ("after", "onto", "result", "expected"),
    [
        (AFTER, BEFORE + OURS, AFTER + OURS, []),
        (AFTER, BEFORE + OURS, AFTER.replace("    }\n", "", 1) + OURS, ["port-syntax"]),
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
    ],
    ids=["good", "brace", "twice", "removed"],
)
def test_a_port_of_cpp(
    codes: Codes, after: str, onto: str, result: str, expected: list[str]
) -> None:
    assert codes("oven.cpp", BEFORE, after, onto, result) == expected


def test_functions_of_other_parameters_may_have_one_name(codes: Codes) -> None:
    more = "\nint heat(long n) { return 0; }\n"
    onto = BEFORE + HEAT + OURS
    assert codes("oven.cc", BEFORE, BEFORE + more, onto, onto + more) == []
