"""Ports of C."""

from __future__ import annotations

import pytest

from patchseries.port.hunks.lines import split_lines
from patchseries.port.verify.soundness import soundness
from port.verify.languages.conftest import Codes

HEAD = '#include "oven.h"\n\n#define SLOTS 4\n\n'
BAKE = "static int\nbake(int n)\n{\n    if (n > 1) {\n        return n;\n    }\n    return 1;\n}\n"
BEFORE = HEAD + BAKE
AFTER = BEFORE.replace("return 1", "return 2")
OURS = "\nvoid cool(void) { show(bake(SLOTS)); }\n"


@pytest.mark.parametrize(
    ("after", "onto", "result", "expected"),
    [
        (AFTER, BEFORE + OURS, AFTER + OURS, []),
        (AFTER, BEFORE + OURS, AFTER.replace("    }\n", "") + OURS, ["port-syntax"]),
        (
            AFTER + "\nint heat(void) { return 1; }\n",
            BEFORE + "\nint heat(void) { return 2; }\n" + OURS,
            AFTER + "\nint heat(void) { return 1; }\n" + OURS + "\nint heat(void) { return 2; }\n",
            ["port-duplicate-definition"],
        ),
        (
            BEFORE.replace("#define SLOTS 4\n", ""),
            BEFORE + OURS,
            BEFORE.replace("#define SLOTS 4\n", "") + OURS,
            ["port-removed-name-used"],
        ),
    ],
    ids=["good", "brace", "twice", "removed"],
)
def test_a_port_of_c(codes: Codes, after: str, onto: str, result: str, expected: list[str]) -> None:
    assert codes("oven/bake.c", BEFORE, after, onto, result) == expected


def test_one_of_each_branch_of_a_directive_is_no_second(codes: Codes) -> None:
    onto = BEFORE + "\n#ifdef HOT\nint heat(void) { return 1; }\n#endif\n"
    result = onto.replace("#endif", "#else\nint heat(void) { return 0; }\n#endif")
    assert codes("a.c", BEFORE, BEFORE + "\nint heat(void) { return 0; }\n", onto, result) == []


def test_macros_that_no_grammar_knows_are_no_errors_of_the_port(codes: Codes) -> None:
    macro = "\nOVEN_BEGIN(x) static y\n    FOREACH (a, b) z { }\nOVEN_END {\n"
    onto = BEFORE + OURS + macro
    assert codes("a.c", BEFORE, AFTER, onto, AFTER + OURS + macro) == []
    beside = BAKE.replace("    return 1", "    OVEN_TRY x { bake(n); } OVEN_DONE\n    return 1")
    result = (AFTER + OURS).replace(
        "    return 2", "    OVEN_TRY x { bake(n); } OVEN_DONE\n    return 2"
    )
    assert codes("a.c", HEAD + beside, result, HEAD + beside + OURS, result) == []


HOT = "\n#if HOT\nint heat(void) { return 1; }\n#else\nint heat(void) { return 0; }\n# endif\n"
ODD = "\nint x = {\n#ifdef HOT\n    1 } , y;\n#else\n 2 };\n#endif\n"


@pytest.mark.parametrize("odd", ["", ODD], ids=["", "in a file that does not parse"])
@pytest.mark.parametrize(
    ("was", "now"),
    [("# endif\n", ""), ("#if HOT\n", ""), ("# endif\n", "# endif\n\n#endif /* HOT */\n")],
)
def test_a_directive_that_stands_alone(codes: Codes, was: str, now: str, odd: str) -> None:
    """No grammar sees it: within the block around the lines, or where there are errors anyway."""
    onto, result = (text + odd + HOT + OURS for text in (BEFORE, AFTER))
    wrong = result.replace(was, now)
    assert codes("a.c", BEFORE, AFTER, onto, result) == []
    assert codes("a.c", BEFORE, AFTER, onto, wrong) == ["port-syntax"]
    assert codes("a.cpp", BEFORE, AFTER, onto, wrong) == ["port-syntax"]
    assert codes("a.c", BEFORE, AFTER, onto.replace(was, now), wrong) == []


@pytest.mark.parametrize("text", ["#endif\n" + BEFORE, BEFORE + HOT + "#if HOT\n"])
def test_of_two_texts_the_one_whose_directives_are_paired_is_better(text: str) -> None:
    def stands(ours: str) -> float:
        return soundness("a.c", ours, AFTER)(split_lines(text), [(4, 5)])

    assert stands(BEFORE) < soundness("a.c", BEFORE, AFTER)(split_lines(AFTER), [(4, 5)])
    assert stands(text) == 1
