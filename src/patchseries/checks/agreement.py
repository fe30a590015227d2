"""Manifest and lock agree: no cell and no pin is missing or left over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchseries.checks.inputs import CheckedCell, CheckInputs, Fate
from patchseries.checks.rule import Where, error, note, warning
from patchseries.manifest import PatchEntry
from patchseries.model import Finding, Outcome

LOCK_MISSING = error(
    "lock-missing",
    "the series has no lock",
    "The lock has the commits that the patches were made from, and the outcomes. Without it "
    "nothing can be verified.",
    "run `series rebase` and commit the lock",
)
CELL_MISSING = error(
    "cell-missing",
    "the lock does not know a patch on a base",
    "The manifest has a patch or a base that was never rebased: it may not apply.",
    "run `series rebase` and commit the lock",
)
CELL_STALE = error(
    "cell-stale",
    "the lock knows a patch or base that the manifest no longer has",
    "Such an entry is not maintained, but looks as if it were.",
    "run `series rebase`, which drops it, and commit the lock",
)
CELL_CONTRADICTS = error(
    "cell-contradicts",
    "manifest and lock disagree about the bases of a patch",
    "The bounds of the patch were changed after the last rebase: the lock belongs to an older "
    "manifest.",
    "run `series rebase` and commit the lock",
)
CELL_DAMAGED = error(
    "cell-damaged",
    "a line of the lock contradicts itself",
    "An outcome that makes a patch has the SHA-256 of its file; any other has none. Somebody "
    "edited the lock by hand.",
    "restore the lock from git, or run `series rebase`",
)
PIN_MISSING = error(
    "pin-missing",
    "a revision is not pinned",
    "Without its pin a tag or branch may be another commit tomorrow, and the same manifest would "
    "give other patches.",
    "run `series fetch` and commit the lock",
)
PIN_EXTRA = warning(
    "pin-extra",
    "the lock pins a revision that nothing needs",
    "A pin that is left over hides which upstreams the series really depends on.",
    "run `series fetch`, which removes it, and commit the lock",
)
PIN_CONTRADICTS = error(
    "pin-contradicts",
    "a commit is pinned as another commit",
    "The revision is a full commit id, so the pin can only be that very commit.",
    "restore the lock from git, or run `series fetch`",
)
REQUIRES_UNMET = error(
    "requires-unmet",
    "a patch that another one requires is missing",
    "The manifest says that it does not work without the other patch, even if it applies.",
    "resolve the other patch, or restrict the `bases` of both",
)
SOURCE_FLOATS = warning(
    "source-floats",
    "a source is named only by a branch",
    "The lock pins it, but the manifest alone does not say what is ported: a new lock would "
    "silently use whatever the branch is then.",
    "add `commit` to the source",
)
UNTRACKED = note(
    "untracked",
    "a patch has no Change-Id or upstream commit",
    "The project's history does not have its commit either, so `series status` cannot tell whether "
    "it has landed.",
    "add `change-id` or `upstream`",
)

RULES = (
    LOCK_MISSING,
    CELL_MISSING,
    CELL_STALE,
    CELL_CONTRADICTS,
    CELL_DAMAGED,
    PIN_MISSING,
    PIN_EXTRA,
    PIN_CONTRADICTS,
    REQUIRES_UNMET,
    SOURCE_FLOATS,
    UNTRACKED,
)


def check(inputs: CheckInputs) -> Iterator[Finding]:
    """Everything about manifest and lock."""
    if inputs.lock_text is None:
        if not inputs.manifest.patches:
            return  # a series that has just begun has nothing to pin
        yield LOCK_MISSING.finding(f"there is no {inputs.lock_file}", file=inputs.manifest_file)
        return
    for place in inputs.places:
        yield from _cell(inputs, place)
        yield from _requires(inputs, place)
    yield from _stale(inputs)
    yield from _pins(inputs)


def check_manifest(inputs: CheckInputs) -> Iterator[Finding]:
    """What the manifest itself leaves open."""
    projects = {target.project for target in inputs.targets}
    fates = {fate.patch: fate for fate in inputs.fates}
    for patch in inputs.manifest.patches:
        if patch.project not in projects:
            continue
        line = inputs.patch_line(patch.name)
        for source in patch.sources:
            if source.branch and not source.commit:
                yield SOURCE_FLOATS.finding(
                    f"the source of {patch.name} is the branch {source.branch}, without a commit",
                    patch=patch.name,
                    file=inputs.manifest_file,
                    line=line,
                )
        if not _is_tracked(patch, fates.get(patch.name)):
            yield UNTRACKED.finding(
                f"{patch.name} has neither change-id nor upstream",
                patch=patch.name,
                file=inputs.manifest_file,
                line=line,
            )


def _is_tracked(patch: PatchEntry, fate: Fate | None) -> bool:
    """Whether `series status` can tell of *patch*: by an id that is named, or by its commit.

    A commit that the history does not have, as one of a fork, tells nothing.
    """
    variants = [v for name, v in patch.variants.items() if name == patch.choose and v.change_id]
    named = any(source.change_id for source in patch.sources)
    if patch.change_id or patch.upstream or patch.superseded_by or variants or named:
        return True
    if fate is None:  # the history is not at hand
        return any(source.commit for source in patch.sources)
    return fate.is_known


def _cell(inputs: CheckInputs, place: CheckedCell) -> Iterator[Finding]:
    where: Where = {"patch": place.name, "file": inputs.lock_file, "base": place.base}
    line = inputs.lock_line(place.name, place.base)
    claims = place.patch.applies_to(place.base)
    if place.cell is None:
        yield CELL_MISSING.finding(f"{place} is not in the lock", **where)
        return
    if claims == (place.outcome is Outcome.NOT_APPLICABLE):
        says = "includes" if claims else "excludes"
        words = f"the manifest {says} {place.base} for {place.name}, the lock says {place.outcome}"
        yield CELL_CONTRADICTS.finding(words, line=line, **where)
    sha256 = place.cell.sha256
    is_digest = bool(sha256 and re.fullmatch(r"[0-9a-f]{64}", sha256))
    if place.cell.outcome.makes_patch != is_digest or (sha256 and not is_digest):
        words = f"{place} is {place.outcome} with {sha256 or 'no sha256'}"
        yield CELL_DAMAGED.finding(words, line=line, **where)


def _requires(inputs: CheckInputs, place: CheckedCell) -> Iterator[Finding]:
    if place.outcome is None or not place.outcome.makes_patch:
        return
    there = (Outcome.CLEAN, Outcome.ADAPTED, Outcome.ALREADY_APPLIED)
    for name in place.patch.requires:
        cell = inputs.lock.cells.get((name, place.base))
        if cell is not None and cell.outcome not in there:
            yield REQUIRES_UNMET.finding(
                f"{place} requires {name}, which is {cell.outcome} there",
                patch=place.name,
                file=inputs.manifest_file,
                line=inputs.patch_line(place.name),
                base=place.base,
            )


def _stale(inputs: CheckInputs) -> Iterator[Finding]:
    manifest = inputs.manifest
    patches = {patch.name: patch for patch in manifest.patches}
    for name, base in inputs.lock.cells:
        patch = patches.get(name)
        if patch and base in manifest.projects[patch.project].bases:
            continue
        unknown = f"base {base} of {patch.project}" if patch else f"patch {name}"
        yield CELL_STALE.finding(
            f"{name} on {base} is in the lock, but the manifest has no {unknown}",
            patch=name,
            file=inputs.lock_file,
            line=inputs.lock_line(name, base),
            base=base,
        )


def _pins(inputs: CheckInputs) -> Iterator[Finding]:
    pins = inputs.lock.pins
    for repository, rev in inputs.wanted:
        if (repository, rev) not in pins:
            yield PIN_MISSING.finding(f"{rev} of {repository} is not pinned", file=inputs.lock_file)
    for (repository, rev), commit in pins.items():
        line = inputs.lock_line(repository, rev)
        if re.fullmatch(r"[0-9a-f]{40}", rev) and rev != commit:
            yield PIN_CONTRADICTS.finding(
                f"{rev} of {repository} is pinned as {commit}", file=inputs.lock_file, line=line
            )
        if inputs.whole and (repository, rev) not in inputs.wanted:
            yield PIN_EXTRA.finding(
                f"{rev} of {repository} is pinned, but nothing needs it",
                file=inputs.lock_file,
                line=line,
            )
