"""git's patch-id of a commit, for the few commits that are candidates, and of a patch file."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence

from patchseries.errors import ProgramError
from patchseries.git import Repository
from patchseries.landed.evidence import PatchId
from patchseries.model import CommitId


def patch_ids(
    repositories: Sequence[Repository], remembered: MutableMapping[CommitId, str] | None = None
) -> PatchId:
    """A function that gives the stable patch-id of a commit which one of *repositories* holds.

    None when no repository has the commit with its files (a history without trees has not), and
    when the commit changes nothing.

    :param remembered: what was found out before ("" for a commit that changes nothing), to which
        is added what is found out now; not that a commit is absent: it may be fetched some day
    """
    ids = {} if remembered is None else remembered
    absent: set[CommitId] = set()

    def patch_id(commit: CommitId) -> str | None:
        if commit not in ids and commit not in absent:
            asked = (_patch_id(repository, commit) for repository in repositories)
            answer = next((one for one in asked if one is not None), None)
            if answer is None:
                absent.add(commit)
            else:
                ids[commit] = answer
        return ids.get(commit) or None

    return patch_id


def diff_patch_id(repository: Repository, diff: bytes) -> str | None:
    """The stable patch-id of *diff*; None when git sees no patch in it (no ``diff`` lines)."""
    try:
        words = repository.run("patch-id", "--stable", stdin=diff).stdout.split()
    except ProgramError:
        return None
    return words[0].decode() if words else None


def _patch_id(repository: Repository, commit: CommitId) -> str | None:
    """The patch-id, "" where the commit changes nothing; None: its objects are not here."""
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
        words = repository.run("patch-id", "--stable", stdin=diff.stdout).stdout.split()
    except ProgramError:
        return None
    return words[0].decode() if words else ""
