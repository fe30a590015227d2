"""OpenStack's names: lines and order by the table, and as the refs of a history tell them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.openstack import openstack
from patchseries.landed.releaselines import ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from support.namedrefs import named_refs, only_names

NOVA = scheme_for("nova", "https://opendev.org/openstack/nova.git")


@pytest.mark.parametrize(
    ("project", "tag", "line"),
    [
        ("nova", "2012.2.4", "folsom"),
        ("nova", "folsom-rc2", "folsom"),
        ("nova", "2013.1.g3", "grizzly"),
        ("nova", "2013.1.5", "grizzly"),
        ("nova", "grizzly-eol", "grizzly"),
        ("nova", "2013.2.b3", "havana"),
        ("keystone", "2014.1.2.1", "icehouse"),
        ("nova", "2014.2.rc1", "juno"),
        ("nova", "2015.1.0rc1", "kilo"),
        ("nova", "12.0.0.0b1", "liberty"),
        ("neutron", "7.0.0a0", "liberty"),
        ("keystone", "8.1.0", "liberty"),
        ("neutron", "12.0.0.0b1", "queens"),
        ("quantum", "8.0.0", "mitaka"),
        ("nova", "26.3.0", "zed"),
        ("nova", "zed-eom", "zed"),
        ("nova", "2023.1-eom", "antelope"),
        ("keystone", "29.0.2", "gazpacho"),
    ],
)
def test_the_line_of_a_tag(project: str, tag: str, line: str) -> None:
    place = scheme_for(project, f"https://opendev.org/openstack/{project}").tag(tag)
    assert place is not None
    assert (place.line, place.tag) == (line, tag)


@pytest.mark.parametrize("name", ["0.9.0", "v1", "2013.3", "latest", "jewel-1"])
def test_other_tags_are_no_releases(name: str) -> None:
    assert NOVA.tag(name) is None


def test_a_release_younger_than_the_table_still_has_a_place() -> None:
    known, younger, youngest = (NOVA.tag(f"{major}.0.0") for major in (34, 35, 36))
    assert known is not None
    assert younger is not None
    assert youngest is not None
    assert known.rank < younger.rank < youngest.rank
    assert len({known.line, younger.line, youngest.line}) == 3


@pytest.mark.parametrize(
    "ordered",
    [
        "grizzly-1 grizzly-2 2013.1.g3 2013.1.rc1 2013.1.rc2 2013.1 2013.1.1 2013.1.5 grizzly-eol",
        "2015.1.0b1 2015.1.0b3 2015.1.0rc1 2015.1.0rc3 2015.1.0 2015.1.1 2015.1.4 kilo-eol",
        "12.0.0a0 12.0.0.0b1 12.0.0.0b3 12.0.0.0rc1 12.0.0 12.0.1 12.0.6 liberty-eol",
        "14.0.0 14.0.1 14.0.2 14.0.10 14.1.0 newton-eol",
        "2011.2gamma1 2011.2rc1 2011.2",
        "25.0.0 25.2.1 yoga-eom",
        "18.0.0 18.3.0 rocky-em rocky-eol",
    ],
)
def test_order_within_a_line(ordered: str) -> None:
    names = ordered.split()
    shuffled = random.Random(1).sample(names, len(names))
    assert sorted(shuffled, key=_key) == names


def _key(name: str) -> tuple[object, ...]:
    place = NOVA.tag(name)
    assert place is not None
    return (place.rank, place.key)


def test_a_branch_head_comes_after_every_tag_of_its_line() -> None:
    head, eol = NOVA.branch("stable/havana"), NOVA.tag("havana-eol")
    assert head is not None
    assert eol is not None
    assert head.line == eol.line == "havana"
    assert head.key > eol.key
    assert head.tag is None


def test_branches_by_version_and_others() -> None:
    epoxy, zed = NOVA.branch("stable/2025.1"), NOVA.branch("unmaintained/zed")
    assert epoxy is not None
    assert zed is not None
    assert (epoxy.line, zed.line) == ("epoxy", "zed")
    assert NOVA.branch("feature/cells") is None
    assert NOVA.branch("stable/nosuch") is None


def test_a_fork_of_a_known_project_is_read_alike() -> None:
    fork = scheme_for("quantum", "https://github.com/someone/quantum.git").tag("2013.1.2")
    assert fork is not None
    assert fork.line == "grizzly"


def test_packages_are_on_the_line_of_their_version() -> None:
    first, last = NOVA.tag("debian/1%2013.1-1"), NOVA.tag("debian/2013.1.3-2")
    assert first is not None
    assert last is not None
    assert first.line == last.line == "grizzly"
    assert first.key < last.key
    head = NOVA.branch("debian/yoga")
    assert head is not None
    assert head.line == "yoga"


# What a history tells -----------------------------------------------------------------------------

PARENTS = [[], [0], [1], [2], [2], [4], [5], [5], [7], [8], [8]]
"""Main: 0 1 2 4 5 7 8 10; stable branches: 2-3 (xena), 5-6 (yoga), 8-9 (zed)."""
REFS = {
    "heads/master": 10,
    "tags/18.1.0": 1,  # made on main in the xena cycle
    "tags/18.2.0": 2,
    "tags/18.2.1": 3,
    "tags/xena-eol": 3,
    "tags/19.0.0": 4,
    "tags/20.1.0": 5,
    "tags/20.1.1": 6,
    "tags/yoga-eom": 5,
    "heads/unmaintained/yoga": 6,
    "tags/21.0.0": 8,
    "heads/stable/zed": 9,
    "tags/22.0.0": 10,
}


def lines_by(refs: dict[str, int]) -> ReleaseLines:
    return lines_of(openstack("oven"), named_refs(PARENTS, refs))


def tags_of(lines: ReleaseLines) -> dict[str, list[str | None]]:
    return {line.name: [point.tag for point in line.points] for line in lines}


def test_versions_are_on_the_first_line_that_has_them() -> None:
    assert tags_of(lines_by(REFS)) == {
        "xena": ["18.1.0", "18.2.0", "18.2.1", "xena-eol"],
        "yoga": ["19.0.0", "20.1.0", "20.1.1", "yoga-eom", None],
        "zed": ["21.0.0", None],
        "antelope": ["22.0.0"],
        "unreleased": [None],
    }


def test_a_tag_that_no_branch_has_any_more_is_with_its_nearest_versions() -> None:
    refs = {**REFS, "tags/yoga-eom": 5, "tags/20.1.2": 6}
    del refs["heads/unmaintained/yoga"]
    assert tags_of(lines_by(refs))["yoga"] == ["19.0.0", "20.1.0", "20.1.1", "20.1.2", "yoga-eom"]


def test_a_candidate_is_on_the_line_of_its_release() -> None:
    # it was made before the branch of the line before was cut
    lines = tags_of(lines_by({**REFS, "tags/21.0.0.0b1": 5}))
    assert lines["zed"] == ["21.0.0.0b1", "21.0.0", None]


def test_a_line_with_calendar_versions_has_no_others() -> None:
    refs = {"heads/stable/juno": 3, "tags/2014.2": 2, "tags/0.9": 1, "heads/stable/liberty": 5}
    assert tags_of(lines_by(refs)) == {"juno": ["2014.2", None], "liberty": [None]}


def test_a_fork_of_any_name_is_recognised_by_its_lines() -> None:
    refs = {**REFS, "tags/wallaby-eol": 1}
    lines = lines_of(scheme_for("oven", "https://host.invalid/me/oven"), named_refs(PARENTS, refs))
    assert "18.2.1" in tags_of(lines)["xena"]
    few = {"heads/stable/zed": 9, "tags/21.0.0": 8}
    lines = lines_of(scheme_for("oven", "https://host.invalid/me/oven"), named_refs(PARENTS, few))
    assert tags_of(lines) == {"21.0": ["21.0.0"]}


def test_lines_younger_than_the_table() -> None:
    lines = lines_by({**REFS, "heads/stable/2031.1": 10, "tags/23.0.0": 10})
    assert tags_of(lines)["2031.1"] == ["22.0.0", "23.0.0", None]
    assert [line.name for line in lines][-2:] == ["2031.1", "unreleased"]


def test_without_branches_and_ends_versions_are_read_by_their_numbers() -> None:
    lines = lines_by({"tags/3.1.0": 1, "tags/3.1.1": 2, "heads/master": 10})
    assert tags_of(lines) == {"3.1": ["3.1.0", "3.1.1"], "unreleased": [None]}


def test_names_alone_tell_what_the_table_knows() -> None:
    lines = lines_of(
        openstack("octavia"), only_names("tags/10.1.0", "heads/stable/yoga", "tags/0.9.0")
    )
    assert tags_of(lines) == {"yoga": ["10.1.0", None]}


TAGS = "xena-eol yoga-eol 2023.1-eom 18.0.0 18.0.0.0rc1 19.1.0 2014.2 juno-1 1.x debian/18.0.0-1"
HEADS = "master stable/xena unmaintained/yoga stable/2031.2 feature/x"
commits = st.integers(0, len(PARENTS) - 1)


@given(
    st.dictionaries(st.sampled_from([f"tags/{name}" for name in TAGS.split()]), commits),
    st.dictionaries(st.sampled_from([f"heads/{name}" for name in HEADS.split()]), commits),
)
def test_a_tag_is_in_one_line_and_the_first_that_has_it(
    tags: dict[str, int], heads: dict[str, int]
) -> None:
    lines = lines_by({**tags, **heads})
    placed = [point.tag for line in lines for point in line.points if point.tag]
    assert len(placed) == len(set(placed))
    found = next((line for line in lines if any(p.tag == "19.1.0" for p in line.points)), None)
    holders = lines.named_refs.holders_of("19.1.0") or 0
    ends = {line.name: _ends(lines, line.name) for line in lines}
    having = [name for name, end in ends.items() if end & holders]
    if having:
        assert found is not None
        assert found.name == having[0]


def _ends(lines: ReleaseLines, name: str) -> int:
    """The refs at the end of a line: its branch, and the tags made of that."""
    other = {"antelope": "2023.1"}.get(name, name)
    refs = [f"heads/stable/{name}", f"heads/unmaintained/{name}"]
    refs += [f"tags/{other}-{end}" for end in ("eol", "eom")]
    bits = lines.named_refs.bits
    return sum(1 << bits[f"refs/{ref}"] for ref in refs if f"refs/{ref}" in bits)
