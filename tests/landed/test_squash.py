"""A squash and its parts: where all the parts are, the squash is."""

from __future__ import annotations

import pytest

from patchseries.landed.evidence import Tracked
from patchseries.landed.squash import parts_of
from patchseries.landed.verdict import Verdict
from patchseries.model import ChangeId, CommitId
from support.features import FeatureHistory
from support.upstreams import Upstream

ONE, TWO, OWN = (ChangeId("I" + digits * 4) for digits in ("0123456789", "a1b2c3d4e5", "f" * 10))
Rows = list[tuple[str, str | None, str]]


@pytest.fixture
def history(upstream: Upstream) -> FeatureHistory:
    made = FeatureHistory(upstream)
    made.tag("1.0.0")
    made.branch("stable/1.0")
    return made


def rows(history: FeatureHistory, squash: CommitId) -> Rows:
    landed = history.landings(Tracked(commits=(squash,))).landed
    return [(at.line, at.tag, str(at.evidence)) for at in landed]


def parts(history: FeatureHistory, commit: CommitId) -> list[str]:
    with history.asked() as (index, _, _):
        entry = index.get(commit)
        assert entry is not None
        return [str(key) for key in parts_of(index, entry)]


def two_on_master(history: FeatureHistory, between: str = "") -> tuple[CommitId, CommitId]:
    """Two changes on master, released together in 2.0.0, or the first before in *between*."""
    one = history.commit(f"One\n\nChange-Id: {ONE}", on="a")
    if between:
        history.tag(between)
    two = history.commit(f"Two\n\nChange-Id: {TWO}", on="b")
    history.tag("2.0.0")
    return one, two


def squashed(one: CommitId, two: CommitId, more: str = "") -> str:
    """The message of a backport that squashes two changes, as Gerrit's users write it."""
    return (
        f"One and two\n\nChange-Id: {ONE}\n(cherry picked from commit {one})\n\n"
        f"Change-Id: {TWO}\n(cherry picked from commit {two})\n{more}"
    )


def test_the_lines_of_its_parts(history: FeatureHistory) -> None:
    one, two = two_on_master(history, between="1.5.0")
    squash = history.commit(squashed(one, two), on="ab", branch="stable/1.0")
    history.tag("1.0.1", "stable/1.0")
    assert rows(history, squash) == [("1.0", "1.0.1", "change-id"), ("2.0", "2.0.0", "parts")]
    tracked = Tracked(commits=(squash,))
    assert history.releases_with(tracked) == ["1.0.1", "2.0.0"]
    found = history.landings(tracked)
    assert [(part.id, part.landings.landed[0].tag) for part in found.parts] == [
        (ONE, "1.0.1"),
        (TWO, "1.0.1"),
    ]


def test_some_of_its_parts_are_not_the_squash(history: FeatureHistory) -> None:
    one = history.commit(f"One\n\nChange-Id: {ONE}", on="a")
    history.tag("2.0.0")
    two = history.commit(f"Two\n\nChange-Id: {TWO}", on="b")
    squash = history.commit(squashed(one, two), on="ab", branch="feature/x")
    history.commit(f'Revert "Two"\n\nThis reverts commit {two}.', off="b")
    history.tag("3.0.0")
    found = history.status(Tracked(commits=(squash,)))
    assert (found.verdict, history.releases_with(Tracked(commits=(squash,)))) == (
        Verdict.NOT_LANDED,
        [],
    )
    assert [bool(part.landings.landed) for part in found.landings.parts] == [True, False]


def test_a_squash_of_the_same_parts_on_another_branch(history: FeatureHistory) -> None:
    one, two = two_on_master(history)
    history.branch("stable/2.0")
    squash = history.commit(squashed(one, two), on="ab", branch="stable/1.0")
    history.tag("1.0.1", "stable/1.0")
    history.branch("stable/0.9", at="refs/tags/1.0.0")
    more = f"(cherry picked from commit {squash})\n"
    older = history.commit(squashed(one, two, more), on="ab", branch="stable/0.9")
    history.tag("0.9.1", "stable/0.9")
    expected = [("1.0", "1.0.1"), ("2.0", "2.0.0")]
    for commit in (squash, older):
        assert [row[:2] for row in rows(history, commit)] == [("0.9", "0.9.1"), *expected]
        assert parts(history, commit) == [ONE, TWO]


