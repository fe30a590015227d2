"""Merging one file by the hunk resolver: what strategies do once they know which three texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from patchseries.git import TreeEntry
from patchseries.model import Conflict, Finding, PortCode, Severity, Sides, StrategyName
from patchseries.port.adaptation import Adapted, Renamer
from patchseries.port.context import Context
from patchseries.port.hunks.lines import encode, split_lines
from patchseries.port.hunks.resolve import Choice, MergedText, resolve
from patchseries.port.names import renames
from patchseries.port.result import Proposal
from patchseries.port.verify import LeftOut
from patchseries.port.verify.soundness import soundness
from patchseries.resolution.conflict import merged_mode, region_key


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file of the change and where the target has it."""

    path: str
    target: str
    sides: Sides[TreeEntry]


def merge_file(
    context: Context, place: FilePlace, renaming: tuple[str, Renamer] | None = None
) -> Adapted:
    """The change of a file made in the target's file; or a conflict, with its proposals.

    :param renaming: the strategy and the function that put the change's texts into the target's
        names
    """
    path, target = place.path, place.target
    strategies: tuple[str, ...] = ()
    renamers: tuple[Renamer, ...] = ()
    texts = place.sides.map(lambda entry: context.text(entry.oid))
    empty = Adapted(frozenset({path, target}), moved={path: target} if path != target else {})
    if any("\0" in text for text in texts):
        return replace(empty, conflicts=(Conflict(target, 1, "CONFLICT (binary)"),))
    if renaming is not None:
        strategies, renamers = (renaming[0],), (renaming[1],)
        texts = _renamed(texts, renaming[1])
    if known := context.learn(*texts):
        rename = partial(renames.apply, known)
        strategies, renamers = (*strategies, StrategyName.LEARNED), (*renamers, rename)
        texts = _renamed(texts, rename)
    sound = soundness(target, texts.ours, texts.theirs)
    lines = texts.map(split_lines)
    resolution = resolve(lines.ancestor, lines.ours, lines.theirs, sound)
    part = replace(empty, strategies=strategies, renamers=renamers)
    return _with_resolution(context, part, place, resolution)


def _renamed(texts: Sides[str], rename: Renamer) -> Sides[str]:
    """*texts* with those of the change in the target's names."""
    return Sides(rename(texts.ancestor), texts.ours, rename(texts.theirs))


def _with_resolution(
    context: Context, part: Adapted, place: FilePlace, resolution: MergedText
) -> Adapted:
    """*part* with the lines of *resolution*, or with the conflict that it leaves."""
    choices = resolution.choices
    made = (_proposal(place, choice, resolution.sound) for choice in choices)
    part = replace(part, proposals=tuple(made))
    if not resolution.sound:
        reason = "CONFLICT (no candidate parses)"
        return replace(part, conflicts=(Conflict(place.target, len(choices), reason),))
    yielding = [c for c in choices if c.taken.overridden(c.dispute)]
    if context.options.cautious and yielding:
        reason = "CONFLICT (lines that only the target has would be lost)"
        return replace(part, conflicts=(Conflict(place.target, len(yielding), reason),))
    return replace(
        part,
        entries=_entries(context, place, resolution.lines),
        strategies=(*part.strategies, *(f"hunks:{rule}" for rule in resolution.rules)),
        findings=tuple(f for choice in choices for f in _findings(place.target, choice)),
        dropped=tuple(d for choice in choices for d in _dropped(place.path, choice)),
    )


def _entries(
    context: Context, place: FilePlace, lines: Sequence[str]
) -> dict[str, TreeEntry | None]:
    """The file of *lines*, with the mode merged."""
    blob = context.repository.write_blob(encode("".join(lines)))
    entries: dict[str, TreeEntry | None] = {}
    if place.target != place.path and context.here(place.path) is None:
        entries[place.path] = None
    before, here, after = place.sides
    mode = after.mode if after.mode != before.mode else here.mode
    entries[place.target] = TreeEntry(mode, blob)
    return entries


def _dropped(path: str, choice: Choice) -> Iterator[LeftOut]:
    left_out = choice.taken.dropped(choice.dispute)
    if left_out:
        yield LeftOut(
            path, tuple(map(encode, choice.dispute.removed)), tuple(map(encode, left_out))
        )


def _findings(target: str, choice: Choice) -> Iterator[Finding]:
    """What *choice* leaves out of the change, and what of the target gave way."""
    line = choice.dispute.region.ours.low + 1
    for code, what, lines in (
        (PortCode.DROPPED, "left out of the change", choice.taken.dropped(choice.dispute)),
        (PortCode.REPLACED, "replaced in the target", choice.taken.overridden(choice.dispute)),
    ):
        if lines:
            message = f"{what}: {_first(lines)}"
            yield Finding(code, Severity.WARNING, message, file=target, line=line)


def _first(lines: tuple[str, ...]) -> str:
    more = f" (and {len(lines) - 1} lines more)" if len(lines) > 1 else ""
    return f"{lines[0].strip()!r}{more}"


def _proposal(place: FilePlace, choice: Choice, stands: bool) -> Proposal:
    dispute = choice.dispute
    lines = Sides(dispute.ancestor, dispute.ours, dispute.theirs)
    _, modes = merged_mode(place.sides)
    return Proposal(
        place.target,
        dispute.region.ours.low + 1,
        region_key(lines.map(lambda side: tuple(map(encode, side))), modes),
        lines.map("".join),
        tuple((made.rule, "".join(made.lines)) for made in choice.candidates),
        choice.taken.rule if stands else None,
    )
