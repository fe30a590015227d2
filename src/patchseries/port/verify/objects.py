"""Local variables that are objects of a class of the project: ``till = Till()``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache, partial

from tree_sitter import Node

from patchseries.model import Finding, PortCode
from patchseries.port.verify.bindings import bindings, often_bound
from patchseries.port.verify.names import lacking
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.queries import around, captured, child_named, node_text
from patchseries.port.verify.sourcetree import SourceTree
from patchseries.port.verify.syntax import Chunk
from patchseries.port.verify.uses import chain_of

_MEMBER = "(attribute object: (identifier) attribute: (identifier)) @member"
_MOST_BYTES = 50_000
"""A function that is longer is not read: that is done for each member in it."""
_MADE = "(assignment left: (identifier) @name right: (call))"


def check_members(port: Port, file: PortedFile, parts: Sequence[Chunk]) -> Iterator[Finding]:
    """Members of such objects on added lines that the class has upstream and not here."""
    here = SourceTree.here(port, file)
    upstream = cache(partial(SourceTree.upstream, port, file))
    told: set[tuple[tuple[bytes, bytes], bytes]] = set()
    for node, line in _members(file, parts):
        name = node_text(child_named(node, "attribute"))
        variable = node_text(child_named(node, "object"))
        made = made_by(node, variable, name)
        owner = here.class_of(made) if made else None
        if not owner or (owner, name) in told:
            continue
        told.add((owner, name))
        if here.modules.has_attribute(*owner, name) is not False:
            continue
        known = upstream().class_of(made)
        if known and upstream().modules.has_attribute(*known, name):
            shown, class_ = (
                b.decode("utf-8", "replace") for b in (variable + b"." + name, owner[1])
            )
            message = f"{shown} is no attribute of class {class_}"
            yield lacking(PortCode.UNKNOWN_NAME, file.path, line, message)


def _members(file: PortedFile, parts: Sequence[Chunk]) -> Iterator[tuple[Node, int]]:
    """The members of local variables on added lines, with the 0-based line of each."""
    added = {line for line, _ in file.added}
    for part in parts:
        nodes = captured(part.tree.root_node, _MEMBER, "member")
        for node in sorted(nodes, key=lambda node: (node.start_byte, node.end_byte)):
            line = node.end_point.row + part.offset
            name = node_text(child_named(node, "object"))
            if line in added and bindings(part).is_local(name, node.start_byte):
                yield node, line


def made_by(node: Node, name: bytes, attribute: bytes) -> tuple[bytes, ...]:
    """What is called to make the object that *name* is at *node*; empty where it is not known.

    Nor is it of an object whose *attribute* the function sets or names in a string: a test may
    have put something else in its place.
    """
    function = _function_around(node)
    if function is None or function.end_byte - function.start_byte > _MOST_BYTES:
        return ()
    text = node_text(function)
    replaced = (b"'%b'" % attribute, b'"%b"' % attribute, b"%b.%b =" % (name, attribute))
    if any(said in text for said in replaced):
        return ()
    return _made(function).get(name, ())


@lru_cache(maxsize=16)
def _made(function: Node) -> dict[bytes, tuple[bytes, ...]]:
    """The variables of a function that are set once, to what a call gives: what is called."""
    made: dict[bytes, tuple[bytes, ...]] = {}
    found = captured(function, _MADE, "name")
    often = often_bound(function) if found else {}
    for node in found:
        chain = chain_of(child_named(child_named(around(node), "right"), "function"))
        if chain and chain[0] not in often and often[node_text(node)] == 1:
            made[node_text(node)] = chain
    return made


def _function_around(node: Node) -> Node | None:
    """The outermost function that *node* stands in."""
    found, above = None, node.parent
    while above is not None:
        if above.type == "function_definition":
            found = above
        above = above.parent
    return found
