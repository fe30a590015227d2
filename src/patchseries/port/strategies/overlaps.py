"""The strategy of hunks: what both sides changed is settled region by region; and what is not."""

from __future__ import annotations

from patchseries.model import Sides
from patchseries.port.adaptation import Adapted
from patchseries.port.context import ChangedFile, Context
from patchseries.port.filemerge import FilePlace, merge_file


def not_regular(_: Context, file: ChangedFile) -> Adapted | None:
    """A link, a submodule or a directory on some side: left open."""
    if all(entry is None or entry.is_file for entry in file.sides):
        return None
    return Adapted.left_open(file.path, "CONFLICT (not a regular file)")


def overlaps(context: Context, file: ChangedFile) -> Adapted | None:
    """A file that all three sides have."""
    ancestor, ours, theirs = file.sides
    if not (ancestor and ours and theirs):
        return None
    return merge_file(context, FilePlace(file.path, file.path, Sides(ancestor, ours, theirs)))


def one_sided(context: Context, file: ChangedFile) -> Adapted | None:
    """Any other open file: left open, with git's reason."""
    reasons = (c.reason for c in context.merge.conflicts if c.path == file.path)
    return Adapted.left_open(file.path, next(reasons, "CONFLICT"))
