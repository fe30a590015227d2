"""From a port to the bytes of its patch file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from patchseries.errors import ExitCode, SeriesError
from patchseries.files import sha256
from patchseries.model import TreeId
from patchseries.patches.header import PatchHeader, format_header, split_patch

if TYPE_CHECKING:
    from patchseries.git import Repository

_BINARY = b"\nGIT binary patch\n"


@dataclass(frozen=True)
class PatchFile:
    """A patch file: its name in the series, its bytes, and the N of ``patch -pN``."""

    name: str
    data: bytes
    strip: int = 1

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of its bytes."""
        return sha256(self.data)


def compose(header: PatchHeader, diff: bytes) -> bytes:
    """The patch file: *header*, ``---``, and *diff* (with its diffstat).

    :raises SeriesError: *diff* changes nothing; no such file is ever made
    """
    if not split_patch(diff)[1]:
        raise SeriesError(
            f"the patch changes nothing: {header.subject}",
            hint="leave it out, or check whether the target already has the change",
            exit_code=ExitCode.FINDINGS,
        )
    return format_header(header) + b"---\n" + diff


def keep_header(header: bytes, diff: bytes) -> bytes:
    """The patch file of *header*, byte for byte, and *diff*.

    The diffstat of *diff* goes where a header ends in ``---``; one that has none gets none.
    """
    ends_in_separator = re.search(rb"^---[ \t]*\r?\n\Z", header, re.M)
    return header + (diff if ends_in_separator else split_patch(diff)[1])


def text_diff(repository: Repository, before: TreeId, after: TreeId, patch: bytes) -> bytes:
    """The diff of two trees, for the patch file *patch* made anew; above it is its diffstat.

    A text diff stays one, whatever git takes a file for: patch(1) takes any file for text, and
    dpkg-source takes no binary diff. That of *patch* itself is kept where it still makes the tree.
    Neither has a diffstat.
    """
    diff = patch_diff(repository, before, after)
    if _BINARY not in diff or _BINARY in patch:
        return diff
    from patchseries.patches.apply import Applied, apply_patch

    applied = apply_patch(repository, before, patch)
    if isinstance(applied, Applied) and applied.tree == after:
        return split_patch(patch)[1]
    return repository.diff(before, after, text=True)


def patch_diff(repository: Repository, before: TreeId, after: TreeId) -> bytes:
    """The diff of a patch file, diffstat above it, from one tree to the next."""
    return repository.patch(before, after)


def series_directory(series: str, base: str, project: str) -> str:
    """Where the patches of one project and base lie below the root, in quilt's layout."""
    return f"patches/{series}/{base.replace('/', '-')}/{project}"
