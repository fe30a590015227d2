"""The strategy of learned names: where git merges, but a new name is called otherwise here."""

from __future__ import annotations

from patchseries.model import Sides
from patchseries.port.adaptation import Adapted
from patchseries.port.context import ChangedFile, Context
from patchseries.port.filemerge import FilePlace, merge_file


def learned(context: Context, file: ChangedFile) -> Adapted | None:
    """A file that git merges, if the change adds a name that the target spells differently."""
    ancestor, ours, theirs = file.sides
    if file.conflicts or not (ancestor and theirs):
        return None
    target = file.path if ours else context.renamed.get(file.path)
    here = context.here(target) if target else None
    if target is None or here is None:
        return None
    if not context.learn(*(context.text(entry.oid) for entry in (ancestor, here, theirs))):
        return None
    return merge_file(context, FilePlace(file.path, target, Sides(ancestor, here, theirs)))
