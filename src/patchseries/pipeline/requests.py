"""Porting on demand: a repository, a commit and a revision in, the JSON document out.

One :class:`Workbench` serves many requests: for each repository it keeps one scratch store open,
so that a batch pays for processes and caches once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from patchseries.errors import MachineError, SeriesError, UsageError
from patchseries.git import Commit, Repository, borrowed, scratch
from patchseries.model import CommitId
from patchseries.parsing import parse_json
from patchseries.pipeline.chain import Chain, mails, port_chain
from patchseries.pipeline.testing.candidates import TreeTest, port_tested
from patchseries.port.engine import port
from patchseries.port.prerequisites import CherryPick
from patchseries.port.result import Change, PortOptions, PortResult
from patchseries.progress import ProgressCallback
from patchseries.report.documents import chain_document, port_document

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Request:
    """Port the commit *upstream* of the repository at *repo* onto *onto* (revisions)."""

    repo: Path
    upstream: str
    onto: str

    @classmethod
    def parse(cls, line: str) -> Request:
        """A request from one line of JSON; :raises UsageError: it is not one."""
        try:
            given = parse_json(line)
            fields = [given[name] for name in ("repo", "upstream", "onto")]
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                "not a request: repo, upstream and onto are needed",
                cause=f"{type(error).__name__}: {error}",
            ) from error
        if not all(isinstance(value, str) and value for value in fields):
            raise UsageError("not a request: repo, upstream and onto must be strings")
        return cls(Path(fields[0]), fields[1], fields[2])


@dataclass(frozen=True, slots=True)
class PortedRequest:
    """The answer to a request: the commits that it named, and the result."""

    upstream: CommitId
    onto: CommitId
    result: PortResult


class Workbench:
    """Scratch stores below a directory; nothing is written to a repository that is named."""

    def __init__(self, directory: Path, options: PortOptions | None = None) -> None:
        """Work in *directory*, which is made when it is needed."""
        self._directory = directory
        self._options = options or PortOptions()
        self._open: dict[Path, tuple[Repository, Repository]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Workbench:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def port(self, request: Request, test: TreeTest | None = None) -> PortedRequest:
        """Do *request*.

        :param test: is run on the result; where it fails, other candidates are tried
        :raises SeriesError: there is no such repository or commit
        """
        source, store = self._stores(request.repo)
        upstream = _commit(source, store, request.upstream)
        onto = _commit(source, store, request.onto)
        change = Change.of(store, upstream)
        if test is None:
            result = port(store, change, onto.tree, self._options)
        else:
            result = port_tested(store, change, onto.tree, self._options, test)
        return PortedRequest(upstream.id, onto.id, result)

    def port_chain(self, request: Request, progress: ProgressCallback) -> tuple[CommitId, Chain]:
        """Do *request* with the prerequisites that it needs before it.

        :return: the commit that it is ported onto, and the chain
        :raises SeriesError: there is no such repository or commit
        """
        source, store = self._stores(request.repo)
        onto = _commit(source, store, request.onto)
        pick = CherryPick(_commit(source, store, request.upstream), onto.id, onto.tree)
        return onto.id, port_chain(store, pick, self._options, progress)

    def mails(self, request: Request, chain: Chain) -> bytes:
        """The patches of *chain*, in order, for `git am`."""
        return b"".join(mails(self._stores(request.repo)[1], chain))

    def diff(self, request: Request, ported: PortedRequest) -> bytes:
        """The result as a patch on its target; empty for a conflict."""
        _, store = self._stores(request.repo)
        tree = ported.result.tree
        return store.diff(store.commit(ported.onto).tree, tree) if tree else b""

    def _stores(self, repo: Path) -> tuple[Repository, Repository]:
        repo = repo.absolute()
        if repo not in self._open:
            source = self._stack.enter_context(borrowed(repo))
            store = self._stack.enter_context(scratch(self._directory, [source.objects_directory]))
            self._open[repo] = source, store
        return self._open[repo]


def batch(bench: Workbench, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """A document for each line, in order; one that cannot be done carries ``error``."""
    for line in lines:
        if not line.strip():
            continue
        try:
            request = Request.parse(line)
            yield document(bench.port(request))
        except MachineError:
            raise
        except (SeriesError, OSError) as error:
            yield {"schema": 1, "ok": False, "error": str(error), **_named(line)}


def document(ported: PortedRequest) -> dict[str, Any]:
    """The JSON document of a port (DESIGN: the contract), with the proposals beside it."""
    return port_document(ported.upstream, ported.onto, ported.result)


def document_of_chain(onto: CommitId, chain: Chain) -> dict[str, Any]:
    """The JSON document of a port with its prerequisites."""
    steps = [
        (step.commit.id, step.commit.subject, step.only_adds, step.result)
        for step in chain.prerequisites
    ]
    last = port_document(chain.change.commit.id, onto, chain.change.result)
    return chain_document(last, steps, chain.why.tried if chain.why else 0)


def _commit(source: Repository, store: Repository, revision: str) -> Commit:
    found = revision if _FULL_ID.fullmatch(revision) else source.resolve(revision)
    if found is None or not store.has(found):
        raise UsageError(f"no commit {revision!r} in {source.shown}")
    return store.commit(found)


def _named(line: str) -> dict[str, Any]:
    """What a broken request did name, so that its answer can be told from the others."""
    try:
        given = parse_json(line)
    except ValueError:
        return {}
    if not isinstance(given, dict):
        return {}
    return {name: given[name] for name in ("upstream", "onto") if name in given}
