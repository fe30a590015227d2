"""Tests that take another number of mocks than the decorators above them give.

Each ``mock.patch`` without an object of its own hands the test one argument more. A merge that
takes the decorators of one side and the head of the other makes a test that cannot be called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from tree_sitter import Node

from patchseries.counting import counted
from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.queries import around, captured, child_named, node_text
from patchseries.port.verify.scopes import Chain, Scopes
from patchseries.port.verify.signatures import Call, parameters_of
from patchseries.port.verify.syntax import Chunk, chunks

_FUNCTIONS = "(function_definition name: (identifier) @name)"
_PATCHES = {b"patch": 1, b"patch.object": 2}
"""How many arguments each has before the object that is put in place; with one, no mock is made."""
_MARKS = b"@mock.patch", b"@patch"
_MOST = 100
"""So many tests are searched for on both sides."""
_MOST_ALIKE = 10
"""So many of one name are looked at: mostly there is one."""


def check_mocks(file: PortedFile, parts: Sequence[Chunk]) -> Iterator[Finding]:
    """The tests whose mocks do not add up, though they do upstream and in the target."""
    if not any(mark in text for mark in _MARKS for text in (file.after, file.onto)):
        return
    odd = (test for test in _tests(parts) if test[2])
    for name, line, surplus in islice(odd, _MOST):
        chain = file.result_scopes.chain(line)
        sides = [file.after_scopes, file.onto_scopes]
        known = [found for side in sides for found in _surpluses(side, chain)]
        if known and not any(known):
            yield Finding(
                PortCode.WRONG_ARGUMENTS,
                Severity.ERROR,
                f"the decorators of {name.decode('utf-8', 'replace')} give it "
                f"{counted(abs(surplus), 'mock')} too {'many' if surplus > 0 else 'few'}",
                file=file.path,
                line=line + 1,
                hint="keep the decorators that go with its parameters",
            )


def _surpluses(side: Scopes, chain: Chain) -> Iterator[int]:
    """What the mocks of the tests called *chain* are too many, in the text of one side."""
    for line in islice(side.lines_of(chain), _MOST_ALIKE):
        yield from (surplus for _, _, surplus in _tests(chunks(side, [(line, line + 1)])))


def _tests(parts: Sequence[Chunk]) -> Iterator[tuple[bytes, int, int]]:
    """The tests in *parts*: name, 0-based line, how many mocks are too many."""
    for part in parts:
        nodes = captured(part.tree.root_node, _FUNCTIONS, "name")
        for node in sorted(nodes, key=lambda node: node.start_byte):
            head = around(node)
            given = sum(map(_is_mock, _decorators(head)))
            if given or node_text(node).startswith(b"test"):
                yield node_text(node), node.start_point.row + part.offset, _surplus(head, given)


def _surplus(head: Node, given: int) -> int:
    taken = parameters_of(child_named(head, "parameters"))
    names = [name for name in taken.names if name != b"self"]
    least = len([name for name in names if name not in taken.optional])
    if taken.more or least <= given <= len(names):
        return 0
    return given - (len(names) if given > len(names) else least)


def _decorators(head: Node) -> Iterator[Node]:
    above = around(head)
    if above.type == "decorated_definition":
        yield from (
            node.named_children[0] for node in above.named_children if node.type == "decorator"
        )


def _is_mock(decorator: Node) -> bool:
    """Whether a decorator hands a mock to its function."""
    if decorator.type != "call":
        return False
    function = node_text(child_named(decorator, "function")).removeprefix(b"mock.")
    call = Call.of(decorator)
    least = _PATCHES.get(function)
    return (
        least is not None
        and call is not None
        and call.positional <= least
        and b"new" not in call.keywords
    )
