"""Python 2 and 3: its syntax, the names that a port uses, and what is taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from patchseries.model import Finding
from patchseries.port.hunks.lines import Run, encode
from patchseries.port.hunks.resolve import Sound
from patchseries.port.verify.adopted import check_adopted
from patchseries.port.verify.arguments import check_arguments
from patchseries.port.verify.bindings import unbound, where_unbound
from patchseries.port.verify.callhabits import check_call_habits
from patchseries.port.verify.calls import calls_in
from patchseries.port.verify.definitions import read_module
from patchseries.port.verify.fixtures import check_fixtures
from patchseries.port.verify.indentation import misfits
from patchseries.port.verify.language import Places
from patchseries.port.verify.leftovers import check_definitions
from patchseries.port.verify.mocks import check_mocks
from patchseries.port.verify.names import BUILTINS, Names, check_words
from patchseries.port.verify.objects import check_members
from patchseries.port.verify.omitted import check_omitted
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.pythonversion import check_version
from patchseries.port.verify.removals import Removals
from patchseries.port.verify.repeated import check_repeated_imports, check_repeated_keys
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.siblings import check_siblings
from patchseries.port.verify.syntax import (
    changed_chunks,
    check_syntax,
    chunks,
    errors,
    errors_beside,
    misfits_beside,
)
from patchseries.port.verify.unbound import check_unbound


class Python:
    """The language of modules, and of scripts whose first line says so."""

    def owns(self, path: str, first_line: bytes) -> bool:
        """Whether it is Python by its name or, for a script, by its first line."""
        return path.endswith(".py") or b"python" in first_line

    def examination(self, port: Port) -> PythonExamination:
        """The checks over the Python files of *port*."""
        return PythonExamination(port)

    def soundness(self, path: str, ours: str, theirs: str) -> Sound:
        """Whether a merged text parses; else as well as either side, where the target does not.

        Half as good is one that reads a name which nothing defines.
        """

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
                return float(errors_beside(text, encode(ours)) <= tolerated())
            module = read_module(text)
            free = {name for part in parts for name in unbound(part, module.names | BUILTINS)}
            return 1 if module.is_open or all(map(provided, free)) else 0.5

        return sound


class PythonExamination:
    """The checks over the Python files of one port."""

    def __init__(self, port: Port) -> None:
        """Nothing was examined yet."""
        self._port = port
        self._used: list[Names] = []

    def check(self, file: PortedFile) -> Iterator[Finding]:
        """All that one file shows, and what its imports and attributes lead to in the tree."""
        if not file.is_same:
            yield from check_definitions(file)
            yield from check_adopted(file)
            yield from Removals(self._port, file).check()
        if not file.ours:
            return
        parts = changed_chunks(file)
        if not file.is_same:
            yield from check_syntax(file, parts)
            yield from check_unbound(self._port, file, parts)
            yield from check_mocks(file, parts)
            yield from check_siblings(file)
            yield from check_repeated_keys(file, parts)
            yield from check_repeated_imports(file)
        yield from check_version(self._port, file, parts)
        calls = list(calls_in(file, parts))
        yield from check_arguments(self._port, file, calls)
        yield from check_members(self._port, file, parts)
        yield from check_call_habits(file, calls)
        yield from check_fixtures(self._port, file, parts)
        names = Names(self._port, file, parts)
        self._used.append(names)
        yield from names.check()

    def check_together(self, reported: Places) -> Iterator[Finding]:
        """Names that the files use, and that only a left-out part or only upstream has."""
        omitted = list(check_omitted(self._port, self._used))
        yield from omitted
        places = {(finding.file, finding.line) for finding in omitted}
        yield from check_words(self._port, self._used, reported | places)
