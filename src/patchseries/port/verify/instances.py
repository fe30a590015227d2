"""What class a local variable is an object of, where its function sets it once: ``a = Till()``."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from tree_sitter import Node

from patchseries.port.verify.bindings import BOUND
from patchseries.port.verify.queries import around, captured, captures, child_named, node_text
from patchseries.port.verify.uses import chain_of

_MADE = "(assignment left: (identifier) @name right: (call))"


def made_by(node: Node, name: bytes, attribute: bytes) -> tuple[bytes, ...]:
    """What is called to make the object that *name* is at *node*; empty where it is not known.

    Nor is it of an object whose *attribute* the function sets or names in a string: a test may
    have put something else in its place.
    """
    function = _function_around(node)
    if function is None:
        return ()
    text = node_text(function)
    replaced = (b"'%b'" % attribute, b'"%b"' % attribute, b"%b.%b =" % (name, attribute))
    if any(said in text for said in replaced):
        return ()
    return _made(function).get(name, ())


@lru_cache(maxsize=16)
def _made(function: Node) -> dict[bytes, tuple[bytes, ...]]:
    """The variables of a function that are set once, to what a call gives: what is called."""
    bound = captures(function, BOUND)
    often = Counter(node_text(node) for nodes in bound.values() for node in nodes)
    made = {}
    for node in captured(function, _MADE, "name"):
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
