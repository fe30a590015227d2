"""From a commit to its backport: a claim only where the evidence is of one mind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from patchseries.git import Repository
from patchseries.landed.builder import open_index
from patchseries.landed.evidence import origins
from patchseries.landed.index import HistoryIndex
from patchseries.landed.pairs import backport
from patchseries.landed.releaselines import ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from patchseries.model import CommitId
from support.upstreams import Upstream

ONE, TWO, STABLE = (f"I{digit * 40}" for digit in "123")


class Pairs:
    """A history with stable/havana beside master, and questions about it."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.n = 0
        self.root = self.commit("Start")
        upstream.tag("2013.2")
        upstream.repository.run("branch", "stable/havana", "master")

    def commit(self, message: str, branch: str = "master") -> CommitId:
        self.n += 1
        return self.upstream.commit({f"f{self.n}": b"x"}, message, branch=branch)

    def stable(self, message: str) -> CommitId:
        return self.commit(message, "stable/havana")

    def release(self) -> None:
        self.upstream.tag("2013.2.1", "stable/havana")
        self.upstream.tag("2014.1")

    def backport(self, commit: CommitId, line: str = "havana") -> CommitId | None:
        for index, lines in self.asked():
            found = backport(index, lines, commit, line)
            return found.entry.commit if found else None
        return None

    def asked(self) -> Iterator[tuple[HistoryIndex, ReleaseLines]]:
        path = self.upstream.path
        with Repository(path) as repository, open_index(path.parent / "i", repository) as index:
            yield index, lines_of(scheme_for("nova", "x/nova"), index.named_refs)


@pytest.fixture
def nova(upstream: Upstream) -> Pairs:
    return Pairs(upstream)


def test_by_change_id(nova: Pairs) -> None:
    fix = nova.commit(f"Fix\n\nChange-Id: {ONE}")
    human = nova.stable(f"Fix\n\nChange-Id: {ONE}")
    nova.release()
    assert nova.backport(fix) == human
    assert nova.backport(fix, "grizzly") is None


def test_by_cherry_pick_line(nova: Pairs) -> None:
    fix = nova.commit(f"Fix\n\nChange-Id: {ONE}")
    human = nova.stable(f"Fix\n\nChange-Id: {STABLE}\n(Cherry picked from commit: {fix})")
    nova.release()
    assert nova.backport(fix) == human


def test_a_backport_that_was_reverted_later_still_was_one(nova: Pairs) -> None:
    fix = nova.commit(f"Fix\n\nChange-Id: {ONE}")
    human = nova.stable(f"Fix\n\nChange-Id: {ONE}")
    nova.stable(f'Revert "Fix"\n\nThis reverts commit {human}.')
    nova.release()
    assert nova.backport(fix) == human


def test_author_and_subject_alone_are_no_claim(nova: Pairs) -> None:
    fix = nova.commit("Fix")
    nova.stable("Fix")
    nova.release()
    assert nova.backport(fix) is None


def test_two_backports_on_one_line_are_no_claim(nova: Pairs) -> None:
    fix = nova.commit(f"Fix\n\nChange-Id: {ONE}")
    nova.stable(f"Fix\n\nChange-Id: {ONE}")
    nova.stable(f"Fix, the rest\n\nChange-Id: {ONE}")
    nova.release()
    assert nova.backport(fix) is None


def test_a_squashed_backport_is_that_of_each(nova: Pairs) -> None:
    fixes = [nova.commit(f"Fix {n}\n\nChange-Id: I{n:040d}") for n in range(3)]
    picked = "\n".join(f"(cherry picked from commit {fix})" for fix in fixes)
    human = nova.stable(f"Fixes\n\n{picked}\nChange-Id: {STABLE}")
    nova.release()
    assert [nova.backport(fix) for fix in fixes] == [human] * 3


def test_a_pick_of_a_merge_means_what_it_merged(nova: Pairs) -> None:
    fix = nova.upstream.commit({"t": b"x"}, "Fix", branch="topic", parent=nova.root)
    tree = nova.upstream.repository.commit(fix).tree
    merge = nova.upstream.commit_tree(tree, [nova.root, fix], 'Merge "Fix"')
    human = nova.stable(f"Fix\n\n(cherry picked from commit {merge})")
    nova.release()
    for index, _ in nova.asked():
        entry = index.get(human)
        assert entry is not None
        assert [origin.commit for origin in origins(index, entry)] == [fix]


def test_an_unknown_commit(nova: Pairs) -> None:
    nova.release()
    assert nova.backport(CommitId("0" * 40)) is None
