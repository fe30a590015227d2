"""The checks of a file with a grammar: each tells what is new, and no more than that."""

from __future__ import annotations

import pytest

from patchseries.port.verify.grammar import Grammar, SyntaxTree
from patchseries.port.verify.languages import language_of
from port.verify.conftest import Examined

TOP = 'package oven\n\nimport "fmt"\n\n'
BAKE = "func bake(n int) int {\n\treturn n\n}\n\n"
HOT = BAKE.replace("return n", "return n + 1")
FAR = "func far() {\n\tfmt.Println(1)\n}\n\n"
ODD = "func odd( {\n}\n\n"
OWN = "// our own line\n"


def told(examined: Examined, before: str, after: str, onto: str, result: str) -> list[str]:
    found = examined(*({"a.go": TOP + text} for text in (before, after, onto, result)))
    return [f"{f.line}: {f.message}" for f in found if not f.code.startswith("port-line-")]


GOOD = (BAKE + FAR, HOT + FAR, OWN + BAKE + FAR, OWN + HOT + FAR)


def test_a_good_port_says_nothing(examined: Examined) -> None:
    assert told(examined, *GOOD) == []


OPEN = HOT.replace("}\n", "")
BAKE_LONG = BAKE.replace("\treturn", "\ta()\n\tb()\n\tc()\n\td(]\n\treturn")
LONG = "var a = 1\n" * 20
INVALID = "the result is not valid Go"


@pytest.mark.parametrize(
    ("before", "after", "onto", "result", "words"),
    [
        # beside the change, where neither side had one
        (BAKE, HOT, OWN + BAKE, OWN + HOT.replace("}\n", ""), [f"9: {INVALID}"]),
        # upstream's own lines do not parse, or the target's did not
        (BAKE, HOT.replace("}\n", ""), OWN + BAKE, OWN + HOT.replace("}\n", ""), []),
        (BAKE, HOT, OWN + BAKE.replace("}\n", ""), OWN + HOT.replace("}\n", ""), []),
        # also where it is the last of many lines
        (BAKE, BAKE_LONG, OWN + BAKE, OWN + BAKE_LONG, []),
        # far from the change, in a file that had none anywhere; and where a side had one
        (BAKE + LONG, HOT + LONG, OWN + BAKE + LONG, OWN + OPEN + LONG, [f"29: {INVALID}"]),
        (BAKE + LONG + ODD, HOT + LONG + ODD, OWN + BAKE + LONG, OWN + OPEN + LONG, []),
        (BAKE + LONG, HOT + LONG, OWN + BAKE + LONG + ODD, OWN + OPEN + LONG + ODD, []),
        # an odd text that was there stays as odd as it was
        (BAKE + ODD, HOT + ODD, OWN + BAKE + ODD, OWN + HOT + ODD, []),
    ],
)
def test_only_a_new_error_is_told(
    examined: Examined, before: str, after: str, onto: str, result: str, words: list[str]
) -> None:
    assert told(examined, before, after, onto, result) == words


