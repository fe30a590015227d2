"""Links are https addresses made of the manifest's keys, whatever a project's names are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest import PatchEntry, Project, Source
from patchseries.report.links import (
    blueprint_link,
    bug_link,
    change_link,
    commit_link,
    review_link,
    source_link,
    tag_link,
    web_address,
)
from patchseries.report.pagemodel import Link

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CHANGE = f"I{COMMIT}"


def project(**keys: Any) -> Project:
    given = {"repository": "https://github.com/org/oven.git", "bases": ["1.0"]}
    return Project.model_validate(given | {k.replace("_", "-"): v for k, v in keys.items()})


def source(**keys: Any) -> Source:
    return Source.model_validate({k.replace("_", "-"): v for k, v in keys.items()})


@pytest.mark.parametrize(
    ("repository", "commit", "tag"),
    [
        ("https://github.com/o/r.git", "github.com/o/r/commit/", "github.com/o/r/releases/tag/"),
        ("https://opendev.org/o/r", "opendev.org/o/r/commit/", "opendev.org/o/r/src/tag/"),
        ("https://codeberg.org/o/r/", "codeberg.org/o/r/commit/", "codeberg.org/o/r/src/tag/"),
        ("https://gitlab.com/g/s/r.git", "gitlab.com/g/s/r/-/commit/", "gitlab.com/g/s/r/-/tags/"),
        ("https://gitlab.test/g/r", "gitlab.test/g/r/-/commit/", "gitlab.test/g/r/-/tags/"),
    ],
)
def test_pages_of_known_servers(repository: str, commit: str, tag: str) -> None:
    mine = project(repository=repository)
    assert commit_link(mine, COMMIT).url == f"https://{commit}{COMMIT}"
    assert tag_link(mine, "v1.0").url == f"https://{tag}v1.0"


@pytest.mark.parametrize(
    "repository",
    [
        "https://unknown.invalid/o/r.git",
        "http://github.com/o/r.git",
        "git://github.com/o/r.git",
        "git@github.com:o/r.git",
        "/github.com/o/r",
    ],
)
def test_of_other_servers_nothing_is_guessed(repository: str) -> None:
    mine = project(repository=repository)
    assert commit_link(mine, COMMIT).url is None
    assert tag_link(mine, "1.0").url is None
    assert commit_link(mine, COMMIT).text == COMMIT


@pytest.mark.parametrize(
    ("commit", "is_id"),
    [("a" * 7, True), ("a" * 64, True), ("a" * 6, False), ("a" * 65, False), ("topic", False)],
)
def test_what_is_no_commit_id_has_no_page(commit: str, is_id: bool) -> None:
    assert (commit_link(project(), commit).url is not None) == is_id


def test_the_manifest_says_where_the_pages_are() -> None:
    mine = project(
        repository="https://git.invalid/o/r",
        commit_url="https://git.invalid/o/r/commit/?id={commit}",
        tag_url="https://git.invalid/o/r/tag/?h={tag}",
    )
    assert commit_link(mine, COMMIT).url == f"https://git.invalid/o/r/commit/?id={COMMIT}"
    assert tag_link(mine, "a/1.0").url == "https://git.invalid/o/r/tag/?h=a/1.0"
    # they are the pages of this repository, not of another
    assert commit_link(mine, COMMIT, "https://git.invalid/o/other").url is None
    other = commit_link(mine, COMMIT, "https://github.com/o/fork")
    assert other.url == f"https://github.com/o/fork/commit/{COMMIT}"


def test_what_a_patch_names() -> None:
    mine = project(
        gerrit="https://review.invalid/",
        bug_url="https://bugs.invalid/{bug}",
        blueprint_url="https://plans.invalid/{blueprint}",
    )
    patch = PatchEntry.model_validate(
        {"name": "hotter", "project": "oven", "change-id": CHANGE, "review": 42}
    )
    assert review_link(patch, mine) == Link(CHANGE, "https://review.invalid/q/42")
    assert change_link(mine, CHANGE).url == f"https://review.invalid/q/{CHANGE}"
    assert change_link(mine, COMMIT).url == f"https://github.com/org/oven/commit/{COMMIT}"
    assert change_link(project(), CHANGE).url is None
    assert bug_link(mine, "7").url == "https://bugs.invalid/7"
    assert bug_link(project(), "https://bugs.invalid/8").url == "https://bugs.invalid/8"
    assert bug_link(project(), "8").url is None
    assert blueprint_link(mine, "fans").url == "https://plans.invalid/fans"
    assert blueprint_link(project(), "https://plans.invalid/8").url == "https://plans.invalid/8"
    assert blueprint_link(project(), "fans").url is None


def test_sources() -> None:
    mine = project(gerrit="https://review.invalid")
    fork = "https://github.com/me/oven.git"
    at = source(repository=fork, commit=COMMIT)
    assert source_link(at, mine).url == f"https://github.com/me/oven/commit/{COMMIT}"
    assert source_link(source(commit=COMMIT), mine).url == commit_link(mine, COMMIT).url
    tagged = source(repository=fork, tag="1.0")
    assert source_link(tagged, mine).url == "https://github.com/me/oven/releases/tag/1.0"
    assert source_link(source(branch="topic"), mine).url is None
    review = source(change_id=CHANGE, patchset=3)
    assert source_link(review, mine).url == f"https://review.invalid/q/{CHANGE}"
    assert source_link(source(file="own/a.patch"), mine).url is None
    url = source(url="https://x.invalid/a.patch", sha256="0" * 64)
    assert source_link(url, mine).url == "https://x.invalid/a.patch"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//host.invalid/x",
        "http://host.invalid/x",
        "https:///x",
        "https://user@host.invalid/",
        "https://user:word@host.invalid/",
        "https://host.invalid\\@other.invalid/",
        "https://host.invalid/ x",
        "https://host.invalid/\n",
        "https://host.invalid/\u202e",
        'https://host.invalid/"onclick=x',
        "https://host.invalid:x/",
        "https://host.invalid:0/",
        "https://[host/",
        "https://host.invalid/" + "a" * 2000,
    ],
)
def test_what_is_no_address_of_a_page(address: str) -> None:
    assert web_address(address) is None


def test_what_is_one() -> None:
    start = "https://host.invalid:8443/"
    for address in (start, start + "a" * (2000 - len(start)), "https://[::1]/x?a=b#c"):
        assert web_address(address) == address


@given(st.text(max_size=30))
def test_no_name_leads_elsewhere(name: str) -> None:
    """A bug, tag or commit of any characters stays within the place that the manifest says."""
    mine = project(
        bug_url="https://bugs.invalid/show?id={bug}", tag_url="https://git.invalid/tag/{tag}"
    )
    for link, host in (
        (bug_link(mine, name), "bugs.invalid"),
        (tag_link(mine, name), "git.invalid"),
        (commit_link(mine, name), "github.com"),
    ):
        if link.url is not None:
            parts = urlsplit(link.url)
            assert (parts.scheme, parts.netloc, parts.fragment) == ("https", host, "")
            assert parts.query.count("=") == (host == "bugs.invalid")
