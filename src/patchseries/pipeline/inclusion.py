"""Which bases contain a patch already: asked of their histories, and kept in the lock.

An answer in the lock stands as long as the question is the same: the base's commit, what the
manifest tracks, and what the source says it is. So a rebase is a function of manifest and lock
here too, gives the same where no history is at hand, and asks nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from patchseries.errors import UpstreamError
from patchseries.files import sha256
from patchseries.git import Repository
from patchseries.landed.contains import changes_named, first_contained
from patchseries.landed.evidence import Evidence, PatchId, Tracked
from patchseries.landed.index import HistoryIndex
from patchseries.landed.patchid import diff_patch_id
from patchseries.lock import InBase, Lock
from patchseries.manifest import Manifest, PatchEntry, Source
from patchseries.model import CommitId
from patchseries.patches.dep3 import read_header
from patchseries.patches.header import split_patch
from patchseries.pipeline.histories import indexed
from patchseries.pipeline.keptpatchids import kept_patch_ids
from patchseries.pipeline.rebased import Answer
from patchseries.progress import Steps, no_progress
from patchseries.sources import Cache, FetchOptions
from patchseries.sources.plan import repository_of

_DIGITS = 16
"""Of the digest of a question, in the lock: enough that no other question has the same."""

_MAIL_PREFIX = re.compile(r"^\[PATCH\b[^\]]{0,80}\]\s{0,9}")
"""What git format-patch puts before a subject, and git am takes away."""

Cells = tuple[str, str]
"""A patch and a base."""

Ways = tuple[tuple[Tracked, ...], ...]
"""A base contains a patch when for one of the ways it contains all its changes."""


@dataclass(frozen=True, slots=True)
class Question:
    """Does the *commit* called *base* contain the patch, by any of these ways?"""

    patch: str
    project: str
    base: str
    commit: CommitId
    ways: Ways

    @property
    def cell(self) -> Cells:
        """The cell that it is about."""
        return self.patch, self.base

    @property
    def digest(self) -> str:
        """A digest of all that the answer depends on, besides the history."""
        ways = [
            [
                (t.change_ids, t.commits, t.author, t.subject, *filter(None, [t.patch_id]))
                for t in changes
            ]
            for changes in self.ways
        ]
        return sha256(repr((self.commit, ways)).encode())[:_DIGITS]

    def ask(self, index: HistoryIndex, patch_id: PatchId) -> InBase | None:
        """The answer of a history; the first commit, where several make up the patch."""
        found = first_contained(index, self.commit, self.ways, patch_id)
        return InBase(found[0].commit, str(found[0].evidence)) if found else None


def questions(
    manifest: Manifest,
    pins: Mapping[tuple[str, str], CommitId],
    repository: Repository,
    patch_bytes: Callable[[Source], bytes],
    projects: Iterable[str],
) -> Iterator[Question]:
    """What is to be asked of each base of *projects* that *pins* have, for each patch it claims.

    Nothing is asked of a patch that is to be ported anyway.

    :param repository: has the commits that are ported, as far as they were fetched
    """
    for name in projects:
        project = manifest.projects[name]
        for base in project.bases:
            commit = pins.get((project.repository, base))
            for patch in manifest.patches_of(name) if commit else ():
                source = patch.source_for(base) if patch.applies_to(base) else None
                if commit is None or source is None or patch.is_ported_anyway(base):
                    continue
                pin = pins.get((repository_of(project, source), source.rev))
                own = _of_commit(repository, pin) if pin else ()
                if source.file or source.url:
                    own = _of_file(repository, patch_bytes(source))
                ways = tuple(way for way in (_tracked(patch), own) if way)
                yield Question(patch.name, name, base, commit, ways)


def _tracked(patch: PatchEntry) -> tuple[Tracked, ...]:
    """What the manifest says that the patch is upstream: each of these must be there."""
    variant = patch.variants[patch.choose] if patch.choose else None
    named = [(variant and variant.change_id) or patch.change_id, *patch.upstream]
    return tuple(Tracked.named(name) for name in dict.fromkeys(filter(None, named)))


def _of_commit(repository: Repository, commit: CommitId) -> tuple[Tracked, ...]:
    """What the commit that is ported says that it is."""
    if not repository.has(commit):
        return (Tracked(commits=(commit,)),)
    made = repository.commit(commit)
    named = changes_named(made.text, commit)
    if len(named) > 1:
        return named
    author = f"{made.author.name} <{made.author.mail}>"
    return tuple(replace(change, author=author, subject=made.subject) for change in named)


def _of_file(repository: Repository, data: bytes) -> tuple[Tracked, ...]:
    """What the head of a patch file says that it is; else what its author, subject and diff are."""
    head, diff = split_patch(data)
    if named := changes_named(head.decode("utf-8", "replace")):
        return named
    header = read_header(data)
    patch_id = diff_patch_id(repository, diff)
    if header.author is None or not header.subject or patch_id is None:
        return ()
    name, mail = header.author
    subject = _MAIL_PREFIX.sub("", header.subject)
    return (Tracked(author=f"{name} <{mail}>", subject=subject, patch_id=patch_id),)


def from_lock(lock: Lock, asked: Iterable[Question]) -> dict[Cells, Answer]:
    """The answers that *lock* has to the very same questions."""
    answers = {}
    for question in asked:
        cell = lock.cells.get(question.cell)
        if cell is not None and cell.question == question.digest:
            answers[question.cell] = Answer(cell.question, cell.in_base)
    return answers


def from_history(
    cache: Cache,
    fetching: FetchOptions,
    manifest: Manifest,
    asked: Sequence[Question],
    repository: Repository,
) -> dict[Cells, Answer]:
    """The answers of the projects' histories; why not, where there is none at hand.

    The commits of a history are fetched where they never were. No files are, and no history is
    fetched whole.
    """
    answers: dict[Cells, Answer] = {}
    for name in dict.fromkeys(question.project for question in asked):
        mine = [question for question in asked if question.project == name]
        url = manifest.projects[name].repository
        having = tuple(dict.fromkeys(question.commit for question in mine))
        try:
            with (
                indexed(cache, url, fetching, having=having) as (history, index),
                kept_patch_ids(cache, url, [history, repository]) as patch_id,
            ):
                cut = history.is_shallow
                steps = Steps(fetching.progress or no_progress, len(mine))
                for question in mine:
                    steps.begin(f"searching {question.base} for {question.patch}")
                    answers[question.cell] = _answer(question, index, patch_id, cut=cut)
        except UpstreamError as error:
            answers |= {question.cell: Answer(why=error.message) for question in mine}
    return answers


def _answer(question: Question, index: HistoryIndex, patch_id: PatchId, *, cut: bool) -> Answer:
    """:param cut: the history is shallow: what is not found may still be there"""
    if index.get(question.commit) is None:
        return Answer(why=f"its history does not have {question.base}")
    found = question.ask(index, patch_id)
    if found is not None and found.evidence == Evidence.PATCH_ID_ONLY:
        # It is somebody else's diff: where it still stands the merge says so, and where it went
        # again nothing says that the change did.
        found = None
    if found is None and cut:
        return Answer(why="its history is shallow")
    return Answer(question.digest, found)
