"""Whether a base contains a change: each evidence, and every way of taking a change back."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from patchseries.git import Repository
from patchseries.landed.builder import open_index
from patchseries.landed.contains import Contained, all_contained, changes_named, contained
from patchseries.landed.evidence import Evidence, Tracked
from patchseries.landed.patchid import patch_ids
from patchseries.model import ChangeId, CommitId
from support.upstreams import Upstream

CHANGE = ChangeId("I" + "0123456789" * 4)
NEXT = ChangeId("I" + "a1b2c3d4e5" * 4)
BOTH = (Tracked((CHANGE,)), Tracked((NEXT,)))
WHO = "Ada Example <ada@example.org>"


class Line:
    """A history with a master and a stable branch, asked from its tips."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self._count = 0
        self.start = self.master("Start")
        self.upstream.repository.run("branch", "stable", "master")

    def master(self, subject: str, body: str = "", author: str = WHO) -> CommitId:
        return self._commit("master", subject, body, author)

    def stable(self, subject: str, body: str = "", author: str = WHO) -> CommitId:
        return self._commit("stable", subject, body, author)

    def _commit(self, branch: str, subject: str, body: str, author: str) -> CommitId:
        self._count += 1
        files = {f"f{self._count}": b"x\n"}
        return self.upstream.commit(files, f"{subject}\n\n{body}", branch=branch, author=author)

    def contains(self, base: CommitId, *changes: Tracked) -> list[tuple[str, CommitId]]:
        path = self.upstream.path
        with Repository(path) as git, open_index(path.parent / "index", git) as index:
            found = all_contained(index, base, changes, patch_ids([git]))
        return [(str(one.evidence), one.commit) for one in found]


@pytest.fixture
def line(upstream: Upstream) -> Line:
    return Line(upstream)


def told(change: str) -> str:
    return f"Change-Id: {change}"


def test_by_change_id_from_the_commit_on(line: Line) -> None:
    line.master("Fix", told(CHANGE))
    before = line.stable("Other")
    backport = line.stable("Fix", told(CHANGE))
    after = line.stable("More")
    fix = Tracked(change_ids=(CHANGE,))
    assert line.contains(before, fix) == []
    assert line.contains(backport, fix) == [("change-id", backport)]
    assert line.contains(after, fix) == [("change-id", backport)]


def test_by_the_commit_itself_by_a_cherry_pick_line_and_by_the_diff(line: Line) -> None:
    fix = line.master("Fix")
    picked = line.stable("Another subject", f"(cherry picked from commit {fix})")
    files = {"lib": b"one\n"}
    original = line.upstream.commit(files, "Same", author=WHO)
    copy = line.upstream.commit(files, "Same", branch="stable", author=WHO)
    assert line.contains(original, Tracked(commits=(fix,))) == [("commit", fix)]
    assert line.contains(copy, Tracked(commits=(fix,))) == [("cherry-pick", picked)]
    assert line.contains(copy, Tracked(commits=(original,))) == [("patch-id", copy)]


def test_author_and_subject_alone_are_no_answer(line: Line) -> None:
    fix = line.master("Fix", author=WHO)
    like = line.stable("Fix", author=WHO)
    assert line.contains(like, Tracked(commits=(fix,), subject="Fix", author=WHO)) == []


def test_a_tag_and_any_commit_between_tags_answer_alike(line: Line) -> None:
    commits = [line.stable("One"), line.stable("Fix", told(CHANGE)), line.stable("Two")]
    plain = [bool(line.contains(commit, Tracked((CHANGE,)))) for commit in commits]
    for number, commit in enumerate(commits):
        line.upstream.tag(f"1.{number}", commit, message="Release")
    assert plain == [False, True, True]
    assert [bool(line.contains(commit, Tracked((CHANGE,)))) for commit in commits] == plain


STEPS = list(product(("again", "back"), ("last", "first"), ("again", "back")))


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize(("first", "names", "second"), STEPS)
def test_taken_back_and_brought_back(
    line: Line, first: str, names: str, second: str, quoted: bool
) -> None:
    """A change lands, is reverted, comes back, is reverted and comes back again.

    It comes back ``again`` as itself, or by a revert that takes the revert ``back``; the second
    revert names what came ``last``, or the ``first`` landing. Each step is a base.
    """
    landed = last = line.stable("Fix", told(CHANGE))
    bases = [(landed, True)]
    subject = "Fix"

    def revert(target: CommitId) -> CommitId:
        change = CHANGE if quoted else "I" + f"{len(bases)}" * 40
        words = f"This reverts commit {target}.\n\n{told(change)}"
        return line.stable(f'Revert "{subject}"', words)

    for way in (first, second):
        undone = revert(landed if names == "first" else last)
        bases.append((undone, False))
        if way == "again":
            subject = "Fix"
            last = line.stable("Fix", told(CHANGE))
        else:
            subject = f'Revert "{subject}"'
            last = revert(undone)
            subject = f'Revert "{subject}"'
        bases.append((last, True))
    assert [bool(line.contains(base, Tracked((CHANGE,)))) for base, _ in bases] == [
        there for _, there in bases
    ]


