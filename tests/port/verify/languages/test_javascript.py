"""Ports of JavaScript."""

from __future__ import annotations

import pytest

from port.verify.languages.conftest import Codes

GONE = 'import { show } from "./show";\n\n'
BEFORE = GONE + "function bake(n) {\n  if (n) {\n    return n;\n  }\n  return 1;\n}\n"
AFTER = BEFORE.replace("1", "2")
OURS = "\nexport const cool = (n) => show(bake(n));\n"
HEAT = "\nfunction heat(n) {\n  return n;\n}\n"
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
def test_a_port_of_javascript(
    codes: Codes, after: str, onto: str, result: str, expected: list[str]
) -> None:
    assert codes("oven.js", BEFORE, after, onto, result) == expected


def test_what_a_function_has_of_its_own_is_no_second(codes: Codes) -> None:
    more = "\nfunction other() {\n  function heat(n) {\n  }\n}\n"
    onto = BEFORE + HEAT + OURS
    assert codes("oven.mjs", BEFORE, BEFORE + more, onto, onto + more) == []
