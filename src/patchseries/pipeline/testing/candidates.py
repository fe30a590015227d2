"""`series port --test`: the candidates for a conflict, tried until the tests pass."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries.counting import counted
from patchseries.git import Repository
from patchseries.manifest.suite import SuiteTable
from patchseries.model import Finding, PortCode, Severity, Target, TreeId
from patchseries.pipeline.testing.running import COMMAND, WHOLE, run_tests
from patchseries.pipeline.testing.suites import Suite
from patchseries.pipeline.testing.worktrees import work_tree
from patchseries.port.engine import port
from patchseries.port.result import Change, PortOptions, PortResult, Proposal
from patchseries.resolution.lines import Own
from patchseries.resolution.replay import Resolution

MOST_TRIED = 20
_NAMED = 5
"""Tests that a finding names."""


@dataclass(frozen=True, slots=True)
class TreeTest:
    """A command that tests a tree; it runs in it, and may name ``{tree}``.

    :ivar scratch: where trees are written
    :ivar today: the day, ISO 8601, for what is said of a choice
    """

    command: tuple[str, ...]
    wrap: tuple[str, ...]
    scratch: Path
    today: str

    def failing(self, repository: Repository, tree: TreeId) -> frozenset[str]:
        """The tests that fail: by name where it writes as pytest does, else the command itself."""
        table = SuiteTable.model_construct(command=self.command, format="pytest")
        suite = Suite(table, self.scratch, self.scratch, self.wrap)
        with work_tree(repository, tree, self.scratch) as place:
            run = run_tests(suite, Target("port", tree), place, WHOLE)
        return run.failing


@dataclass(frozen=True, slots=True)
class _OtherChoice:
    """One candidate for one region, and the resolutions that put it there."""

    proposal: Proposal
    rule: str
    resolutions: tuple[Resolution, ...]


def port_tested(
    repository: Repository, change: Change, onto: TreeId, options: PortOptions, test: TreeTest
) -> PortResult:
    """Port *change*; where its tests fail, try the other candidates in the order of their ranking.

    A test that fails on *onto* already does not count, if the command names tests; else the
    command has to succeed. A finding says what was chosen and which tests the better-ranked result
    fails, or that they fail whatever is taken. What leaves the change out is no candidate.
    """
    before = test.failing(repository, onto) - {COMMAND}
    first = port(repository, change, onto, options)
    bad = _new_failures(repository, first, before, test)
    if not bad and first.tree is not None:
        return first
    tried = {first.tree, onto}
    for candidate in list(_candidates(first.proposals, test.today))[:MOST_TRIED]:
        resolutions = (*options.resolutions, *candidate.resolutions)
        result = port(repository, change, onto, replace(options, resolutions=resolutions))
        if result.tree is None or result.tree in tried:
            continue
        tried.add(result.tree)
        if not _new_failures(repository, result, before, test):
            return _with_finding(result, _chosen(candidate, bad))
    if first.tree is None:
        return first
    count = counted(len(tried) - 1, "result")
    words = f"tests fail that did not fail before the port: {_names(bad)}; {count} tried"
    return _with_finding(first, Finding(PortCode.TESTS_FAIL, Severity.ERROR, words))


def _new_failures(
    repository: Repository, result: PortResult, before: frozenset[str], test: TreeTest
) -> frozenset[str]:
    return test.failing(repository, result.tree) - before if result.tree else frozenset()


def _candidates(proposals: Sequence[Proposal], today: str) -> Iterator[_OtherChoice]:
    """Each other candidate for each region; the other regions of its file stay as they were."""
    for proposal in proposals:
        for rule, text in proposal.candidates:
            if text != _usual(proposal):
                beside = [p for p in proposals if p.path == proposal.path]
                yield _OtherChoice(
                    proposal,
                    rule,
                    tuple(
                        _resolution(p, text if p is proposal else _usual(p), rule, today)
                        for p in beside
                    ),
                )


def _usual(proposal: Proposal) -> str:
    """The text that is taken for a region, or that ranks first."""
    texts = dict(reversed(proposal.candidates))
    return texts.get(proposal.taken or "", proposal.candidates[0][1])


def _resolution(proposal: Proposal, text: str, rule: str, today: str) -> Resolution:
    lines = tuple(os.fsencode(text).splitlines(keepends=True))
    return Resolution(
        patch="",
        path=proposal.path,
        key=proposal.key,
        pieces=(Own(lines),) if lines else (),
        choice="edited",
        author="series port --test",
        date=today,
        reason=f"the tests pass with {rule}",
    )


def _chosen(candidate: _OtherChoice, bad: frozenset[str]) -> Finding:
    words = f"the candidate {candidate.rule} was taken: the tests pass with it"
    if bad:
        words += f"; with {candidate.proposal.taken or 'the first one'} these fail: {_names(bad)}"
    place = candidate.proposal
    code = PortCode.TESTS_CHOSE
    return Finding(code, Severity.WARNING, words, file=place.path, line=place.line)


def _names(tests: frozenset[str]) -> str:
    named = ", ".join(sorted(tests)[:_NAMED])
    return f"{named} and {len(tests) - _NAMED} more" if len(tests) > _NAMED else named


def _with_finding(result: PortResult, finding: Finding) -> PortResult:
    return replace(result, findings=(finding, *result.findings), review=True)
