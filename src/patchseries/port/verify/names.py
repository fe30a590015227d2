"""Names that exist upstream and not in the target.

Every rule asks the same question twice: does the name lead to something upstream, and does it
here? Only yes and no make a finding. What leads nowhere upstream either (a library, something
made at run time) is not the port's fault.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice

from patchseries.model import Finding, PortCode, Severity, TreeId
from patchseries.port.names.textsearch import shown
from patchseries.port.verify.definitions import Module, defines, read_module
from patchseries.port.verify.language import Places
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.syntax import Chunk
from patchseries.port.verify.uses import uses
from patchseries.port.verify.words import WordIndex, absent_at, words_of

BUILTINS = frozenset(name.encode() for name in dir(builtins)) | frozenset(
    b"unicode xrange basestring long raw_input unichr reduce file cmp execfile reload buffer apply "
    b"intern coerce StandardError __file__ __path__ self cls _".split()
)
"""The built-in names of Python 3 and 2, and ``_``, which gettext installs."""

_DOTTED = re.compile(rb"[\"']((?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*)[\"']")
_HABIT = 5
"""From so many times on, a file's way of saying something is no accident (`make bench-thresholds`:
2 to 8 are as good)."""
_MOST_PAIRS = 500
"""So many of the names that a port adds to a file are looked at for habits."""
_PROSE = 3
"""A string of more words than this is a sentence for people (1 to 5 are as good)."""
_INDEX = WordIndex()
"""One for the process: it is keyed by content, so any port may use what another has read."""


class Names:
    """The name checks over one Python file of a port."""

    def __init__(self, port: Port, file: PortedFile, parts: list[Chunk]) -> None:
        """Look at what the added lines of *file*, cut into *parts*, use."""
        self._port = port
        self.file = file
        self._here = port.modules(port.result)
        self._there = port.modules(port.after)
        self.home, package = module_name(file.path)
        self._there_home, self._there_package = module_name(file.upstream)
        self._package = package
        runs = [(r.new_start, r.new_start + len(r.added)) for r in file.ours]
        self.uses = uses(parts, runs, package)

    @cached_property
    def _module(self) -> Module:
        return module_here(self._port, self.file)

    @cached_property
    def _upstream(self) -> Module:
        return module_upstream(self._port, self.file)

    def check(self) -> Iterator[Finding]:
        """All the rules, the most certain first."""
        yield from self.check_imports()
        yield from self.check_names()
        yield from self.check_chains()
        yield from self.check_own()
        yield from self.check_targets()
        if not self.file.is_same:
            yield from self.check_habits()

    def check_imports(self) -> Iterator[Finding]:
        """Modules, and names in them, that the added lines import and the target does not have."""
        for dotted, line in self.uses.imports.items():
            if self._is_lost(dotted, dotted):
                yield self._finding(
                    PortCode.UNKNOWN_IMPORT, dotted, line, "cannot be imported here"
                )

    def check_names(self) -> Iterator[Finding]:
        """Plain names that are defined or imported in the file upstream, and not in the result."""
        for name, line in self.unknown():
            yield self._finding(
                PortCode.UNKNOWN_NAME, name, line, "is not defined or imported in this file"
            )

    def unknown(self) -> Iterator[tuple[bytes, int]]:
        """Those names, each with its 0-based line."""
        upstream = self._upstream
        for name, line in self.uses.names.items():
            if name in BUILTINS or self._module.stars or name in self._module.names:
                continue
            # What may get names at run time does not get those that upstream has to import.
            if name in (upstream.imports if self._module.is_open else upstream.names):
                yield name, line

    def lacking_imports(self) -> Iterator[tuple[bytes, bytes, bool]]:
        """Those names that upstream's file imports: name, dotted name, whether it leads nowhere."""
        for name, _ in self.unknown():
            dotted = self._upstream.imports.get(name)
            if dotted:
                yield name, dotted, self._is_lost(dotted, dotted)

    def check_chains(self) -> Iterator[Finding]:
        """``module.name`` and ``Class.name`` that the module or the class here does not have."""
        for chain, here, _, lines in self.lost_chains():
            yield self._finding(
                PortCode.UNKNOWN_NAME,
                b".".join(chain),
                lines[0],
                f"does not resolve: {shown(here)} is not defined",
            )

    def lost_chains(self) -> Iterator[tuple[tuple[bytes, ...], bytes, bytes, list[int]]]:
        """Those chains: as they are said, in full here and upstream, and the 0-based lines."""
        for chain, lines in self.uses.chains.items():
            here = meaning(self._module, self.home, chain)
            if not here or self._here.resolve(here):
                continue
            there = meaning(self._upstream, self._there_home, chain)
            if there and self._is_lost(here, there):
                yield chain, here, there, lines

    def check_own(self) -> Iterator[Finding]:
        """Attributes of ``self`` that the class has upstream, by itself or its bases, not here."""
        for name, owner, lines in self.lost_attributes():
            yield self._finding(
                PortCode.UNKNOWN_NAME,
                b"self." + name,
                lines[0],
                f"is no attribute of class {shown(owner)}",
            )

    def lost_attributes(self) -> Iterator[tuple[bytes, bytes, list[int]]]:
        """Those attributes: name, class, 0-based lines."""
        for name, lines in self.uses.own.items():
            around = self.file.result_scopes.around(lines[0])
            owner = next((h.name for h in reversed(around) if not h.is_function), None)
            if owner is None or name in self.uses.bound:
                continue
            if self._here.has_attribute(self.home, owner, name, own_only=True) is not False:
                continue
            if self._there.has_attribute(self._there_home, owner, name):
                yield name, owner, lines

    def check_targets(self) -> Iterator[Finding]:
        """Dotted names in strings (what a test replaces, a driver's path) that lead nowhere."""
        for text, line in self.uses.strings.items():
            match = _DOTTED.fullmatch(text)
            if match and self._is_lost(match[1], match[1]):
                yield self._finding(PortCode.UNKNOWN_NAME, match[1], line, "does not resolve here")

    def check_habits(self) -> Iterator[Finding]:
        """``r.headers`` where upstream's file says so throughout, and the target's file never.

        What ``r`` is cannot be known, but that two versions of a file treat it differently can.
        """
        for (name, attribute), line in islice(self.uses.pairs.items(), _MOST_PAIRS):
            pair = name + b"." + attribute
            if self.file.before.count(pair) < _HABIT or pair in self.file.onto:
                continue
            if self._is_known_here(name):
                continue
            if len(re.findall(rb"(?<![\w.])%b\.\w" % name, self.file.onto)) >= _HABIT:
                yield Finding(
                    PortCode.UNKNOWN_HABIT,
                    Severity.WARNING,
                    f"{shown(pair)} is how upstream calls it; the target's file never does",
                    file=self.file.path,
                    line=line + 1,
                )

    def _is_known_here(self, name: bytes) -> bool:
        """Whether what *name* is can be known: a module of the tree, or what the port sets."""
        home = self._module.imports.get(name)
        if home is not None:
            return self._here.has_package(home)
        sets = re.compile(rb"[ \t]*%b[ \t]*=(?!=)" % name)
        return any(sets.match(line) for _, line in self.file.added)

    def words(self) -> Iterator[tuple[bytes, int]]:
        """The added words that a tree has to know of, each with its 0-based line."""
        foreign = self._foreign()
        for word, line in self.uses.attributes.items():
            if word not in foreign:
                yield word, line
        yield from self.uses.keywords.items()
        for text, line in self.uses.strings.items():
            if len(text.split()) <= _PROSE:
                yield from ((w, line) for w in words_of(text) if len(w) > 3 and not w.isdigit())

    def _foreign(self) -> set[bytes]:
        """The attributes of modules from elsewhere, whatever else has them for a name."""
        found: set[bytes] = set()
        for chain in self.uses.chains:
            home = self._module.imports.get(chain[0])
            if home and not self._here.has_package(home) and not self._there.has_package(home):
                found.update(chain[1:])
        return found

    def origin(self, word: bytes) -> str | None:
        """The module that the upstream file imports, no test, that defines or spells out *word*.

        The names of libraries are not defined there, and what a test spells out it made up.
        """
        found = next((path for path, text in self._origins.items() if defines(text, word)), None)
        return found or (self.file.upstream if self._is_own(word) else None)

    def _is_own(self, word: bytes) -> bool:
        """Whether a class around a line that says ``self.word`` had that upstream, or a base."""
        lines = () if word in self.file.onto else self.uses.own.get(word, ())
        scopes = (one for at in lines for one in self.file.result_scopes.around(at))
        owners = {one.name for one in scopes if not one.is_function}
        before, home = self._port.modules(self._port.before), self._there_home
        return any(before.has_attribute(home, owner, word) for owner in owners)

    @cached_property
    def _origins(self) -> dict[str, bytes]:
        """The texts of the modules that the upstream file imports, but for tests, by path.

        A new file also goes by its neighbours (a database migration names the one before it).
        """
        before = self._port.modules(self._port.before)
        named = [(dotted, dotted.rpartition(b".")[0]) for dotted in self._upstream.imports.values()]
        before.read_ahead(name for names in named for name in names)
        paths = (next(filter(None, map(before.path, names)), None) for names in named)
        found = {
            p: self._port.repository.entry(self._port.before, p)
            for p in paths
            if p and "test" not in p
        }
        self._port.repository.prefetch(entry.oid for entry in found.values() if entry)
        rename = self._port.accounted.rename
        texts = {path: rename(self._port.text(entry)) for path, entry in found.items()}
        return dict(self._neighbours()) | texts

    def _neighbours(self) -> Iterator[tuple[str, bytes]]:
        directory = self.file.upstream.rpartition("/")[0]
        entry = self._port.repository.entry(self._port.before, directory) if directory else None
        if self.file.before or entry is None or not entry.is_tree:
            return
        for name, found in self._port.repository.tree(entry.oid).items():
            if name.endswith(b".py") and found.is_file and b"test" not in name:
                path = f"{directory}/{name.decode('utf-8', 'surrogateescape')}"
                yield path, self._port.repository.blob(found.oid)

    def _is_lost(self, here: bytes, there: bytes) -> bool:
        """Whether a dotted name leads to something upstream, and to nothing here."""
        answer = self._here.resolve(here)
        if answer is True:
            return False
        if self._there.resolve(there) is not True:
            return False
        return answer is False or not self._here.has_package(here)

    def _finding(self, code: PortCode, name: bytes, line: int, what: str) -> Finding:
        return lacking(code, self.file.path, line, f"{shown(name)} {what}")


