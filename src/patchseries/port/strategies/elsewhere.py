"""The strategy of paths: a file that the target has elsewhere is ported there, or left out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import islice

from patchseries.git import TreeEntry
from patchseries.model import Finding, PortCode, Severity, Sides, StrategyName
from patchseries.port.adaptation import Adapted
from patchseries.port.context import ChangedFile, Context
from patchseries.port.filemerge import FilePlace, merge_file
from patchseries.port.names import paths
from patchseries.port.verify import LeftOut

_MOST_FILES = 64
"""So many files that have some of the code are compared."""


def elsewhere(context: Context, file: ChangedFile) -> Adapted | None:
    """A file that the target does not have: its change goes to its place there, or is dropped."""
    path, (ancestor, ours, theirs) = file.path, file.sides
    if ours or not (ancestor and theirs):
        return None
    target = (
        _declared(context, path)
        or _beside_others(context, path)
        or _where_it_went(context, path, ancestor, theirs)
    )
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


def _beside_others(context: Context, path: str) -> str | None:
    """Its place in the directory to which git's merge followed another file of the change."""
    targets = (paths.in_directory(path, *pair) for pair in context.followed)
    return next((target for target in targets if target and context.here(target)), None)


def _where_it_went(
    context: Context, path: str, ancestor: TreeEntry, theirs: TreeEntry
) -> str | None:
    around = context.around(ancestor.oid, theirs.oid)

    def read(targets: Sequence[str]) -> Iterator[str]:
        context.repository.prefetch(files=[(context.onto, target) for target in targets])
        for target in targets:
            here = context.here(target)
            yield context.text(here.oid) if here else ""

    home = paths.home(path, around, context.newcomers, read)
    return home or _where_the_code_went(context, path, around)


def _where_the_code_went(context: Context, path: str, around: Set[str]) -> str | None:
    """The file, of any name, that the code around the change was moved into.

    It did not have that code in the ancestor, and the change itself does not touch it.
    """
    kind, telling = posixpath.splitext(path)[1], paths.telling(around)
    alike = (other for other in context.with_absent_code if other.path.endswith(kind))
    among = (other for other in alike if any(line in other.text for line in telling))
    shares: dict[str, float] = {}
    for other in islice(among, _MOST_FILES):
        was = context.repository.entry(context.change.before, other.path)
        old = context.text(was.oid) if was and was.is_file else ""
        shares[other.path] = paths.share(around, other.text, old)
    return paths.best_share(shares)
