"""The strategy of learned names: where git merges, but a new name is called otherwise here."""

from __future__ import annotations

from patchseries.model import Sides
from patchseries.port.adaptation import Adapted
from patchseries.port.context import ChangedFile, Context
from patchseries.port.filemerge import FilePlace, merge_file


def learned(context: Context, file: ChangedFile) -> Adapted | None:
    """A file that git merges, if the change adds a name that the target spells differently."""
    ancestor, ours, theirs = file.sides
    if file.conflicts or not (ancestor and ours and theirs):
        return None
    if not context.learn(*(context.text(entry.oid) for entry in (ancestor, ours, theirs))):
        return None
    return merge_file(context, FilePlace(file.path, file.path, Sides(ancestor, ours, theirs)))
