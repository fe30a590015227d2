"""The Python modules of a tree: where a dotted name leads, and what a class inherits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from patchseries.git import Repository
from patchseries.port.verify.definitions import Class, Module, read_class, read_module

_ROOTS = ("", "src/", "lib/")
_KEPT = 2000
"""How many versions of modules are remembered, a few kB each, from port to port."""


class _Read(OrderedDict[tuple[str, bytes], Module]):
    """Modules by their blob and package: content never changes, so they serve every port."""

    def module(self, repository: Repository, oid: str, package: bytes) -> Module:
        key = oid, package
        if key in self:
            self.move_to_end(key)
        else:
            self[key] = read_module(repository.blob(oid), package)
            if len(self) > _KEPT:
                self.popitem(last=False)
        return self[key]


_MOST_STARS = 50
"""So many modules are looked into for what one has by ``import *``."""
_HIDDEN = Class(b"", (), hidden=True)
"""A class of this tree that cannot be found by its name: it may have anything."""

_read = _Read()


class _File(NamedTuple):
    path: str
    oid: str


class Modules:
    """The modules of one tree, by dotted name."""

    def __init__(self, repository: Repository, tree: str) -> None:
        """Look into *tree* of *repository*."""
        self._repository = repository
        self._tree = tree
        self._files: dict[bytes, _File | None] = {}
        self._classes: dict[tuple[str, bytes], Class | None] = {}

    def has_package(self, name: bytes) -> bool:
        """Whether the tree has the top-level package or module that a dotted name starts with."""
        return self.path(name.partition(b".")[0]) is not None

    def path(self, name: bytes) -> str | None:
        """The file of the module *name* (a package's ``__init__.py``), or None."""
        file = self._file(name)
        return None if file is None else file.path

    def read_ahead(self, names: Iterable[bytes]) -> None:
        """Read at once the directories that the modules *names* are to be looked for in."""
        stems = {_stem(name) for name in names if name not in self._files}
        places = sorted(f"{root}{stem}/" for root in self._roots for stem in stems)
        self._repository.prefetch(directories=[(self._tree, place) for place in places])

    @cached_property
    def _roots(self) -> list[str]:
        """The directories of this tree that modules are looked for in."""
        return [r for r in _ROOTS if not r or self._repository.entry(self._tree, r[:-1])]

    def _file(self, name: bytes) -> _File | None:
        if name not in self._files:
            self._files[name] = self._find(_stem(name)) if name else None
        return self._files[name]

    def _find(self, stem: str) -> _File | None:
        for root in self._roots:
            for path in (f"{root}{stem}.py", f"{root}{stem}/__init__.py"):
                entry = self._repository.entry(self._tree, path)
                if entry is not None and entry.is_file:
                    return _File(path, entry.oid)
        return None

    def module(self, name: bytes) -> Module | None:
        """What the module *name* defines; None when the tree has none."""
        file = self._file(name)
        if file is None:
            return None
        package = name if file.path.endswith("/__init__.py") else name.rpartition(b".")[0]
        return _read.module(self._repository, file.oid, package)

    def text(self, name: bytes) -> bytes:
        """The text of the module *name*; empty if the tree has none."""
        file = self._file(name)
        return self._repository.blob(file.oid) if file else b""

    def class_(self, home: bytes, name: bytes) -> Class | None:
        """What the class *name* of the module *home* defines; None when there is none."""
        file = self._file(home)
        if file is None:
            return None
        if (file.oid, name) not in self._classes:
            self._classes[file.oid, name] = read_class(self._repository.blob(file.oid), name)
        return self._classes[file.oid, name]

    def resolve(self, dotted: bytes, depth: int = 8) -> bool | None:
        """Whether a dotted name leads to something: True, False, or None when it cannot be known.

        None: no module of this tree starts it, or it goes through values or through a module
        or class that makes names at run time.
        """
        home, rest = self.split(dotted)
        if not home or not rest:
            return True if home else None
        found = self.module(home)
        if found is None or depth == 0:
            return None
        first = rest[0]
        if first in found.imports:
            meant = b".".join([found.imports[first], *rest[1:]])
            return True if len(rest) == 1 or meant == dotted else self.resolve(meant, depth - 1)
        if first not in found.names:
            where, is_all = self._by_star(found, first)
            if where:
                return self.resolve(b".".join([where, *rest]), depth - 1)
            return False if is_all else None
        return True if len(rest) == 1 else self.has_attribute(home, first, rest[1])

    def definer(self, dotted: bytes, depth: int = 8) -> str | None:
        """The file that defines what a dotted name leads to, as far as imports say it."""
        home, rest = self.split(dotted)
        found = self.module(home) if rest and depth else None
        if found is None:
            return None
        if rest[0] in found.imports:
            return self.definer(b".".join([found.imports[rest[0]], *rest[1:]]), depth - 1)
        if rest[0] in found.names:
            return self.path(home)
        where, _ = self._by_star(found, rest[0])
        return self.definer(b".".join([where, *rest]), depth - 1) if where else None

    def origin(self, dotted: bytes, depth: int = 4) -> tuple[bytes, list[bytes]] | None:
        """The module that a dotted name leads to through imports, and the names in it.

        None if the tree has no such module, or more than *depth* imports lead on to another.
        """
        home, rest = self.split(dotted)
        module = self.module(home) if rest and depth else None
        if module is None:
            return None
        if rest[0] in module.imports:
            return self.origin(b".".join([module.imports[rest[0]], *rest[1:]]), depth - 1)
        return home, rest

    def _by_star(self, module: Module, name: bytes) -> tuple[bytes, bool]:
        """The module from which *module* has *name* by ``import *``; whether all are seen."""
        is_all, seen, left = not module.is_dynamic, set[bytes](), [*module.stars]
        while left:
            home = left.pop()
            if home in seen:
                continue
            found = self.module(home) if len(seen) < _MOST_STARS else None
            if found is None:
                return b"", False
            if name in found.names:
                return home, True
            seen.add(home)
            is_all = is_all and not found.is_dynamic
            left += found.stars
        return b"", is_all

    def split(self, dotted: bytes) -> tuple[bytes, list[bytes]]:
        """The longest start of a dotted name that is a module, and the parts that are left."""
        parts = dotted.split(b".")
        at = 0
        while at < len(parts) and self.path(b".".join(parts[: at + 1])) is not None:
            at += 1
        return b".".join(parts[:at]), parts[at:]

    def has_attribute(
        self, home: bytes, owner: bytes, name: bytes, *, own_only: bool = False
    ) -> bool | None:
        """Whether class *owner* of module *home* has *name*, by itself or a base in this tree.

        None: not seen, but something dynamic may have it, or a base from another project,
        unless *own_only* leaves those out of account.
        """
        complete = True
        for found in self.lineage(home, owner, set()):
            if found is not None and found.has(name):
                return True
            complete = complete and (own_only if found is None else not found.is_open)
        return False if complete else None

    def lineage(
        self, home: bytes, owner: bytes, seen: set[tuple[bytes, bytes]]
    ) -> Iterator[Class | None]:
        """A class and its bases, nearest first; None for one from another project."""
        if (home, owner) in seen:
            return
        seen.add((home, owner))
        found = self.class_(home, owner)
        module = self.module(home)
        if found is None or module is None:
            yield _HIDDEN
            return
        yield found
        for base in found.bases:
            where = self._locate(home, module, base)
            if where is not None:
                yield from self.lineage(*where, seen)
            elif base != b"object":
                meant = module.imports.get(base.partition(b".")[0], b"")
                is_hidden = self.has_package(meant) if meant else module.is_open
                yield _HIDDEN if is_hidden else None

    def _locate(self, home: bytes, module: Module, expression: bytes) -> tuple[bytes, bytes] | None:
        """The module and the name of the class that *expression* means in module *home*."""
        first, _, rest = expression.partition(b".")
        if first in module.imports:
            dotted = module.imports[first] + (b"." + rest if rest else b"")
            where, left = self.split(dotted)
            return (where, left[0]) if where and len(left) == 1 else None
        return (home, first) if not rest and first in module.names else None


def _stem(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape").replace(".", "/")