ODD_INSIDE = "func far() {\n\ta := 1\n\tb()\n\tc()\n\t] ]\n\td()\n}\n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BAKE + FAR, HOT + FAR),
        (BAKE + FAR, BAKE + FAR + "func heat() {\n}\n"),
        (BAKE + ODD_INSIDE, BAKE + ODD_INSIDE.replace("a := 1", "a := 2")),
    ],
)
def test_a_file_whose_changed_parts_are_as_good_as_before_is_not_parsed_whole(
    examined: Examined, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    parsed: list[bytes] = []
    real = Grammar.read

    def read(grammar: Grammar, text: bytes) -> SyntaxTree:
        parsed.append(text)
        return real(grammar, text)

    monkeypatch.setattr(Grammar, "read", read)
    assert told(examined, before, after, OWN + before, OWN + after) == []
    assert parsed
    assert (TOP + OWN + after).encode() not in parsed


HEAT = "func heat() {\n}\n\n"
METHOD = "func (o *Oven) heat() {\n}\n\n"


@pytest.mark.parametrize(
    ("upstream", "here", "words"),
    [
        ("", HEAT, ["10: heat is defined 2 times"]),
        ("", HEAT * 2, ["10: heat is defined 3 times"]),
        (HEAT, HEAT, []),
        (HEAT, HEAT * 2, ["10: heat is defined 3 times"]),
        ("", "", []),
        ("", METHOD, []),
        ("", "// func heat\n", []),
        ("", "func x() {\n\theat()\n}\n", []),
    ],
)
def test_what_is_defined_twice(
    examined: Examined, upstream: str, here: str, words: list[str]
) -> None:
    for once, lines in (("", 0), ("func once() {\n}\n\n", 3)):
        new = HOT + once + HEAT
        found = told(examined, BAKE + upstream, new + upstream, OWN + BAKE + here, OWN + new + here)
        assert found == [word.replace("10", f"{10 + lines}") for word in words]


def test_what_only_the_port_defines_and_says_twice_is_defined_once(examined: Examined) -> None:
    """Under another name than upstream's, say."""
    new = OWN + BAKE + "// func heat: as in roast\n" + HEAT
    assert told(examined, BAKE, BAKE + HEAT.replace("heat", "roast"), OWN + BAKE, new) == []


GONE = "func roast() {\n}\n\n"
USE = "func cool() {\n\troast()\n}\n\n"
ALL = GONE + "".join(GONE.replace("roast", name) for name in ("a", "b", "c")) + BAKE
SAID = "// a\n\nfunc b() {\n}\n"


@pytest.mark.parametrize(
    ("before", "after", "onto", "result", "words"),
    [
        (GONE + BAKE, BAKE, GONE + BAKE + USE, BAKE + USE, ["10: roast was removed but is still"]),
        (GONE + BAKE, BAKE, GONE + BAKE + USE + GONE, BAKE + USE + GONE, []),
        (ALL, BAKE, ALL + USE + SAID, BAKE + USE + SAID, ["10: roast was removed but is still"]),
        # another file has it
        (GONE + BAKE + USE, BAKE + USE, OWN + GONE + BAKE + USE, OWN + BAKE + USE, []),
        (GONE + BAKE, BAKE, GONE + BAKE + "// roast\n", BAKE + "// roast\n", []),
        (
            GONE + BAKE,
            BAKE,
            GONE + BAKE + "func f(roast int) {\n\tg(roast)\n}\n",
            BAKE + "func f(roast int) {\n\tg(roast)\n}\n",
            [],
        ),
    ],
)
def test_what_is_removed_and_still_read(
    examined: Examined, before: str, after: str, onto: str, result: str, words: list[str]
) -> None:
    found = told(examined, before, after, onto, result)
    assert [line[: len(words[0])] if words else line for line in found] == words


def imports(*paths: str) -> str:
    return "import (\n" + "".join(f'\t"{path}"\n' for path in paths) + ")\n\n"


@pytest.mark.parametrize(
    ("there", "here", "line", "words"),
    [
        ("x.org/zap", "os", "zap.Go()", ["12: zap is not imported in this file"]),
        ("x.org/zap/v2", "os", "zap.Go()", ["12: zap is not imported in this file"]),
        ("x.org/zap", "y.org/zap", "zap.Go()", []),
        ("x.org/zap", "os", "zip.Go()", []),
        ("x.org/zap", "os", "zap := 1", []),
        ("x.org/zap", "os", "// zap", []),
    ],
)
def test_what_upstream_imports_and_this_file_does_not(
    examined: Examined, there: str, here: str, line: str, words: list[str]
) -> None:
    more = BAKE.replace("\treturn", f"\t{line}\n\treturn")
    top, ours = imports("fmt", there), imports("fmt", here)
    assert told(examined, top + BAKE, top + more, ours + OWN + BAKE, ours + OWN + more) == words


CONST = "const heat = 1;\n\n"
FRY = "function fry(n) {\n  return n;\n}\n"
MEANS = "nothing in this file gives heat a meaning"


@pytest.mark.parametrize(
    ("name", "there", "here", "line", "words"),
    [
        ("a.js", CONST, "", "n += heat;", [f"4: {MEANS}"]),
        ("a.ts", CONST, "", "n += heat;", [f"4: {MEANS}"]),
        ("a.js", CONST, "let heat;\n", "n += heat;", []),
        ("a.js", CONST, "// heat\n", "n += heat;", []),  # what it says may have a meaning
        ("a.js", "", "", "n += heat;", []),  # a global, upstream too
        ("a.js", CONST, "", "const heat = 2;", []),
        ("a.js", "import { heat } from 'x';\n", "", "n += heat;", ["4: heat is not imported"]),
        ("a.go", "var heat = 1\n", "", "n += heat", []),  # another file of the package may have it
    ],
)
def test_what_only_upstreams_file_binds(
    examined: Examined, name: str, there: str, here: str, line: str, words: list[str]
) -> None:
    more = FRY.replace("  return", f"  {line}\n  return")
    own = "// our own line\n\n"
    sides = (there + FRY, there + more, own + here + FRY, own + here + more)
    found = examined(*({name: text} for text in sides))
    said = [f"{f.line}: {f.message}" for f in found if f.code == "port-unknown-name"]
    assert [one[: len(word)] for one, word in zip(said, words, strict=True)] == words


WRONG = BAKE.replace("return n", "return n + ]")


@pytest.mark.parametrize(
    ("text", "chosen", "ours", "theirs", "score"),
    [
        (HOT, (5, 6), BAKE, HOT, 1),
        (WRONG, (5, 6), BAKE, HOT, 0.5),
        (WRONG, (5, 6), BAKE.replace("}\n", ""), HOT, 1),
        (WRONG, (5, 6), BAKE, HOT.replace("}\n", ""), 1),
        (HOT + ODD, (5, 6), BAKE, HOT, 1),
    ],
)
def test_a_text_that_does_not_parse_where_something_was_chosen_is_half_as_good(
    text: str, chosen: tuple[int, int], ours: str, theirs: str, score: float
) -> None:
    go = language_of("a.go", b"")
    assert go is not None
    sound = go.soundness("a.go", TOP + ours, TOP + theirs)
    assert sound([line + "\n" for line in (TOP + text).split("\n")], [chosen]) == score


def test_a_text_is_read_whole_only_where_its_chosen_part_does_not_parse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []
    real = Grammar.read

    def counted(grammar: Grammar, text: bytes) -> SyntaxTree:
        read.append(len(text))
        return real(grammar, text)

    monkeypatch.setattr(Grammar, "read", counted)
    go = language_of("a.go", b"")
    assert go is not None
    for text, most in ((HOT, len(HOT)), (WRONG, len(TOP + WRONG + FAR))):
        sound = go.soundness("a.go", TOP + BAKE + FAR, TOP + HOT + FAR)
        read.clear()
        sound((TOP + text + FAR).splitlines(keepends=True), [(5, 6)])
        assert max(read) == most
