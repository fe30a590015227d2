"""Patches that changed places on a branch: the new order, checked, and the manifest in it."""

from __future__ import annotations

from collections.abc import Sequence

from patchseries.errors import DeclinedError
from patchseries.manifest import Manifest
from patchseries.manifest.order import reordered
from patchseries.pipeline.edit.branch import Step


def new_order(old: Sequence[Step], new: Sequence[Step]) -> list[str] | None:
    """The patches of *new* that *old* has, in the order of *new*; None: no patch changed places.

    :raises SeriesError: a patch is there twice or unknown, or an own patch left its place
    """
    names = [step.name for step in new if step.name]
    before = [step.name for step in old if step.name]
    if len(set(names)) < len(names) or not set(names) <= set(before):
        raise DeclinedError("a patch is on the branch twice, or was never in the series")
    kept = [name for name in before if name in names]
    if names == kept:
        return None
    was, now = _on_top(kept), _on_top(names)
    if moved := [own for own in now if was[own] != now[own]]:
        raise DeclinedError(
            f"{moved[0]} is no longer directly after {was[moved[0]][0] or 'its patch'}"
        )
    return [name for name in names if not _is_own(name)]


def moved_words(old: Sequence[Step], order: Sequence[str]) -> str:
    """What changed places, in words: the part of *order* that is not as in *old*."""
    before = [step.name for step in old if step.name in order]
    differs = [n for n, pair in enumerate(zip(before, order, strict=True)) if pair[0] != pair[1]]
    return f"reordered: {', '.join(order[differs[0] : differs[-1] + 1])}"


def in_order(manifest: Manifest, project: str, text: str, order: Sequence[str]) -> str:
    """*text*, of *manifest*, with the patches of *order* in it on the places that they hold.

    :raises SeriesError: a patch would come before one that it requires, or the tables cannot move
    """
    moving = iter(order)
    seen: set[str] = set()
    for patch in manifest.patches_of(project):
        name = next(moving) if patch.name in order else patch.name
        entry = manifest.patch(name)
        assert entry is not None
        for required in entry.requires:
            if required not in seen:
                raise DeclinedError(f"{name} requires {required}, which would then come after it")
        seen.add(name)
    try:
        return reordered(text, order)
    except ValueError as error:
        raise DeclinedError(
            f"cannot reorder the patches; reorder them in the manifest: {error}"
        ) from error


def _on_top(names: Sequence[str]) -> dict[str, tuple[str | None, int]]:
    """For each own patch of *names* the patch that it is on top of, and the how-manieth it is."""
    found: dict[str, tuple[str | None, int]] = {}
    patch, place = None, 0
    for name in names:
        if _is_own(name):
            found[name] = patch, place
            place += 1
        else:
            patch, place = name, 0
    return found


def _is_own(name: str) -> bool:
    return name.endswith(".patch")
