"""Verdicts over small histories: each kind of evidence, reverts and re-lands, successors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from patchseries.git import Repository
from patchseries.landed.builder import open_index
from patchseries.landed.evidence import Evidence, PatchId, Tracked
from patchseries.landed.index import HistoryIndex
from patchseries.landed.landing import Landing
from patchseries.landed.patchid import patch_ids
from patchseries.landed.releaselines import ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from patchseries.landed.verdict import (
    Landings,
    PatchStatus,
    PatchToTrack,
    Verdict,
    landings,
    status,
)
from patchseries.model import ChangeId, CommitId
from support.upstreams import Upstream

CHANGE = ChangeId("I" + "0123456789" * 4)
NEXT = ChangeId("I" + "a1b2c3d4e5" * 4)
LAST = ChangeId("I" + "f0e1d2c3b4" * 4)


class Release:
    """A history with a master and a stable branch, in nova's tags: havana, then icehouse."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self._count = 0
        self.master("Start")
        self.tag("2013.1")

    def master(self, message: str) -> CommitId:
        return self._commit(message, "master")

    def stable(self, message: str) -> CommitId:
        """On stable/havana, which starts where master is when it is first used."""
        if self.upstream.repository.resolve("refs/heads/stable/havana") is None:
            self.upstream.repository.run("branch", "stable/havana", "master")
        return self._commit(message, "stable/havana")

    def tag(self, name: str, branch: str = "master") -> None:
        self.upstream.tag(name, f"refs/heads/{branch}")

    def _commit(self, message: str, branch: str) -> CommitId:
        self._count += 1
        return self.upstream.commit({f"f{self._count}": b"x\n"}, message, branch=branch)

    def status(self, patch: PatchToTrack) -> PatchStatus:
        with self._asked() as (index, lines, patch_id):
            return status(index, lines, patch, patch_id)

    def landings(self, *, with_diffs: bool = True, **tracked: Any) -> Landings:
        with self._asked() as (index, lines, patch_id):
            return landings(index, lines, Tracked(**tracked), patch_id if with_diffs else None)

    @contextmanager
    def _asked(self) -> Iterator[tuple[HistoryIndex, ReleaseLines, PatchId]]:
        path = self.upstream.path
        with Repository(path) as repository, open_index(path.parent / "i", repository) as index:
            yield (
                index,
                lines_of(scheme_for("nova", "x/nova"), index.named_refs),
                patch_ids([repository]),
            )


@pytest.fixture
def nova(upstream: Upstream) -> Release:
    return Release(upstream)


def rows(found: tuple[Landing, ...]) -> list[tuple[str, str | None, str]]:
    return [(landing.line, landing.tag, str(landing.evidence)) for landing in found]


def message(subject: str, change: str = CHANGE, more: str = "") -> str:
    return f"{subject}\n\n{more}\n\nChange-Id: {change}"


def test_each_line_says_by_which_commit_and_in_which_tag_first(nova: Release) -> None:
    nova.tag("2013.2.b1")
    nova.tag("2013.2")
    nova.stable("Start stable")
    fix = nova.master(message("Fix"))
    nova.tag("2014.1.b1")
    backport = nova.stable(message("Fix", more=f"(cherry picked from commit {fix})"))
    nova.tag("2013.2.1", "stable/havana")
    nova.tag("2014.1")
    nova.tag("2014.2.b1")
    found = nova.landings(change_ids=(CHANGE,))
    assert found.landed == (
        Landing("havana", "2013.2.1", backport, Evidence.CHANGE_ID),
        Landing("icehouse", "2014.1.b1", fix, Evidence.CHANGE_ID),
    )
    assert found.in_line("grizzly") is None
    assert found.in_line("Juno") == Landing("juno", "2014.2.b1", fix, Evidence.CHANGE_ID)


def test_a_cherry_pick_line_alone(nova: Release) -> None:
    nova.stable("Start stable")
    fix = nova.master(message("Fix"))
    nova.tag("2014.1.b1")
    middle = nova.stable(f"Fix it differently\n\n(cherry picked from commit {fix})")
    nova.tag("2013.2.1", "stable/havana")
    nova.upstream.commit(
        {"z": b""}, f"(cherry picked from commit {middle})", branch="stable/grizzly"
    )
    nova.tag("2013.1.1", "stable/grizzly")
    assert rows(nova.landings(change_ids=(CHANGE,)).landed) == [
        ("grizzly", "2013.1.1", "cherry-pick"),
        ("havana", "2013.2.1", "cherry-pick"),
        ("icehouse", "2014.1.b1", "change-id"),
    ]


