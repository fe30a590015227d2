"""The calls on the lines that a port adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.queries import captured, child_named
from patchseries.port.verify.signatures import Call
from patchseries.port.verify.syntax import Chunk
from patchseries.port.verify.uses import chain_of


class NamedCall(NamedTuple):
    """A call of something that has a name.

    :ivar chain: the name, ``a.b.c`` as a tuple
    :ivar line: 0-based, of the end of the name
    """

    part: Chunk
    node: Node
    chain: tuple[bytes, ...]
    call: Call
    line: int


def calls_in(file: PortedFile, parts: Sequence[Chunk]) -> Iterator[NamedCall]:
    """The calls on added lines, but for those with arguments that only run time knows."""
    runs = [(run.new_start, run.new_start + len(run.added)) for run in file.ours]
    for part in parts:
        found: dict[tuple[int, int], Node] = {}  # of a().b() both calls start at one place
        for first, last in ((max(a, part.start), min(b, part.end)) for a, b in runs):
            if first < last:
                rows = first - part.offset, last - part.offset
                nodes = captured(part.tree.root_node, "(call) @call", "call", rows)
                found.update(((node.start_byte, node.end_byte), node) for node in nodes)
        for _, node in sorted(found.items()):
            called = child_named(node, "function")
            chain, call = chain_of(called), Call.of(node)
            if chain and call is not None:
                yield NamedCall(part, node, chain, call, called.end_point.row + part.offset)