def lacking(code: PortCode, path: str, line: int, message: str) -> Finding:
    """The error that line *line* (from 0) of a file uses what only upstream has."""
    hint = "upstream it is there; find its name here"
    return Finding(code, Severity.ERROR, message, file=path, line=line + 1, hint=hint)


def meaning(module: Module, home: bytes, chain: tuple[bytes, ...]) -> bytes | None:
    """The full dotted name that *chain* stands for in *module*; None when it is a value."""
    first = chain[0]
    if first in module.imports:
        return b".".join([module.imports[first], *chain[1:]])
    return b".".join([home, *chain]) if home and first in module.names else None


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


def module_here(port: Port, file: PortedFile) -> Module:
    """What *file* defines in the result."""
    return _module(port, port.result, file.path, file.result)


def module_before(port: Port, file: PortedFile) -> Module:
    """What *file* defines in the target."""
    return _module(port, port.onto, file.path, file.onto)


def module_upstream(port: Port, file: PortedFile) -> Module:
    """What *file* defines upstream after the change."""
    return _module(port, port.after, file.upstream, file.after)


def _module(port: Port, tree: TreeId, path: str, text: bytes) -> Module:
    home, package = module_name(path)
    modules = port.modules(tree)
    # Another file may have that name: src/a.py and a.py are both called a.
    known = modules.module(home) if modules.path(home) == path else None
    return known or read_module(text, package)


