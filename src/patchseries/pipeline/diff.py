"""What a port changed: git's range-diff of the upstream change and the port, or of two bases."""

from __future__ import annotations

from dataclasses import dataclass, replace

from patchseries.errors import SeriesError, UpstreamError, UsageError
from patchseries.git import Repository
from patchseries.lock import Lock
from patchseries.manifest import PatchEntry, Project, Source
from patchseries.model import CommitId, TreeId
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.patches.header import split_patch
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.sources import Want, fetch
from patchseries.sources.plan import is_full, repository_of


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two compared: what it is, in words, and the trees before and after it."""

    name: str
    before: TreeId
    after: TreeId


@dataclass(frozen=True, slots=True)
class RangeDiff:
    """Two forms of one change and git's range-diff of them, bytes as git shows them."""

    old: Side
    new: Side
    text: bytes

    @property
    def identical(self) -> bool:
        """Whether both are the same change, but for where in the files it stands."""
        return not self.text

    @property
    def lines(self) -> list[str]:
        """The text, line by line; bytes that are not UTF-8 as surrogates."""
        text = self.text.decode("utf-8", "surrogateescape")
        return text.removesuffix("\n").split("\n") if text else []


def diff_against_upstream(
    session: Session, series: Series, patch: PatchEntry, base: str
) -> RangeDiff:
    """The change as upstream has it (or as it was ported from), against the port onto *base*.

    :raises SeriesError: there is no port onto *base*, or no commit to compare with
    """
    with_base = Selection((patch.project,), (base,))
    project = series.manifest.projects[patch.project]
    repository, commit, name = reference(series.lock, project, patch, base)
    want = Want(repository, commit, True, None, f"{name} of {patch.name}")
    bring(session, want)
    pins = dict(session.at_hand(series, with_base)) | {(repository, commit): CommitId(commit)}
    with session.rebase_inputs(series, pins) as given:
        made = given.repository.commit(commit)
        parents = made.parents[:1]
        before = given.repository.commit(parents[0]).tree if parents else _empty(given.repository)
        old = Side(f"{name} {commit[:12]}", before, made.tree)
        return range_diff(given.repository, old, _port(given, patch, base, session))


def diff_between_bases(
    session: Session, series: Series, patch: PatchEntry, bases: tuple[str, str]
) -> RangeDiff:
    """The port onto one base against the port onto another.

    :raises SeriesError: there is no port onto one of them
    """
    pins = session.at_hand(series, Selection((patch.project,), bases))
    with session.rebase_inputs(series, pins) as given:
        old, new = (_port(given, patch, base, session) for base in bases)
        return range_diff(given.repository, old, new)


def reference(lock: Lock, project: Project, patch: PatchEntry, base: str) -> tuple[str, str, str]:
    """What to compare the port with: repository, commit (as *lock* pins it) and a name for it."""
    landed = next((text for text in patch.upstream if not text.startswith("I")), None)
    if landed is not None:
        return project.repository, landed, "upstream"
    source: Source | None = patch.source_for(base)
    where = (repository_of(project, source), source.rev) if source and source.rev else None
    commit = lock.pins.get(where) if where else None
    if commit is None and source and source.commit and is_full(source.commit):
        commit = CommitId(source.commit)
    if commit is None or where is None:
        raise SeriesError(
            f"{patch.name} has no commit to compare with",
            hint=f"give it `upstream`, or compare: `series diff {patch.name} --from A --to B`",
        )
    return where[0], commit, "source"


def bring(session: Session, want: Want) -> None:
    """Have the commit and its parent in the cache, from there alone if they are."""
    try:
        fetch(session.cache, [want], {}, replace(session.fetching, offline=True))
    except UpstreamError:
        if session.fetching.offline:
            raise
        fetch(session.cache, [want], {}, session.fetching)


def _port(given: RebaseInputs, patch: PatchEntry, base: str, session: Session) -> Side:
    """The port onto *base*, with its fix-ups, on top of the patches before it."""
    project = given.manifest.projects[patch.project]
    tree = given.repository.commit(given.pins[project.repository, base]).tree
    rebased = rebase(given, Selection((patch.project,), (base,)), session.progress)
    for cell in rebased.cells:
        before = tree
        for file in cell.files:
            diff = split_patch(file.data)[1]
            applied = apply_patch(given.repository, tree, diff, strip=file.strip)
            assert not isinstance(applied, Rejected), "a port applies where it was made"
            tree = applied.tree
        if cell.patch == patch.name:
            if not cell.files:
                raise UsageError(
                    f"{patch.name} has no port on {base}: its outcome there is {cell.outcome}",
                    hint=f"`series show {patch.name}` lists its outcomes",
                )
            return Side(f"on {base}", before, tree)
    raise UsageError(f"{patch.project} has no base {base!r}", hint=", ".join(project.bases))


def range_diff(repository: Repository, old: Side, new: Side) -> RangeDiff:
    text = repository.range_diff((old.before, old.after), (new.before, new.after))
    return RangeDiff(old, new, text)


def _empty(repository: Repository) -> TreeId:
    return repository.write_tree({})
