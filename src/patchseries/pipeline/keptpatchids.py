"""Patch-ids that earlier runs asked git for, kept in the cache by commit.

What a commit's patch-id is depends on the commit and on git. To ask takes two git processes and
the whole diff, and a history has many commits of the same author and subject.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from patchseries import process
from patchseries.errors import SeriesError
from patchseries.files import DamagedError, read_sealed, write_sealed
from patchseries.git import Repository
from patchseries.landed.evidence import PatchId
from patchseries.landed.patchid import patch_ids
from patchseries.model import CommitId, commit_id
from patchseries.parsing import parse_json
from patchseries.sources import Cache

_PATCH_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|")


@contextmanager
def kept_patch_ids(cache: Cache, url: str, repositories: Sequence[Repository]) -> Iterator[PatchId]:
    """The function of :func:`patch_ids` for commits of the upstream *url*, with what is kept.

    However the block ends, what was asked in it is kept; a full disk is no matter.
    """
    path = cache.root / "patch-ids" / f"{cache.repository_directory(url).name}.json"
    ids = _load(path, cache)
    before = len(ids)
    try:
        yield patch_ids(repositories, ids)
    finally:
        if len(ids) > before:
            _save(path, ids)


def _load(path: Path, cache: Cache) -> dict[CommitId, str]:
    """What *path* holds of the git that is here; nothing when it is missing or damaged."""
    try:
        data = parse_json(read_sealed(path))
        if data["git"] != process.identity("git"):
            return {}
        return {commit_id(commit): _checked(patch_id) for commit, patch_id in data["ids"].items()}
    except DamagedError as error:
        cache.warn(f"{error}: patch-ids are asked again")
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _checked(text: object) -> str:
    if not isinstance(text, str) or not _PATCH_ID.fullmatch(text):
        raise ValueError("not a patch-id")
    return text


def _save(path: Path, ids: dict[CommitId, str]) -> None:
    document = {"git": process.identity("git"), "ids": ids}
    try:
        write_sealed(path, json.dumps(document).encode())
    except SeriesError:
        return