def test_only_reverts_in_the_base_count(line: Line) -> None:
    fix = line.master("Fix", told(CHANGE))
    backport = line.stable("Fix", told(CHANGE))
    line.master('Revert "Fix"', f"This reverts commit {fix}.")
    stable = line.stable("More")
    tip = line.master("More")
    assert line.contains(stable, Tracked((CHANGE,))) == [("change-id", backport)]
    assert line.contains(tip, Tracked((CHANGE,))) == []


def test_reverts_that_were_picked_name_the_commits_of_master(line: Line) -> None:
    fix = line.master("Fix", told(CHANGE))
    undone = line.master('Revert "Fix"', f"This reverts commit {fix}.\n\n{told(NEXT)}")
    line.master('Revert "Revert "Fix""', f"This reverts commit {undone}.")
    backport = line.stable("Fix", told(CHANGE))
    without = line.stable('Revert "Fix"', f"This reverts commit {fix}.\n\n{told(NEXT)}")
    again = line.stable('Revert "Revert "Fix""', f"This reverts commit {undone}.")
    assert line.contains(without, Tracked((CHANGE,))) == []
    assert line.contains(again, Tracked((CHANGE,))) == [("change-id", backport)]


def test_several_changes_are_in_when_each_of_them_is(line: Line) -> None:
    one = line.stable("One", told(CHANGE))
    two = line.stable("Two", told(NEXT))
    assert line.contains(one, *BOTH) == []
    assert line.contains(two, *BOTH) == [("change-id", one), ("change-id", two)]
    assert line.contains(two) == []


def test_a_base_that_the_index_does_not_know_contains_nothing(line: Line) -> None:
    line.stable("Fix", told(CHANGE))
    assert line.contains(CommitId("9" * 40), Tracked((CHANGE,))) == []


ID = CommitId("c" * 40)
OTHER = CommitId("d" * 40)


@pytest.mark.parametrize(
    ("text", "commit", "expected"),
    [
        ("Fix", None, ()),
        ("Fix", ID, (Tracked(commits=(ID,)),)),
        (f"Fix\n\n{told(CHANGE)}", None, (Tracked((CHANGE,)),)),
        (f"Fix\n\n{told(CHANGE)}", ID, (Tracked((CHANGE,), (ID,)),)),
        (
            f"Fix\n\n(cherry picked from commit {OTHER})\n{told(CHANGE)}",
            None,
            (Tracked((CHANGE,)),),
        ),
        (f"Fix\n\n(cherry picked from commit {OTHER})", ID, (Tracked(commits=(ID, OTHER)),)),
        (f"Two\n\n{told(CHANGE)}\n{told(NEXT)}", ID, BOTH),
        (f"Origin: upstream, commit:{OTHER}\n", None, (Tracked(commits=(OTHER,)),)),
        (
            f"Description: x\nOrigin: backport, https://x.test/c/{OTHER},\n commit:{ID}\n",
            None,
            (Tracked(commits=(OTHER,)), Tracked(commits=(ID,))),
        ),
        (f"Origin: other, commit:{OTHER}\n", None, ()),
        (f"Origin: vendor, https://x.test/{OTHER}\nX: {ID}\n", None, ()),
        ("Origin: upstream, https://review.test/12345678\n", None, ()),
    ],
)
def test_what_a_message_or_a_patch_head_says_it_is(
    text: str, commit: CommitId | None, expected: tuple[Tracked, ...]
) -> None:
    assert changes_named(text, commit) == expected


def test_one_change_is_one_answer(line: Line, tmp_path: Path) -> None:
    fix = line.stable("Fix", told(CHANGE))
    with Repository(line.upstream.path) as git, open_index(tmp_path / "index", git) as index:
        found = contained(index, fix, Tracked((CHANGE,)))
    assert found == Contained(fix, Evidence.CHANGE_ID)
