"""Fixtures of pytest that a test asks for, and that upstream defines, not this base.

A test names a fixture as a parameter. It may come from its own file, from a ``conftest.py`` in its
directory or further up, or from a plugin: of those nothing is known, and nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from patchseries.model import Finding, PortCode, TreeId
from patchseries.port.names.textsearch import says
from patchseries.port.verify.names import lacking
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.queries import captured, node_text
from patchseries.port.verify.syntax import Chunk
from patchseries.port.verify.words import words_of

_TESTS = """
(function_definition
  name: (identifier) @test
  parameters: (parameters [(identifier) @name (typed_parameter . (identifier) @name)])
  (#match? @test "^test"))
"""

_DEFINED = re.compile(rb"^[ \t]*+(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)


def check_fixtures(port: Port, file: PortedFile, parts: Sequence[Chunk]) -> Iterator[Finding]:
    """The fixtures that only upstream's files define, of tests that did not ask for them before."""
    asked = {name: line for name, line in _asked(file, parts).items() if not says(file.onto, name)}
    if not asked:
        return
    known, defined = set(_DEFINED.findall(file.result)), set(_DEFINED.findall(file.upstream_text))
    for text in _conftests(port, port.result, file.path):
        known.update(words_of(text))
    for text in _conftests(port, port.after, file.upstream):
        defined.update(_DEFINED.findall(text))
    for name, line in asked.items():
        if name in defined and name not in known:
            message = f"{name.decode('utf-8', 'replace')} is no fixture here"
            yield lacking(PortCode.UNKNOWN_NAME, file.path, line, message)


def _asked(file: PortedFile, parts: Sequence[Chunk]) -> dict[bytes, int]:
    """The parameters of the tests in *parts*, with the first 0-based line of each."""
    asked: dict[bytes, int] = {}
    for part in parts if b"def test" in file.result else ():
        nodes = captured(part.tree.root_node, _TESTS, "name")
        for node in sorted(nodes, key=lambda node: node.start_byte):
            asked.setdefault(node_text(node), node.start_point.row + part.offset)
    return asked


def _conftests(port: Port, tree: TreeId, path: str) -> Iterator[bytes]:
    """The texts of ``conftest.py`` in the directories that *path* is in."""
    for above in PurePosixPath(path).parents:
        entry = port.repository.entry(tree, str(above / "conftest.py"))
        if entry is not None and entry.is_file:
            yield port.text(entry)
