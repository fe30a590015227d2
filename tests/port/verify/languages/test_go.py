"""Ports of Go."""

from __future__ import annotations

import pytest

from port.verify.conftest import Examined
from port.verify.languages.conftest import Codes

HEAD = 'package oven\n\nimport (\n\t"fmt"\n)\n\n'
BAKE = "func bake(n int) int {\n\tif n > 1 {\n\t\treturn n\n\t}\n\treturn 1\n}\n"
BEFORE = HEAD + BAKE
AFTER = BEFORE.replace("return 1", "return 2")
OURS = "\nfunc cool() { fmt.Println(bake(3)) }\n"


@pytest.mark.parametrize(
    ("after", "onto", "result", "expected"),
    [
        (AFTER, BEFORE + OURS, AFTER + OURS, []),
        (AFTER, BEFORE + OURS, AFTER.replace("\t}\n", "") + OURS, ["port-syntax"]),
        (AFTER, BEFORE + OURS, AFTER.replace("(n int)", "(n int") + OURS, ["port-syntax"]),
        (
            AFTER + "\nfunc heat() {}\n",
            BEFORE + "\nfunc heat() {}\n" + OURS,
            AFTER + "\nfunc heat() {}\n" + OURS + "\nfunc heat() {}\n",
            ["port-duplicate-definition"],
        ),
        (
            BEFORE.replace(BAKE, "func roast() {}\n"),
            BEFORE + OURS,
            BEFORE.replace(BAKE, "func roast() {}\n") + OURS,
            ["port-removed-name-used"],
        ),
        (
            AFTER.replace('\t"fmt"', '\t"fmt"\n\t"example.org/zap/v2"').replace(
                "return 2", "return zap.Two()"
            ),
            BEFORE + OURS,
            AFTER.replace("return 2", "return zap.Two()") + OURS,
            ["port-unknown-name"],
        ),
    ],
    ids=["good", "brace", "bracket", "twice", "removed", "import"],
)
def test_a_port_of_go(
    codes: Codes, after: str, onto: str, result: str, expected: list[str]
) -> None:
    assert codes("oven/bake.go", BEFORE, after, onto, result) == expected


def test_init_may_stand_twice_and_a_method_belongs_to_its_type(codes: Codes) -> None:
    onto = BEFORE + "\nfunc init() {}\n\nfunc (o *Oven) heat() {}\n"
    more = "\nfunc init() { bake(1) }\n\nfunc (p *Pan) heat() {}\n"
    assert codes("a.go", BEFORE, BEFORE + more, onto, onto + more) == []


def test_a_name_that_upstream_reads_without_a_meaning_too_is_another_files(codes: Codes) -> None:
    use = "\nfunc cool() { roast() }\n"
    gone = "\nfunc roast() {}\n"
    assert codes("a.go", HEAD + use + gone, HEAD + use, HEAD + use + gone, HEAD + use) == []
    assert codes("a.go", HEAD + gone, HEAD, HEAD + use + gone, HEAD + use) == [
        "port-removed-name-used"
    ]


def test_a_name_that_the_port_moved_to_another_file_is_there(examined: Examined) -> None:
    use, gone = "\nfunc cool() { roast() }\n", "\nfunc roast() {}\n"
    before = {"a.go": HEAD + gone, "b.go": HEAD}
    onto = {"a.go": HEAD + use + gone, "b.go": HEAD}
    after = {"a.go": HEAD, "b.go": HEAD + gone}
    result = {"a.go": HEAD + use, "b.go": HEAD + gone}
    assert examined(before, after, onto, result) == ()
    assert examined(before, after, onto, result | {"b.go": HEAD}) != ()
