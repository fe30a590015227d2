"""What holds for every port, whatever the bytes."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from patchseries.git import Repository
from patchseries.git.textmerge import split_lines
from patchseries.port.result import Change
from patchseries.port.verify import Port, examine
from patchseries.port.verify.bindings import unbound
from patchseries.port.verify.definitions import defines, read_class, read_module
from patchseries.port.verify.queries import captured
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.signatures import Call
from patchseries.port.verify.syntax import chunks, errors, errors_beside, faults, parse
from patchseries.port.verify.uses import uses
from patchseries.port.verify.words import words_of
from port.verify.conftest import tree

FRAGMENTS = st.sampled_from(
    (
        b"def f(a):|class A(B):|    def g(self):|        self.x = 1|import a.b"
        b"|from .. import c as d|    return a.b.c(k=1)||'''|@d|)|# c"
        b"|x = [|    1,|]|\tif x:|else:|'a.b.c'|\xff|global x"
    ).split(b"|")
)
SOURCE = st.lists(FRAGMENTS, max_size=25).map(b"\n".join)
TEXT = st.one_of(SOURCE, st.binary(max_size=200))
QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(st.tuples(TEXT, TEXT, TEXT, TEXT), st.sampled_from(["a.py", "a", "a.conf", "d/01_a.c"]))
def test_no_bytes_crash_the_checks(
    repository: Repository, texts: tuple[bytes, bytes, bytes, bytes], path: str
) -> None:
    before, after, onto, result = (tree(repository, {path: text}) for text in texts)
    examine(Port(repository, Change(before, after), onto, result))


TOKENS = st.lists(
    st.sampled_from(
        (
            b"(|)|[|]|{|}|,|.|=|:|*|**|x|y.z|f(a=1|def|class|lambda|import|from|else:|yield|print"
            b"|not|and|'|@d|global|except|async|:=|->|\xff|\n|\n    |from a import *|except E, e:"
            b"|\\\n"
        ).split(b"|")
    ),
    max_size=25,
).map(b" ".join)


@QUICK
@example(b"not \xff]lambda  *:yield else:from a import * ")
@given(TOKENS | TEXT)
def test_no_text_crashes_what_reads_its_tree(text: bytes) -> None:
    """Of one that cannot be read at all, the root is an error."""
    faults(text)
    scopes = Scopes.of(text, "a.py")
    whole = [(0, len(scopes.lines))]
    parts = chunks(scopes, whole)
    uses(parts, whole, b"p")
    for part in parts:
        unbound(part, set())
    for call in captured(parse(text).root_node, "(call) @call", "call"):
        Call.of(call)


@QUICK
@given(TEXT, TEXT, st.sampled_from(["a.py", "a.conf"]))
def test_a_port_onto_its_own_parent_is_beyond_doubt(
    repository: Repository, before: bytes, after: bytes, path: str
) -> None:
    old, new = tree(repository, {path: before}), tree(repository, {path: after})
    assert examine(Port(repository, Change(old, new), old, new)) == ()


@QUICK
@given(
    st.lists(st.sampled_from([b"a", b"b", b"c", b""]), max_size=8),
    st.lists(st.sampled_from([b"a", b"b", b"c", b""]), max_size=8),
)
def test_a_clean_merge_beside_the_change_loses_nothing(
    repository: Repository, before: list[bytes], after: list[bytes]
) -> None:
    apart = b"".join(b"line %d\n" % n for n in range(8))
    old, new = (apart + b"".join(ln + b"\n" for ln in lines) for lines in (before, after))
    old_tree, new_tree = tree(repository, {"a.txt": old}), tree(repository, {"a.txt": new})
    onto = tree(repository, {"a.txt": b"own line\n" + old})
    merge = repository.merge(old_tree, onto, new_tree)
    assert merge.clean
    assert examine(Port(repository, Change(old_tree, new_tree), onto, merge.tree)) == ()


@QUICK
@given(TEXT, TEXT)
def test_changed_lines_rebuild_the_new_file(repository: Repository, old: bytes, new: bytes) -> None:
    changes = repository.difference(
        tree(repository, {"a é": old}), tree(repository, {"a é": new})
    ).lines
    if b"\0" in old + new:
        return
    lines = split_lines(old)
    for change in reversed(changes.get("a é", [])):
        end = change.old_start + len(change.removed)
        assert tuple(lines[change.old_start : end]) == change.removed
        lines[change.old_start : end] = change.added
    assert b"".join(lines) == new


@given(TEXT, st.sampled_from([0, 1]))
def test_chunks_cover_every_line_once(text: bytes, added: int) -> None:
    scopes = Scopes.of(text, "a.py")
    runs = [(n, n + added) for n in range(len(scopes.lines)) if scopes.indent(n) is not None]
    parts = chunks(scopes, iter(runs))
    covered = [n for part in parts for n in range(part.start, part.end)]
    assert len(covered) == len(set(covered))
    assert {n for n, _ in runs} <= set(covered)
    uses(parts, runs, b"p")


def test_a_file_of_no_language_hides_no_other(repository: Repository) -> None:
    """Whatever is beside it: each file of a change is examined, and a script by its first line."""
    broken = b"x = (1\n" * 3
    files = {
        "a.xyz": b"a\n",
        "b.md": b"b\n",
        "c.py": b"x = 1\n",
        "d": b"#!/usr/bin/python\nx = 1\n",
    }
    new = {path: text + b"y = 2\n" for path, text in files.items()}
    onto = {path: text + b"\n\n\n\nz = 3\n" for path, text in files.items()}
    result = {path: text + (b"y = 2\n" if "." in path and path != "c.py" else broken)
              for path, text in onto.items()}  # fmt: skip
    change = Change(tree(repository, files), tree(repository, new))
    found = examine(Port(repository, change, tree(repository, onto), tree(repository, result)))
    told = {(f.file, f.code) for f in found}
    assert {("a.xyz", "port-not-verified"), ("c.py", "port-syntax"), ("d", "port-syntax")} <= told
    assert not any(path == "b.md" for path, _ in told)


@given(TEXT)
def test_every_definition_of_the_first_column_is_read(text: bytes) -> None:
    found = read_module(text)
    assert {m[1] for m in re.finditer(rb"(?m)^(?:def|class)[ \t]+(\w+)", text)} <= found.names
    for name in found.names:
        read_class(text, name)


def test_names_bound_in_blocks_of_a_module_are_its_names() -> None:
    text = (
        b"try:\n    import json\n\nexcept ImportError:\n    old = json = None\nelse:\n    new = 1\n"
    )
    assert read_module(text).names == {b"json", b"old", b"new"}


@given(SOURCE)
def test_identifiers_are_words(text: bytes) -> None:
    words = words_of(text)
    for node in _identifiers(text):
        assert node in words


def _identifiers(text: bytes) -> list[bytes]:
    found, nodes = [], [parse(text).root_node]
    while nodes:
        node = nodes.pop()
        nodes.extend(node.children)
        if node.type == "identifier" and re.fullmatch(rb"[a-z]+", node.text or b""):
            found.append(node.text or b"")
    return found


@pytest.mark.parametrize(
    ("line", "has"),
    [
        ("    def word(self):", True), ("    async def word(self):", True),
        ("    class word(object):", True), ("    word = 1", True), ("    word: int = 1", True),
        ("        self.word = 1", True), ("        self.other, self.word = pair", True),
        ("        other = self.word = 1", True), ("    word == 1", False),
        ("        return self.word", False), ("        f(word=1)", False),
        ("    def words(self):", False), ("    # word", False), ("    my_word = 1", False),
        ("        self.word.other = 1", False),
    ],
)  # fmt: skip
def test_an_attribute_of_a_class_is_found_by_what_binds_it(line: str, has: bool) -> None:
    text = (
        f"word = 1\nclass Shop(Base, Other):\n    '''A shop.'''\n{line}\n        pass\nword = 2\n"
    )
    found = read_class(text.encode(), b"Shop")
    assert found is not None
    assert found.bases == (b"Base", b"Other")
    assert found.has(b"word") is has


@pytest.mark.parametrize(
    ("line", "is_there"),
    [
        ("def word():", True), ("class word:", True), ("word = 1", True), ("self.word = 1", True),
        ("f(word=1)", True), ("x = {'word': 1}", True), ('"the word of"', True),
        ("f(word)", False), ("a.word = 1", False), ("word == 1", False),
        ("'word-processor'", False), ("def words():", False), ("", False),
    ],
)  # fmt: skip
def test_what_defines_a_word(line: str, is_there: bool) -> None:
    assert defines(f"first\n{line}\nlast\n".encode(), b"word") is is_there


@given(SOURCE)
@example(b"x = (1\n")
@example(b"def f(:\n")  # nothing is wrong but what is missing
def test_a_text_has_errors_where_it_does_not_parse(text: bytes) -> None:
    assert (errors(text) > 0) == parse(text).root_node.has_error


@QUICK
@given(SOURCE, SOURCE, SOURCE)
def test_a_text_parses_beside_another_as_it_does_alone(
    head: bytes, middle: bytes, tail: bytes
) -> None:
    known, text = b"\n".join((head, tail)), b"\n".join((head, middle, tail))
    for one, other in ((text, known), (known, text), (text, text)):
        assert (errors_beside(one, other) == 0) == (errors(one) == 0)
