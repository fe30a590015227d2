"""A release by any name it has: a line, its version, its branch, a tag, in any spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.numbered import Numbered
from patchseries.landed.openstack import openstack
from patchseries.landed.releaselines import lines_of
from support.namedrefs import named_refs, only_names

PARENTS = [[], [0], [1], [2], [2], [4], [5]]
"""Main: 0 1 2 4 6 5; 3 is on a branch of its own."""
OVEN = {
    "heads/main": 6,
    "heads/stable/1.4.x": 3,
    "heads/feature/x": 5,
    "heads/release/1.4.0": 2,
    "heads/release/1.4.1": 3,
    "tags/v1.4.0": 2,
    "tags/v1.4.1": 3,
    "tags/v1.5.0": 5,
    "tags/snapshot": 4,
}
LINE = ["v1.4.0", "v1.4.1", None, None, None]
"""The tags, and the heads of three branches."""
NOVA = {
    "heads/master": 6,
    "heads/unmaintained/yoga": 3,
    "tags/25.0.0": 2,
    "tags/25.2.1": 3,
    "tags/yoga-eom": 3,
    "tags/27.0.0": 5,
    "tags/2023.1-eom": 5,
}


@pytest.mark.parametrize(
    ("name", "release", "line", "tags"),
    [
        ("1.4", "1.4", "1.4", LINE),
        ("v1.4", "1.4", "1.4", LINE),
        ("stable/1.4.x", "1.4", "1.4", LINE),
        ("origin/stable/1.4.x", "1.4", "1.4", LINE),
        ("release-1.4", "1.4", "1.4", LINE),
        ("v1.4.0", "v1.4.0", "1.4", ["v1.4.0"]),
        ("1.4.0", "v1.4.0", "1.4", ["v1.4.0"]),
        ("refs/tags/v1.4.1", "v1.4.1", "1.4", ["v1.4.0", "v1.4.1"]),
        ("snapshot", "snapshot", "snapshot", ["snapshot"]),
        ("feature/x", "feature/x", "feature/x", [None]),
        ("main", "unreleased", "unreleased", [None]),
        ("release/1.4.1", "release/1.4.1", "1.4", ["v1.4.0", "v1.4.1", None]),
        ("release/1.4.0", "release/1.4.0", "1.4", ["v1.4.0", None]),
    ],
)
def test_any_project(name: str, release: str, line: str, tags: list[str | None]) -> None:
    found = lines_of(Numbered("oven"), named_refs(PARENTS, OVEN)).named(name)
    assert found is not None
    assert (found.name, found.line.name) == (release, line)
    assert [point.tag for point in found.line.points] == tags


@pytest.mark.parametrize(
    ("name", "release", "line"),
    [
        ("yoga", "yoga", "yoga"),
        ("Yoga", "yoga", "yoga"),
        ("stable/yoga", "yoga", "yoga"),  # it is gone
        ("unmaintained/yoga", "yoga", "yoga"),
        ("25.2.1", "25.2.1", "yoga"),
        ("yoga-eom", "yoga-eom", "yoga"),
        ("2023.1", "antelope", "antelope"),
        ("antelope", "antelope", "antelope"),
        ("stable/2023.1", "antelope", "antelope"),
        ("2023.1-eom", "2023.1-eom", "antelope"),
    ],
)
def test_openstack(name: str, release: str, line: str) -> None:
    found = lines_of(openstack("nova"), named_refs(PARENTS, NOVA)).named(name)
    assert found is not None
    assert (found.name, found.line.name) == (release, line)


@pytest.mark.parametrize(
    "name", ["1.6", "v1.4.9", "nonsense", "", "stable/2.0", "refs/tags/", "x" * 101]
)
def test_unknown_names(name: str) -> None:
    assert lines_of(Numbered("oven"), named_refs(PARENTS, OVEN)).named(name) is None


def test_a_tag_has_of_its_line_only_what_it_contains() -> None:
    # two releases of one line on branches of their own
    refs = {"tags/1.4.0": 2, "tags/1.4.1": 3, "tags/1.4.2": 5}
    found = lines_of(Numbered(), named_refs(PARENTS, refs)).named("1.4.2")
    assert found is not None
    assert [point.tag for point in found.line.points] == ["1.4.0", "1.4.2"]


def test_the_newest_release_of_a_line() -> None:
    lines = lines_of(Numbered(), only_names("tags/1.4.0", "tags/1.4.1rc1", "tags/1.5rc1"))
    assert [line.newest_release for line in lines] == ["1.4.0", None]


def test_lines_in_the_order_of_their_first_releases() -> None:
    refs = only_names("tags/3.0", "tags/1.10", "heads/stable/2.0", "heads/main")
    lines = lines_of(Numbered(), refs)
    assert [line.name for line in lines] == ["1.10", "2.0", "3.0", "unreleased"]
    assert lines.main == 1 << 3


def test_the_first_line_with_a_commit() -> None:
    lines = lines_of(Numbered("oven"), named_refs(PARENTS, OVEN))
    assert lines.line_with(1 << lines.named_refs.bits["refs/heads/stable/1.4.x"]) == "1.4"
    assert lines.line_with(0) is None


refs = st.dictionaries(
    st.one_of(
        st.text(min_size=1, max_size=9).map(lambda name: f"tags/{name}"),
        st.from_regex(r"tags/v?[0-3](\.[0-3]){1,2}(rc1)?", fullmatch=True),
        st.from_regex(r"heads/(main|stable/[0-3](\.[0-3])?(\.x)?|topic)", fullmatch=True),
    ),
    st.integers(0, len(PARENTS) - 1),
    max_size=10,
)


@given(refs, st.text(max_size=9))
def test_each_tag_and_branch_is_found_by_its_name(refs: dict[str, int], other: str) -> None:
    lines = lines_of(Numbered("oven"), named_refs(PARENTS, refs))
    for name in refs:
        kind, _, short = name.partition("/")
        release = lines.named(f"refs/{kind}/{short}")
        assert release is not None
        if kind == "tags":
            bit = lines.named_refs.bits[f"refs/{name}"]
            assert release.line.points[-1].bit == bit
            tags = (point.tag for point in release.line.points)
            assert all((lines.named_refs.holders_of(str(tag)) or 0) >> bit & 1 for tag in tags)
    lines.named(other)
