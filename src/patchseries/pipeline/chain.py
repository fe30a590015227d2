"""A commit ported with its prerequisites before it: each a step, and a patch, of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from patchseries.git import Commit, Repository
from patchseries.model import Outcome, TreeId
from patchseries.patches.compose import compose
from patchseries.patches.header import PatchHeader, message_body
from patchseries.port.engine import port
from patchseries.port.prerequisites import CherryPick, Why, why
from patchseries.port.result import Change, PortOptions, PortResult
from patchseries.progress import ProgressCallback

_MAIL = b"From %b Mon Sep 17 00:00:00 2001\n"
"""How `git format-patch` begins a mail, so that `git am` takes several from one file."""


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One commit of a chain: what it was ported onto, and what came of it.

    :ivar only_adds: whether it removes no line of the target
    """

    commit: Commit
    before: TreeId
    result: PortResult
    only_adds: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """The prerequisites, in order, the change after them, and the search that named them.

    Without prerequisites ``change`` is the plain port. ``why`` is None when nothing was missing.
    """

    prerequisites: tuple[ChainStep, ...]
    change: ChainStep
    why: Why | None = None


def port_chain(
    repository: Repository, pick: CherryPick, options: PortOptions, progress: ProgressCallback
) -> Chain:
    """Port *pick*; one that has to be reviewed, with what it needs before it.

    The prerequisites are the first set that :func:`why` names.
    """
    plain = _step(repository, pick.commit, pick.onto, options)
    if plain.result.outcome is not Outcome.CONFLICT and not plain.result.review:
        return Chain((), plain)
    searched = why(repository, pick, progress=progress)
    if not searched.sets:
        return Chain((), plain, searched)
    best = searched.sets[0]
    steps: list[ChainStep] = []
    tree = pick.onto
    for oid in best.commits:
        progress(f"porting the prerequisite {oid[:12]}")
        adds = oid in best.only_adds
        step = _step(repository, repository.commit(oid), tree, options, only_adds=adds)
        if step.result.tree is None:
            return Chain((), plain, searched)
        steps.append(step)
        tree = step.result.tree
    return Chain(tuple(steps), _step(repository, pick.commit, tree, options), searched)


def mails(repository: Repository, chain: Chain) -> Iterator[bytes]:
    """The patches of *chain* in order, each a mail for `git am`; what changes nothing has none."""
    for step in (*chain.prerequisites, chain.change):
        tree = step.result.tree
        if tree is not None and tree != step.before:
            body = re.sub(r"(?m)^(>*From )", r">\1", message_body(step.commit.text))
            fields = [("Origin", f"upstream, commit:{step.commit.id}")]
            if step.result.outcome is Outcome.ADAPTED:
                how = ", ".join(step.result.strategies)
                fields.append(("X-Series-Adapted", f"{how}; not reviewed"))
            header = PatchHeader(step.commit.author, step.commit.subject, body, tuple(fields))
            patch = compose(header, repository.patch(step.before, tree))
            yield _MAIL % step.commit.id.encode() + patch + b"\n"


def _step(
    repository: Repository,
    commit: Commit,
    tree: TreeId,
    options: PortOptions,
    *,
    only_adds: bool = False,
) -> ChainStep:
    result = port(repository, Change.of(repository, commit), tree, options)
    return ChainStep(commit, tree, result, only_adds)
