"""``series resolve``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.building import maintainer
from patchseries.cli.common import Given, hold, now, operation, options, recovered_state
from patchseries.cli.completion import patch_names
from patchseries.cli.flags import refuse_beside, refuse_others, refuse_without
from patchseries.cli.terminal import Progress, clear_progress, say, show, show_json
from patchseries.errors import UsageError

if TYPE_CHECKING:
    from patchseries.pipeline.conflict.conflicts import OpenConflict, RegionChoice
    from patchseries.pipeline.conflict.worktree import ResolveSession
    from patchseries.pipeline.series import Series
    from patchseries.pipeline.session import Session
    from patchseries.resolution.conflict import OpenFile
    from patchseries.resolution.record import Attribution
    from patchseries.resolution.replay import Resolution


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options of this command beside the shared ones."""

    patch: str | None
    base: str | None
    action: str
    take: tuple[str, ...]
    source: str | None
    reason: str | None
    again: bool


@click.command("resolve")
@click.argument("patch_name", metavar="[PATCH]", required=False, shell_complete=patch_names)
@options("name", "onto", "offline", "dry_run", "mirror", "json", "quiet", "color")
@click.option(
    "--continue", "action", flag_value="continue", help="Record the resolution in the work tree."
)
@click.option("--abort", "action", flag_value="abort", help="Drop the work tree.")
@click.option(
    "--status",
    "action",
    flag_value="status",
    help="List open conflicts, and what is left to resolve.",
)
@click.option(
    "--take",
    multiple=True,
    metavar="[N=]CHOICE",
    help="Take ours, theirs, both or candidate:N, for region N or for all (repeatable).",
)
@click.option(
    "--from",
    "source",
    metavar="FILE|COMMIT",
    help="Take the resolution from this patch file or commit.",
)
@click.option("-m", "--reason", metavar="TEXT", help="Why the resolution is correct; kept with it.")
@click.option("--again", is_flag=True, help="Also ask for what is resolved already.")
def command(
    patch_name: str | None,
    action: str | None,
    take: tuple[str, ...],
    source: str | None,
    reason: str | None,
    again: bool,
    **given: Any,
) -> int:
    """Resolve a conflict of PATCH by hand, once.

    Opens a scratch git work tree with the conflict. Edit it (or run `git mergetool` there), then
    run `series resolve --continue`. The resolution is kept in series/resolutions/NAME/ and used
    wherever the same conflict comes up again.
    """
    shared = Given(**given)
    if len(shared.onto) > 1:
        raise UsageError("one base at a time")
    base = shared.onto[0] if shared.onto else None
    asked = _Asked(patch_name, base, action or "open", take, source, reason, again)
    if asked.action == "open" and not patch_name:
        raise UsageError("which patch?", hint="`series rebase` names those that conflict")
    _refuse_idle(asked)
    if asked.action == "status":
        return _status(shared)
    with Progress(shared) as progress:
        session = shared.session(progress)
        if asked.action in ("continue", "abort"):
            return _end(session, asked, shared)
        return _begin(session, asked, shared)


def _refuse_idle(asked: _Asked) -> None:
    """Refuse options that have no effect beside another one."""
    place = ("action", "patch_name", "name", "onto", "dry_run")
    match asked.action:
        case "status":
            refuse_others("--status", ("action",))
        case "abort":
            refuse_others("--abort", place)
        case "continue":
            refuse_others("--continue", (*place, "reason"))
        case _ if asked.source:
            refuse_beside("--from", "take")
        case _ if not asked.take:
            refuse_without("--take or --from", "reason")


def _begin(session: Session, asked: _Asked, shared: Given) -> int:
    from patchseries.pipeline.conflict.conflicts import find_conflict
    from patchseries.pipeline.conflict.resolve import settle, take, take_from
    from patchseries.pipeline.conflict.worktree import create_session

    assert asked.patch is not None
    series, _, pins = replace(shared, patch=(asked.patch,)).open_to_write(session)
    with session.rebase_inputs(series, pins) as given:
        conflict = find_conflict(session, given, asked.patch, asked.base, again=asked.again)
        if asked.take or asked.source:
            if asked.source:
                final = take_from(conflict, asked.source, Path.cwd())
            else:
                final = take(conflict, asked.take)
            made = settle(session, series, conflict, final, _signed(asked))
            if not shared.dry_run:
                _drop_if_open(series, conflict)
            return _stored(made, series, shared)
        if not shared.as_json:
            show_regions(conflict, shared)
        opened = None
        if not shared.dry_run:
            opened = create_session(series, conflict, operation().time)
        if shared.as_json:
            row = _row(opened) if opened else None
            show_json({"opened": row, "regions": region_rows(conflict)}, ok=False)
        elif opened:
            show("", shared)
            show(f"edit {opened.tree}", shared)
            place = f"{opened.patch} {opened.series} --onto {opened.base}"
            show(f"then: series resolve {place} --continue", shared)
    return 1


def _drop_if_open(series: Series, conflict: OpenConflict) -> None:
    """What was taken settles all: a work tree opened for the same conflict has no use any more."""
    from patchseries.pipeline.conflict.worktree import drop_session, open_sessions

    mine = series.name, conflict.cell.patch, conflict.cell.base
    for opened in open_sessions(series.state):
        if (opened.series, opened.patch, opened.base) == mine:
            drop_session(series.state, opened)


