"""Web addresses of changes: what they name, and what is not taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest.values import _repository
from patchseries.sources import addresses
from patchseries.sources.addresses import (
    BugAddress,
    CommitAddress,
    RequestAddress,
    ReviewAddress,
    read_address,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CHANGE = "I" + COMMIT


@pytest.mark.parametrize(
    ("text", "repository", "commit"),
    [
        (f"https://github.com/o/r/commit/{COMMIT}", "https://github.com/o/r.git", COMMIT),
        (f"https://github.com/o/r/commit/{COMMIT}.patch", "https://github.com/o/r.git", COMMIT),
        (f"https://github.com/o/r/pull/7/commits/{COMMIT}", "https://github.com/o/r.git", COMMIT),
        ("https://github.com/o/r.git/commit/0123456", "https://github.com/o/r.git", "0123456"),
        (f"https://lab.test/a/b/r/-/commit/{COMMIT}", "https://lab.test/a/b/r.git", COMMIT),
        ("https://opendev.org/o/r/commit/0123456#d", "https://opendev.org/o/r.git", "0123456"),
        (f"https://git.test/r.git/commit/?id={COMMIT}", "https://git.test/r.git", COMMIT),
        (f"http://git.test:8080/a/r/commit/{COMMIT}", "http://git.test:8080/a/r.git", COMMIT),
    ],
)
def test_commits(text: str, repository: str, commit: str) -> None:
    assert read_address(text) == CommitAddress(repository, commit)


@pytest.mark.parametrize(
    ("text", "server", "change", "patchset"),
    [
        ("https://r.test/c/o/r/+/42967", "https://r.test", "42967", None),
        ("https://r.test/c/o/r/+/42967/3/a/file.py", "https://r.test", "42967", 3),
        ("https://r.test/gerrit/c/o/r/+/42967", "https://r.test/gerrit", "42967", None),
        ("https://r.test/42967", "https://r.test", "42967", None),
        ("https://r.test/42967/", "https://r.test", "42967", None),
        ("https://r.test/#/c/42967/2", "https://r.test", "42967", 2),
        (f"https://r.test/q/{CHANGE}", "https://r.test", CHANGE, None),
        (f"https://r.test/#/q/{CHANGE}", "https://r.test", CHANGE, None),
    ],
)
def test_reviews(text: str, server: str, change: str, patchset: int | None) -> None:
    assert read_address(text) == ReviewAddress(server, change, patchset)


@pytest.mark.parametrize(
    ("text", "repository", "ref"),
    [
        ("https://github.com/o/r/pull/7", "https://github.com/o/r.git", "refs/pull/7/head"),
        ("https://github.com/o/r/pull/7/files", "https://github.com/o/r.git", "refs/pull/7/head"),
        ("https://opendev.org/o/r/pulls/7", "https://opendev.org/o/r.git", "refs/pull/7/head"),
        (
            "https://lab.test/a/b/r/-/merge_requests/7/diffs",
            "https://lab.test/a/b/r.git",
            "refs/merge-requests/7/head",
        ),
    ],
)
def test_requests(text: str, repository: str, ref: str) -> None:
    assert read_address(text) == RequestAddress(repository, ref)


@pytest.mark.parametrize(
    ("text", "tracker", "number"),
    [
        ("https://bugs.launchpad.net/nova/+bug/1213080", "launchpad", "1213080"),
        ("https://launchpad.net/bugs/1213080", "launchpad", "1213080"),
        ("https://bugs.launchpad.net/ubuntu/+source/nova/+bug/1213080", "launchpad", "1213080"),
        ("https://bugs.debian.org/123456", "debian", "123456"),
        ("https://bugs.debian.org/cgi-bin/bugreport.cgi?bug=123456", "debian", "123456"),
    ],
)
def test_bugs(text: str, tracker: str, number: str) -> None:
    assert read_address(text) == BugAddress(tracker, number)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/",
        "https://example.org/o/r",
        "https://[1/commit/0123456",
        f"ext::sh -c id/commit/{COMMIT}",
        f"file:///etc/commit/{COMMIT}",
        f"ssh://host/o/r/commit/{COMMIT}",
        f"https://user:secret@host/o/r/commit/{COMMIT}",
        f"https://host/o r/commit/{COMMIT}",
        f"https://host/o\x1br/commit/{COMMIT}",
        "https://host/o/r/commit/" + "0" * 3000,
        f"https://host/{'o' * 2000}/r/commit/{COMMIT}",
        "https://host/o/r/commit/--upload-pack=id",
        "https://bugs.launchpad.net/nova/+bug/1;id",
        "https://bugs.debian.org/cgi-bin/bugreport.cgi?bug=--help",
    ],
)
def test_what_is_none(text: str) -> None:
    assert read_address(text) is None


@given(st.text(max_size=80) | st.from_regex(r"https://[a-z.]{1,9}/\S{0,60}", fullmatch=True))
def test_any_text_is_an_address_that_can_be_fetched_or_none(text: str) -> None:
    found = read_address(text)
    if isinstance(found, CommitAddress):
        assert _repository(found.repository) == found.repository
    if isinstance(found, ReviewAddress):
        assert found.server.startswith(("https://", "http://"))


def test_an_address_may_be_long_but_not_without_end() -> None:
    url = "https://bugs.launchpad.net/nova/+bug/1213080?"
    whole = url + "x" * (addresses._LONGEST - len(url))
    assert read_address(whole) == BugAddress("launchpad", "1213080")
    assert read_address(whole + "x") is None


def test_an_id_alone_is_no_commit() -> None:
    """cgit says where its repository is; of another page nobody knows."""
    for path in ("kitchen/oven/log/", "kitchen/oven"):
        assert read_address(f"https://example.org/{path}?id=5450f0937088") is None
