"""Names that the change takes away: are they still used here, or was something else to stay?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.names.textsearch import says
from patchseries.port.verify.bindings import MOST_NAMES, where_unbound
from patchseries.port.verify.names import module_before, module_here, module_name
from patchseries.port.verify.ported import Port, PortedFile, Runs
from patchseries.port.verify.scopes import Scopes

_DEFINITION = re.compile(rb"[ \t]*+(?:async[ \t]+def|def|class)[ \t]+(\w+)")
_AT_MODULE_LEVEL = re.compile(rb"[^ \t\n#]|[ \t]+(?:\w+[ \t,)\\]*$|(?:from|import|global)[ \t])")
"""A line that can bind a name of the module: of an import, it may be a part."""


class Removals:
    """The removal checks over one Python file of a port."""

    def __init__(self, port: Port, file: PortedFile) -> None:
        """Look at what the removed lines of *file* defined."""
        self._port = port
        self._file = file
        self._home, _ = module_name(file.path)
        self._there_home, _ = module_name(file.upstream)

    def check(self) -> Iterator[Finding]:
        """All the rules."""
        if not self._file.result:
            return
        yield from self.check_names()
        yield from self.check_methods()
        yield from self.check_overrides()

    def check_names(self) -> Iterator[Finding]:
        """Names of the module that the port took away, and that the file still reads."""
        if not any(_AT_MODULE_LEVEL.match(line) for run in self._file.ours for line in run.removed):
            return
        left, known = module_here(self._port, self._file), module_before(self._port, self._file)
        gone = [] if left.is_open else sorted(known.names - left.names)
        for name in gone[:MOST_NAMES]:
            line = where_unbound(self._file.result_scopes, name)
            if line is not None:
                yield self._finding(name, line)

    def check_methods(self) -> Iterator[Finding]:
        """Methods that the port took away, and that the file still calls on ``self``."""
        here = self._port.modules(self._port.result)
        for name, number in _removed(self._file.ours).items():
            owner = _owner(self._file.onto_scopes, number)
            if owner is None or not self._still_stands(name):
                continue
            call = re.search(rb"\b(?:self|cls)\.%b\b" % re.escape(name), self._file.result)
            if call and here.has_attribute(self._home, owner, name, own_only=True) is False:
                yield self._finding(name, self._file.result.count(b"\n", 0, call.start()))

    def check_overrides(self) -> Iterator[Finding]:
        """Methods that upstream takes away since its class inherits them, and this one does not."""
        here = self._port.modules(self._port.result)
        there = self._port.modules(self._port.after)
        for name, number in _removed(self._file.theirs).items():
            owner = _owner(self._file.before_scopes, number)
            if owner is None:
                continue
            if here.has_attribute(self._home, owner, name, own_only=True) is not False:
                continue
            if there.has_attribute(self._there_home, owner, name):
                shown = f"{owner.decode('utf-8', 'replace')}.{name.decode('utf-8', 'replace')}"
                yield Finding(
                    PortCode.REMOVED_OVERRIDE,
                    Severity.WARNING,
                    f"{shown} is inherited upstream, but missing here",
                    file=self._file.path,
                    hint="the target may need what upstream inherits",
                )

    def _still_stands(self, name: bytes) -> bool:
        """Whether the result mentions a name that upstream's file no longer does."""
        return says(self._file.result, name) and not says(self._file.after, name)

    def _finding(self, name: bytes, line: int) -> Finding:
        shown = name.decode("utf-8", "replace")
        return Finding(
            PortCode.REMOVED_NAME_USED,
            Severity.ERROR,
            f"{shown} was removed but is still used",
            file=self._file.path,
            line=line + 1,
            hint="keep it, or change what uses it too",
        )


def _removed(runs: Runs) -> dict[bytes, int]:
    """Each name that the removed lines define: its 0-based line before."""
    found: dict[bytes, int] = {}
    for run in runs:
        for number, line in enumerate(run.removed, run.old_start):
            if match := _DEFINITION.match(line):
                found.setdefault(match[1], number)
    return found


def _owner(scopes: Scopes, number: int) -> bytes | None:
    """The class whose method starts at a line; None when no method does."""
    around = scopes.around(number)
    if len(around) < 2 or around[-1].line != number or around[-2].is_function:
        return None
    return around[-2].name