def _end(session: Session, asked: _Asked, shared: Given) -> int:
    from patchseries.pipeline.conflict.resolve import finish
    from patchseries.pipeline.conflict.worktree import drop_session, find_session
    from patchseries.pipeline.series import Series

    state = recovered_state()
    if not shared.dry_run:
        hold(state)
    opened = find_session(state, shared.name, asked.patch, asked.base)
    series = Series(state.root, opened.series, state.home)
    if asked.action == "continue":
        return _stored(finish(session, series, opened, lambda: _signed(asked)), series, shared)
    if not shared.dry_run:
        drop_session(state, opened)
    if shared.as_json:
        show_json({"aborted": _row(opened)}, ok=True)
    else:
        say(f"dropped the open conflict of {opened.patch} on {opened.base}")
    return 0


def _status(shared: Given) -> int:
    from patchseries.pipeline.conflict.worktree import open_sessions, what_is_left

    rows = []
    for opened in open_sessions(recovered_state()):
        left = what_is_left(opened)
        rows.append(
            _row(opened) | {"left": [{"path": one.path, "lines": one.lines} for one in left]}
        )
        if not shared.as_json:
            where = ", ".join(f"{o.path}:{o.lines[0]}" if o.lines else o.path for o in left)
            words = where or "all resolved; run it with --continue"
            show(f"{opened.patch} on {opened.base}: {words}", shared)
            show(f"    {opened.tree}", shared)
    if shared.as_json:
        show_json({"open": rows}, ok=not rows)
    elif not rows:
        show("no conflict is open", shared)
    return 1 if rows else 0


def show_regions(conflict: OpenConflict, shared: Given) -> None:
    """Each region with its candidates."""
    from patchseries.pipeline.conflict.conflicts import numbered

    for number, file, index, region in numbered(conflict.files):
        size = (
            f"ancestor {len(region.ancestor)}, ours {len(region.ours)}, theirs {len(region.theirs)}"
        )
        show(f"region {number}: {file.path} ({size} lines)", shared)
        if words := removal(file):
            show(f"  {words}", shared)
        for n, one in enumerate(conflict.candidates(file, index), 1):
            mode = f", mode {one.mode}" if file.modes else ""
            show(f"  candidate:{n} ({_name(file, one)}{mode})", shared)
            lines = one.lines or ()
            for line in lines[:12]:
                show("    | " + line.removesuffix(b"\n").decode("utf-8", "replace"), shared)
            if len(lines) > 12:
                show(f"    | … {len(lines) - 12} more lines", shared)


def removal(file: OpenFile) -> str | None:
    """Who removed *file*, which the other side changed; None where both sides have it."""
    if "theirs" not in file.sides:
        return "the patch removes this file, but it was changed in the target"
    if "ours" not in file.sides:
        return "the patch changes this file, but it was removed in the target"
    return None


def _name(file: OpenFile, candidate: RegionChoice) -> str:
    from patchseries.resolution.record import CHOICES

    if removal(file) is None:
        return candidate.name
    here, gone = ("ours", "theirs") if "ours" in file.sides else ("theirs", "ours")
    if candidate.lines is None:
        return f"{gone}: take the deletion"
    name = here if candidate.name in CHOICES else candidate.name
    return f"{name}: keep the file"


def region_rows(conflict: OpenConflict) -> list[dict[str, Any]]:
    """The regions as rows of a JSON document."""
    from patchseries.pipeline.conflict.conflicts import numbered

    return [
        {
            "region": number,
            "path": file.path,
            "removal": removal(file),
            "key": file.key(region),
            "base": _words(region.ancestor),
            "ours": _words(region.ours),
            "theirs": _words(region.theirs),
            "candidates": [
                {
                    "name": one.name,
                    "text": None if one.lines is None else _words(one.lines),
                    "mode": one.mode,
                }
                for one in conflict.candidates(file, index)
            ],
        }
        for number, file, index, region in numbered(conflict.files)
    ]


def _words(lines: Sequence[bytes]) -> str:
    return b"".join(lines).decode("utf-8", "replace")


def _stored(made: list[Resolution], series: Series, shared: Given) -> int:
    from patchseries.pipeline.resolutions import resolution_path

    paths = [str(resolution_path(series, one)) for one in made]
    if shared.as_json:
        show_json({"resolutions": paths, "dry_run": shared.dry_run}, ok=True)
        return 0
    verb = "would write" if shared.dry_run else "wrote"
    for path in paths:
        show(f"{verb} {path}", shared)
    from patchseries.pipeline.series import IN_GIT

    then = f"series rebase {series.name}"
    if series.root.match(f"*/{IN_GIT}"):
        then = "the `series upgrade` again"
    show(f"then: {then}" if paths else "no new resolution", shared)
    return 0


def _signed(asked: _Asked) -> Attribution:
    from patchseries.resolution.record import Attribution

    reason = asked.reason or _prompted()
    return Attribution(str(maintainer()), now().date().isoformat(), reason)


def _prompted() -> str:
    clear_progress()
    if not sys.stdin.isatty():
        raise UsageError(
            "the reason is missing: why is this resolution correct?",
            hint="give the reason with -m TEXT",
        )
    return str(click.prompt("Why is this resolution correct", prompt_suffix="? ", err=True))


def _row(opened: ResolveSession) -> dict[str, Any]:
    return {
        "patch": opened.patch,
        "base": opened.base,
        "folder": str(opened.tree),
        "opened": opened.opened,
    }