def test_under_a_change_id_of_its_own(history: FeatureHistory) -> None:
    one, two = two_on_master(history)
    own = history.commit(
        f"Both\n\n(cherry picked from commit {one})\n(cherry picked from commit {two})\n"
        f"Change-Id: {OWN}",
        on="ab",
        branch="stable/1.0",
    )
    history.tag("1.0.1", "stable/1.0")
    assert rows(history, own)[1:] == [("2.0", "2.0.0", "parts")]
    by_change = history.landings(Tracked(change_ids=(OWN,))).landed
    assert [(at.line, str(at.evidence)) for at in by_change] == [
        ("1.0", "change-id"),
        ("2.0", "parts"),
    ]


def test_of_git_merge_squash_and_of_lists_of_commits(history: FeatureHistory) -> None:
    one = history.commit("One", on="a")
    two = history.commit("Two", on="b")
    history.tag("2.0.0")
    listed = "".join(
        f"commit {commit}\nAuthor: A <a@test.invalid>\nDate:   Thu Apr 4\n\n    {subject}\n\n"
        for commit, subject in ((two, "Two"), (one, "One"))
    )
    squash = history.commit(
        f"Backports\n\nSquashed commit of the following:\n\n{listed}", on="ab", branch="stable/1.0"
    )
    history.tag("1.0.1", "stable/1.0")
    assert rows(history, squash) == [("1.0", "1.0.1", "commit"), ("2.0", "2.0.0", "parts")]
    assert rows(history, one) == [("1.0", "1.0.1", "cherry-pick"), ("2.0", "2.0.0", "commit")]


def test_a_pick_of_a_pick_is_one_change(history: FeatureHistory) -> None:
    one = history.commit("One", on="a")
    history.tag("2.0.0")
    first = history.commit(f"One\n\n(cherry picked from commit {one})", on="a", branch="stable/1.0")
    history.tag("1.0.1", "stable/1.0")
    history.branch("stable/0.9", at="refs/tags/1.0.0")
    picks = f"(cherry picked from commit {one})\n(cherry picked from commit {first})"
    second = history.commit(f"One\n\n{picks}", on="a", branch="stable/0.9")
    history.tag("0.9.1", "stable/0.9")
    assert parts(history, second) == []
    assert rows(history, second) == [
        ("0.9", "0.9.1", "commit"),
        ("1.0", "1.0.1", "cherry-pick"),
        ("2.0", "2.0.0", "cherry-pick"),
    ]


@pytest.mark.parametrize(
    "message",
    [
        f'Revert "One"\n\nThis reverts commit COMMIT.\n\n    Change-Id: {ONE}\n\nChange-Id: {OWN}',
        f"Other\n\nRelated:\n  change-id: {ONE}\n  change-id: {TWO}\n\nChange-Id: {OWN}",
        f"Other\n\n(cherry picked from commit COMMIT)\n(cherry picked from commit {'9' * 40})",
    ],
    ids=["a revert", "related changes", "a part that nobody has"],
)
def test_what_only_quotes_others_is_no_squash(history: FeatureHistory, message: str) -> None:
    one, _ = two_on_master(history)
    commit = history.commit(message.replace("COMMIT", one), on="c", branch="stable/1.0")
    assert parts(history, commit) == []


def test_a_squash_that_is_reverted_takes_its_parts_along(history: FeatureHistory) -> None:
    one, two = two_on_master(history)
    squash = history.commit(squashed(one, two), on="ab", branch="stable/1.0")
    history.tag("1.0.1", "stable/1.0")
    history.commit(
        f'Revert "One and two"\n\nThis reverts commit {squash}.', off="ab", branch="stable/1.0"
    )
    history.tag("1.0.2", "stable/1.0")
    assert history.releases_with(Tracked(commits=(squash,))) == ["1.0.1", "2.0.0"]
    assert rows(history, squash) == [("2.0", "2.0.0", "parts")]
    for change in (ONE, TWO):
        assert history.releases_with(Tracked((change,))) == ["1.0.1", "2.0.0"]
