"""Lines of projects that name their releases by numbers, each as real projects write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.numbered import Numbered
from patchseries.landed.releaselines import lines_of
from support.namedrefs import named_refs, only_names

PROJECTS: dict[str, tuple[list[str], dict[str, list[str | None]]]] = {
    "semver, release-1.2": (
        ["tags/v1.2.0-rc.0", "tags/v1.2.0", "tags/v1.2.1", "heads/release-1.2", "tags/v1.3.0"],
        {"1.2": ["v1.2.0-rc.0", "v1.2.0", "v1.2.1", None], "1.3": ["v1.3.0"]},
    ),
    "stable/4.2.x": (
        ["tags/4.2", "tags/4.2rc1", "tags/4.2.1", "heads/stable/4.2.x", "heads/attic/soc"],
        {"4.2": ["4.2rc1", "4.2", "4.2.1", None]},
    ),
    "maintenance/1.0.3.x": (
        ["tags/v1.0.3", "tags/v1.0.3.1", "tags/v1.0.4", "heads/maintenance/1.0.3.x"],
        {"1.0.3": ["v1.0.3", "v1.0.3.1", None], "1.0": ["v1.0.4"]},
    ),
    "7-1-stable": (
        ["tags/v7.1.0.rc1", "tags/v7.1.0", "tags/v7.1.0.1", "heads/7-1-stable"],
        {"7.1": ["v7.1.0.rc1", "v7.1.0", "v7.1.0.1", None]},
    ),
    "one number a line": (
        [
            "tags/REL_15_0",
            "tags/REL_15_4",
            "heads/REL_15_STABLE",
            "tags/REL9_6_2",
            "heads/REL9_6_STABLE",
        ],
        {"9.6": ["REL9_6_2", None], "15": ["REL_15_0", "REL_15_4", None]},
    ),
    "1.x": (
        ["tags/1.0.0", "tags/1.1.0", "tags/1.1.1", "heads/1.x", "tags/2.0.0", "tags/2.1.0"],
        {"1": ["1.0.0", "1.1.0", "1.1.1", None], "2.0": ["2.0.0"], "2.1": ["2.1.0"]},
    ),
    "calendar versions": (
        ["tags/22.04", "tags/22.04.1", "tags/22.10", "heads/feature-12"],
        {"22.04": ["22.04", "22.04.1"], "22.10": ["22.10"]},
    ),
    "the name in front": (
        ["tags/oven-1_2_0", "tags/oven-1_2_1", "heads/oven-1.2", "heads/rdb9"],
        {"1.2": ["oven-1_2_0", "oven-1_2_1", None]},
    ),
    "Debian's": (
        [
            "tags/upstream/1.2.3",
            "tags/debian/1%1.2.3-4",
            "tags/debian/1%1.2.3-10",
            "heads/debian/sid",
        ],
        {"1.2": ["upstream/1.2.3", "debian/1%1.2.3-4", "debian/1%1.2.3-10"]},
    ),
    "components beside the whole": (
        ["tags/v3.5.0", "tags/api/v3.5.0", "tags/client/v2.305.0", "tags/v3.5.1"],
        {"3.5": ["v3.5.0", "v3.5.1"]},
    ),
    "one component, by far the largest": (
        ["tags/1", *(f"tags/llvmorg-16.0.{n}" for n in range(5))],
        {"1": ["1"], "16.0": [f"llvmorg-16.0.{n}" for n in range(5)]},
    ),
    "one component, large but not by far": (
        ["tags/1", *(f"tags/llvmorg-16.0.{n}" for n in range(4))],
        {"1": ["1"]},
    ),
    "a branch for each release": (
        ["tags/v1.2.3", "heads/release/1.2.3", "tags/v1.2.4", "heads/release/1.2.4"],
        {"1.2": ["v1.2.3", "v1.2.4", None, None]},
    ),
}


@pytest.mark.parametrize("kind", PROJECTS)
def test_lines(kind: str) -> None:
    refs, expected = PROJECTS[kind]
    lines = lines_of(Numbered("oven"), only_names(*refs))
    assert {line.name: [point.tag for point in line.points] for line in lines} == expected


def test_a_branch_names_the_line_only_of_tags_that_it_has() -> None:
    refs = {"tags/1.0.0": 0, "heads/1.x": 1, "tags/1.5.0": 2, "heads/main": 2}
    lines = lines_of(Numbered(), named_refs([[], [0], [0]], refs))
    assert {line.name: [p.tag for p in line.points] for line in lines} == {
        "1": ["1.0.0", None],
        "1.5": ["1.5.0"],
        "unreleased": [None],
    }


def test_a_clone_has_its_branches_twice() -> None:
    refs = only_names("tags/v1.0", "heads/stable/1.0", "remotes/origin/stable/1.0")
    (line,) = lines_of(Numbered(), refs)
    assert [point.tag for point in line.points] == ["v1.0", None, None]


@pytest.mark.parametrize(
    "name", ["main", "issue_2175", "less-mstime-28", "feature/1.2", "rdb9", "x" * 101]
)
def test_branches_that_are_no_line(name: str) -> None:
    assert Numbered().branch(name) is None


names = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.from_regex(
            r"(v|rel[-_]|oven-|debian/)?[0-9]{1,2}([._][0-9]{1,2}){0,3}(rc[0-9])?", fullmatch=True
        ),
        st.from_regex(r"(stable/|release-)?[0-9](\.[0-9])?(\.x)?", fullmatch=True),
    ),
    max_size=12,
    unique=True,
)


@given(names, names)
def test_each_ref_is_in_one_line_at_most(tags: list[str], branches: list[str]) -> None:
    refs = only_names(*(f"tags/{t}" for t in tags), *(f"heads/{b}" for b in branches))
    lines = lines_of(Numbered("oven"), refs)
    bits = [point.bit for line in lines for point in line.points]
    assert len(bits) == len(set(bits))
    assert len({line.name for line in lines}) == len(lines.lines)
    for line in lines:
        keys = [place.key for p in line.points if p.tag and (place := lines.scheme.tag(p.tag))]
        assert keys == sorted(keys)
