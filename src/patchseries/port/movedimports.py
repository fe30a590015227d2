"""Imports of what the target has in another module: each is made from where the target has it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import cache, partial
from itertools import groupby
from typing import NamedTuple

from patchseries.git import Repository
from patchseries.model import Finding, PortCode, Severity, TreeId
from patchseries.port.hunks.imports import exchanged_import, is_import, without_import
from patchseries.port.hunks.lines import Lines, decode, encode, split_lines
from patchseries.port.names.homes import Import, agreed, exchanged, homes, imported
from patchseries.port.names.importindex import ImportIndex
from patchseries.port.names.textsearch import says
from patchseries.port.verify.languages import language_of
from patchseries.port.verify.languages.python import Python
from patchseries.port.verify.ported import Port, PortedFile

_IMPORT = (b"import ", b"from ")
_INDEX = ImportIndex()
"""One for the process: it is keyed by content, so any port may use what another has read."""


class MovedImport(NamedTuple):
    """An import that the change adds or takes away, as the target would have it.

    :ivar line: the line upstream
    :ivar wanted: what it imports
    :ivar there: the line of the target in its place; empty where it has several
    """

    file: PortedFile
    line: str
    wanted: Import
    there: str
    is_added: bool


def python_files(port: Port) -> Iterator[PortedFile]:
    """The Python files in which the port changed lines, but for those too large to be read."""
    for file in port.files:
        language = language_of(file.path, file.first_line)
        if file.ours and file.result and isinstance(language, Python):
            yield file


def moved_imports(port: Port) -> Iterator[MovedImport]:
    """The imports of the change that the target has to make, or makes, from another module."""
    found = cache(partial(home, port))
    for file in python_files(port):
        directory = posixpath.dirname(file.path)
        for line, wanted, is_added in _doubtful(port, file):
            there, is_elsewhere = found(wanted, directory)
            end = line[len(line.rstrip("\r\n")) :]
            if there or is_elsewhere:
                yield MovedImport(file, line, wanted, f"{there}{end}" if there else "", is_added)


def with_moved(moved: Iterable[MovedImport]) -> Iterator[tuple[PortedFile, Lines]]:
    """The texts of the files with what was *moved*: added, or taken away where nothing reads it."""
    known = (one for one in moved if one.there)
    for file, imports in groupby(known, lambda one: one.file):
        lines = split_lines(decode(file.result))
        for one in imports:
            if one.is_added:
                if one.there in lines:
                    lines = without_import(lines, one.line)
                else:
                    lines = exchanged_import(lines, one.line, one.there)
            elif one.there in lines and not is_read(without_import(lines, one.there), one.there):
                lines = without_import(lines, one.there)
        yield file, lines


def unplaced(repository: Repository, tree: TreeId, moved: Iterable[MovedImport]) -> list[Finding]:
    """What is to be said of the imports in *tree* for which the target has several places."""
    findings = []
    for one in moved:
        lines = split_lines(decode(repository.file(tree, one.file.path) or b""))
        if not one.there and one.line in lines:
            what = f"{one.wanted.dotted} is imported nowhere on this base, which has it elsewhere"
            findings.append(
                Finding(
                    PortCode.UNKNOWN_WORD,
                    Severity.WARNING,
                    what,
                    file=one.file.path,
                    line=lines.index(one.line) + 1,
                    hint="import it from where other files here do",
                )
            )
    return findings


def added_imports(file: PortedFile) -> list[str]:
    """The lines of *file* that the port adds and that are imports on module level."""
    lines = (decode(line) for _, line in file.added if line.startswith(_IMPORT))
    return [line for line in lines if is_import(line)]


def is_read(lines: Lines, statement: str) -> bool:
    """Whether *lines* say the name that an import gives them."""
    found = imported(statement)
    return found is not None and says("".join(lines), found.local)


def home(port: Port, wanted: Import, directory: str) -> tuple[Import | None, bool]:
    """What the target imports in place of *wanted*, which a file in *directory* does.

    None where it is not known: the second is then whether the target has it in another place.
    """
    modules = port.modules(port.onto)
    is_library = not modules.has_package(encode(wanted.dotted))
    has_file = not is_library and modules.path(encode(wanted.module)) is not None

    def works(beside: Import) -> bool:
        """Whether upstream's line works where a file has *beside*.

        From a module without a file, a library's or one made at run time, it is taken to.
        """
        return beside.dotted == wanted.dotted or (not has_file and beside.module == wanted.module)

    known = partial(_INDEX.like, port.repository)
    if directory and any(map(works, known(port.onto, wanted, directory))):  # most are: few to read
        return None, False
    if beside := _beside(port, wanted):
        return beside, True
    here = list(known(port.onto, wanted))
    ways = [] if any(map(works, here)) else homes(wanted, here)
    if not ways:
        return None, False
    is_one_thing = not set(known(port.before, wanted)).intersection(ways)
    there = agreed(ways) if is_one_thing else None
    if there is None and not is_library:  # a library may be there though no file imports it
        pairs = _INDEX.pairs(port.repository, (port.before, port.onto), wanted)
        there = exchanged(wanted, ways, pairs)
    return there, is_one_thing


def _beside(port: Port, wanted: Import) -> Import | None:
    """*wanted* where it moved to along with a file that the port found in another directory."""
    for file in port.files:
        there, here = (
            posixpath.dirname(path).replace("/", ".") for path in (file.upstream, file.path)
        )
        moved = wanted._replace(module=here)
        if there == wanted.module != here and port.modules(port.onto).path(encode(moved.dotted)):
            return moved
    return None


def _doubtful(port: Port, file: PortedFile) -> Iterator[tuple[str, Import, bool]]:
    """The imports of the change that may not work here: the line, what it is, whether it is added.

    Not those of the project's own modules that the target has, nor of a module from which its file
    imports already.
    """
    removed = (line for run in port.theirs.lines[file.upstream] for line in run.removed)
    changed = [(line, False) for line in removed if line.startswith(_IMPORT)]
    changed += [(line, True) for _, line in file.added if line.startswith(_IMPORT)]
    if not changed:
        return
    modules = port.modules(port.result)
    here, upstream = (set(t.splitlines(keepends=True)) for t in (file.result, file.upstream_text))
    for raw, is_added in changed:
        if raw not in upstream if is_added else raw in here:
            continue
        line = decode(raw)
        wanted = imported(line) if is_import(line) else None
        if wanted is None or wanted.dotted == wanted.local:
            continue
        if b"from %b import" % encode(wanted.module) in file.onto:
            continue
        dotted = encode(wanted.dotted)
        if not modules.path(dotted) and not modules.resolve(dotted):
            yield line, wanted, is_added
