"""``series refresh``."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.building import maintainer
from patchseries.cli.common import Given, agreed, now, options
from patchseries.cli.completion import patch_names
from patchseries.cli.flags import refuse_beside
from patchseries.cli.terminal import Progress, say, show, show_json
from patchseries.counting import counted
from patchseries.errors import UsageError

if TYPE_CHECKING:
    from patchseries.pipeline.edit.refreshplan import RefreshPlan
    from patchseries.pipeline.series import Series
    from patchseries.pipeline.session import Session
    from patchseries.resolution.record import Attribution


@click.command("refresh")
@click.argument("what", metavar="DIR|PATCH", shell_complete=patch_names)
@options("name", "onto", "offline", "dry_run", "mirror", "json", "quiet", "color")
@click.option("-y", "--yes", is_flag=True, help="Write without asking.")
@click.option(
    "-m",
    "--reason",
    default="edited on a branch",
    show_default=True,
    metavar="TEXT",
    help="The reason, kept with new resolutions.",
)
def command(what: str, yes: bool, reason: str, **given: Any) -> int:
    """Take a branch of `series checkout`, or an edited patch file, back into the series.

    First shows how manifest, own patches and resolutions would change, and which outcomes would
    change on any base; with -n it ends there.
    """
    asked = Given(**given)
    is_branch = os.sep in what or (Path(what) / ".git").is_dir()
    if is_branch:
        refuse_beside("DIR, which knows its base", "onto")
    by = _signed(reason)
    with Progress(asked) as progress:
        session = asked.session(progress)
        if is_branch:
            return _branch(session, Path(os.path.abspath(what)), asked, by, yes)
        return _file(session, what, asked, by, yes)


def _branch(session: Session, directory: Path, asked: Given, by: Attribution, yes: bool) -> int:
    from patchseries.pipeline.edit.branch import (
        branch_steps,
        read_checkout,
        target_steps,
        untracked_files,
    )
    from patchseries.pipeline.edit.effects import bases_at_hand
    from patchseries.pipeline.edit.refresh import look_around, plan_branch, prove
    from patchseries.pipeline.edit.refreshplan import RefreshInputs

    made = read_checkout(directory)
    if asked.name not in (None, made.series):
        raise UsageError(f"{directory} is a branch of {made.series}, not of {asked.name}")
    named = replace(asked, name=made.series, project=(made.project,), onto=(made.base,))
    series, _, pins = named.open_to_write(session)
    others, missing = bases_at_hand(session, series, made.project)
    with session.rebase_inputs(series, {**others, **pins}) as given:
        start, old = target_steps(session, given, made.project, made.base)
        new = branch_steps(given, made)
        inputs = RefreshInputs(given, made.project, made.base, by)
        text = series.manifest_path.read_text("utf-8")
        plan = plan_branch(session, inputs, text, old, new)
        if plan.words:
            prove(session, series, inputs, plan, new[-1].after if new else start)
        look_around(session, series, inputs, plan, missing)
    if new_files := untracked_files(made):
        more = f" and {len(new_files) - 3} more" if len(new_files) > 3 else ""
        say(
            f"not in git, and left out: {', '.join(new_files[:3])}{more};"
            " `git add` and commit what belongs to a patch"
        )
    return _end(session, series, plan, asked, yes)


def _file(session: Session, patch: str, asked: Given, by: Attribution, yes: bool) -> int:
    from patchseries.files import read_file
    from patchseries.pipeline.edit.effects import bases_at_hand
    from patchseries.pipeline.edit.refresh import look_around, patch_path, plan_file
    from patchseries.pipeline.edit.refreshplan import RefreshInputs
    from patchseries.pipeline.rebase import rebase

    if len(asked.onto) != 1:
        raise UsageError(
            "which base? The patch file exists for several", hint="name it with --onto BASE"
        )
    base = asked.onto[0]
    series, selection, pins = replace(asked, patch=(patch,)).open_to_write(session)
    entry = series.manifest.patch(patch)
    assert entry is not None
    path = patch_path(series, entry, base)
    if not (series.root / path).is_file():
        raise UsageError(f"there is no {path}")
    others, missing = bases_at_hand(session, series, entry.project)
    with session.rebase_inputs(series, {**others, **pins}) as given:
        cells = rebase(given, selection, session.progress).cells
        cell = next(one for one in cells if (one.patch, one.base) == (patch, base))
        inputs = RefreshInputs(given, entry.project, base, by)
        text = series.manifest_path.read_text("utf-8")
        plan = plan_file(inputs, text, cell, read_file(series.root / path))
        plan.edited.append(path)
        look_around(session, series, inputs, plan, missing)
    return _end(session, series, plan, asked, yes)


def _end(session: Session, series: Series, plan: RefreshPlan, asked: Given, yes: bool) -> int:
    from patchseries.pipeline.edit.refresh import write

    if not asked.as_json:
        _show_plan(plan, asked)
    do = bool(plan.words) and not asked.dry_run
    do = do and (yes or (not asked.as_json and agreed("Write these changes?")))
    changed = write(session, series, plan) if do else []
    if asked.as_json:
        rows = [asdict(one) for one in plan.effects]
        document = {"plan": plan.words, "effects": rows, "unchecked": plan.unchecked}
        show_json(document | {"changed": changed}, ok=do or not plan.words)
    elif do:
        say(f"{counted(len(changed), 'file')} written; then: series rebase {series.name}")
    return 1 if plan.words and not do else 0


def _show_plan(plan: RefreshPlan, asked: Given) -> None:
    for words in plan.words:
        show(words, asked)
    for effect in plan.effects:
        show(f"  {effect}", asked)
    if plan.unchecked:
        missing = ", ".join(plan.unchecked)
        show(f"  not checked, because it is not in the cache: {missing}", asked)
    if not plan.words:
        show("nothing changed", asked)


def _signed(reason: str) -> Attribution:
    from patchseries.resolution.record import Attribution

    return Attribution(str(maintainer()), now().date().isoformat(), reason)
