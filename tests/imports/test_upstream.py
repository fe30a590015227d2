"""Where an upstream is, as its packaging says, and which of its tags a version is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.imports.upstream import (
    base_name,
    find_upstream,
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
