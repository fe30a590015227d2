"""The ladder: strategies from the safest up, until one gives a result that passes its checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import PurePosixPath

from patchseries.git import Merge, MergeStage, Repository, TreeEntry
from patchseries.model import Conflict, Finding, Outcome, Severity, TreeId
from patchseries.port import learned, paths
from patchseries.port.hunks import resolve
from patchseries.port.lines import decode, edits, encode, split_lines
from patchseries.port.names import READY_MADE, NameMap
from patchseries.port.paths import Newcomer
from patchseries.port.resolutions import replay
from patchseries.port.result import Change, PortOptions, PortResult
from patchseries.port.syntax import parses


def port(
    repository: Repository, change: Change, onto: TreeId, options: PortOptions | None = None
) -> PortResult:
    """Port *change* onto the tree *onto*. New objects are written to *repository* (a scratch one).

    A conflict is a result, not an exception. The same inputs give the same result.
    """
    options = options or PortOptions()
    if change.before == change.after:
        return PortResult(Outcome.EMPTY, onto)
    merge = repository.merge(change.before, onto, change.after)
    resolved = _resolved(repository, merge, onto, options)
    if resolved is not None:
        return resolved
    if options.git_only:
        return _plain(merge, onto)
    port_of = _Port(repository, change, onto, merge)
    port_of.rename()
    if merge.clean and not port_of.edits:
        return _plain(merge, onto)
    port_of.settle()
    return port_of.result()


def _plain(merge: Merge, onto: TreeId) -> PortResult:
    if not merge.clean:
        return PortResult(Outcome.CONFLICT, None, conflicts=merge.conflicts)
    outcome = Outcome.ALREADY_APPLIED if merge.tree == onto else Outcome.CLEAN
    return PortResult(outcome, merge.tree)


def _resolved(
    repository: Repository, merge: Merge, onto: TreeId, options: PortOptions
) -> PortResult | None:
    """What a person's resolutions make of a merge that conflicts; None unless they settle it all."""
    if merge.clean or not options.resolutions:
        return None
    replayed = replay(repository, merge, options.resolutions)
    if replayed.conflicts:
        return None
    tree = repository.edit_tree(merge.tree, replayed.edits)
    return PortResult(
        Outcome.ALREADY_APPLIED if tree == onto else Outcome.ADAPTED,
        tree,
        ("resolution",),
        review=True,
        findings=replayed.findings,
        resolutions=tuple(one.key for one in replayed.used),
    )


