"""What a text in a language holds: definitions by their scope, imports, names that are read."""

from __future__ import annotations

import pytest
from tree_sitter import Parser

from patchseries.port.verify import grammar as module
from patchseries.port.verify.grammar import Definition, Grammar, SyntaxTree, UnparsedError
from patchseries.port.verify.languages import GRAMMARS

TEXT = b"""\
package oven

import (
	"fmt"
	hot "example.org/heat/v2"
)

func bake(bread int) int {
	sour := bread
	return sour + tin
}

func (o *Oven) bake() {
	fmt.Println(tin)
}

func (o *Pan) bake() {}

func bake() {}
"""
EVERYTHING = [(0, 99)]


def grammar_of(name: str) -> Grammar:
    return next(grammar for grammar in GRAMMARS if grammar.name == name)


GO = grammar_of("Go")


@pytest.fixture(name="tree", scope="module")
def _tree() -> SyntaxTree:
    return GO.read(TEXT)


def test_a_definition_is_known_by_its_name_its_kind_and_its_line(tree: SyntaxTree) -> None:
    functions = [d for d in tree.definitions(EVERYTHING) if d.name == b"bake"]
    assert [(d.line, d.lead) for d in functions] == [
        (7, b"func"),
        (12, b")"),
        (16, b")"),
        (18, b"func"),
    ]
    assert len({d.key for d in functions}) == 3
    assert functions[0].key == functions[3].key
    for line in range(20):
        here = [d for d in functions if d.line == line]
        assert [d for d in tree.definitions([(line, line + 1)]) if d.name == b"bake"] == here
    assert list(tree.definitions([])) == []
    assert isinstance(functions[0], Definition)


def test_what_goes_on_in_the_next_line_is_where_its_name_stands() -> None:
    function = grammar_of("C").read(b"int\nbake(int n)\n{\n}\n")
    found = [list(function.definitions([(line, line + 1)])) for line in (0, 1)]
    assert found == [[], [Definition(b"bake", b"", b"", 1)]]
    command = grammar_of("shell").read(b"A=1 \\\n  bake\n")
    assert [command.uses([(line, line + 1)]) for line in (0, 1)] == [{}, {b"bake": 1}]


def test_a_name_may_be_the_last_byte() -> None:
    assert grammar_of("Rust").read(b"struct b").most(b"b", b"") == 1


def test_how_often_a_name_is_defined_in_one_scope(tree: SyntaxTree) -> None:
    keys = {d.line: d.key for d in tree.definitions(EVERYTHING) if d.name == b"bake"}
    assert tree.most(b"bake", keys[7]) == 2
    assert tree.most(b"bake", keys[12]) == 1
    assert tree.most(b"bake", b"no such key") == 0
    assert tree.most(b"none", b"") == 0


def test_what_imports_give(tree: SyntaxTree) -> None:
    assert tree.imports([(3, 4)]) == {b"fmt"}
    assert tree.imports([(4, 5)]) == {b"hot"}
    assert tree.imports([(3, 4), (4, 5)]) == tree.all_imports == {b"fmt", b"hot"}
    assert tree.imports([(7, 20)]) == tree.imports([]) == set()


def test_an_import_is_on_the_line_of_its_name() -> None:
    tree = grammar_of("JavaScript").read(b"import {\na,\nb\n} from './x'\n")
    assert [tree.imports([(row, row + 1)]) for row in range(4)] == [set(), {b"a"}, {b"b"}, set()]


def test_which_names_are_read_and_where_first(tree: SyntaxTree) -> None:
    assert tree.uses([(9, 10)]) == {b"sour": 9, b"tin": 9}
    assert tree.uses([(8, 10)])[b"bread"] == 8
    assert tree.uses([(12, 14), (9, 10)])[b"tin"] == 9
    assert tree.uses([]) == {}
    assert [tree.where_used(name) for name in (b"tin", b"bread", b"hot", b"none")] == [
        9,
        7,
        4,
        None,
    ]
    said = TEXT.replace(b"\treturn sour", b"\t// tin\n\treturn sour")
    assert GO.read(said).where_used(b"tin") == 10


