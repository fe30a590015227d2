"""The only door to git repositories."""

from patchseries.git.diff import LineChange
from patchseries.git.merge import Merge, MergeStage
from patchseries.git.objects import Commit, Signature, TreeEntry
from patchseries.git.repository import Repository, scratch

__all__ = [
    "Commit",
    "LineChange",
    "Merge",
    "MergeStage",
    "Repository",
    "Signature",
    "TreeEntry",
    "scratch",
]
