"""What is not verified, and says so: no grammar, none installed, too large, too much to parse."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from patchseries.model import Finding, Severity
from patchseries.port.verify.grammar import MAX_BYTES, Grammar, UnparsedError
from patchseries.port.verify.languages import GRAMMARS, language_of
from patchseries.port.verify.treechecks import TreeLanguage
from port.verify.conftest import Examined

ONE = "a\n\n\n\n\nb\n"


def told(examined: Examined, path: str) -> tuple[Finding, ...]:
    """What is found in a good port of a file *path* that differs from upstream's."""
    two = ONE.replace("a", "c")
    return examined({path: ONE}, {path: two}, {path: ONE + "z\n"}, {path: two + "z\n"})


@pytest.mark.parametrize(
    ("path", "kind"), [("oven.xyz", ".xyz"), ("src/Makefile", "Makefile"), ("a.b.conf", ".conf")]
)
def test_a_file_without_a_grammar_is_not_verified(examined: Examined, path: str, kind: str) -> None:
    [finding] = told(examined, path)
    assert (finding.code, finding.severity) == ("port-not-verified", Severity.NOTE)
    assert finding.file == path
    assert finding.message.startswith(f"not verified: there is no grammar for {kind};")


@pytest.mark.parametrize("path", ["README.md", "doc/a.rst", "AUTHORS", "locale/de.po"])
def test_text_for_people_needs_none(examined: Examined, path: str) -> None:
    assert told(examined, path) == ()


def test_a_file_that_is_as_upstream_has_it_needs_none(examined: Examined) -> None:
    assert examined({"a.xyz": "a\n"}, {"a.xyz": "b\n"}, {"a.xyz": "a\n"}) == ()


def test_a_file_that_the_port_leaves_alone_needs_none(examined: Examined) -> None:
    target = {"a.xyz": "b\n" + ONE}
    [finding] = examined({"a.xyz": ONE}, {"a.xyz": "b\n" + ONE + "\n"}, target, target)
    assert finding.code == "port-line-present"


@pytest.fixture
def no_grammar(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Go's grammar is not installed."""
    [go] = [grammar for grammar in GRAMMARS if grammar.name == "Go"]
    monkeypatch.setitem(sys.modules, "tree_sitter_go", None)
    go.__dict__.pop("language", None)
    yield
    go.__dict__.pop("language", None)


@pytest.mark.usefixtures("no_grammar")
def test_a_grammar_that_is_not_installed_is_named(examined: Examined) -> None:
    before, after = "package a\n\nvar b = 1\n\n\n\n\n", "package a\n\nvar b = 2\n\n\n\n\n"
    more = "func c() {}\n"
    [finding] = examined({"x.go": before}, {"x.go": after}, {"x.go": before + more})
    assert finding.code == "port-not-verified"
    assert "tree-sitter-go is not installed" in finding.message
    language = language_of("x.go", b"")
    assert language is not None
    assert language.soundness("x.go", before, after)(["func {\n"], [(0, 1)]) == 1


def test_a_grammar_of_another_tree_sitter_counts_as_missing() -> None:
    assert Grammar("Odd", "json", (".odd",), "", "", "", function="nothing").language is None


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.name)
@pytest.mark.parametrize(
    "text",
    [
        b"(" * 30_000,
        b"a*b " * 30_000,
        b"{" * 30_000,
        b"a<" * 30_000,
        b'"$(' * 30_000,
        b"a=>" * 30_000,
    ],
    ids=["brackets", "products", "braces", "less", "quotes", "arrows"],
)
def test_a_text_made_to_keep_a_parser_busy_comes_to_an_end(grammar: Grammar, text: bytes) -> None:
    assert len(text) < MAX_BYTES  # the parser gets to see it
    started = time.process_time()
    try:
        tree = grammar.read(text)
    except UnparsedError:
        pass
    else:
        tree.errors([(0, 1)])
        tree.uses([(0, 1)])
        tree.binds(b"a")
        tree.most(b"a", b"")
    assert time.process_time() - started < 5  # seconds; without a bound, Java takes ten and more


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.name)
def test_a_text_that_is_too_large_is_not_parsed(grammar: Grammar) -> None:
    with pytest.raises(UnparsedError, match="too large"):
        grammar.read(b"\n" * (MAX_BYTES + 1))


def test_a_port_of_python_loads_no_other_grammar() -> None:
    script = (
        "import sys\n"
        "from patchseries.port.verify.rules import examine\n"
        "from patchseries.port.verify.syntax import parse\n"
        "parse(b'x = 1')\n"
        "print(sorted(name for name in sys.modules if name.startswith('tree_sitter_')))"
    )
    made = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == "['tree_sitter_python', 'tree_sitter_python._binding']"


@pytest.mark.parametrize(
    ("path", "first_line", "name"),
    [
        ("a.go", b"", "Go"),
        ("bin/run", b"#!/bin/sh -e", "shell"),
        ("bin/run", b"#!/usr/bin/env bash", "shell"),
        ("bin/run", b"# /bin/sh", None),
        ("bin/run", b"#!/usr/bin/perl", None),
        ("a.go.in", b"", None),
    ],
)
def test_whose_language_a_file_is_in(path: str, first_line: bytes, name: str | None) -> None:
    found = language_of(path, first_line)
    assert (found.grammar.name if isinstance(found, TreeLanguage) else found) == name
