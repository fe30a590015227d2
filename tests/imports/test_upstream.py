"""Where an upstream is, as its packaging says, and which of its tags a version is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.imports.upstream import (
    base_name,
    find_upstream,
    place_of,
    repository_of_url,
    tag_of_version,
    upstream_version,
)

OVEN = "https://github.com/org/oven.git"


@pytest.mark.parametrize(
    ("debian", "expected"),
    [
        ({"upstream/metadata": f"Bug-Database: x\nRepository: {OVEN}\n"}, OVEN),
        ({"upstream/metadata": "Repository: https://git.h.invalid/oven\n"}, "https://git.h.invalid/oven"),
        ({"upstream/metadata": "Repository: https://svn.h.invalid/svn/oven\n"}, None),
        ({"upstream/metadata": "Repository: --upload-pack=x\n"}, None),
        ({"upstream/metadata": "Repository: https://me:secret@h.invalid/oven.git\n"}, None),
        ({"upstream/metadata": "Repository: ext::sh -c x\n"}, None),
        ({"watch": "version=4\nhttps://github.com/org/oven/tags .*/v?(\\d\\S*)\\.gz\n"}, OVEN),
        ({"watch": "# https://github.com/org/oven/tags\n"}, None),
        ({"watch": "https://github.com/org/other/tags x\n"}, None),
        ({"control": "Source: oven\nHomepage: https://oven.invalid/\n"}, None),
        ({"control": "Source: oven\nHomepage: https://github.com/org/oven\n"}, OVEN),
        ({"copyright": "Source: https://gitlab.com/a/b/oven/-/releases\n"}, "https://gitlab.com/a/b/oven.git"),
        ({}, None),
    ],
)  # fmt: skip
def test_the_repository(debian: dict[str, str], expected: str | None) -> None:
    found = find_upstream(debian, "oven")
    assert (found.repository if found else None) == expected


def test_the_surest_comes_first_and_openstack_has_a_gerrit() -> None:
    debian = {
        "control": "Homepage: https://github.com/org/oven\n",
        "watch": "https://github.com/openstack/oven/tags x\n",
    }
    found = find_upstream(debian, "oven")
    assert found is not None
    assert (found.repository, found.where) == (
        "https://opendev.org/openstack/oven.git",
        "debian/watch",
    )
    assert found.gerrit == "https://review.opendev.org"


@pytest.mark.parametrize(
    ("version", "tags", "expected"),
    [
        ("26.2.2", ["26.2.1", "26.2.2"], "26.2.2"),
        ("1.0", ["v1.0", "v1.0.1"], "v1.0"),
        ("1.0", ["oven-1.0", "other-1.0"], "oven-1.0"),
        ("15.18", ["REL_15_17", "REL_15_18"], "REL_15_18"),
        ("1.0~rc1", ["1.0rc1", "1.0"], "1.0rc1"),
        ("1.0+dfsg1", ["1.0"], "1.0"),
        ("1.0+dfsg.2", ["v1.0"], "v1.0"),
        ("1.0", ["1.0.0", "1.1"], None),
        ("1.0", ["a-1.0", "b_1_0"], None),
        ("1.0", [], None),
        ("", ["v"], None),
    ],
)
def test_the_tag_of_a_version(version: str, tags: list[str], expected: str | None) -> None:
    assert tag_of_version(version, tags, "oven") == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1:1.0-2", "1.0"), ("1.0-rc1-2", "1.0-rc1"), ("1.0", "1.0"), ("2:1.0", "1.0")],
)
def test_the_upstream_version(version: str, expected: str) -> None:
    assert upstream_version(version) == expected


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    repository_of_url(text, is_said=True)
    repository_of_url(f"https://github.com/{text}")
    upstream_version(text)
    tag_of_version(text, [text, "1.0"], "oven")
    assert base_name(text)[0] not in ".-/"


@pytest.mark.parametrize(
    ("url", "is_said", "expected"),
    [
        ("https://github.com/org/oven/releases/x", False, OVEN),
        ("https://github.com/org/oven.git", False, OVEN),
        ("https://github.com/org", False, None),
        ("https://github.com/org", True, "https://github.com/org"),
        ("https://gitlab.com/a/b/c/-/tags", False, "https://gitlab.com/a/b/c.git"),
        ("https://gitlab.com/a/-/b", False, "https://gitlab.com/a/-/b.git"),
        ("https://gitlab.com/a/b/c", False, "https://gitlab.com/a/b/c.git"),
        ("https://gitlab.x.org/a/b", False, "https://gitlab.x.org/a/b.git"),
        ("https://h.invalid/x.git?a=b", False, "https://h.invalid/x.git"),
        ("https://h.invalid/x", False, None),
        ("https://h.invalid/x?p=y", True, "https://h.invalid/x"),
        ("https://h.invalid/hg/x.git", True, None),
        ("/srv/x.git", True, None),
        ("x", True, None),
    ],
)
def test_the_repository_of_a_url(url: str, is_said: bool, expected: str | None) -> None:
    assert repository_of_url(url, is_said=is_said) == expected


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("https://github.com/openstack/oven.git", "https://opendev.org/openstack/oven.git"),
        ("https://git.openstack.org/openstack/oven", "https://opendev.org/openstack/oven.git"),
        ("https://github.com/openstack/quantum.git", "https://opendev.org/openstack/neutron.git"),
        ("https://h.invalid/openstack/oven.git", "https://h.invalid/openstack/oven.git"),
        ("https://github.com/x/openstack.git", "https://github.com/x/openstack.git"),
    ],
)
def test_openstack_is_at_one_place(repository: str, expected: str) -> None:
    place = place_of(repository, "here")
    assert (place.repository, place.where) == (expected, "here")
    assert (place.gerrit is not None) == ("opendev" in expected)


@pytest.mark.parametrize(
    ("name", "package", "is_alike"),
    [
        ("oven", "python-oven", True),
        ("python-oven", "oven", True),
        ("Oven2", "oven3", True),
        ("other", "oven", False),
        ("123", "oven", False),
        ("oven", "7", False),
    ],
)
def test_a_repository_that_is_called_like_the_package(
    name: str, package: str, is_alike: bool
) -> None:
    watch = {"watch": f"https://github.com/org/{name}/tags\n"}
    assert (find_upstream(watch, package) is not None) == is_alike


@pytest.mark.parametrize(
    ("version", "tags", "expected"),
    [
        ("1.0", ["V1.0", "v1.0x"], "V1.0"),
        ("1.0", ["release_1_0", "r1.0"], None),
        ("1.0", ["V1_0", "v1_0"], "V1_0"),
        ("1.02", ["1.2.0", "1-2"], "1-2"),
        ("1.0", ["oven-v1.0"], "oven-v1.0"),
        ("1.0", ["release-1.0"], "release-1.0"),
        ("1.0beta", ["1.0", "1.0-beta"], "1.0-beta"),
        ("1.00", ["1-0"], "1-0"),
    ],
)
def test_more_tags_of_a_version(version: str, tags: list[str], expected: str | None) -> None:
    assert tag_of_version(version, tags, "oven") == expected


@pytest.mark.parametrize(
    ("version", "expected"), [("1:1.0", "1.0"), ("1-2-3", "1-2"), ("-1", "-1"), ("", "")]
)
def test_more_upstream_versions(version: str, expected: str) -> None:
    assert upstream_version(version) == expected
