"""Ports made of a few lines: what upstream did, what the target is, and what the checks say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pytest

from patchseries.git import Repository, TreeEntry
from patchseries.model import Finding, PortCode, TreeId
from patchseries.port.result import Change
from patchseries.port.verify import Accounted, Port, examine

Files = Mapping[str, str | bytes]
Examined = Callable[..., tuple[Finding, ...]]
WITHOUT_NAME = {PortCode.SYNTAX, PortCode.LEFTOVER_MARKER, PortCode.DUPLICATE_BLOCK}
"""Codes of findings whose message names nothing of the file."""


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
        port = Port(repository, Change(old, new), target, made, accounted or Accounted())
        found = examine(port)
        for finding in found:
            stands_where_it_says(repository, made, finding)
        return found

    return run


def stands_where_it_says(repository: Repository, result: TreeId, finding: Finding) -> None:
    """A finding names a file, and the line of the result on which a word of its message stands."""
    if finding.line is None:
        return
    entry = repository.entry(result, finding.file or "")
    assert entry is not None, finding
    lines = repository.blob(entry.oid).decode("utf-8", "replace").split("\n")
    line = lines[finding.line - 1]
    said, there = (set(re.findall(r"\w+", words)) for words in (finding.message, line))
    assert finding.code in WITHOUT_NAME or said & there, (finding, line)
