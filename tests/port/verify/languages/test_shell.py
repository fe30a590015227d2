"""Ports of the shell."""

from __future__ import annotations

import pytest

from port.verify.languages.conftest import Codes

GONE = 'show() {\n    echo "$*"\n}\n\n'
BEFORE = GONE + 'bake() {\n    if [ "$n" ]; then\n        return 0\n    fi\n    return 1\n}\n'
AFTER = BEFORE.replace("return 1", "return 2")
OURS = "\ncool() {\n    show cold\n}\n"
HEAT = "\nheat() {\n    bake\n}\n"


@pytest.mark.parametrize(
    ("after", "onto", "result", "expected"),
    [
        (AFTER, BEFORE + OURS, AFTER + OURS, []),
        (AFTER, BEFORE + OURS, AFTER.replace("    fi\n", "", 1) + OURS, ["port-syntax"]),
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
def test_a_port_of_shell(
    codes: Codes, after: str, onto: str, result: str, expected: list[str]
) -> None:
    assert codes("oven.sh", BEFORE, after, onto, result) == expected


def test_a_script_is_known_by_its_first_line_and_a_branch_has_its_own(codes: Codes) -> None:
    before = "#!/bin/sh\n" + BEFORE
    assert codes("bin/oven", before, before, before + OURS, before + OURS) == []
    broken = before.replace("return 1", "return 2").replace("    fi\n", "")
    after = before.replace("return 1", "return 2")
    assert codes("bin/oven", before, after, before + OURS, broken + OURS) == ["port-syntax"]
    either = "\nif a; then\nheat() { :; }\nelse\nheat() { b; }\nfi\n"
    onto = BEFORE + OURS
    assert codes("oven.sh", BEFORE, BEFORE + either, onto, onto + either) == []