def test_the_very_commit(nova: Release) -> None:
    fix = nova.master("Fix without a Change-Id")
    nova.tag("2013.2.b1")
    assert rows(nova.landings(commits=(fix,)).landed) == [("havana", "2013.2.b1", "commit")]


def _same_diff_elsewhere(nova: Release, subject: str, author: str) -> CommitId:
    """A commit of a fork (on no branch) and the same diff on master; the fork's id."""
    root = nova.upstream.repository.resolve("master")
    assert root is not None
    files = {"lib.py": b"one\ntwo\n"}
    fork = nova.upstream.commit(files, "Fork's own", branch="fork", parent=root)
    nova.upstream.repository.run("update-ref", "-d", "refs/heads/fork")
    nova.upstream.commit(files, subject, author=author)
    nova.tag("2013.2.b1")
    return fork


WHO = "Ada Example <ada@example.org>"


def test_the_same_diff(nova: Release) -> None:
    fork = _same_diff_elsewhere(nova, "A fix", WHO)
    found = nova.landings(commits=(fork,), subject="A fix", author=WHO)
    assert rows(found.landed) == [("havana", "2013.2.b1", "patch-id")]


def test_author_and_subject_alone_suggest_and_never_decide(nova: Release) -> None:
    fork = _same_diff_elsewhere(nova, "A fix", WHO)
    found = nova.landings(with_diffs=False, commits=(fork,), subject="A fix", author=WHO)
    assert found.landed == ()
    assert found.inherited == ()
    assert rows(found.possible) == [("havana", "2013.2.b1", "author-subject")]
    stranger = nova.landings(with_diffs=False, subject="A fix", author="Bob <bob@example.org>")
    assert stranger == Landings()


def test_a_reverted_change_has_not_landed(nova: Release) -> None:
    fix = nova.master(message("Fix"))
    nova.tag("2013.2.b1")
    undone = nova.master(message('Revert "Fix"', NEXT, f"This reverts commit {fix}."))
    nova.tag("2013.2.b2")
    nova.tag("2013.2")
    found = nova.status(PatchToTrack("p", "nova", Tracked((CHANGE,))))
    assert found.verdict is Verdict.REVERTED
    assert found.landings.landed == ()
    assert [(r.commit, r.by) for r in found.landings.reverted] == [(fix, (undone,))]


def test_a_revert_that_quotes_the_change_id_is_not_the_change(nova: Release) -> None:
    fix = nova.master(message("Fix"))
    nova.master(message('Revert "Fix"', CHANGE, f"This reverts commit {fix}."))
    nova.tag("2013.2")
    assert nova.landings(change_ids=(CHANGE,)).landed == ()


def test_a_revert_told_by_its_subject_alone(nova: Release) -> None:
    nova.master(message("Fix"))
    nova.master(message('Revert "Fix"', NEXT, "It broke the gate."))
    nova.tag("2013.2")
    assert nova.landings(change_ids=(CHANGE,)).landed == ()


def test_a_partial_revert_leaves_it_landed(nova: Release) -> None:
    fix = nova.master(message("Fix"))
    nova.master(message("Drop one check", NEXT, f"This partially reverts commit {fix}."))
    nova.tag("2013.2")
    assert len(nova.landings(change_ids=(CHANGE,)).landed) == 1


def test_landed_again_with_the_same_change_id(nova: Release) -> None:
    fix = nova.master(message("Fix"))
    nova.tag("2013.2.b1")
    nova.master(message('Revert "Fix"', NEXT, f"This reverts commit {fix}."))
    nova.tag("2013.2.b2")
    again = nova.master(message("Fix"))
    nova.tag("2013.2.b3")
    nova.tag("2013.2")
    found = nova.landings(change_ids=(CHANGE,))
    assert found.landed == (Landing("havana", "2013.2.b3", again, Evidence.CHANGE_ID),)
    assert [r.commit for r in found.reverted] == [fix]


def test_a_revert_of_the_revert_brings_it_back(nova: Release) -> None:
    fix = nova.master(message("Fix"))
    nova.tag("2013.2.b1")
    undone = nova.master(message('Revert "Fix"', NEXT, f"This reverts commit {fix}."))
    nova.tag("2013.2.b2")
    nova.master(message('Revert "Revert "Fix""', LAST, f"This reverts commit {undone}."))
    nova.tag("2013.2.b3")
    assert nova.landings(change_ids=(CHANGE,)).landed == (
        Landing("havana", "2013.2.b3", fix, Evidence.CHANGE_ID),
    )


