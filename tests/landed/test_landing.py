"""What was reverted, and where: each release by its own history, whatever happened elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.landed.evidence import Tracked
from patchseries.landed.verdict import Verdict
from patchseries.model import ChangeId, CommitId
from support.features import FeatureHistory
from support.upstreams import Upstream

CHANGE = ChangeId("I" + "0123456789" * 4)
TRACKED = Tracked((CHANGE,))
FIX = f"Fix\n\nChange-Id: {CHANGE}"


@pytest.fixture
def history(upstream: Upstream) -> FeatureHistory:
    return FeatureHistory(upstream)


def lines(history: FeatureHistory, tracked: Tracked = TRACKED) -> list[tuple[str, str | None]]:
    return [(at.line, at.tag) for at in history.landings(tracked).inherited]


def test_reverted_everywhere_is_a_verdict_of_its_own(history: FeatureHistory) -> None:
    fix = history.commit(FIX, on="a")
    assert history.status(TRACKED).verdict is Verdict.LANDED
    undone = history.commit(f'Revert "Fix"\n\nThis reverts commit {fix}.', off="a")
    history.tag("1.0.0")
    found = history.status(TRACKED)
    assert found.verdict is Verdict.REVERTED
    assert [(r.commit, r.by) for r in found.landings.reverted] == [(fix, (undone,))]
    history.commit(FIX, on="a")
    assert history.status(TRACKED).verdict is Verdict.LANDED


def test_what_was_reverted_on_a_branch_that_is_no_line_never_landed(
    history: FeatureHistory,
) -> None:
    history.tag("1.0.0")
    history.branch("feature/x")
    fix = history.commit(FIX, on="a", branch="feature/x")
    history.commit(f'Revert "Fix"\n\nThis reverts commit {fix}.', off="a", branch="feature/x")
    found = history.status(TRACKED)
    assert (found.verdict, found.landings.reverted) == (Verdict.NOT_LANDED, ())


def test_a_revert_of_a_merge_takes_back_what_it_merged(history: FeatureHistory) -> None:
    history.branch("topic")
    fix = history.commit("Fix", on="a", branch="topic")
    history.other()
    before = history.upstream.repository.resolve("master")
    merge = history.merge("Merge pull request #7 from ada/topic", "topic")
    history.tag("1.0.0")
    words = f"This reverts commit {merge}, reversing\nchanges made to {before}."
    undone = history.commit(f'Revert "Merge pull request #7 from ada/topic"\n\n{words}', off="a")
    history.tag("1.1.0")
    tracked = Tracked(commits=(fix,))
    assert history.releases_with(tracked) == ["1.0.0"]
    assert lines(history, tracked) == [("1.0", "1.0.0")]
    history.commit(f'Revert "Revert it"\n\nThis reverts commit {undone}.', on="a")
    history.tag("1.2.0")
    assert history.releases_with(tracked) == ["1.0.0", "1.2.0"]


def test_what_was_there_before_a_merge_stays_when_the_merge_is_reverted(
    history: FeatureHistory,
) -> None:
    fix = history.commit("Fix", on="a")
    history.branch("topic")
    own = history.commit("Own", on="b", branch="topic")
    ours = history.commit("Ours", on="c")
    merge = history.merge("Merge branch 'topic'", "topic")
    history.commit(f"Revert \"Merge branch 'topic'\"\n\nThis reverts commit {merge}.", off="b")
    history.tag("1.0.0")
    for commit, feature in ((fix, "a"), (own, "b"), (ours, "c")):
        assert bool(history.releases_with(Tracked(commits=(commit,)))) is history.has(
            "1.0.0", feature
        )


def test_a_revert_names_the_commit_of_a_branch_that_nothing_links_to_this_one(
    history: FeatureHistory,
) -> None:
    """The same fix by two people: only the subject is the same, on master and on stable."""
    history.tag("1.0.0")
    history.branch("stable")
    fix = history.commit("Fix", on="a", author="Ada <ada@test.invalid>")
    mine = history.upstream.commit({"a.py": b"other\n"}, "Fix", branch="stable")
    history.tag("1.0.1", "stable")
    words = f'Revert "Fix"\n\nThis reverts commit {fix}.'
    history.commit(words, off="a")
    history.commit(words, off="a", branch="stable")
    history.tag("1.0.2", "stable")
    assert history.releases_with(Tracked(commits=(mine,))) == ["1.0.1"]
    assert lines(history, Tracked(commits=(mine,))) == []


def test_a_revert_of_one_of_two_with_the_same_subject(history: FeatureHistory) -> None:
    first = history.commit("Fix", on="a")
    second = history.commit("Fix", on="b", author="Bob <bob@test.invalid>")
    history.commit(f'Revert "Fix"\n\nThis reverts commit {second}.', off="b")
    history.tag("1.0.0")
    assert history.releases_with(Tracked(commits=(first,))) == ["1.0.0"]
    assert history.releases_with(Tracked(commits=(second,))) == []


def test_the_number_of_a_pull_request_after_the_subject(history: FeatureHistory) -> None:
    fix = history.commit("Fix (#12)", on="a")
    history.commit('Revert "Fix" (#13)\n\nIt is slow.', off="a")
    history.tag("1.0.0")
    again = history.commit("Other fix (#14)", on="b")
    history.commit('Revert "Other fix (#14)" (#15)', off="b")
    history.tag("1.1.0")
    assert history.releases_with(Tracked(commits=(fix,))) == []
    assert history.releases_with(Tracked(commits=(again,))) == []


def test_a_line_has_it_through_a_revert_that_was_taken_back_before_the_next_release(
    history: FeatureHistory,
) -> None:
    """Both releases have the change, by different commits: it is in the line since the first."""
    fix = history.commit(FIX, on="a")
    history.tag("1.0.0")
    history.commit(f'Revert "Fix"\n\nThis reverts commit {fix}.', off="a")
    history.commit(FIX, on="a")
    history.tag("1.0.1")
    assert lines(history) == [("1.0", "1.0.0"), ("unreleased", None)]


# The law: a release has the change only if the last of its landings and reverts is a landing.

BRANCHES = ("master", "stable/1.0", "stable/2.0")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["land", "twin", "revert", "back", "cut", "release", "other"]),
        st.sampled_from(BRANCHES),
        st.sampled_from(["names", "picks", "subject"]),
    ),
    min_size=3,
    max_size=14,
)


class Story:
    """A change that lands, is reverted and comes back on branches, as the steps say."""

    def __init__(self, path: Path) -> None:
        self.history = FeatureHistory(Upstream(path))
        self.history.tag("0.1.0")
        self.tips = {"master": self.history.start}
        self.said: dict[str, list[tuple[str, CommitId]]] = {"master": []}
        self.releases = 0

    def step(self, kind: str, branch: str, how: str) -> None:
        if kind == "cut":
            if branch not in self.said:
                self.history.branch(branch)
                self.said[branch] = list(self.said["master"])
        elif branch not in self.said:
            return
        elif kind == "release":
            self.releases += 1
            self.history.tag(f"{BRANCHES.index(branch)}.1.{self.releases}", branch)
        elif kind == "other":
            self.history.other(branch)
        else:
            self._switch(kind, branch, how)

    def _switch(self, kind: str, branch: str, how: str) -> None:
        """Switch the feature as *kind* says, if that changes anything on *branch*."""
        here = self.said[branch]
        is_on = bool(here) and here[-1][0] != "off"
        if kind == "land" and not is_on:
            self._add(branch, "on", FIX, on="a")
        elif kind == "twin" and not is_on:
            self._add(branch, "on", "Enable it\n\nAs on another branch.", on="a")
        elif kind == "revert" and is_on:
            last, target = here[-1]
            picked = [c for told in self.said.values() for k, c in told if k == "on"]
            if how == "picks" and last == "on":
                target = picked[0]  # of whatever branch: the revert was picked from there
            by_subject = how == "subject" and last == "on"
            words = "" if by_subject else f"This reverts commit {target}."
            self._add(branch, "off", f'Revert "{self._subject(here[-1][1])}"\n\n{words}', off="a")
        elif kind == "back" and here and not is_on:
            undone = here[-1][1]
            message = f'Revert "{self._subject(undone)}"\n\nThis reverts commit {undone}.'
            self._add(branch, "back", message, on="a")

    def _subject(self, commit: CommitId) -> str:
        return self.history.upstream.repository.commit(commit).subject

    def _add(self, branch: str, kind: str, message: str, on: str = "", off: str = "") -> None:
        made = self.history.commit(message, on=on, off=off, branch=branch)
        self.said[branch].append((kind, made))


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_each_release_by_its_own_history(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str]]
) -> None:
    story = Story(tmp_path_factory.mktemp("story") / "o" / "x.git")
    for step in steps:
        story.step(*step)
    story.step("release", "master", "")
    tags = [
        n.removeprefix("refs/tags/") for n in story.history.upstream.repository.refs("refs/tags/")
    ]
    truth = sorted(tag for tag in tags if story.history.has(tag, "a"))
    contained = story.history.releases_with(TRACKED)
    assert set(contained) <= set(truth)
    git = story.history.upstream.repository
    if any(git.commit(c).subject == "Fix" for told in story.said.values() for _, c in told):
        assert contained == truth
    named = [at.tag for at in story.history.landings(TRACKED).inherited if at.tag]
    assert set(named) <= set(truth)
    git.close()
