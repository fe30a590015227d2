"""Calls of the project's own functions with arguments that they do not take on this base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import NamedTuple

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.bindings import bindings
from patchseries.port.verify.calls import NamedCall
from patchseries.port.verify.modules import Modules
from patchseries.port.verify.objects import made_by
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.signatures import Parameters, signature_in
from patchseries.port.verify.sourcetree import SourceTree


class _Callee(NamedTuple):
    """What is called.

    :ivar chain: its name
    :ivar owner: the class in which it is called on ``self``
    :ivar made: what is called to make the object that it is called on
    """

    chain: tuple[bytes, ...]
    owner: bytes = b""
    made: tuple[bytes, ...] = ()


def check_arguments(port: Port, file: PortedFile, calls: Sequence[NamedCall]) -> Iterator[Finding]:
    """The *calls* in added lines of *file* that fit upstream's function, and not the one here.

    Told are only functions and classes of the project that the names of the file lead to, and
    methods that are called on ``self``, or on a variable that is set once, to an object of a class.
    """
    signature = cache(partial(_signature, SourceTree.here(port, file)))
    upstream = cache(partial(SourceTree.upstream, port, file))
    for named in calls:
        callee = _callee(file, named)
        found = signature(callee) if callee else None
        if callee is None or found is None:
            continue
        misfit, strays = found.misfit(named.call), list(found.strays(named.call))
        known = _signature(upstream(), callee) if misfit or strays else None
        if known is None or known.misfit(named.call):
            continue
        moved = (name for place, name in strays if known.names[place : place + 1] == (name,))
        if not misfit and (name := next(moved, b"")):
            misfit = f"has the parameter {name.decode('utf-8', 'replace')} in another place"
        if misfit:
            shown = b".".join(callee.chain).decode("utf-8", "replace")
            yield Finding(
                PortCode.WRONG_ARGUMENTS,
                Severity.ERROR,
                f"{shown} {misfit} here",
                file=file.path,
                line=named.line + 1,
                hint="upstream it takes other arguments; call it as this base does",
            )


def _callee(file: PortedFile, named: NamedCall) -> _Callee | None:
    """What a call on an added line calls, if that can be known."""
    chain = named.chain
    if len(chain) == 2 and chain[0] in (b"self", b"cls"):
        return _Callee(chain, owner=_owner(file, named.line))
    if not bindings(named.part).is_local(chain[0], named.node.start_byte):
        return _Callee(chain)
    made = made_by(named.node, *chain) if len(chain) == 2 else ()
    return _Callee(chain, made=made) if made else None


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
    origin = tree.origin(chain)
    return _of_origin(tree.modules, *origin) if origin else None


def _of_origin(modules: Modules, home: bytes, names: Sequence[bytes]) -> Parameters | None:
    """What a function, a class or a method of a class takes, by its module and its names there."""
    if len(names) == 2:
        return _of_method(modules, (home, names[0]), names[1], on=b"")
    if len(names) != 1:
        return None
    if modules.class_(home, names[0]) is not None:
        return _of_method(modules, (home, names[0]), b"__init__", on=b"self")
    return signature_in(modules.text(home), names[0], in_class=False)


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
