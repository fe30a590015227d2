"""Ports of Rust."""

from __future__ import annotations

import pytest

from port.verify.languages.conftest import Codes

GONE = "use crate::show::{show, hide};\n\n"
BEFORE = GONE + "fn bake(n: u8) -> u8 {\n    if n > 0 {\n        return n;\n    }\n    1\n}\n"
AFTER = BEFORE.replace("1", "2")
OURS = "\npub fn cool(n: u8) {\n    show(bake(n));\n}\n"
HEAT = "\nfn heat(n: u8) -> u8 {\n    n\n}\n"
IMPORT = "use crate::warm::cold as warm;\n"


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
        (
            IMPORT + AFTER.replace("2", "warm(2)"),
            BEFORE + OURS,
            AFTER.replace("2", "warm(2)") + OURS,
            ["port-unknown-name"],
        ),
    ],
    ids=["good", "brace", "twice", "removed", "import"],
)
def test_a_port_of_rust(
    codes: Codes, after: str, onto: str, result: str, expected: list[str]
) -> None:
    assert codes("oven.rs", BEFORE, after, onto, result) == expected


def test_a_method_of_another_type_is_no_second(codes: Codes) -> None:
    onto = BEFORE + "\nimpl Oven {\n    fn heat(&self) {}\n}\n"
    more = "\nimpl Pan {\n    fn heat(&self) {}\n}\n"
    assert codes("oven.rs", BEFORE, BEFORE + more, onto, onto + more) == []