def test_brought_back_only_in_a_later_line(nova: Release) -> None:
    fix = nova.master(message("Fix"))
    undone = nova.master(message('Revert "Fix"', NEXT, f"This reverts commit {fix}."))
    nova.tag("2013.2")
    nova.master(message('Reapply "Fix"', LAST, f"This reverts commit {undone}."))
    nova.tag("2014.1.b1")
    found = nova.landings(change_ids=(CHANGE,))
    assert rows(found.landed) == [("icehouse", "2014.1.b1", "change-id")]
    assert found.in_line("havana") is None


def test_a_revert_on_master_leaves_the_stable_branch_alone(nova: Release) -> None:
    fix = nova.master(message("Fix"))
    nova.tag("2013.2")
    nova.stable("Start stable")
    nova.master(message('Revert "Fix"', NEXT, f"This reverts commit {fix}."))
    nova.tag("2014.1")
    found = nova.landings(change_ids=(CHANGE,))
    assert rows(found.landed) == [("havana", "2013.2", "change-id")]
    assert found.in_line("icehouse") is None


def test_a_revert_picked_to_stable_names_the_commit_of_master(nova: Release) -> None:
    nova.tag("2013.2")
    nova.stable("Start stable")
    fix = nova.master(message("Fix"))
    nova.stable(message("Fix", more=f"(cherry picked from commit {fix})"))
    nova.tag("2013.2.1", "stable/havana")
    nova.stable(message('Revert "Fix"', NEXT, f"This reverts commit {fix}."))
    nova.tag("2013.2.2", "stable/havana")
    nova.tag("2014.1")
    found = nova.landings(change_ids=(CHANGE,))
    assert rows(found.landed) == [("icehouse", "2014.1", "change-id")]


def test_merged_and_not_yet_released(nova: Release) -> None:
    nova.stable(message("Fix"))
    nova.master(message("Fix"))
    assert rows(nova.landings(change_ids=(CHANGE,)).landed) == [
        ("havana", None, "change-id"),
        ("unreleased", None, "change-id"),
    ]


def test_a_branch_that_is_no_line_is_no_landing(nova: Release) -> None:
    nova.upstream.commit({"a": b"x"}, message("Fix"), branch="feature/x")
    assert nova.landings(change_ids=(CHANGE,)).landed == ()


@pytest.mark.parametrize(
    ("merged", "verdict"),
    [
        ((), Verdict.NOT_LANDED),
        ((NEXT,), Verdict.NOT_LANDED),
        ((NEXT, LAST), Verdict.SUPERSEDED),
        ((CHANGE, NEXT, LAST), Verdict.LANDED),
    ],
)
def test_the_verdict(nova: Release, merged: tuple[str, ...], verdict: Verdict) -> None:
    """With two successors, both must have landed."""
    for change in merged:
        nova.master(message(f"Merge {change[:4]}", change))
    nova.tag("2013.2.b3")
    found = nova.status(PatchToTrack("p", "nova", Tracked((CHANGE,)), (NEXT, LAST)))
    assert found.verdict is verdict
    assert [s.id for s in found.superseded_by] == [NEXT, LAST]
    assert [bool(s.landings.landed) for s in found.superseded_by] == [
        change in merged for change in (NEXT, LAST)
    ]


def test_a_squashed_backport_lands_each_change_it_names(nova: Release) -> None:
    nova.stable(f"Two fixes\n\n  Change-Id: {NEXT}\n\nConflicts:\n\tx\n\nChange-Id: {CHANGE}")
    nova.tag("2013.2.1", "stable/havana")
    for change in (CHANGE, NEXT):
        assert rows(nova.landings(change_ids=(change,)).landed) == [
            ("havana", "2013.2.1", "change-id")
        ]


def test_the_index_is_made_beside_and_the_upstream_untouched(nova: Release, tmp_path: Path) -> None:
    nova.tag("2013.2")
    before = sorted(str(p) for p in nova.upstream.path.rglob("*"))
    nova.landings(change_ids=(CHANGE,))
    assert sorted(str(p) for p in nova.upstream.path.rglob("*")) == before
    assert tmp_path in nova.upstream.path.parents
