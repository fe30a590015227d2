"""Which commits of a history are a tracked change, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from patchseries.landed.index import HistoryIndex, Indexed
from patchseries.landed.message import reverted_subject
from patchseries.model import ChangeId, CommitId


class Evidence(StrEnum):
    """How a commit was recognised as a change, the surest first."""

    CHANGE_ID = "change-id"
    COMMIT = "commit"
    """It is the very commit that is tracked."""
    CHERRY_PICK = "cherry-pick"
    """Its message says that it was picked from a commit of the change, or is its backport."""
    PATCH_ID = "patch-id"
    """Author and subject are the same, and its diff is but for line numbers and white space."""
    PATCH_ID_ONLY = "patch-id-only"
    """The same, and author or subject is another."""
    PARTS = "parts"
    """It is a squash, and each of its parts is there: the commit is that of the last of them."""
    AUTHOR_SUBJECT = "author-subject"
    """Author and subject are the same. Weak: it is shown, and is never a verdict."""

    @property
    def is_weak(self) -> bool:
        """Whether it only suggests."""
        return self is Evidence.AUTHOR_SUBJECT


PatchId = Callable[[CommitId], str | None]
"""A commit's `git patch-id --stable`; None when it has none or its files are not here."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A change to look for.

    :param change_ids: its Gerrit Change-Ids
    :param commits: ids of commits that are the change, in this history or in a fork
    :param author: ``Name <address>``, when known
    :param subject: when known
    :param patch_id: the patch-id of its diff, where there is no commit to ask for it
    """

    change_ids: tuple[ChangeId, ...] = ()
    commits: tuple[CommitId, ...] = ()
    author: str | None = None
    subject: str | None = None
    patch_id: str | None = None

    @classmethod
    def named(cls, name: str) -> Tracked:
        """The change that a manifest names by its Change-Id or by a commit id."""
        if name.startswith("I"):
            return cls(change_ids=(ChangeId(name),))
        return cls(commits=(CommitId(name),))


@dataclass(frozen=True, slots=True)
class Match:
    """A commit of the history that is, or may be, the tracked change."""

    entry: Indexed
    evidence: Evidence


def find(index: HistoryIndex, tracked: Tracked, patch_id: PatchId | None = None) -> list[Match]:
    """The commits of the history that are the tracked change, the surest evidence first.

    Reverts of the change that quote its Change-Id are not the change.

    :param patch_id: compares diffs, where nothing surer than author and subject was found
    """
    found: dict[CommitId, Match] = {}
    known = [entry for commit in tracked.commits if (entry := index.get(commit))]
    _add(found, _by_change_id(index, tracked, known), Evidence.CHANGE_ID)
    _add(found, known, Evidence.COMMIT)
    _add_cherry_picks(index, found, tracked.commits)
    for entry in _alike(index, tracked, [f.entry for f in found.values()]):
        if entry.commit not in found:
            same = patch_id is not None and _same_diff(entry, tracked, found, patch_id)
            _add(found, [entry], Evidence.PATCH_ID if same else Evidence.AUTHOR_SUBJECT)
    if patch_id is not None:
        _add(found, _twins(index, found, patch_id), Evidence.PATCH_ID_ONLY)
    return _without_reverts(index, list(found.values()))


def _add(matches: dict[CommitId, Match], entries: Iterable[Indexed], evidence: Evidence) -> None:
    for entry in entries:
        matches.setdefault(entry.commit, Match(entry, evidence))


def _by_change_id(index: HistoryIndex, tracked: Tracked, commits: list[Indexed]) -> list[Indexed]:
    """The commits with the Change-Ids of the change; its commits tell them when it does not.

    A commit that carries several is several changes squashed: only what carries them all is it.
    """
    wanted: list[tuple[ChangeId, ...]] = [(change,) for change in tracked.change_ids]
    if not wanted:
        wanted = [tuple(ids) for entry in commits if (ids := index.change_ids(entry))]
    return [entry for changes in dict.fromkeys(wanted) for entry in _with_all(index, changes)]


def _with_all(index: HistoryIndex, changes: Sequence[ChangeId]) -> list[Indexed]:
    """The commits that carry all of *changes*."""
    first, *more = (index.by_change(change) for change in changes)
    return [entry for entry in first if all(entry in entries for entries in more)]


def _add_cherry_picks(
    index: HistoryIndex, matches: dict[CommitId, Match], commits: tuple[CommitId, ...]
) -> None:
    """Follow "cherry picked from" both ways, from pick to pick, until nothing new is found."""
    todo = list(dict.fromkeys([*commits, *matches]))
    seen = set(todo)
    while todo:
        commit = todo.pop(0)
        linked = [*index.picked_from(commit), *_origins(index, commit)]
        _add(matches, linked, Evidence.CHERRY_PICK)
        fresh = [entry.commit for entry in linked if entry.commit not in seen]
        seen.update(fresh)
        todo += fresh


def _origins(index: HistoryIndex, commit: CommitId) -> list[Indexed]:
    """What *commit* was picked from, unless it squashes several changes."""
    entry = index.get(commit)
    if entry is None or len(index.change_ids(entry)) > 1:
        return []
    distinct = distinct_origins(index, entry)
    changes = {tuple(index.change_ids(origin)) or (origin.commit,) for origin in distinct}
    return origins(index, entry) if len(changes) == 1 else []


def origins(index: HistoryIndex, entry: Indexed) -> list[Indexed]:
    """What the commit says it was picked from; a merge that it names stands for what it merged."""
    named = (index.get(source) for source in index.sources(entry))
    return [index.merged_tip(origin) or origin for origin in named if origin is not None]


def distinct_origins(index: HistoryIndex, entry: Indexed) -> list[Indexed]:
    """What the commit says it was picked from, without the steps on the way.

    Such a step was itself picked from what the commit names besides: git adds a line at each step.
    """
    named = set(index.sources(entry))
    steps = [(origin, index.sources(origin)) for origin in origins(index, entry)]
    return [origin for origin, sources in steps if not sources or not named.issuperset(sources)]


def _alike(index: HistoryIndex, tracked: Tracked, commits: list[Indexed]) -> list[Indexed]:
    """Commits with the same subject and author as the change."""
    told = {(entry.subject, entry.author) for entry in commits}
    if tracked.subject and tracked.author:
        told.add((tracked.subject, tracked.author))
    return [
        entry
        for subject, author in sorted(told)
        for entry in index.by_subject(subject)
        if same_person(entry.author, author)
    ]


def _twins(
    index: HistoryIndex, matches: Mapping[CommitId, Match], patch_id: PatchId
) -> list[Indexed]:
    """Other commits with the diff of one that is surely the change, whoever made them."""
    return [
        twin
        for match in matches.values()
        if not match.evidence.is_weak
        for twin in index.of_same_shape(match.entry)
        if twin.commit not in matches
        and (theirs := patch_id(twin.commit)) is not None
        and theirs == patch_id(match.entry.commit)
    ]


def same_person(one: str, other: str) -> bool:
    """Whether two ``Name <address>`` have the name or the address in common."""
    (name, address), (other_name, other_address) = _person(one), _person(other)
    return bool(name and name == other_name) or bool(address and address == other_address)


def _person(author: str) -> tuple[str, str]:
    name, _, address = author.lower().rpartition(" <")
    return name.strip(), address.rstrip(">")


def _same_diff(
    entry: Indexed, tracked: Tracked, matches: dict[CommitId, Match], patch_id: PatchId
) -> bool:
    theirs = patch_id(entry.commit)
    if theirs is None:
        return False
    sure = [commit for commit, other in matches.items() if not other.evidence.is_weak]
    return theirs == tracked.patch_id or any(
        patch_id(commit) == theirs for commit in dict.fromkeys([*tracked.commits, *sure])
    )


def _without_reverts(index: HistoryIndex, matches: list[Match]) -> list[Match]:
    """*matches* without the commits that revert another of them."""
    commits = [f.entry.commit for f in matches]
    subjects = {f.entry.subject for f in matches}

    def undoes(entry: Indexed) -> bool:
        if reverted_subject(entry.subject) in subjects:
            return True
        targets = index.reverted(entry)
        return any(c.startswith(t) for t in targets for c in commits if c != entry.commit)

    return [f for f in matches if not undoes(f.entry)]
