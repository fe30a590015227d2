"""What the modules and classes of a tree define, found without importing or parsing them.

Definitions are read from the text by their shape, leniently: a name that might be defined
counts as defined. So what is missing here is missing indeed, and a large module costs a
millisecond. All is cached by content, so a batch of ports reads each version of a file once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from patchseries.git import Repository

_NAME = rb"[A-Za-z_]\w*"
_IMPORT = re.compile(
    rb"\n([ \t]*)(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(?:\(([^)]*)\)|((?:[^\n\\]|\\.|\\\n)*))"
    rb"|import[ \t]+((?:[^\n\\]|\\\n)*))"
)
_DEFINITION = re.compile(rb"\n([ \t]*)(?:async[ \t]+def|def|class)[ \t]+(\w+)")
_ASSIGNED = re.compile(
    rb"\n([ \t]*)(" + _NAME + rb"(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]+)?=(?!=)"
)
_CHAINED = re.compile(rb"\n(?=([A-Za-z_][\w., \t]*=[ \t]*[A-Za-z_][\w., \t]*=))([^\n(\[{]*)=")
_BLOCK_NAMES = re.compile(rb"\n([ \t]*)(?:for|with|except)\b([^\n]*):")
_OPEN = re.compile(rb"__getattr__|globals\(\)|sys\.modules\[|import[ \t]+\*|setattr\(|\n[ \t]*exec")


@dataclass(frozen=True, slots=True)
class Module:
    """What a module's text defines: its names, what its imports mean, and whether there may be more.

    ``imports`` maps a local name to the dotted name it stands for; ``names`` has all names.
    """

    names: frozenset[bytes]
    imports: dict[bytes, bytes]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Class:
    """What a class's text defines: attributes (of it or of ``self``), and the names of its bases."""

    names: frozenset[bytes]
    bases: tuple[bytes, ...]
    is_open: bool


@lru_cache(maxsize=256)
def module(text: bytes, package: bytes = b"") -> Module:
    """The names of the module *text*; *package* is the one that its relative imports start from."""
    text = b"\n" + text
    imports = dict(imported(text, package))
    names = set(imports)
    blocks = [(m.start(), m.end()) for m in _TOP_BLOCK.finditer(text)]
    names |= {m[2] for m in _DEFINITION.finditer(text) if _is_top(m, blocks)}
    for pattern in (_ASSIGNED, _BLOCK_NAMES):
        for match in pattern.finditer(text):
            if _is_top(match, blocks):
                names.update(re.findall(_NAME, match[2]))
    for match in _CHAINED.finditer(text):
        names.update(re.findall(_NAME, match[2]))
    names.update(m for line in _GLOBAL.findall(text) for m in re.findall(_NAME, line))
    return Module(frozenset(names), imports, bool(_OPEN.search(text)))


_TOP_BLOCK = re.compile(
    rb"\n(?:if|try|else|elif|except|finally|for|while|with)\b[^\n]*(?:\n(?:[ \t#][^\n]*)?)*"
)
_GLOBAL = re.compile(rb"\n[ \t]+global[ \t]+([^\n]*)")


def _is_top(match: re.Match[bytes], blocks: list[tuple[int, int]]) -> bool:
    """Whether a match is at module level: in the first column, or in an ``if`` or ``try`` there."""
    at = match.start()
    return not match[1] or any(start <= at < end for start, end in blocks)


