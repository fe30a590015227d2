"""Ports made of a few lines: what upstream did, what the target is, and what the checks say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from patchseries.git import Repository, TreeEntry
from patchseries.model import Finding, TreeId
from patchseries.port.result import Change
from patchseries.port.verify import Accounted, examine

Files = Mapping[str, str | bytes]
Examined = Callable[..., tuple[Finding, ...]]


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """One empty repository for all ports: trees are all that is stored in it."""
    with Repository.init(tmp_path_factory.mktemp("trust") / "repo.git") as repository:
        yield repository


def tree(repository: Repository, files: Files) -> TreeId:
    """The tree that holds *files*, by path."""
    blobs = {
        path: TreeEntry("100644", repository.write_blob(_bytes(text)))
        for path, text in files.items()
    }
    return repository.edit_tree(repository.write_tree({}), blobs)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


@pytest.fixture(scope="session")
def examined(repository: Repository) -> Examined:
    """Examine the port of the change from *before* to *after* onto *onto*.

    Without a *result*, git's own merge is what is examined.
    """

    def run(
        before: Files,
        after: Files,
        onto: Files,
        result: Files | None = None,
        accounted: Accounted | None = None,
    ) -> tuple[Finding, ...]:
        old, new, target = (tree(repository, files) for files in (before, after, onto))
        if result is None:
            merge = repository.merge(old, target, new)
            assert merge.clean
            made = merge.tree
        else:
            made = tree(repository, result)
        return examine(repository, Change(old, new), target, made, accounted or Accounted())

    return run
