"""Links in commit messages: where they may stand, and what only looks like one."""

from __future__ import annotations

from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.message import is_revert_of, links, reverted_subject

CHANGE = "I" + "0123456789" * 4
OTHER = "I" + "abcdef0123" * 4
SHA = "5f" * 20
SHA2 = "6e" * 20

hex40 = st.text("0123456789abcdef", min_size=40, max_size=40)
prose = st.lists(st.text("abcdefghij KLM,.'\"#():-", max_size=60), max_size=6).map("\n".join)


@given(prose, prose, hex40, hex40)
def test_links_are_found_anywhere_in_the_message(
    before: str, after: str, digits: str, sha: str
) -> None:
    message = f"{before}\nChange-Id: I{digits}\n{after}\n(cherry picked from commit {sha})\n{after}"
    found = links(message)
    assert found.change_ids == (f"I{digits}",)
    assert found.picked_from == (sha,)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"Change-Id: {CHANGE}", True),
        (f"Change-Id:{CHANGE}  ", True),
        (f"   Change-Id: {CHANGE}", True),  # listed in the message of a squashed backport
        (f"change-id: {CHANGE}\r", True),
        (f"Change-Id: {CHANGE} introduced the bug", False),
        (f"as in Change-Id: {CHANGE}", False),
        (f"Depends-On: {CHANGE}", False),
        (f"Change-Id: {CHANGE}f", False),
        ("Change-Id: I0123", False),
    ],
)
def test_only_a_line_of_its_own_is_a_change_id(line: str, found: bool) -> None:
    assert bool(links(f"Subject\n\n{line}\nmore").change_ids) is found


@pytest.mark.parametrize(
    "text",
    [
        f"(cherry picked from commit {SHA})",
        f"(Cherry picked from commit: {SHA})",
        f"(cherry-picked from {SHA})",
        f"cherry picked from commit\n{SHA}",
        f"commit {SHA} upstream.\n\nText",
        f"[ Upstream commit {SHA} ]\n\nText",
        f"Text.\n\nBackport of {SHA} from main.",
        f"Backported from commit {SHA}",
        f"Backport of upstream commit {SHA}",
        f"**This is a backport of PR #12 as merged into master ({SHA}).**",
        f"**This is a backport of PR #12 as merged into devel\n({SHA}).**",
    ],
)
def test_spellings_of_cherry_picked(text: str) -> None:
    assert links(f"Subject\n\n{text}\n").picked_from == (SHA,)


@pytest.mark.parametrize(
    "text",
    [
        f"This reverts commit {SHA2} which is\ncommit {SHA} upstream.",
        f"It was broken by commit {SHA} upstream.",
        f"See the backport of {SHA}.",
        f"PR #12 as merged into master ({SHA})",
        "commit 0123456 upstream.",
        "Backport of 1213080",
        "Backport of cafe to the bar",
    ],
)
def test_what_is_said_of_another_commit_is_no_backport(text: str) -> None:
    assert links(f"Subject\n\n{text}\n").picked_from == ()


def test_a_squashed_backport_names_them_all_in_order() -> None:
    text = f"(cherry picked from commit {SHA2})\n(cherry picked from commit {SHA})\n"
    found = links(f"S\n\n{text}\nChange-Id: {CHANGE}\nConflicts:\n\ta.py\nChange-Id: {OTHER}")
    assert found.picked_from == (SHA2, SHA)
    assert found.change_ids == (CHANGE, OTHER)


@pytest.mark.parametrize(
    ("text", "reverts"),
    [
        (f"This reverts commit {SHA}.", (SHA,)),
        (f"This reverts commit {SHA}, which was wrong.", (SHA,)),
        (f"This reverts commit {SHA[:10]}", (SHA[:10],)),
        (f"This change reverts commit {SHA}.", (SHA,)),
        (f"Reverts commit {SHA}", (SHA,)),
        (f"This reverts commits {SHA} and {SHA2}.", (SHA, SHA2)),
        (f"This reverts commit https://example.org/x/commit/{SHA}, for now", (SHA,)),
        (f"This partially reverts commit {SHA}.", ()),
        (f"NOTE: This backport does not revert commit {SHA}", ()),
        ("This reverts commit messages to English", ()),
    ],
)
def test_reverts(text: str, reverts: tuple[str, ...]) -> None:
    assert links(f'Revert "x"\n\n{text}\n').reverts == reverts


@given(st.text(st.characters(blacklist_categories=("Cc", "Zl", "Zp")), min_size=1))
def test_the_subject_of_a_revert_gives_back_the_subject(subject: str) -> None:
    assert reverted_subject(f'Revert "{subject}"') == subject
    assert is_revert_of(f'Revert "{subject}" (#13)', f"{subject} (#12)")


def test_an_ordinary_subject_reverts_nothing() -> None:
    assert reverted_subject("Revert to the old scheduler") is None


def listed(*commits: str) -> str:
    return "".join(
        f"commit {commit}\nAuthor: A <a@test.invalid>\nDate:   Thu Apr 4\n\n    Fix x\n\n"
        for commit in commits
    )


@pytest.mark.parametrize(
    ("text", "picks"),
    [
        (f"Backports\n\n{listed('0123456', 'abcdef0')}", ("0123456", "abcdef0")),
        (f"Squashed commit of the following:\n\n{listed('0123456')}", ("0123456",)),
        (f"Fix x again\n\nThis was first done, and reverted, in\n\n{listed('0123456')}", ()),
        (f"Backports\n\n{indent(listed('0123456', 'abcdef0'), '    ')}", ()),
    ],
    ids=["a list", "git merge --squash", "one that is quoted", "indented quotations"],
)
def test_the_list_of_a_squash(text: str, picks: tuple[str, ...]) -> None:
    assert links(text).picked_from == picks