def absent_from_target(port: Port, used: Sequence[Names], words: Iterable[bytes]) -> set[bytes]:
    """Those of *words* that stand in no source file of the target; files of *used* come first."""
    paths = dict.fromkeys(names.file.path for names in used)
    left = absent_at(port.repository, port.onto, paths, words)
    return _INDEX.absent(port.repository, port.onto, left) if left else set()


def check_words(port: Port, used: Sequence[Names], reported: Places) -> Iterator[Finding]:
    """Attributes, keywords and strings that upstream defines nearby, and the target has nowhere.

    An object's class is not known before run time. But a name that upstream's modules define and
    that the whole target never mentions is no attribute of anything in it. Lines of which
    another rule has *reported* are left out.
    """
    defined: set[bytes] = set()
    wanted: dict[bytes, tuple[Names, int]] = {}
    for names in used:
        defined |= names.uses.bound
        for word, line in names.words():
            if (names.file.path, line + 1) not in reported:
                wanted.setdefault(word, (names, line))
    # Nearly every word stands in the target's own file, is a library's, or stands in the target's
    # version of the module that defines it: the tree is asked last.
    repository, tree = port.repository, port.onto
    paths = dict.fromkeys(names.file.path for names in used)
    new = absent_at(repository, tree, paths, wanted.keys() - defined)
    origins = {word: path for word in new if (path := wanted[word][0].origin(word))}
    left = absent_at(repository, tree, dict.fromkeys(origins.values()), origins)
    for word in sorted(_INDEX.absent(repository, tree, left)):
        names, line = wanted[word]
        yield Finding(
            PortCode.UNKNOWN_WORD,
            Severity.WARNING,
            f"{shown(word)} is nowhere in the target",
            file=names.file.path,
            line=line + 1,
            hint="upstream it is there; find its name here",
        )
