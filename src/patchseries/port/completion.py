"""What a port lacks beside the change's own lines: imports, and the target's names for members."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from patchseries.git import TreeEntry
from patchseries.model import Finding, PortCode, StrategyName, TreeId
from patchseries.port.context import Context
from patchseries.port.hunks.imports import is_import, with_import, without_import
from patchseries.port.hunks.lines import Lines, decode, encode, split_lines
from patchseries.port.movedimports import (
    MovedImport,
    added_imports,
    home,
    is_read,
    moved_imports,
    python_files,
    unplaced,
    with_moved,
)
from patchseries.port.names.homes import Import, imported
from patchseries.port.renamedmembers import RenamedMembers, renamed_members
from patchseries.port.verify import Accounted, LeftOut, Port, examine
from patchseries.port.verify.bindings import where_unbound
from patchseries.port.verify.names import Names, module_here
from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.syntax import changed_chunks

_OF_NAMES = (PortCode.UNKNOWN_NAME, PortCode.REMOVED_NAME_USED)
"""What is found where an import is lacking, or a member is called otherwise."""


def complete(
    context: Context, tree: TreeId, accounted: Accounted | None = None
) -> tuple[TreeId, tuple[Finding, ...], tuple[str, ...]]:
    """*tree*, a result of the port, with what it lacks; and what was found in it.

    An import of what the target has in another place is made from there; one that nothing reads is
    left out. One is added only if upstream's file has it, and the target its module (or no tree of
    the project), or if the port took it away while its name is still read. A member that the
    target calls otherwise goes by that name. The third is the names of the strategies that did so.
    """
    port = Port(context.repository, context.change, context.onto, tree, accounted or Accounted())
    port.read_ahead()
    moved = list(moved_imports(port))
    port = _without_unread(_with_moved(port, moved))
    findings = examine(port)
    whole = named = port
    if any(found.code in _OF_NAMES for found in findings):
        whole = _edited(port, _completed(port), port.accounted)
        named = _with_members(whole)
        findings = findings if named.result == port.result else examine(named)
    findings += tuple(unplaced(port.repository, named.result, moved))
    steps = (StrategyName.IMPORTS, tree, whole), (StrategyName.LEARNED, whole.result, named)
    return named.result, findings, tuple(n for n, old, new in steps if new.result != old)


def _with_moved(port: Port, moved: Sequence[MovedImport]) -> Port:
    """*port* with the imports that *moved* made from where the target has them."""
    if not moved:
        return port
    lines = {encode(one.line): encode(one.there) for one in moved if one.there}
    return _edited(port, with_moved(moved), _with_renamed(port.accounted, lines))


def _without_unread(port: Port) -> Port:
    """*port* without imports of its own that nothing reads."""
    unread = list(_unread(port))
    if not unread:
        return port
    left_out = (LeftOut(file.upstream, added=(encode(line),)) for file, line in unread)
    account = replace(port.accounted, dropped=(*port.accounted.dropped, *left_out))
    return _edited(port, _texts_without(unread), account)


def _with_members(port: Port) -> Port:
    """*port* with the target's names for members that it lacks by upstream's."""
    renamed = list(renamed_members(port))
    if not renamed:
        return port
    lines = {encode(old): encode(new) for _, changed in renamed for old, new in changed.values()}
    return _edited(port, map(_with_lines, renamed), _with_renamed(port.accounted, lines))


def _with_lines(renamed: RenamedMembers) -> tuple[PortedFile, Lines]:
    lines = [*split_lines(decode(renamed.file.result))]
    for at, (_, new) in renamed.lines.items():
        lines[at] = new
    return renamed.file, tuple(lines)


def _edited(port: Port, texts: Iterable[tuple[PortedFile, Lines]], account: Accounted) -> Port:
    """*port* with other *texts* for its files, and another account."""
    edits = {}
    for file, lines in texts:
        entry = port.repository.entry(port.result, file.path)
        text = encode("".join(lines))
        if entry is not None and text != file.result:
            edits[file.path] = TreeEntry(entry.mode, port.repository.write_blob(text))
    result = port.repository.edit_tree(port.result, edits) if edits else port.result
    return replace(port, result=result, accounted=account)


def _with_renamed(account: Accounted, lines: Mapping[bytes, bytes]) -> Accounted:
    """*account*, in which *lines* were exchanged for others."""

    def rename(text: bytes) -> bytes:
        renamed = account.rename(text).splitlines(keepends=True)
        return b"".join(lines.get(line, line) for line in renamed)

    return replace(account, rename=rename)


def _unread(port: Port) -> Iterator[tuple[PortedFile, str]]:
    """The imports that the port adds, and whose names upstream's file reads and this one does not.

    What reads them was left out, or was not there to change.
    """
    for file in python_files(port):
        added = added_imports(file)
        texts = (file.onto, file.result, file.after) if added else (b"", b"", b"")
        before, here, upstream = (split_lines(decode(text)) for text in texts)
        for line in added:
            is_new = line in upstream and line not in before
            if (
                is_new
                and not is_read(without_import(here, line), line)
                and is_read(without_import(upstream, line), line)
            ):
                yield file, line


def _texts_without(unread: Iterable[tuple[PortedFile, str]]) -> Iterator[tuple[PortedFile, Lines]]:
    for file, lines in groupby(unread, lambda one: one[0]):
        text = split_lines(decode(file.result))
        for _, line in lines:
            text = without_import(text, line)
        yield file, text


def _completed(port: Port) -> Iterator[tuple[PortedFile, Lines]]:
    """The files of the result with the imports that they lack."""
    for file in python_files(port):
        names = Names(port, file, changed_chunks(file))
        lines, theirs = split_lines(decode(file.result)), split_lines(decode(file.after))
        for name, dotted, is_lost in names.lacking_imports():
            line = (
                _elsewhere(port, file, name, dotted) if is_lost else _statement(file, name, dotted)
            )
            lines = with_import(lines, line, theirs) if line else lines
        for line in _still_read(port, file):
            lines = with_import(lines, line, split_lines(decode(file.onto)))
        yield file, lines


def _still_read(port: Port, file: PortedFile) -> Iterator[str]:
    """The imports that the port took away, and of which the file reads the name all the same."""
    defined = module_here(port, file).names
    for line in (decode(line) for run in file.ours for line in run.removed):
        found = imported(line) if is_import(line) else None
        name = encode(found.local) if found else b""
        if name and name not in defined and where_unbound(file.result_scopes, name) is not None:
            yield line


def _elsewhere(port: Port, file: PortedFile, name: bytes, dotted: bytes) -> str:
    """A line that binds *name* to what the target has in place of *dotted*; empty if unknown."""
    module, _, last = decode(dotted).rpartition(".")
    wanted = Import(module, last, decode(name))
    there, _ = home(port, wanted, posixpath.dirname(file.path))
    return f"{there}\n" if there else ""


def _statement(file: PortedFile, name: bytes, dotted: bytes) -> str:
    """A line that binds *name* to *dotted*: upstream's own, if it has one for that alone."""
    local, module = decode(name), decode(dotted)
    start, _, last = module.rpartition(".")
    alias = "" if local == last else f" as {local}"
    ways = [f"from {start} import {last}{alias}\n"] if start else []
    ways += [f"import {module}\n" if local == module else f"import {module} as {local}\n"]
    said = split_lines(decode(file.after))
    return next((way for way in ways if way in said), ways[0])