def imported(text: bytes, package: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """What each import in *text* (which begins with a newline) binds: local name, dotted name."""
    for match in _IMPORT.finditer(text):
        if match[2] is not None:
            origin = absolute(match[2], package)
            for name, alias in _aliases(match[3] or match[4] or b""):
                yield alias or name, origin + b"." + name
        else:
            for name, alias in _aliases(match[5]):
                yield (alias, name) if alias else (name.partition(b".")[0],) * 2


def _aliases(names: bytes) -> Iterator[tuple[bytes, bytes]]:
    clean = re.sub(rb"#[^\n]*|\\\n", b"", names).partition(b";")[0]
    for part in clean.split(b","):
        words = part.split()
        if words and re.fullmatch(rb"[\w.]+", words[0]):
            yield words[0], words[2] if len(words) == 3 and words[1] == b"as" else b""


def absolute(name: bytes, package: bytes) -> bytes:
    """A module name, with leading dots resolved from *package*."""
    bare = name.lstrip(b".")
    dots = len(name) - len(bare)
    if not dots:
        return name
    parts = package.split(b".") if package else []
    kept = parts[: len(parts) - (dots - 1)]
    return b".".join([*kept, bare] if bare else kept)


@lru_cache(maxsize=512)
def find_class(text: bytes, name: bytes) -> Class | None:
    """The class *name* of the module *text*, at any depth; None when it has none."""
    header = re.search(
        rb"(?:^|\n)([ \t]*)class[ \t]+" + re.escape(name) + rb"[ \t]*(?:\(([^)]*)\))?[ \t]*:", text
    )
    if not header:
        return None
    indent = re.escape(header[1])
    end = re.compile(rb"\n" + indent + rb"(?![ \t\n#)\]}'\"])").search(text, header.end())
    body = text[header.end() : end.start() if end else len(text)]
    names = set(re.findall(rb"\n[ \t]+(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", body))
    for line in re.findall(
        rb"\n[ \t]+([A-Za-z_][\w.]*(?:[ \t]*[,=][ \t]*[A-Za-z_][\w.]*)*)[ \t]*(?::[^=\n]+)?=(?!=)",
        body,
    ):
        names.update(
            re.findall(rb"(?:^|[,=][ \t]*)(?:self\.|cls\.)?(\w+)(?=[ \t]*(?:[,=]|$))", line)
        )
    names.update(re.findall(rb"[^\w.](?:self|cls)\.(\w+)[ \t]*(?:,[^\n=]*)?=(?!=)", body))
    bases = tuple(b for b in re.split(rb"[\s,]+", header[2] or b"") if b and b"=" not in b)
    return Class(
        frozenset(names), bases, bool(re.search(rb"__getattr|setattr\(|__metaclass__", body))
    )


class Modules:
    """The modules of one tree, by dotted name."""

    def __init__(self, repository: Repository, tree: str) -> None:
        """Look into *tree* of *repository*."""
        self._repository = repository
        self._tree = tree
        self._paths: dict[bytes, str | None] = {}

    def has_package(self, name: bytes) -> bool:
        """Whether the tree has a top-level package *name*."""
        return self.path(name.partition(b".")[0]) is not None

    def path(self, name: bytes) -> str | None:
        """The file of the module *name* (a package's ``__init__.py``), or None."""
        if name not in self._paths:
            self._paths[name] = self._find(name.decode("utf-8", "surrogateescape"))
        return self._paths[name]

    def _find(self, name: str) -> str | None:
        stem = name.replace(".", "/")
        for root in ("", "src/", "lib/"):
            for path in (f"{root}{stem}.py", f"{root}{stem}/__init__.py"):
                entry = self._repository.entry(self._tree, path) if stem else None
                if entry is not None and not entry.is_tree:
                    return path
        return None

    def text(self, name: bytes) -> bytes | None:
        """The source of the module *name*; None when the tree has none."""
        path = self.path(name)
        return None if path is None else self._repository.file(self._tree, path)

    def module(self, name: bytes) -> Module | None:
        """What the module *name* defines; None when the tree has none."""
        text = self.text(name)
        if text is None:
            return None
        is_package = (self.path(name) or "").endswith("/__init__.py")
        return module(text, name if is_package else name.rpartition(b".")[0])

    def resolve(self, dotted: bytes, depth: int = 8) -> bool | None:
        """Whether a dotted name leads to something: True, False, or None when nobody can tell.

        None: it is no name of a module in this tree, or it goes through values.
        """
        known, rest = self._longest(dotted.split(b"."))
        if not known:
            return None
        here = b".".join(known)
        if not rest:
            return True
        found = self.module(here)
        if found is None or depth == 0:
            return None
        first = rest[0]
        if first in found.imports:
            meant = b".".join([found.imports[first], *rest[1:]])
            return True if meant == dotted else self._through(meant, len(rest) == 1, depth)
        if first not in found.names:
            return None if found.is_open else False
        return True if len(rest) == 1 else self._in_class(here, first, rest[1])

    def _through(self, meant: bytes, last: bool, depth: int) -> bool | None:
        answer = self.resolve(meant, depth - 1)
        return True if last else answer

    def _longest(self, parts: list[bytes]) -> tuple[list[bytes], list[bytes]]:
        at = 0
        while at < len(parts) and self.path(b".".join(parts[: at + 1])) is not None:
            at += 1
        return parts[:at], parts[at:]

    def _in_class(self, home: bytes, name: bytes, attribute: bytes) -> bool | None:
        names, complete = self.attributes(home, name)
        if attribute in names:
            return True
        return False if complete else None

    def attributes(self, home: bytes, name: bytes, depth: int = 12) -> tuple[set[bytes], bool]:
        """The attributes of class *name* of module *home*, with its bases in this tree.

        The second says whether that is all: no base elsewhere, and nothing dynamic.
        """
        text = self.text(home)
        found = find_class(text, name) if text is not None else None
        if found is None or depth == 0:
            return set(), False
        names, complete = set(found.names), not found.is_open
        for base in found.bases:
            if base == b"object":
                continue
            where = self._locate(home, base)
            more, all_ = self.attributes(*where, depth - 1) if where else (set(), False)
            names |= more
            complete = complete and all_
        return names, complete

    def _locate(self, home: bytes, expression: bytes) -> tuple[bytes, bytes] | None:
        """The module and the name of the class that *expression* means in module *home*."""
        first, _, rest = expression.partition(b".")
        known = self.module(home)
        if known is None:
            return None
        if first in known.imports:
            dotted = known.imports[first] + (b"." + rest if rest else b"")
            parts, left = self._longest(dotted.split(b"."))
            return (b".".join(parts), left[0]) if parts and len(left) == 1 else None
        return (home, first) if not rest and first in known.names else None
