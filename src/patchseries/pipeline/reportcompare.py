"""What the port changed in each patch of a report: git's range-diff with what it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from patchseries.checks.inputs import CheckedTarget, CheckInputs
from patchseries.errors import MachineError, SeriesError
from patchseries.git import Repository
from patchseries.lock import Lock
from patchseries.manifest import PatchEntry, Project
from patchseries.model import CommitId, TreeId
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.pipeline.diff import Side, range_diff, reference
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import Session
from patchseries.progress import Steps
from patchseries.report.pagemodel import Comparison
from patchseries.sources import Want, fetch

# Comparisons -------------------------------------------------------------------------------------


def comparisons(session: Session, series: Series, inputs: CheckInputs) -> dict[str, Comparison]:
    """Each patch, on the last base that has it, against the change that it was made from."""
    found: dict[str, Comparison] = {}
    steps = Steps(session.progress, len(inputs.targets))
    for target in reversed(inputs.targets):
        steps.begin(f"comparing {target.project} on {target.base}")
        patches = [
            place.patch
            for place in inputs.places
            if place.target is target and place.main in target.files and place.name not in found
        ]
        if patches:
            found |= _of_target(session, series, inputs, target, patches)
    return found


def _of_target(
    session: Session,
    series: Series,
    inputs: CheckInputs,
    target: CheckedTarget,
    patches: Sequence[PatchEntry],
) -> dict[str, Comparison]:
    project = series.manifest.projects[target.project]
    wanted = {patch.name: _reference(series.lock, project, patch, target.base) for patch in patches}
    base = (project.repository, target.base)
    pin = series.lock.pins.get(base)
    if pin is None:
        return {}
    wants = [w for w, _ in wanted.values() if isinstance(w, Want)]
    at_hand = [
        w for w in (Want(project.repository, pin, False, None, ""), *wants) if _bring(session, w)
    ]
    pins = {(w.repository, w.rev): CommitId(w.rev) for w in at_hand}
    found: dict[str, Comparison] = {}
    with session.objects(pins) as repository:
        sides = _sides(repository, inputs, target, pin)
        for name, (want, words) in wanted.items():
            title = f"{words} against the port on {target.base}"
            if not isinstance(want, Want):
                found[name] = Comparison(title, why=want)
            elif want not in at_hand or name not in sides:
                found[name] = Comparison(title, why="The commit's files are not in the cache.")
            else:
                old = _reference_side(repository, words, want.rev)
                told = range_diff(repository, old, sides[name]).text
                found[name] = Comparison(title, told.decode("utf-8", "replace"))
    return found


def _reference(
    lock: Lock, project: Project, patch: PatchEntry, base: str
) -> tuple[Want | str, str]:
    """What to compare a patch with, or why there is nothing; and its name."""
    try:
        repository, commit, name = reference(lock, project, patch, base)
    except SeriesError as error:
        return error.message, "the source"
    return Want(repository, commit, True, None, name), f"{name} {commit[:12]}"


def _bring(session: Session, want: Want) -> bool:
    with suppress(SeriesError):
        fetch(session.cache, [want], {}, session.fetching)
        return True
    return False


def _reference_side(repository: Repository, name: str, commit: str) -> Side:
    made = repository.commit(CommitId(commit))
    parents = made.parents[:1]
    before = repository.commit(parents[0]).tree if parents else repository.write_tree({})
    return Side(name, before, made.tree)


def _sides(
    repository: Repository, inputs: CheckInputs, target: CheckedTarget, base: CommitId
) -> dict[str, Side]:
    """Each patch of a target as the trees before and after its files, as they lie on disk."""
    sides: dict[str, Side] = {}
    try:
        tree: TreeId = repository.commit(base).tree
    except MachineError:
        raise
    except SeriesError:
        return {}
    for place in inputs.places:
        if place.target is not target:
            continue
        before = tree
        for name in place.expected:
            applied = apply_patch(repository, tree, target.files.get(name, b""))
            if isinstance(applied, Rejected):
                return sides
            tree = applied.tree
        if place.expected:
            sides[place.name] = Side(f"on {target.base}", before, tree)
    return sides
