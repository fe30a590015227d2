"""Calls of the project's own functions with arguments that they do not take on this base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import NamedTuple

from tree_sitter import Node

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.bindings import bindings
from patchseries.port.verify.modules import Modules
from patchseries.port.verify.objects import made_by
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.queries import captured, child_named
from patchseries.port.verify.signatures import Call, Parameters, signature_in
from patchseries.port.verify.sourcetree import SourceTree
from patchseries.port.verify.syntax import Chunk
from patchseries.port.verify.uses import chain_of

_DEPTH = 4
"""So often an import may lead on to another."""


class _Callee(NamedTuple):
    """What is called.

    :ivar chain: its name
    :ivar owner: the class in which it is called on ``self``
    :ivar made: what is called to make the object that it is called on
    """

    chain: tuple[bytes, ...]
    owner: bytes = b""
    made: tuple[bytes, ...] = ()


def check_arguments(port: Port, file: PortedFile, parts: Sequence[Chunk]) -> Iterator[Finding]:
    """Calls in the added lines of *file* that fit upstream's function, and not the one here.

    Told are only functions and classes of the project that the names of the file lead to, and
    methods that are called on ``self``, or on a variable that is set once, to an object of a class.
    """
    signature = cache(partial(_signature, SourceTree.here(port, file)))
    for callee, call, line in _calls(file, parts):
        found = signature(callee)
        misfit = found.misfit(call) if found else ""
        if not misfit:
            continue
        known = _signature(SourceTree.upstream(port, file), callee)
        if known and not known.misfit(call):
            shown = b".".join(callee.chain).decode("utf-8", "replace")
            yield Finding(
                PortCode.WRONG_ARGUMENTS,
                Severity.ERROR,
                f"{shown} {misfit} here",
                file=file.path,
                line=line + 1,
                hint="upstream it takes other arguments; call it as this base does",
            )


def _calls(file: PortedFile, parts: Sequence[Chunk]) -> Iterator[tuple[_Callee, Call, int]]:
    """The calls on added lines, with the 0-based line of each."""
    runs = [(run.new_start, run.new_start + len(run.added)) for run in file.ours]
    for part in parts:
        found: dict[int, Node] = {}
        for first, last in ((max(a, part.start), min(b, part.end)) for a, b in runs):
            if first < last:
                rows = first - part.offset, last - part.offset
                nodes = captured(part.tree.root_node, "(call) @call", "call", rows)
                found.update((node.start_byte, node) for node in nodes)
        for _, node in sorted(found.items()):
            called = child_named(node, "function")
            chain, call = chain_of(called), Call.of(node)
            line = called.end_point.row + part.offset
            if not chain or call is None:
                continue
            if len(chain) == 2 and chain[0] in (b"self", b"cls"):
                yield _Callee(chain, owner=_owner(file, line)), call, line
            elif not bindings(part).is_local(chain[0], node.start_byte):
                yield _Callee(chain), call, line
            elif len(chain) == 2 and (made := made_by(node, *chain)):
                yield _Callee(chain, made=made), call, line


def _owner(file: PortedFile, line: int) -> bytes:
    """The class in which *line* stands; empty for none."""
    around = file.result_scopes.around(line)
    return next((header.name for header in reversed(around) if not header.is_function), b"")


def _signature(tree: SourceTree, callee: _Callee) -> Parameters | None:
    """What *callee* takes in *tree*; None where that cannot be known."""
    chain, owner, made = callee
    if owner:
        return _of_method(tree.modules, (tree.home, owner), chain[1], on=chain[0])
    if made:
        where = tree.class_of(made)
        return _of_method(tree.modules, where, chain[1], on=b"self") if where else None
    dotted = tree.dotted(chain)
    return _of_dotted(tree.modules, dotted, _DEPTH) if dotted else None


def _of_dotted(modules: Modules, dotted: bytes, depth: int) -> Parameters | None:
    """What a function, a class or a method of a class takes, by its full name."""
    home, rest = modules.split(dotted)
    module = modules.module(home) if home and rest else None
    if module is None or depth == 0:
        return None
    if rest[0] in module.imports:
        return _of_dotted(modules, b".".join([module.imports[rest[0]], *rest[1:]]), depth - 1)
    if len(rest) == 2:
        return _of_method(modules, (home, rest[0]), rest[1], on=b"")
    if len(rest) != 1:
        return None
    if modules.class_(home, rest[0]) is not None:
        return _of_method(modules, (home, rest[0]), b"__init__", on=b"self")
    return signature_in(modules.text(home), rest[0], in_class=False)


def _of_method(
    modules: Modules, owner: tuple[bytes, bytes], name: bytes, *, on: bytes
) -> Parameters | None:
    """What the method *name* of a class (its module, its name) takes.

    :param on: what it is called on: ``self``, ``cls``, or the class by its name (empty)
    """
    for found in modules.lineage(*owner, set()):
        is_made_otherwise = found is None or found.is_open or found.has(b"__new__")
        if found is None or (name == b"__init__" and is_made_otherwise):
            return None
        if found.has(name):
            signature = signature_in(found.body, name, in_class=True)
            if signature is None or not (on == b"self" or signature.kind):
                return None
            return signature if signature.kind == "staticmethod" else signature.without_first()
        if found.is_open:
            return None
    return None
