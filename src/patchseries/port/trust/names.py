"""Names that mean something upstream and nothing here.

Every rule asks the same question twice: does the name lead to something upstream, and does it
here? Only yes and no make a finding. What leads nowhere upstream either (a library, something
made at run time) is not the port's fault.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from patchseries.model import Finding, Severity
from patchseries.port.trust.modules import Module, Modules, module
from patchseries.port.trust.ported import Port, PortedFile
from patchseries.port.trust.syntax import Chunk
from patchseries.port.trust.uses import Uses, uses
from patchseries.port.trust.words import WordIndex, is_source, words_of

BUILTINS = frozenset(name.encode() for name in dir(builtins)) | frozenset(
    b"unicode xrange basestring long raw_input unichr reduce file cmp execfile reload buffer apply "
    b"intern coerce StandardError __file__ __path__ self cls".split()
)
"""The built-in names of Python 3 and 2."""

_DOTTED = re.compile(rb"[\"']((?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*)[\"']")
_IDENTIFIER = re.compile(rb"[A-Za-z_]\w{3,}")
_INDEX = WordIndex()
"""One for the process: it is keyed by content, so any port may use what another has read."""


class Names:
    """The name checks over one Python file of a port."""

    def __init__(self, port: Port, file: PortedFile, parts: list[Chunk]) -> None:
        """Look at what the added lines of *file*, cut into *parts*, use."""
        self._port = port
        self._file = file
        self._here = Modules(port.repository, port.result)
        self._there = Modules(port.repository, port.after)
        self.home, package = module_name(file.path)
        self._there_home, self._there_package = module_name(file.upstream)
        self._package = package
        runs = [(r.new_start, r.new_start + len(r.added)) for r in file.ours]
        self.uses: Uses = uses(parts, runs, package)

    @cached_property
    def _module(self) -> Module:
        return module(self._file.result, self._package)

    @cached_property
    def _upstream(self) -> Module:
        return module(self._file.after, self._there_package)

    def check(self) -> Iterator[Finding]:
        """All the rules, the most certain first."""
        yield from self.check_imports()
        yield from self.check_names()
        yield from self.check_chains()
        yield from self.check_own()
        yield from self.check_targets()

    def check_imports(self) -> Iterator[Finding]:
        """Modules, and names in them, that the added lines import and the target does not have."""
        for dotted, line in self.uses.imports.items():
            if self._is_lost(dotted, dotted):
                yield self._finding("port-unknown-import", dotted, line, "cannot be imported here")

    def check_names(self) -> Iterator[Finding]:
        """Plain names that are defined or imported in the file upstream, and not in the result."""
        for name, line in self.uses.names.items():
            if name in BUILTINS or self._module.is_open or name in self._module.names:
                continue
            if name in self._upstream.names:
                yield self._finding("port-unknown-name", name, line,
                                    "is not defined or imported in this file")  # fmt: skip

    def check_chains(self) -> Iterator[Finding]:
        """``module.name`` and ``Class.name`` where the target's module or class has no such name."""
        for chain, line in self.uses.chains.items():
            here = self._meaning(self._module, self.home, chain)
            there = self._meaning(self._upstream, self._there_home, chain)
            if here and there and self._is_lost(here, there):
                yield self._finding("port-unknown-name", b".".join(chain), line,
                                    f"leads nowhere: {_show(here)} is not defined")  # fmt: skip

    def check_own(self) -> Iterator[Finding]:
        """Attributes of ``self`` that the class has upstream, by itself or its bases, not here."""
        for name, line in self.uses.own.items():
            around = self._file.result_scopes.around(line)
            owner = next((h.name for h in reversed(around) if not h.is_function), None)
            if owner is None or name in self.uses.bound:
                continue
            if name in self._here.attributes(self.home, owner)[0]:
                continue
            if name in self._there.attributes(self._there_home, owner)[0]:
                yield self._finding("port-unknown-name", b"self." + name, line,
                                    f"class {_show(owner)} has no such attribute")  # fmt: skip

    def check_targets(self) -> Iterator[Finding]:
        """Dotted names in strings (what a test replaces, a driver's path) that lead nowhere."""
        for text, line in self.uses.strings.items():
            match = _DOTTED.fullmatch(text)
            if match and self._is_lost(match[1], match[1]):
                yield self._finding("port-unknown-name", match[1], line, "leads nowhere here")

    def _is_lost(self, here: bytes, there: bytes) -> bool:
        """Whether a dotted name leads to something upstream, and to nothing here."""
        answer = self._here.resolve(here)
        if answer is True:
            return False
        if self._there.resolve(there) is not True:
            return False
        return answer is False or not self._here.has_package(here)

    def _meaning(self, known: Module, home: bytes, chain: tuple[bytes, ...]) -> bytes | None:
        """The full dotted name that a chain stands for in a module; None when it is a value."""
        first = chain[0]
        if first in known.imports:
            return b".".join([known.imports[first], *chain[1:]])
        return b".".join([home, *chain]) if home and first in known.names else None

    def _finding(self, code: str, name: bytes, line: int, what: str) -> Finding:
        return Finding(code, Severity.ERROR, f"{_show(name)} {what}", file=self._file.path,
                       line=line + 1, hint="upstream it is there; find its name here")  # fmt: skip


def module_name(path: str) -> tuple[bytes, bytes]:
    """The dotted name of the module at *path*, and the package its relative imports start from."""
    parts = path.removesuffix(".py").split("/")
    if parts[0] in ("src", "lib"):
        del parts[0]
    is_package = parts[-1:] == ["__init__"]
    if is_package:
        del parts[-1]
    name = ".".join(parts).encode("utf-8", "surrogateescape")
    return name, name if is_package else name.rpartition(b".")[0]


def _show(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def check_words(port: Port, used: Iterable[tuple[PortedFile, Uses]]) -> Iterator[Finding]:
    """Attributes, keywords and strings that stand elsewhere upstream and nowhere in the target.

    An object's class is not known before run time, but a name that a whole tree does not
    mention is no attribute of anything in it.
    """
    defined: set[bytes] = set()
    wanted: dict[bytes, tuple[PortedFile, int]] = {}
    for file, use in used:
        defined |= use.bound
        near = words_of(file.onto)
        for word, line in _words(use):
            if word not in near:
                wanted.setdefault(word, (file, line))
    wanted = {word: where for word, where in wanted.items() if word not in defined}
    unknown = _INDEX.absent(port.repository, port.onto, wanted)
    lost = unknown - _INDEX.absent(port.repository, port.before, unknown) if unknown else set()
    for word in sorted(lost):
        file, line = wanted[word]
        yield Finding("port-unknown-word", Severity.WARNING,
                      f"{_show(word)} stands nowhere in the target", file=file.path,
                      line=line + 1, hint="upstream it was there before the change")  # fmt: skip


def _words(use: Uses) -> Iterator[tuple[bytes, int]]:
    yield from use.attributes.items()
    yield from use.keywords.items()
    yield from ((n, line) for n, line in use.names.items() if n not in BUILTINS)
    for text, line in use.strings.items():
        if len(text.split()) <= 3:
            yield from ((w, line) for w in words_of(text) if len(w) > 3 and not w.isdigit())


__all__ = ["Names", "check_words", "is_source", "module_name"]
