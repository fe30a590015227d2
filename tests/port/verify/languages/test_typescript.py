"""Ports of TypeScript."""

from __future__ import annotations

import pytest

from port.verify.languages.conftest import Codes

GONE = 'import { show } from "./show";\n\n'
BEFORE = (
    GONE + "function bake(n: number): number {\n  if (n) {\n    return n;\n  }\n  return 1;\n}\n"
)
AFTER = BEFORE.replace("1", "2")
OURS = "\nexport const cool = (n: number) => show(bake(n));\n"
HEAT = "\ntype Heat = number | string;\n"
IMPORT = 'import { cold as warm } from "./warm";\n'


@pytest.mark.parametrize(
    ("after", "onto", "result", "expected"),
    [
        (AFTER, BEFORE + OURS, AFTER + OURS, []),
        (AFTER, BEFORE + OURS, AFTER.replace("  }\n", "", 1) + OURS, ["port-syntax"]),
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
def test_a_port_of_typescript(
    codes: Codes, after: str, onto: str, result: str, expected: list[str]
) -> None:
    assert codes("oven.ts", BEFORE, after, onto, result) == expected


def test_overloads_are_no_second_and_jsx_has_a_grammar_of_its_own(codes: Codes) -> None:
    loads = "\nfunction f(a: string): void;\nfunction f(a: number): void;\nfunction f(a: any) {}\n"
    onto = BEFORE + OURS
    assert codes("oven.ts", BEFORE, BEFORE + loads, onto, onto + loads) == []
    shown = "\nexport const Page = () => <p>{bake(1)}</p>;\n"
    assert codes("oven.tsx", BEFORE, BEFORE + shown, onto, onto + shown) == []
