"""Which merged texts can stand: those that parse as well as what they were merged from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from patchseries.port.hunks.lines import Run, encode
from patchseries.port.hunks.resolve import Sound, anything
from patchseries.port.verify.indentation import misfits
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.syntax import chunks, errors, errors_beside, misfits_beside


def soundness(path: str, ours: str, theirs: str) -> Sound:
    """Whether a merged text parses; else as well as either side, where the target does not.

    Only Python is judged.
    """
    if not path.endswith(".py"):
        return anything

    @cache
    def tolerated() -> int:
        found = errors(encode(ours))
        return max(found, errors(encode(theirs))) if found else 0

    def sound(lines: Sequence[str], chosen: Sequence[Run]) -> bool:
        text = encode("".join(lines))
        scopes = Scopes.of(text, path)
        parts = chunks(scopes, chosen)
        if any(part.is_odd for part in parts):
            return False
        if misfits_beside(scopes, parts) and not misfits(encode(ours)):
            return False
        if all(part.parses for part in parts):
            return True
        found = errors_beside(text, encode(ours))
        return not found or found <= tolerated()

    return sound
