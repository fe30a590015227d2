"""Changing several files of a series at once, whole or not at all, and taking it back."""

from patchseries.journal.commit import Recovered, commit_files, held, recover
from patchseries.journal.log import Logged, Operation, operations
from patchseries.journal.undo import undo

__all__ = [
    "Logged",
    "Operation",
    "Recovered",
    "commit_files",
    "held",
    "operations",
    "recover",
    "undo",
]
