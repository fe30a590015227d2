"""The strategy of paths: a file that the target has elsewhere is ported there, or left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from patchseries.git import TreeEntry
from patchseries.model import Finding, PortCode, Severity, Sides, StrategyName
from patchseries.port.adaptation import Adapted
from patchseries.port.context import ChangedFile, Context
from patchseries.port.filemerge import FilePlace, merge_file
from patchseries.port.hunks.lines import compare, split_lines
from patchseries.port.names import paths
from patchseries.port.verify import LeftOut


def elsewhere(context: Context, file: ChangedFile) -> Adapted | None:
    """A file that the target does not have: its change goes to its place there, or is dropped."""
    path, (ancestor, ours, theirs) = file.path, file.sides
    if ours or not (ancestor and theirs):
        return None
    target = _declared(context, path) or _where_it_went(context, path, ancestor, theirs)
    here = context.here(target) if target else None
    if target is None or here is None:
        return _left_out(path, "the target has no such file")
    part = merge_file(context, FilePlace(path, target, Sides(ancestor, here, theirs)))
    entries = {path: None, **part.entries}
    return replace(part, strategies=(StrategyName.PATHS, *part.strategies), entries=entries)


def _left_out(path: str, why: str) -> Adapted:
    message = f"the change to {path} was dropped: {why}"
    return Adapted(
        frozenset({path}),
        {path: None},
        ("dropped",),
        (Finding(PortCode.DROPPED, Severity.WARNING, message, file=path),),
        dropped=(LeftOut(path),),
    )


def _declared(context: Context, path: str) -> str | None:
    for old, new in context.options.path_map:
        if path == old:
            return new
        if path.startswith(old.rstrip("/") + "/"):
            return new.rstrip("/") + path[len(old.rstrip("/")) :]
    return None


def _where_it_went(
    context: Context, path: str, ancestor: TreeEntry, theirs: TreeEntry
) -> str | None:
    lines = split_lines(context.text(ancestor.oid))
    changes = compare(lines, split_lines(context.text(theirs.oid)))

    def read(targets: Sequence[str]) -> Iterator[str]:
        context.repository.prefetch(files=[(context.onto, target) for target in targets])
        for target in targets:
            here = context.here(target)
            yield context.text(here.oid) if here else ""

    return paths.home(path, paths.surroundings(lines, changes), context.newcomers, read)
