"""Patches in git: debian/patches on a packaging branch, or as commits on top of a branch.

The layouts: DEP-14, gbp (patches in debian/patches, or on a ``patch-queue/`` branch), dgit (the
tree patched, with debian/patches beside it), git-debrebase (commits on top of the packaging).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchseries.errors import SeriesError, UsageError
from patchseries.git import Commit, Repository
from patchseries.imports.directory import LARGEST, MOST_FILES, RawFile
from patchseries.imports.package import PackageSource, from_debian_files
from patchseries.model import CommitId

MOST_COMMITS = 5000
"""Commits that are looked at on a branch, or taken of a range."""


@dataclass(frozen=True, slots=True)
class CommitSource:
    """Patches that are commits, in the order in which they apply.

    :param start: the commit that the first of them was made on
    :param problems: what is odd about them
    """

    label: str
    start: CommitId
    commits: tuple[Commit, ...]
    problems: tuple[str, ...] = ()


def read_packaging_branch(
    repository: Repository, rev: str, label: str, vendor: str = "debian"
) -> PackageSource:
    """debian/ as the tree of *rev* has it.

    :raises SeriesError: there is no such revision, it has no debian/, or it cannot be taken
    """
    tree = repository.commit(_resolved(repository, rev)).tree
    entry = repository.entry(tree, "debian")
    if entry is None or not entry.is_tree:
        raise SeriesError(f"{label} has no debian/", hint="name the ref that has the packaging")
    files: dict[str, RawFile] = {}
    size = 0
    for path, found in repository.walk(entry.oid):
        if found.mode == "160000" or not (path.startswith("patches/") or path.count("/") < 2):
            continue
        file = RawFile(repository.blob(found.oid), is_link=found.mode == "120000")
        size += len(file.data)
        if size > LARGEST or len(files) > MOST_FILES:
            raise SeriesError(f"the debian/ of {label} is larger than {LARGEST >> 20} MiB")
        files[path] = file
    return from_debian_files(files, label, vendor)


def has_patches(repository: Repository, rev: str) -> bool:
    """Whether the tree of *rev* has a debian/patches.

    :raises SeriesError: there is no such revision
    """
    tree = repository.commit(_resolved(repository, rev)).tree
    return repository.entry(tree, "debian/patches") is not None


def read_range(repository: Repository, old: str, new: str, label: str) -> CommitSource:
    """The commits that *new* has and *old* has not, first parents only.

    :raises SeriesError: there is no such revision, or there are too many commits
    """
    start, end = _resolved(repository, old), _resolved(repository, new)
    done = repository.run(
        "rev-list", "--reverse", "--first-parent", f"--max-count={MOST_COMMITS + 1}",
        end, f"^{start}", "--",
    )  # fmt: skip
    ids = done.stdout.decode().split()
    if len(ids) > MOST_COMMITS:
        raise SeriesError(f"{label} is more than {MOST_COMMITS} commits")
    if not ids:
        raise UsageError(f"{label} holds no commit", hint="write OLD..NEW, the older first")
    commits = [repository.commit(one) for one in ids]
    merges = [commit.id[:12] for commit in commits if len(commit.parents) > 1]
    problems = [f"{one} is a merge: it is left out" for one in merges]
    kept = tuple(commit for commit in commits if len(commit.parents) == 1)
    return CommitSource(label, start, kept, tuple(problems))


def read_queue(repository: Repository, rev: str, label: str) -> CommitSource:
    """The commits that change upstream's files on top of the packaging of *rev*.

    git-debrebase's layout: commits lie on a merge of upstream with debian/; those that change
    debian/ alone are packaging, and a merge that equals one of its sides is followed to that side.

    :raises SeriesError: there is no such revision, or no such merge below it
    """
    queue: list[Commit] = []
    problems: list[str] = []
    commit = repository.commit(_resolved(repository, rev))
    for _ in range(MOST_COMMITS):
        if len(commit.parents) > 1:
            side = _equal_side(repository, commit)
            if side is None:
                return CommitSource(label, commit.id, tuple(reversed(queue)), tuple(problems))
            commit = side
            continue
        if not commit.parents:
            break
        parent = repository.commit(commit.parents[0])
        kinds = {p.startswith("debian/") for p in repository.changes(parent.tree, commit.tree)}
        if repository.entry(parent.tree, "debian") is None and True in kinds:
            return CommitSource(label, commit.id, tuple(reversed(queue)), tuple(problems))
        if kinds == {True, False}:
            problems.append(f"{commit.id[:12]} changes debian/ and upstream's files: split it")
        if False in kinds:
            queue.append(commit)
        commit = parent
    raise SeriesError(
        f"{label} has neither debian/patches nor a merge of upstream with debian/",
        hint="name the range of its commits: OLD..NEW",
    )


# Private -----------------------------------------------------------------------------------------


def _resolved(repository: Repository, rev: str) -> CommitId:
    names = (rev, f"refs/remotes/origin/{rev}")
    found = next((c for c in map(repository.resolve, names) if c is not None), None)
    if found is None:
        raise UsageError(f"{repository.shown} has no revision {rev!r}")
    return found


def _equal_side(repository: Repository, merge: Commit) -> Commit | None:
    """The parent whose tree the merge has: it only records that the other one is replaced."""
    parents: Sequence[Commit] = [repository.commit(parent) for parent in merge.parents]
    return next((parent for parent in parents if parent.tree == merge.tree), None)
