"""The results of the strategies for the files of a change, and the result of the port.

A strategy is a function of the context and one file; what it makes is a value. The engine folds
these values in order: the first strategy that has something for a file has it, and a path that
is settled is not asked about again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from patchseries.git import TreeEntry
from patchseries.model import Conflict, Finding, Outcome, PortCode, StrategyName
from patchseries.port.completion import complete
from patchseries.port.context import ChangedFile, Context
from patchseries.port.hunks.lines import decode, encode
from patchseries.port.result import PortResult, Proposal
from patchseries.port.verify import Accounted, LeftOut
from patchseries.resolution.replay import Replay

Renamer = Callable[[str], str]
"""From a text of the change to the same text in the target's names."""


@dataclass(frozen=True, slots=True)
class Adapted:
    """What a strategy made of one file; with ``conflicts`` it is left open.

    :ivar settles: the paths that no other strategy shall be asked about
    :ivar entries: what the tree of git's merge has at a path in the end (None: nothing)
    :ivar strategies: the names by which the result tells how it was made
    :ivar moved: path of the change → the target's, where they differ
    :ivar dropped: what was left out of the change
    :ivar renamers: what was done to the change's texts, in order
    :ivar resolutions: the keys of a person's resolutions that were used
    """

    settles: frozenset[str]
    entries: Mapping[str, TreeEntry | None] = field(default_factory=dict)
    strategies: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[LeftOut, ...] = ()
    renamers: tuple[Renamer, ...] = ()
    resolutions: tuple[str, ...] = ()

    @classmethod
    def left_open(cls, path: str, reason: str) -> Adapted:
        """Nothing but a conflict of the file *path*."""
        return cls(frozenset({path}), conflicts=(Conflict(path, 1, reason),))


Strategy = Callable[[Context, ChangedFile], Adapted | None]
"""What it makes of a file; None when the file is none of its business."""


def adapt(
    context: Context,
    files: Iterable[ChangedFile],
    strategies: Sequence[Strategy],
    before: Sequence[Adapted] = (),
) -> list[Adapted]:
    """*before*, and what the first of *strategies* that has something makes of each file.

    Files that *before* settles are passed over.
    """
    made = list(before)
    settled = {path for part in made for path in part.settles}
    for file in files:
        if file.path in settled:
            continue
        parts = (strategy(context, file) for strategy in strategies)
        part = next((part for part in parts if part is not None), None)
        if part is not None:
            made.append(part)
            settled |= part.settles
    return made


def adopt(replayed: Replay, before: Sequence[Adapted]) -> list[Adapted]:
    """*before*, and the files that a person's resolutions settle and nothing before did."""
    if not replayed.used:
        return list(before)
    settled = {path for part in before for path in part.settles}
    fresh = {path: entry for path, entry in replayed.edits.items() if path not in settled}
    part = Adapted(
        frozenset(fresh),
        fresh,
        (StrategyName.RESOLUTION,),
        findings=replayed.findings,
        resolutions=tuple(one.key for one in replayed.used),
    )
    return [*before, part]


def conclude(context: Context, parts: Sequence[Adapted], misfits: Mapping[str, str]) -> PortResult:
    """The result of the port that *parts* add up to, verified.

    :param misfits: path → why the resolutions for its conflict do not fit it
    """
    edits = {path: entry for part in parts for path, entry in part.entries.items()}
    tree = context.repository.edit_tree(context.merge.tree, edits)
    told = tuple(finding for part in parts for finding in part.findings)
    findings = told
    completed: tuple[str, ...] = ()
    conflicts = tuple(conflict for part in parts for conflict in part.conflicts)
    if not conflicts:
        tree, doubts, completed = complete(context, tree, _account(parts))
        findings = tuple(dict.fromkeys((*told, *doubts)))
        if tree == context.onto:
            conflicts = tuple(_nothing_left(findings, any(part.resolutions for part in parts)))
    proposals = tuple(proposal for part in parts for proposal in part.proposals)
    used = tuple(key for part in parts for key in part.resolutions)
    if conflicts:
        return PortResult(
            Outcome.CONFLICT,
            None,
            review=True,
            findings=told,
            conflicts=tuple(_with_misfit(one, misfits.get(one.path)) for one in conflicts),
            proposals=proposals,
            resolutions=used,
        )
    outcome = Outcome.ALREADY_APPLIED if tree == context.onto else Outcome.ADAPTED
    named = (*(name for part in parts for name in part.strategies), *completed)
    strategies = tuple(dict.fromkeys(named))
    return PortResult(outcome, tree, strategies, True, findings, (), proposals, used)


def _account(parts: Sequence[Adapted]) -> Accounted:
    """What was mapped, renamed and dropped, for whoever examines the result."""
    renamers = [renamer for part in parts for renamer in part.renamers]

    def rename(text: bytes) -> bytes:
        for renamer in renamers:
            text = encode(renamer(decode(text)))
        return text

    moved = {path: target for part in parts for path, target in part.moved.items()}
    return Accounted(moved, rename, tuple(one for part in parts for one in part.dropped))


_LEFT_OUT = (PortCode.DROPPED, PortCode.LINE_LOST, PortCode.LINE_KEPT)
"""What is found when something of the change is not in the result."""


NOTHING_TAKEN = (
    "the resolution leaves nothing of this patch; where it is not needed, leave it out: `bases`"
    " in the manifest"
)


def _nothing_left(findings: Sequence[Finding], is_resolved: bool) -> Iterator[Conflict]:
    """The files of which something was left out, for a result that is the target as it was.

    That is no port, and not the whole change either: a person must look at it.
    """
    lacking = "nothing is left to change here, but the target lacks part of the change"
    reason = NOTHING_TAKEN if is_resolved else lacking
    for file in dict.fromkeys(found.file for found in findings if found.code in _LEFT_OUT):
        yield Conflict(file or "-", 1, reason)


def _with_misfit(conflict: Conflict, why: str | None) -> Conflict:
    """*conflict*, saying why the resolution for its file does not fit."""
    return replace(conflict, reason=f"{conflict.reason}; {why}") if why else conflict
