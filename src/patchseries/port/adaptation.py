"""A port under way: git's merge, and file by file what the strategies put in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from patchseries import model
from patchseries.git import Entries, Merge, Question, Repository, TreeEntry
from patchseries.model import Conflict, Finding, Outcome, PortCode, Severity, TreeId
from patchseries.port.hunks import resolve as hunks
from patchseries.port.hunks.lines import Run, decode, encode, split_lines
from patchseries.port.names import renames
from patchseries.port.names.paths import Newcomer
from patchseries.port.result import Change, PortOptions, PortResult, Proposal
from patchseries.port.verify import Accounted, Dropped, examine
from patchseries.port.verify.scopes import Scopes
from patchseries.port.verify.syntax import chunks, errors, errors_beside
from patchseries.resolution.conflict import merged_mode, region_key
from patchseries.resolution.replay import Replay

Sides = tuple[TreeEntry, TreeEntry, TreeEntry]
"""A file in the ancestor, in the target and in theirs."""


@dataclass
class Adaptation:
    """The strategies used so far, and what they made."""

    repository: Repository
    change: Change
    onto: TreeId
    merging: Question[Merge]
    options: PortOptions
    edits: dict[str, TreeEntry | None] = field(default_factory=dict)
    strategies: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)
    renamers: list[Callable[[str], str]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    resolutions: list[str] = field(default_factory=list)
    misfits: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.text = cache(self._text)
        self.learn = cache(self._learn)

    @property
    def merge(self) -> Merge:
        """git's own merge."""
        return self.merging.answer()

    @cached_property
    def changed(self) -> Entries:
        """What the change does: (before, after) by path."""
        return self.repository.difference(self.change.before, self.change.after).entries

    @cached_property
    def newcomers(self) -> list[Newcomer]:
        """The files of the target that the ancestor does not have, or has otherwise."""
        differing = self.repository.changes(self.change.before, self.onto)
        return [
            Newcomer(path, before is None)
            for path, (before, after) in differing.items()
            if after is not None and after.is_file
        ]

    def here(self, path: str) -> TreeEntry | None:
        """What *path* is in the target; None unless a regular file."""
        entry = self.repository.entry(self.onto, path)
        return entry if entry is not None and entry.is_file else None

    def rename_by(self, strategy: str, renamer: Callable[[str], str]) -> None:
        """Note that texts of the change were renamed."""
        self.strategies.append(strategy)
        self.renamers.append(renamer)

    def merge_file(
        self,
        path: str,
        target: str,
        sides: Sides,
        renamer: Callable[[str], str] = lambda text: text,
    ) -> None:
        """Port the change of *path* to *target*, and put the result (or conflicts) there."""
        self.done.update((path, target))
        if target != path:
            self.paths[path] = target
        ancestor, ours, theirs = map(self.text, (e.oid for e in sides))
        if "\0" in ancestor + ours + theirs:
            self.conflicts.append(Conflict(target, 1, "CONFLICT (binary)"))
            return
        ancestor, theirs = renamer(ancestor), renamer(theirs)
        if known := self.learn(ancestor, ours, theirs):
            self.rename_by("names:learned", lambda text: renames.apply(known, text))
            ancestor, theirs = renames.apply(known, ancestor), renames.apply(known, theirs)
        resolution = hunks.resolve(
            split_lines(ancestor),
            split_lines(ours),
            split_lines(theirs),
            _sound(target, ours, theirs),
        )
        self._take(path, target, sides, resolution)

    def adopt(self, replayed: Replay) -> None:
        """Take the files that a person's resolutions settle; remember why others do not fit."""
        self.misfits = dict(replayed.misfits)
        if replayed.used:
            fresh = {p: entry for p, entry in replayed.edits.items() if p not in self.done}
            self.edits |= fresh
            self.done |= fresh.keys()
            self.strategies.append("resolution")
            self.findings += replayed.findings
            self.resolutions += [one.key for one in replayed.used]

    def drop_file(self, path: str, why: str) -> None:
        """Leave a file of the change out, and say so."""
        self.edits[path] = None
        self.strategies.append("dropped")
        self.dropped.append(Dropped(path))
        message = f"the change to {path} was dropped: {why}"
        self.findings.append(Finding(PortCode.DROPPED, Severity.WARNING, message, file=path))

    def result(self) -> PortResult:
        """What all this comes to, examined."""
        proposals = tuple(self.proposals)
        tree = self.repository.edit_tree(self.merge.tree, self.edits)
        strategies = tuple(dict.fromkeys(self.strategies))
        used = tuple(self.resolutions)
        findings = tuple(self.findings)
        conflicts = tuple(self.conflicts)
        if not conflicts:
            accounted = Accounted(self.paths, self._rename, tuple(self.dropped))
            doubts = examine(self.repository, self.change, self.onto, tree, accounted)
            findings = tuple(dict.fromkeys((*findings, *doubts)))
            if tree == self.onto:
                conflicts = _nothing_left(findings)
        if conflicts:
            told = tuple(self._with_misfit(conflict) for conflict in conflicts)
            return PortResult(
                Outcome.CONFLICT,
                None,
                review=True,
                findings=tuple(self.findings),
                conflicts=told,
                proposals=proposals,
                resolutions=used,
            )
        outcome = Outcome.ALREADY_APPLIED if tree == self.onto else Outcome.ADAPTED
        return PortResult(outcome, tree, strategies, True, findings, (), proposals, used)

    def _with_misfit(self, conflict: Conflict) -> Conflict:
        """*conflict* with what a resolution for its file said that did not fit."""
        why = self.misfits.get(conflict.path)
        return replace(conflict, reason=f"{conflict.reason}; {why}") if why else conflict

    # Private ---------------------------------------------------------------------------------

    def _text(self, oid: str) -> str:
        return decode(self.repository.blob(oid))

    def _learn(self, ancestor: str, ours: str, theirs: str) -> Mapping[str, str]:
        """The names of the target for those that theirs brings into this file."""
        trees = (self._reader(self.change.before), self._reader(self.onto))
        return renames.learn(ancestor, ours, theirs, *trees)

    def _reader(self, tree: TreeId) -> renames.Reader:
        def read(path: str) -> str | None:
            data = self.repository.file(tree, path) if path else None
            return None if data is None else decode(data)

        return read

    def _rename(self, text: bytes) -> bytes:
        for renamer in self.renamers:
            text = encode(renamer(decode(text)))
        return text

    def _take(self, path: str, target: str, sides: Sides, resolution: hunks.Resolution) -> None:
        stands = resolution.sound
        made = (_proposal(target, sides, choice, stands) for choice in resolution.choices)
        self.proposals.extend(made)
        if not stands:
            regions = len(resolution.choices)
            self.conflicts.append(Conflict(target, regions, "CONFLICT (no candidate parses)"))
            return
        yielding = [c for c in resolution.choices if c.taken.overridden(c.dispute)]
        if self.options.cautious and yielding:
            reason = "CONFLICT (lines of the target's own would give way)"
            self.conflicts.append(Conflict(target, len(yielding), reason))
            return
        for choice in resolution.choices:
            self._report(path, target, choice)
        self.strategies.extend(f"hunks:{rule}" for rule in resolution.rules)
        blob = self.repository.write_blob(encode("".join(resolution.lines)))
        if target != path and self.here(path) is None:
            self.edits[path] = None
        before, here, after = sides
        mode = after.mode if after.mode != before.mode else here.mode
        self.edits[target] = TreeEntry(mode, blob)

    def _report(self, path: str, target: str, choice: hunks.Choice) -> None:
        left_out = choice.taken.dropped(choice.dispute)
        if left_out:
            removed = tuple(encode(line) for line in choice.dispute.removed)
            self.dropped.append(Dropped(path, removed, tuple(encode(line) for line in left_out)))
            self._tell(
                PortCode.DROPPED, target, choice, f"left out of the change: {_first(left_out)}"
            )
        overridden = choice.taken.overridden(choice.dispute)
        if overridden:
            self._tell(PortCode.REPLACED, target, choice, f"gave way: {_first(overridden)}")

    def _tell(self, code: str, target: str, choice: hunks.Choice, message: str) -> None:
        line = choice.dispute.region.ours.low + 1
        self.findings.append(Finding(code, Severity.WARNING, message, file=target, line=line))