def test_what_gives_a_name_its_meaning(tree: SyntaxTree) -> None:
    for name in (b"bake", b"fmt", b"hot", b"bread", b"sour", b"o"):
        assert tree.binds(name), name
    for name in (b"tin", b"Println", b"none", b"int"):
        assert not tree.binds(name), name


BROKEN = b"package a\n\nfunc b() {\n\tx := (1\n}\n\nfunc c() {}\n\nfunc d() { ] }\n"


def test_an_error_is_told_where_it_begins_and_whom_it_reaches(tree: SyntaxTree) -> None:
    assert tree.parses
    assert tree.errors() == tree.errors(EVERYTHING) == []
    broken = GO.read(BROKEN)
    assert not broken.parses
    first, last = broken.errors()[0], broken.errors()[-1]
    assert (first, last) == (3, 8)
    assert broken.errors([(6, 7)]) == []
    assert broken.errors([(7, 8)]) == [8]  # beside it
    assert broken.errors([(8, 9)]) == [8]
    assert broken.errors([(4, 5)]) == broken.errors([(3, 4)]) == broken.errors([(2, 3)]) == [3]
    assert broken.errors([(1, 2)]) == []
    assert broken.errors([(1, 2), (9, 10)]) == [8]
    assert broken.errors([]) == []


def test_an_error_reaches_its_own_lines_and_one_on_each_side() -> None:
    broken = GO.read(b"package a\n\nfunc a() {}\n\n]\n]\n]\n\nfunc b() {}\n")
    assert [n for n in range(12) if broken.errors([(n, n + 1)])] == [3, 4, 5, 6, 7]
    assert [n for n in range(12) if broken.errors([(n, n)])] == [4, 5, 6, 7]


def test_what_is_inside_a_scope_is_no_second_of_what_is_around_it() -> None:
    script = grammar_of("JavaScript")
    text = b"function a() { function b() {} }\nfunction c() { function b() {} }\nfunction b() {}\n"
    tree = script.read(text)
    (key,) = {d.key for d in tree.definitions(EVERYTHING) if d.name == b"b"}
    assert tree.most(b"b", key) == 1
    assert script.read(text + b"function b() {}\n").most(b"b", key) == 2
    inside = text.replace(b"c() { ", b"c() { function b() {} ")
    assert script.read(inside).most(b"b", key) == 2


@pytest.mark.parametrize("extra", [0, 1])
def test_a_text_has_a_largest_size(monkeypatch: pytest.MonkeyPatch, extra: int) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 60)
    text = b"package big" + b"\n" * (49 + extra)
    if extra:
        with pytest.raises(UnparsedError, match=r"^it is too large to parse$"):
            GO.read(text)
    else:
        assert GO.read(text).parses


def test_a_text_is_read_piece_by_piece_to_its_end() -> None:
    long = TEXT + b"".join(b"func f%d() int { return %d }\n" % (n, n) for n in range(2000))
    tree = GO.read(long)
    assert tree.parses
    assert tree.binds(b"f1999")
    assert tree.where_used(b"f1999") == long.count(b"\n") - 1
    assert not GO.read(long + b"func (\n").parses


def test_a_parser_that_is_kept_busy_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"package busy\n" + b"var a = b\n" * 300
    assert GO.read(text).parses
    assert GO.language is not None
    asked = iter(range(1000))
    Parser(GO.language).parse(
        lambda at, _: text[at : at + 4096], progress_callback=lambda *_: next(asked) < 0
    )
    needed = next(asked)
    monkeypatch.setattr(module, "_BYTES_PER_STEP", 1 << 30)
    monkeypatch.setattr(module, "_STEPS", needed)
    module._read.cache_clear()
    assert GO.read(text).parses
    monkeypatch.setattr(module, "_STEPS", needed - 1)
    module._read.cache_clear()
    with pytest.raises(UnparsedError, match=r"^it takes too long to parse$"):
        GO.read(text)


def test_an_error_of_many_parts_is_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"package a\n" + b"] " * 100 + b"\n"
    monkeypatch.setattr(module, "_MOST_CHILDREN", 100)
    assert not GO.read(text).parses
    monkeypatch.setattr(module, "_MOST_CHILDREN", 99)
    with pytest.raises(UnparsedError, match=r"^too much of it does not parse$"):
        GO.read(text + b"\n")
