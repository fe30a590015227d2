"""Taking an edited branch or patch file back: planned, tried in memory, then written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from patchseries import manifest as manifests
from patchseries.counting import counted
from patchseries.errors import DeclinedError, MachineError, SeriesError
from patchseries.journal import commit_files
from patchseries.manifest import PatchEntry, patch_names
from patchseries.model import TreeId
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.patches.compose import (
    keep_header,
    patch_diff,
    series_directory,
)
from patchseries.patches.header import split_patch
from patchseries.pipeline.edit.branch import Step, patch_id, target_steps
from patchseries.pipeline.edit.effects import effects
from patchseries.pipeline.edit.manifestchanges import add, composed, drop, own_source
from patchseries.pipeline.edit.refreshplan import RefreshInputs, RefreshPlan
from patchseries.pipeline.edit.reorder import in_order, moved_words, new_order
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import RebasedCell
from patchseries.pipeline.resolutions import resolution_changes
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.port import Change
from patchseries.resolution.record import ResolvedMerge, UnsettledError, resolutions_of
from patchseries.resolution.replay import Resolution


def plan_branch(
    session: Session, inputs: RefreshInputs, text: str, old: Sequence[Step], new: Sequence[Step]
) -> RefreshPlan:
    """The plan that turns *old* into *new*, the steps of one branch; *text* is the manifest.

    :raises SeriesError: a patch is there twice, or the series cannot take the order of *new*
    """
    plan = RefreshPlan(text)
    order = new_order(old, new)
    names = {step.name for step in new}
    dropped = [step for step in old if step.name not in names]
    known = {step.name: step for step in old}
    if order is not None:
        plan.manifest = in_order(inputs.given.manifest, inputs.project, text, order)
        plan.words.append(moved_words(old, order))
        ported = _ported(session, inputs, plan.manifest, dropped)
        known |= {step.name: step for step in ported}
    last: str | None = None
    for step in new:
        if step.name is None:
            last = add(inputs, plan, step, last)
            continue
        _compare(inputs, plan, step, known[step.name])
        if not step.name.endswith(".patch"):
            last = step.name
    for step in dropped:
        drop(inputs, plan, step)
    return plan


def plan_file(inputs: RefreshInputs, text: str, cell: RebasedCell, data: bytes) -> RefreshPlan:
    """The plan that takes the hand-edited patch file *data* into the series, for *cell*.

    :raises SeriesError: it does not apply
    """
    applied = apply_patch(inputs.repository, cell.before, data)
    if isinstance(applied, Rejected):
        raise DeclinedError(f"the edited patch does not apply on {cell.base}: {applied}")
    plan = RefreshPlan(text)
    if applied.tree == cell.result.tree:
        return plan
    resolved = _as_resolutions(inputs, cell.patch, cell.change, cell.before, applied.tree)
    if resolved is not None:
        plan.resolutions += resolved
        plan.words.append(f"changed {cell.patch}: {counted(len(resolved), 'resolution')}")
    else:
        header, separator, below = split_patch(data)[0].partition(b"\n---\n")
        header += separator + (below if cell.source is None else b"")  # below is our diffstat
        diff = patch_diff(inputs.repository, cell.before, applied.tree)
        own_source(inputs, plan, cell.patch, keep_header(header, diff), "changed")
    return plan


def planned(series: Series, inputs: RefreshInputs, plan: RefreshPlan) -> RebaseInputs:
    """The inputs that a rebase would have once *plan* is written."""
    manifest = manifests.parse(plan.manifest, str(series.manifest_path))
    keys = {(one.patch, one.key) for one in plan.resolutions}
    kept = tuple(o for o in inputs.given.resolutions if (o.patch, o.key) not in keys)

    def patch_bytes(source: Any) -> bytes:
        name = source if isinstance(source, str) else source.file or ""
        return plan.own[name] if name in plan.own else inputs.given.patch_bytes(source)

    pins = inputs.given.pins
    return replace(
        inputs.given,
        manifest=manifest,
        # what the manifest named by its Change-Id it may now name by its id
        pins={**{(url, commit): commit for (url, _), commit in pins.items()}, **pins},
        resolutions=(*kept, *plan.resolutions),
        patch_bytes=patch_bytes,
    )


def prove(
    session: Session, series: Series, inputs: RefreshInputs, plan: RefreshPlan, final: TreeId
) -> None:
    """Port with *plan* in memory: the result must be the tree *final*.

    :raises SeriesError: it is not
    """
    given = planned(series, inputs, plan)
    chosen = Selection((inputs.project,), (inputs.base,))
    tree = rebase(given, chosen, session.progress).trees[inputs.project, inputs.base]
    different = inputs.repository.changes(tree, final)
    if different:
        raise DeclinedError(f"refusing: re-porting would give a different {min(different)}")


def look_around(
    session: Session,
    series: Series,
    inputs: RefreshInputs,
    plan: RefreshPlan,
    missing: Sequence[str],
) -> None:
    """Note in *plan* which cells would change, on all bases but those *missing* in the cache."""
    if not plan.words:
        return
    bases = inputs.given.manifest.projects[inputs.project].bases
    at_hand = [base for base in bases if base not in missing]
    after = planned(series, inputs, plan)
    plan.effects += effects(session, inputs.given, after, inputs.project, at_hand)
    plan.unchecked += missing


def write(session: Session, series: Series, plan: RefreshPlan) -> list[str]:
    """Write *plan* as one operation; the paths that changed."""
    changes: dict[str, bytes | None] = {f"patches/{n}": data for n, data in plan.own.items()}
    changes |= resolution_changes(series, plan.resolutions)
    manifest = str(series.manifest_path.relative_to(series.root))
    changes[manifest] = plan.manifest.encode()
    changes |= dict.fromkeys(plan.edited)
    return commit_files(series.state, changes, session.operation)


def patch_path(series: Series, patch: PatchEntry, base: str) -> str:
    """The file of *patch* on *base*, below the root."""
    names = patch_names(series.manifest, patch.project)[patch.name]
    return f"{series_directory(series.name, base, patch.project)}/{names.main}"


def _ported(
    session: Session, inputs: RefreshInputs, text: str, dropped: Sequence[Step]
) -> list[Step]:
    """The steps that the manifest *text*, without *dropped*, gives by itself.

    What a patch became only by its new place is so no edit of it.

    :raises SeriesError: a patch conflicts there
    """
    left = RefreshPlan(text)
    for step in dropped:
        drop(inputs, left, step)
    given = replace(inputs.given, manifest=manifests.parse(left.manifest))
    try:
        return target_steps(session, given, inputs.project, inputs.base)[1]
    except MachineError:
        raise
    except SeriesError as error:
        raise DeclinedError(f"{error.message} in the new order") from error


def _compare(inputs: RefreshInputs, plan: RefreshPlan, step: Step, before: Step) -> None:
    """Take in what *step* is other than it was *before*."""
    if patch_id(inputs.repository, step) != patch_id(inputs.repository, before):
        _change(inputs, plan, step, before, "changed")
    elif step.message != before.message:
        _change(inputs, plan, step, before, "reworded")


def _change(inputs: RefreshInputs, plan: RefreshPlan, step: Step, before: Step, how: str) -> None:
    assert step.name is not None
    if step.name.endswith(".patch"):
        plan.own[step.name] = composed(inputs, step, before)
        plan.words.append(f"{how} {step.name}")
        return
    resolved = None
    if how == "changed":
        resolved = _as_resolutions(inputs, step.name, before.change, step.before, step.after)
    if resolved is None:
        own_source(inputs, plan, step.name, composed(inputs, step, before), how)
    else:
        plan.resolutions += resolved
        plan.words.append(f"changed {step.name}: {counted(len(resolved), 'resolution')}")


def _as_resolutions(
    inputs: RefreshInputs, name: str, change: Change | None, before: TreeId, after: TreeId
) -> list[Resolution] | None:
    """The edit as new resolutions, where git's merge has a conflict that they can settle so."""
    if change is None:
        return None
    merge = inputs.repository.merge(change.before, before, change.after)
    if merge.clean:
        return None
    try:
        known = inputs.given.resolutions
        resolved = ResolvedMerge(merge, name, after, inputs.signed)
        made = resolutions_of(inputs.repository, resolved, known)
        return [one for one in made if one not in known]
    except UnsettledError:
        return None
