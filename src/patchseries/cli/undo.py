"""``series undo``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, hold, operation, options, recovered_state
from patchseries.cli.flags import refuse_others
from patchseries.cli.terminal import say, show, show_json

if TYPE_CHECKING:
    from patchseries.journal import Logged, Recovered


@click.command("undo")
@click.argument("number", type=int, required=False)
@click.option("--list", "listing", is_flag=True, help="Show the operation log.")
@options("dry_run", "json", "color")
def command(number: int | None, listing: bool, **given: Any) -> int:
    """Undo the last command that changed manifest, lock, patches or resolutions.

    NUMBER names another operation of the log. If a file was changed since, nothing is undone. An
    undo is logged too, and `series undo NUMBER` undoes it.
    """
    from patchseries.journal import operations, undo

    asked = Given(**given)
    recovered: list[Recovered] = []
    state = recovered_state(recovered.append)
    known = operations(state)
    if listing:
        refuse_others("--list", ("listing",))
        show_log(known, asked)
        return 0
    if any(one.paths and one.command == operation().command for one in recovered):
        # it is the very command that was interrupted: once more would undo one more operation
        show_taken(next(one for one in known if one.number == known[0].undoes), asked)
        return 0
    if not asked.dry_run:
        hold(state)
    show_taken(undo(state, operation(), number, dry_run=asked.dry_run), asked)
    return 0


def show_taken(taken: Logged, asked: Given) -> None:
    """The operation that was undone."""
    if asked.as_json:
        show_json({"undone": asdict(taken), "dry_run": asked.dry_run}, ok=True)
    else:
        verb = "would undo" if asked.dry_run else "undid"
        show(f"{verb} {taken.number}: {taken.command} ({taken.time})", asked)
        for change in taken.changes:
            show(f"  {_back(change.before, change.after)} {change.path}", asked)
        if "--in-place" in taken.command.split():
            say("debian/ is as it was before this undo: `git checkout debian/` takes it back")


def show_log(logged: list[Logged], asked: Given) -> None:
    """The operations, the last first."""
    if asked.as_json:
        show_json({"operations": [asdict(one) for one in logged]}, ok=True)
        return
    from patchseries.report.table import TextTable

    show(TextTable(("", "", ""), [_log_row(one) for one in logged], names=0), asked)
    if not logged:
        show("nothing to undo", asked)


def _log_row(logged: Logged) -> tuple[str, ...]:
    mark = " (undone)" if logged.undone else ""
    paths = [change.path for change in logged.changes]
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{logged.number:>4}", logged.time, f"{logged.command}{mark}: {paths[0]}{more}"


def _back(before: str | None, after: str | None) -> str:
    if before is None:
        return "removed "
    return "restored" if after is None else "reverted"
