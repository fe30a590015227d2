"""git's patch-id of a commit, for the few commits that are candidates, and of a patch file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from patchseries.errors import ProgramError
from patchseries.git import Repository
from patchseries.landed.evidence import PatchId
from patchseries.model import CommitId


def patch_ids(repositories: Sequence[Repository]) -> PatchId:
    """A function that gives the stable patch-id of a commit which one of *repositories* holds.

    None when no repository has the commit with its files (a history without trees has not), and
    when the commit changes nothing.
    """

    @cache
    def patch_id(commit: CommitId) -> str | None:
        for repository in repositories:
            if found := _patch_id(repository, commit):
                return found
        return None

    return patch_id


def diff_patch_id(repository: Repository, diff: bytes) -> str | None:
    """The stable patch-id of *diff*; None when git sees no patch in it (no ``diff`` lines)."""
    try:
        words = repository.run("patch-id", "--stable", stdin=diff).stdout.split()
    except ProgramError:
        return None
    return words[0].decode() if words else None


def _patch_id(repository: Repository, commit: CommitId) -> str | None:
    try:
        diff = repository.run(
            "diff-tree",
            "--root",
            "-r",
            "-p",
            "--no-ext-diff",
            "--no-textconv",
            "--full-index",
            "--no-renames",
            commit,
            "--",
        )
    except ProgramError:
        return None  # its objects are not here
    return diff_patch_id(repository, diff.stdout)