@dataclass
class _Port:
    """One port under way: git's merge, and what the strategies put in its place."""

    repository: Repository
    change: Change
    onto: TreeId
    merge: Merge
    edits: dict[str, TreeEntry | None] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def changed(self) -> dict[str, tuple[TreeEntry | None, TreeEntry | None]]:
        return self.repository.changes(self.change.before, self.change.after)

    @cached_property
    def newcomers(self) -> list[Newcomer]:
        """The files of the target that the base does not have, or has otherwise."""
        differing = self.repository.changes(self.change.before, self.onto)
        return [
            Newcomer(path, before is None)
            for path, (before, after) in differing.items()
            if after is not None and after.is_file
        ]

    def text(self, entry: TreeEntry | None) -> str:
        if entry is None or not entry.is_file:
            return ""
        if entry.oid not in self.texts:
            self.texts[entry.oid] = decode(self.repository.blob(entry.oid))
        return self.texts[entry.oid]

    # Names -----------------------------------------------------------------------------------

    def rename(self) -> None:
        """Port in the target's names the files that have other names there."""
        conflicted = set(self.merge.conflicted_paths)
        for path, (before, after) in self.changed.items():
            if after is None or not after.is_file:
                continue
            base, theirs = self.text(before), self.text(after)
            for names in READY_MADE.values():
                if names.source_count(theirs) or names.source_count(path):
                    self._rename(path, before, after, base, theirs, names)
            if path not in self.done and path not in conflicted:
                self._relearn(path, base, theirs)

    def _rename(
        self,
        path: str,
        before: TreeEntry | None,
        after: TreeEntry,
        base: str,
        theirs: str,
        names: NameMap,
    ) -> None:
        if before is None:
            self._rename_new(path, after, theirs, names)
            return
        target = names.apply(path)
        here = self.repository.entry(self.onto, target)
        if here is None and target != path:
            target, here = path, self.repository.entry(self.onto, path)
        if here is None:
            target = self._stage_path(before.oid)
            here = self.repository.entry(self.onto, target) if target else None
        if here is None or not here.is_file:
            return
        ours = self.text(here)
        if names.wanted(base, ours, theirs):
            self._merge(path, target, names.apply(base), here, names.apply(theirs))
            self.rules.append(f"names:{names.name}")

    def _relearn(self, path: str, base: str, theirs: str) -> None:
        """Port in the names of the target a file that git merges without seeing them."""
        here = self.repository.entry(self.onto, path)
        if here is not None and here.is_file and self._learn(base, self.text(here), theirs):
            self._merge(path, path, base, here, theirs)

    def _learn(self, base: str, ours: str, theirs: str) -> dict[str, str]:
        def reader(tree: TreeId) -> learned.Reader:
            def read(path: str) -> str | None:
                data = self.repository.file(tree, path) if path else None
                return None if data is None else decode(data)

            return read

        return learned.learn(base, ours, theirs, reader(self.change.before), reader(self.onto))

    def _rename_new(self, path: str, after: TreeEntry, theirs: str, names: NameMap) -> None:
        target = names.apply(path)
        theirs_folder, ours_folder = _first_difference(path, target)
        if not self.repository.entry(self.onto, ours_folder):
            return
        if target == path or self.repository.entry(self.onto, theirs_folder):
            return
        blob = self.repository.write_blob(encode(names.apply(theirs)))
        self.edits[path] = None
        self.edits[target] = TreeEntry(after.mode, blob)
        self.done.add(path)
        self.rules.append(f"names:{names.name}")

    def _stage_path(self, base_oid: str) -> str:
        found = (s.path for s in self.merge.stages if s.stage == 1 and s.oid == base_oid)
        return next(found, "")

    # Files -----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Resolve what git's merge left open."""
        sides: dict[str, dict[int, MergeStage]] = defaultdict(dict)
        for stage in self.merge.stages:
            sides[stage.path][stage.stage] = stage
        for path, stages in sides.items():
            if path not in self.done:
                self._settle(path, {n: TreeEntry(s.mode, s.oid) for n, s in stages.items()})

    def _settle(self, path: str, stages: dict[int, TreeEntry]) -> None:
        if set(stages) == {1, 2, 3} and all(stage.is_file for stage in stages.values()):
            base, theirs = self.text(stages[1]), self.text(stages[3])
            self._merge(path, path, base, stages[2], theirs)
        elif set(stages) == {1, 3}:
            self._find_home(path, stages)
        else:
            self.conflicts.append(Conflict(path, 1, "CONFLICT"))

    def _find_home(self, path: str, stages: dict[int, TreeEntry]) -> None:
        base, theirs = self.text(stages[1]), self.text(stages[3])
        lines = split_lines(base)
        around = paths.surroundings(lines, edits(lines, split_lines(theirs)))
        target = paths.home(
            path, around, self.newcomers,
            lambda there: self.text(self.repository.entry(self.onto, there)),
        )  # fmt: skip
        self.edits[path] = None
        if target is None:
            self.drop(path, "the target has no such file")
            return
        here = self.repository.entry(self.onto, target)
        assert here is not None
        self.rules.append("paths")
        self._merge(path, target, base, here, theirs)

    def _merge(self, path: str, target: str, base: str, here: TreeEntry, theirs: str) -> None:
        self.done.update((path, target))
        ours = self.text(here)
        known = self._learn(base, ours, theirs)
        if known:
            self.rules.append("names:learned")
            base, theirs = learned.apply(known, base), learned.apply(known, theirs)
        sound = _parses_like(ours, theirs) if target.endswith(".py") else _always
        resolution = resolve(split_lines(base), split_lines(ours), split_lines(theirs), sound)
        if resolution.open:
            self.conflicts.append(Conflict(target, len(resolution.open), "CONFLICT (contents)"))
            return
        self.rules.extend(resolution.rules)
        blob = self.repository.write_blob(encode("".join(resolution.lines)))
        if target != path and path not in self.edits and self.repository.entry(self.onto, path) is None:
            self.edits[path] = None
        self.edits[target] = TreeEntry(here.mode, blob)

    def drop(self, path: str, why: str) -> None:
        self.rules.append("dropped")
        self.findings.append(
            Finding("port.dropped", Severity.WARNING, f"change to {path} dropped: {why}", file=path)
        )

    # What came of it -------------------------------------------------------------------------

    def result(self) -> PortResult:
        if self.conflicts:
            return PortResult(Outcome.CONFLICT, None, conflicts=tuple(self.conflicts))
        tree = self.repository.edit_tree(self.merge.tree, self.edits)
        rules = tuple(dict.fromkeys(self.rules))
        return PortResult(Outcome.ADAPTED, tree, rules, True, tuple(self.findings))


def _first_difference(path: str, other: str) -> tuple[str, str]:
    """The shortest leading folders in which two paths of equal depth differ."""
    a, b = path.split("/"), other.split("/")
    depth = next((n for n, (x, y) in enumerate(zip(a, b, strict=False), 1) if x != y), len(a))
    return "/".join(a[:depth]), "/".join(b[:depth])


def _parses_like(ours: str, theirs: str) -> Callable[[list[str]], bool]:
    """Whether a merged Python text parses; one that neither side lets hope for is let pass."""

    def sound(lines: list[str]) -> bool:
        return parses(encode("".join(lines))) or not expected()

    @cache
    def expected() -> bool:
        return parses(encode(ours)) and parses(encode(theirs))

    return sound


def _always(_: list[str]) -> bool:
    return True
