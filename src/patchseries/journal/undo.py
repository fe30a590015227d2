"""Taking an operation back: its old bytes in the place of its new ones, as one more operation."""

from __future__ import annotations

from patchseries.errors import ExitCode, SeriesError, UsageError
from patchseries.files import sha256
from patchseries.journal import beneath
from patchseries.journal.commit import commit_files
from patchseries.journal.log import Logged, Operation, old_content, operations
from patchseries.journal.state import State


def undo(
    state: State, operation: Operation, number: int | None = None, *, dry_run: bool = False
) -> Logged:
    """Take back the operation *number* (default: the last that is neither undone nor an undo).

    An undo is an operation too, and can be taken back by its number.

    :raises UsageError: there is no such operation, or it is already undone
    :raises SeriesError: a file was changed since, or the log is damaged; nothing is changed then
    """
    chosen = _chosen(operations(state), number)
    changes = {}
    for change in chosen.changes:
        data = beneath.read(state.root, change.path)
        there = None if data is None else sha256(data)
        if there not in (change.after, change.before):
            raise SeriesError(
                f"{change.path} was changed after `{chosen.command}`, and is not overwritten",
                hint="save the edit elsewhere (or commit it), restore the file, and try again",
                exit_code=ExitCode.FINDINGS,
            )
        changes[change.path] = old_content(state, chosen, change)
    if not dry_run:
        commit_files(state, changes, operation, undoes=chosen.number)
    return chosen


def _chosen(log: list[Logged], number: int | None) -> Logged:
    if number is None:
        last = next((one for one in log if not one.undone and one.undoes is None), None)
        if last is None:
            raise UsageError("there is nothing to undo")
        return last
    chosen = next((one for one in log if one.number == number), None)
    if chosen is None:
        raise UsageError(f"there is no operation {number}", hint="see `series undo --list`")
    if chosen.undone:
        raise UsageError(f"operation {number} is already undone")
    return chosen
