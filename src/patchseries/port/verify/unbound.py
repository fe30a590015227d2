"""Names that a function reads and nothing binds: locals of upstream's function, or of what went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.bindings import (
    MOST_NAMES,
    bound_late,
    free_names,
    unbound,
    where_unbound,
)
from patchseries.port.verify.definitions import defines
from patchseries.port.verify.names import BUILTINS, module_before, module_here, module_upstream
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.syntax import Chunk


def check_unbound(port: Port, file: PortedFile, parts: Sequence[Chunk]) -> Iterator[Finding]:
    """Names that no scope binds here, in the definitions *parts* that the port changed.

    Left out are names of a module, of which other rules speak, and those that upstream's file or
    the target's reads as well without a scope that binds them: something puts them there at run
    time. A name that the function binds itself, but later, is none of a module.
    """
    late = {name: line for part in parts for name, line in bound_late(part).items()}
    found = _unbound(port, file, parts)
    yield from _findings(file, late, bound_late)
    yield from _findings(
        file, {name: found[name] for name in found.keys() - late.keys()}, free_names
    )


def _unbound(port: Port, file: PortedFile, parts: Sequence[Chunk]) -> dict[bytes, int]:
    """The names that no scope binds, and no module."""
    here = module_here(port, file)
    if here.is_open:
        return {}
    known = here.names | BUILTINS
    found = {name: line for part in parts for name, line in unbound(part, known).items()}
    if found:
        elsewhere = module_before(port, file).names | module_upstream(port, file).names
        found = {name: found[name] for name in found.keys() - elsewhere}
    return found


def _findings(
    file: PortedFile, lines: dict[bytes, int], read: Callable[[Chunk], dict[bytes, int]]
) -> Iterator[Finding]:
    """Those of the names in *lines* that are *read* so in the whole file, and on neither side."""
    if not lines:
        return
    texts = file.onto_scopes, Scopes.of(file.upstream_text, file.path)
    for name in sorted(_in_whole(file, lines.keys(), read))[:MOST_NAMES]:
        if any(where_unbound(text, name, read) is not None for text in texts):
            continue
        if _may_be_defined(file, lines[name], name):
            continue
        yield Finding(
            PortCode.UNKNOWN_NAME,
            Severity.ERROR,
            f"{name.decode('utf-8', 'replace')} is not defined in this function",
            file=file.path,
            line=lines[name] + 1,
            hint="set it before, or find its name here",
        )


def _in_whole(
    file: PortedFile, names: Set[bytes], read: Callable[[Chunk], dict[bytes, int]]
) -> Set[bytes]:
    """Those of *names* that are *read* so in the whole file, if it parses.

    A text at the left margin inside a function cuts what was parsed before off from its scope.
    """
    lines = 0, len(file.result_scopes.lines)
    whole = Chunk(file.result_scopes, lines, lines)
    return names & read(whole).keys() if whole.parses else names


def _may_be_defined(file: PortedFile, line: int, name: bytes) -> bool:
    """Whether a line outside any function reads what a class defines, maybe further up."""
    around = file.result_scopes.around(line)
    return not any(scope.is_function for scope in around) and defines(file.result, name)
