"""The only door to git repositories."""

from patchseries.git.borrowed import borrowed
from patchseries.git.coprocess import Future
from patchseries.git.diff import Difference, Entries, LineChange
from patchseries.git.merge import FileSides, Merge
from patchseries.git.objects import Commit, Signature, TreeEntry
from patchseries.git.repository import Repository
from patchseries.git.temporary import scratch

__all__ = [
    "Commit",
    "Difference",
    "Entries",
    "FileSides",
    "Future",
    "LineChange",
    "Merge",
    "Repository",
    "Signature",
    "TreeEntry",
    "borrowed",
    "scratch",
]
