"""What a port lacks beside the change's own lines: the imports of names that they read."""

from __future__ import annotations

from collections.abc import Iterator

from patchseries.git import TreeEntry
from patchseries.model import Finding, PortCode, StrategyName, TreeId
from patchseries.port.context import Context
from patchseries.port.hunks.imports import with_import
from patchseries.port.hunks.lines import decode, encode, split_lines
from patchseries.port.verify import Accounted, examine
from patchseries.port.verify.languages import language_of
from patchseries.port.verify.languages.python import Python
from patchseries.port.verify.names import Names
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.syntax import chunks


def completed_by_imports(
    context: Context, tree: TreeId, accounted: Accounted | None = None
) -> tuple[TreeId, tuple[Finding, ...], tuple[str, ...]]:
    """*tree*, a result of the port, with the imports that it lacks; and what was found in it.

    Only imports that upstream's file has, and whose module the target has (or no tree of the
    project). The third is the strategy's name when one was added.
    """
    trees = context.repository, context.change, context.onto, tree, accounted or Accounted()
    findings = examine(*trees)
    if not any(found.code is PortCode.UNKNOWN_NAME for found in findings):
        return tree, findings, ()
    edits = dict(_edits(Port(*trees)))
    if not edits:
        return tree, findings, ()
    tree = context.repository.edit_tree(tree, edits)
    return tree, examine(*trees[:3], tree, trees[-1]), (StrategyName.IMPORTS,)


def _edits(port: Port) -> Iterator[tuple[str, TreeEntry]]:
    """The files of the result that lack imports, with these."""
    for file in port.files:
        entry = port.repository.entry(port.result, file.path)
        language = language_of(file.path, file.first_line)
        if entry is None or not file.ours or not isinstance(language, Python):
            continue
        runs = ((run.new_start, run.new_start + len(run.added)) for run in file.ours)
        names = Names(port, file, chunks(file.result_scopes, runs))
        ours, theirs = split_lines(decode(file.result)), split_lines(decode(file.after))
        lines = ours
        for name, dotted in names.lacking_imports():
            lines = with_import(lines, _statement(file, name, dotted), theirs)
        if lines != ours:
            yield (
                file.path,
                TreeEntry(entry.mode, port.repository.write_blob(encode("".join(lines)))),
            )


def _statement(file: PortedFile, name: bytes, dotted: bytes) -> str:
    """A line that binds *name* to *dotted*: upstream's own, if it has one for that alone."""
    local, module = decode(name), decode(dotted)
    home, _, last = module.rpartition(".")
    alias = "" if local == last else f" as {local}"
    from_home = [f"from {home} import {last}{alias}\n"] if home else []
    plain = [f"import {module}{alias}\n"] if alias or not home else []
    ways = [*from_home, *plain]
    said = split_lines(decode(file.after))
    return next((way for way in ways if way in said), ways[0])
