"""How well merged texts can stand: they parse as well as what they were merged from, and what they
read is defined.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from patchseries.port.hunks.lines import Run, encode
from patchseries.port.hunks.resolve import Sound, anything
from patchseries.port.verify.bindings import unbound, where_unbound
from patchseries.port.verify.definitions import read_module
from patchseries.port.verify.indentation import misfits
from patchseries.port.verify.names import BUILTINS
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.syntax import chunks, errors, errors_beside, misfits_beside


def soundness(path: str, ours: str, theirs: str) -> Sound:
    """Whether a merged text parses; else as well as either side, where the target does not.

    Half as good is one that reads a name which nothing defines. Only Python is judged.
    """
    if not path.endswith(".py"):
        return anything

    @cache
    def tolerated() -> int:
        found = errors(encode(ours))
        return max(found, errors(encode(theirs))) if found else 0

    @cache
    def provided(name: bytes) -> bool:
        """Whether either side reads a name that nothing defines, either."""
        sides = (Scopes.of(encode(side), path) for side in (ours, theirs))
        return any(where_unbound(side, name) is not None for side in sides)

    def sound(lines: Sequence[str], chosen: Sequence[Run]) -> float:
        text = encode("".join(lines))
        scopes = Scopes.of(text, path)
        parts = chunks(scopes, chosen)
        if any(part.is_odd for part in parts):
            return 0
        if misfits_beside(scopes, parts) and not misfits(encode(ours)):
            return 0
        if not all(part.parses for part in parts):
            found = errors_beside(text, encode(ours))
            return float(not found or found <= tolerated())
        module = read_module(text)
        free = {name for part in parts for name in unbound(part, module.names | BUILTINS)}
        return 1 if module.is_open or all(map(provided, free)) else 0.5

    return sound