_LEFT_OUT = (PortCode.DROPPED, PortCode.LINE_LOST, PortCode.LINE_KEPT)
"""What is found when something of the change is not in the result."""


def _nothing_left(findings: Sequence[Finding]) -> tuple[Conflict, ...]:
    """The files of which something was left out, for a result that is the target as it was.

    That is no port, and not the whole change either: whoever wants it must look.
    """
    files = dict.fromkeys(found.file for found in findings if found.code in _LEFT_OUT)
    reason = "nothing is left to change here, and the target lacks part of the change"
    return tuple(Conflict(file or "-", 1, reason) for file in files)


def _proposal(target: str, entries: Sides, choice: hunks.Choice, stands: bool) -> Proposal:
    dispute = choice.dispute
    lines = model.Sides(dispute.ancestor, dispute.ours, dispute.theirs)
    _, modes = merged_mode(model.Sides(*entries))
    return Proposal(
        target,
        dispute.region.ours.low + 1,
        region_key(lines.map(lambda side: tuple(map(encode, side))), modes),
        lines.map("".join),
        tuple((made.rule, "".join(made.lines)) for made in choice.candidates),
        choice.taken.rule if stands else None,
    )


def _first(lines: tuple[str, ...]) -> str:
    more = f" (and {len(lines) - 1} lines more)" if len(lines) > 1 else ""
    return f"{lines[0].strip()!r}{more}"


def _sound(path: str, ours: str, theirs: str) -> hunks.Sound:
    """Whether a merged text parses; else as well as either side, where the target does not.

    Only Python is judged.
    """
    if not path.endswith(".py"):
        return hunks.anything

    @cache
    def tolerated() -> int:
        found = errors(encode(ours))
        return max(found, errors(encode(theirs))) if found else 0

    def sound(lines: Sequence[str], chosen: Sequence[Run]) -> bool:
        text = encode("".join(lines))
        parts = chunks(Scopes.of(text, path), chosen)
        if any(part.is_odd for part in parts):
            return False
        if all(part.parses for part in parts):
            return True
        found = errors_beside(text, encode(ours))
        return not found or found <= tolerated()

    return sound
