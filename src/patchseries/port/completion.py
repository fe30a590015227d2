"""What a port lacks beside the change's own lines: the imports of names that they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from patchseries.git import TreeEntry
from patchseries.model import Finding, PortCode, StrategyName, TreeId
from patchseries.port.context import Context
from patchseries.port.hunks.imports import is_import, with_import
from patchseries.port.hunks.lines import Lines, decode, encode, split_lines
from patchseries.port.movedimports import (
    MovedImport,
    added_imports,
    is_read,
    moved_imports,
    python_files,
    unplaced,
    with_moved,
    without_import,
)
from patchseries.port.names.homes import imported
from patchseries.port.verify import Accounted, LeftOut, Port, examine
from patchseries.port.verify.bindings import where_unbound
from patchseries.port.verify.names import Names, module_here
from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.syntax import chunks

_OF_IMPORTS = (PortCode.UNKNOWN_NAME, PortCode.REMOVED_NAME_USED)
"""What is found where an import is lacking."""


def completed_by_imports(
    context: Context, tree: TreeId, accounted: Accounted | None = None
) -> tuple[TreeId, tuple[Finding, ...], tuple[str, ...]]:
    """*tree*, a result of the port, with the imports that it lacks; and what was found in it.

    An import of what the target has in another place is made from there; one that nothing reads is
    left out. One is added only if upstream's file has it, and the target its module (or no tree of
    the project), or if the port took it away while its name is still read. The third is the
    strategy's name when an import was changed.
    """
    port = Port(context.repository, context.change, context.onto, tree, accounted or Accounted())
    port.read_ahead()
    if moved := list(moved_imports(port)):
        port = _edited(port, with_moved(moved), _with_renamed(port.accounted, moved))
    if unread := list(_unread(port)):
        left_out = (LeftOut(file.upstream, added=(encode(line),)) for file, line in unread)
        account = replace(port.accounted, dropped=(*port.accounted.dropped, *left_out))
        port = _edited(port, _without_unread(unread), account)
    findings = examine(port)
    if any(found.code in _OF_IMPORTS for found in findings):
        completed = _edited(port, _completed(port), port.accounted)
        if completed.result != port.result:
            port, findings = completed, examine(completed)
    findings += tuple(unplaced(port.repository, port.result, moved))
    return port.result, findings, () if port.result == tree else (StrategyName.IMPORTS,)


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


def _with_renamed(account: Accounted, moved: Sequence[MovedImport]) -> Accounted:
    """*account*, in which the lines that *moved* were renamed."""
    lines = {encode(one.line): encode(one.there) for one in moved if one.there}

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
        if not added:
            continue
        before, here, upstream = (
            split_lines(decode(text)) for text in (file.onto, file.result, file.after)
        )
        for line in added:
            if line in before or line not in upstream or is_read(without_import(here, line), line):
                continue
            if is_read(without_import(upstream, line), line):
                yield file, line


def _without_unread(unread: Iterable[tuple[PortedFile, str]]) -> Iterator[tuple[PortedFile, Lines]]:
    for file, lines in groupby(unread, lambda one: one[0]):
        text = split_lines(decode(file.result))
        for _, line in lines:
            text = without_import(text, line)
        yield file, text


def _completed(port: Port) -> Iterator[tuple[PortedFile, Lines]]:
    """The files of the result with the imports that they lack."""
    for file in python_files(port):
        runs = ((run.new_start, run.new_start + len(run.added)) for run in file.ours)
        names = Names(port, file, chunks(file.result_scopes, runs))
        lines, theirs = split_lines(decode(file.result)), split_lines(decode(file.after))
        for name, dotted in names.lacking_imports():
            lines = with_import(lines, _statement(file, name, dotted), theirs)
        for line in _still_read(port, file):
            lines = with_import(lines, line, split_lines(decode(file.onto)))
        yield file, lines


def _still_read(port: Port, file: PortedFile) -> Iterator[str]:
    """The imports that the port took away, and of which the file reads the name all the same."""
    defined = module_here(port, file).names
    for line in (decode(line) for run in file.ours for line in run.removed):
        found = imported(line) if is_import(line) else None
        if found is None or encode(found.local) in defined:
            continue
        if where_unbound(file.result_scopes, encode(found.local)) is not None:
            yield line


def _statement(file: PortedFile, name: bytes, dotted: bytes) -> str:
    """A line that binds *name* to *dotted*: upstream's own, if it has one for that alone."""
    local, module = decode(name), decode(dotted)
    start, _, last = module.rpartition(".")
    alias = "" if local == last else f" as {local}"
    from_start = [f"from {start} import {last}{alias}\n"] if start else []
    plain = [f"import {module}{alias}\n"] if alias or not start else []
    ways = [*from_start, *plain]
    said = split_lines(decode(file.after))
    return next((way for way in ways if way in said), ways[0])
