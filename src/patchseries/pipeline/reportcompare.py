"""What the port changed in each patch of a report: git's range-diff with what it was made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pydantic import TypeAdapter

from patchseries.checks.inputs import CheckedTarget, CheckInputs
from patchseries.errors import MachineError, SeriesError
from patchseries.files import sha256
from patchseries.git import Repository
from patchseries.lock import Lock
from patchseries.manifest import PatchEntry, Project
from patchseries.model import CommitId, TreeId
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.patches.interdiff import without_numbers
from patchseries.pipeline.diff import Side, range_diff, reference
from patchseries.pipeline.keptresults import KeptResults
from patchseries.pipeline.programdigest import program_digest
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.targetinputs import words_digest
from patchseries.progress import Steps
from patchseries.report.pagemodel import Comparison
from patchseries.sources import Want, fetch

_FORM = TypeAdapter(dict[str, Comparison])


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
    comparison = _TargetComparison(inputs, target, pin, wanted)
    kept = KeptResults(session.cache.root / "compared", _FORM, session.warn)
    digest = comparison.digest()
    if (known := kept.get(digest)) is not None:
        return known
    wants = [want for want, _ in wanted.values() if isinstance(want, Want)]
    own = Want(project.repository, pin, False, None, "")
    at_hand = dict.fromkeys(_brought(session, list(dict.fromkeys([own, *wants]))))
    with session.objects({(w.repository, w.rev): CommitId(w.rev) for w in at_hand}) as repository:
        differences = comparison.range_diffs(repository, at_hand)
    found: dict[str, Comparison] = {}
    for name, (want, words) in wanted.items():
        title = f"{words} against the port on {target.base}"
        why = "The commit's files are not in the cache." if isinstance(want, Want) else want
        found[name] = Comparison(title, differences.get(name), "" if name in differences else why)
    if at_hand.keys() >= {own, *wants}:
        kept.keep(digest, found)  # what is missing may be had another time
    return found


@dataclass(frozen=True, slots=True)
class _TargetComparison:
    """What is compared on one target: its patches as *wanted* names what they were made from."""

    inputs: CheckInputs
    target: CheckedTarget
    base: CommitId
    wanted: Mapping[str, tuple[Want | str, str]]

    def digest(self) -> str:
        """A digest of all that the comparisons are a function of."""
        places = [place for place in self.inputs.places if place.target is self.target]
        return words_digest(
            [
                program_digest(),
                self.target.base,
                self.base,
                *(f"{name} {want!r} {words}" for name, (want, words) in self.wanted.items()),
                *(repr((place.name, place.expected)) for place in places),
                *(f"{name} {sha256(data)}" for name, data in sorted(self.target.files.items())),
            ]
        )

    def range_diffs(self, repository: Repository, at_hand: Collection[Want]) -> dict[str, str]:
        """What git tells of each patch whose source is *at_hand*; nothing where it is the same."""
        sides = _sides(repository, self.inputs, self.target, self.base)
        pairs = {
            name: (_reference_side(repository, words, want.rev), sides[name])
            for name, (want, words) in self.wanted.items()
            if isinstance(want, Want) and want in at_hand and name in sides
        }
        same = _same_changes(repository, pairs)
        return {
            name: "" if name in same else _range_diff(repository, *pair)
            for name, pair in pairs.items()
        }


def _range_diff(repository: Repository, old: Side, new: Side) -> str:
    return range_diff(repository, old, new).text.decode("utf-8", "replace")


def _same_changes(repository: Repository, pairs: Mapping[str, tuple[Side, Side]]) -> set[str]:
    """The patches that are the same on both sides, but for where in the files they stand.

    One process tells of all of them, where a range-diff takes several for each: most ports are
    just the change that they were made from.
    """
    changes: dict[bytes, list[bytes]] = {
        _trees(side): [] for pair in pairs.values() for side in pair
    }
    argv = ("diff-tree", "--stdin", "-r", "-p", "--no-color", "--no-ext-diff", "--no-textconv")
    asked = b"".join(trees + b"\n" for trees in changes)
    lines: list[bytes] = []
    for line in repository.run(*argv, stdin=asked).stdout.removesuffix(b"\n").split(b"\n"):
        lines = changes.get(line, lines)
        if line not in changes:
            lines.append(line)
    texts = {trees: without_numbers(b"\n".join(lines)) for trees, lines in changes.items()}
    return {name for name, (old, new) in pairs.items() if texts[_trees(old)] == texts[_trees(new)]}


def _trees(side: Side) -> bytes:
    """As git prints them before the diff of two trees."""
    return f"{side.before} {side.after}".encode()


def _reference(
    lock: Lock, project: Project, patch: PatchEntry, base: str
) -> tuple[Want | str, str]:
    """What to compare a patch with, or why there is nothing; and its name."""
    try:
        repository, commit, name = reference(lock, project, patch, base)
    except SeriesError as error:
        return error.message, "the source"
    return Want(repository, commit, True, None, name), f"{name} {commit[:12]}"


def _brought(session: Session, wants: Sequence[Want]) -> list[Want]:
    """Those of *wants* that are in the cache now.

    They are asked for together: each request looks at the whole cache. Where one of them is not
    to be had, it is looked for in halves.
    """
    with suppress(SeriesError):
        fetch(session.cache, wants, {}, session.fetching)
        return list(wants)
    if len(wants) == 1:
        return []
    middle = len(wants) // 2
    return [*_brought(session, wants[:middle]), *_brought(session, wants[middle:])]


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
