"""Changing several files of a series at once, whole or not at all, and taking it back."""

from patchseries.journal.beneath import plain_directory
from patchseries.journal.commit import Recovered, commit_files, recover
from patchseries.journal.log import Logged, Operation, operations
from patchseries.journal.state import State, find_state, held
from patchseries.journal.undo import undo

__all__ = [
    "Logged",
    "Operation",
    "Recovered",
    "State",
    "commit_files",
    "find_state",
    "held",
    "operations",
    "plain_directory",
    "recover",
    "undo",
]
