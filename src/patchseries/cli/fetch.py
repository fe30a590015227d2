"""``series fetch``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import SERIES_OPTIONS, Given, kept_words, operation, options
from patchseries.cli.flags import refuse_others
from patchseries.cli.terminal import Progress, say, show_json
from patchseries.counting import counted

if TYPE_CHECKING:
    from patchseries.model import CommitId
    from patchseries.pipeline.series import Series
    from patchseries.pipeline.session import Session
    from patchseries.sources import BranchMove


@click.command("fetch")
@options(*(o for o in SERIES_OPTIONS if o != "patch"))
@click.option("--update", is_flag=True, help="Take up branches that moved since they were pinned.")
def command(update: bool, **given: Any) -> int:
    """Fetch what the series NAME needs into the cache, and pin it in the lock.

    A branch that moved since it was pinned is taken as it was pinned, unless --update is given; a
    tag that moved is an error (exit status 4). Pins that nothing needs any more are removed.
    """
    from patchseries import lock as locks
    from patchseries.journal import commit_files
    from patchseries.pipeline.session import merged_lock

    asked = Given(**given)
    if update:
        refuse_others("--update", ("update", "name", "onto", "project", "dry_run", "mirror"))
    with Progress(asked) as progress:
        series, pins, moved = _fetched(asked, asked.session(progress), update)
    lock = series.lock if asked.locked else merged_lock(series, pins)
    if not asked.dry_run:
        path = str(series.lock_path.relative_to(series.root))
        commit_files(series.state, {path: locks.dump(lock).encode()}, operation())
    removed = {place: c for place, c in series.lock.pins.items() if place not in lock.pins}
    if asked.as_json:
        moved_rows = [_moved_row(move, pins) for move in moved]
        document = {"pins": _pin_rows(pins), "moved": moved_rows, "removed": _pin_rows(removed)}
        show_json(document, ok=True)
        return 0
    then = "it would be pinned so" if asked.dry_run else f"then: series rebase {series.name}"
    for move in moved:
        say(f"{move}; {then}" if update and move.now else kept_words(move))
    for repository, rev in removed:
        say(f"{rev} of {repository} is no longer pinned: nothing needs it")
    repositories = len({repository for repository, _ in pins})
    revisions = counted(len(pins), "revision")
    say(f"cached: {revisions} of {counted(repositories, 'repository', 'repositories')}")
    return 0


def _fetched(
    asked: Given, session: Session, update: bool
) -> tuple[Series, Mapping[tuple[str, str], CommitId], list[BranchMove]]:
    """The series, its pins, and the branches that moved since they were pinned."""
    from patchseries.pipeline.online import measured_moves

    moves: dict[tuple[str, str], BranchMove] = {}

    def hear(move: BranchMove) -> None:
        moves[move.repository, move.rev] = move

    fetching = replace(session.fetching, update=update, on_move=hear)
    session = replace(session, fetching=fetching)
    series, _, pins = asked.fetched_to_write(session)
    # how far is counted in the history, which only --update is worth fetching for
    return series, pins, measured_moves(session, moves.values()) if update else [*moves.values()]


def _pin_rows(pins: Mapping[tuple[str, str], CommitId]) -> list[dict[str, str]]:
    return [{"repository": r, "rev": v, "commit": c} for (r, v), c in sorted(pins.items())]


def _moved_row(
    move: BranchMove, pins: Mapping[tuple[str, str], CommitId]
) -> dict[str, str | int | None]:
    """A branch that moved: from which commit to which, and whether it was taken up."""
    return {
        "repository": move.repository,
        "rev": move.rev,
        "from": move.pinned,
        "to": move.now,
        "kind": move.kind,
        "commits": move.commits,
        "taken": pins[move.repository, move.rev] == move.now,
    }
