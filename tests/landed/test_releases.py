"""Tags and branches in their lines and in order, for OpenStack's schemes and for any project's."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.errors import SeriesError
from patchseries.landed.places import lines_of
from patchseries.landed.releases import Patterns, ReleasePlace, scheme_for

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


@pytest.mark.parametrize("name", ["0.9.0", "v1", "2013.3", "debian/2013.1-1", "latest", "jewel-1"])
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


@pytest.mark.parametrize(
    ("tag", "line"), [("v1.4.2", "1.4"), ("1.4.0rc1", "1.4"), ("tool-2.0.1", "2.0"), ("v3", "3")]
)
def test_the_common_scheme(tag: str, line: str) -> None:
    place = scheme_for("tool", "https://example.org/some/tool").tag(tag)
    assert place is not None
    assert place.line == line


def test_expressions_of_a_manifest() -> None:
    tags = {r"rel_(\d+)_\d+": r"Seven-\1", r"jammy-(?P<version>.+)": "jammy"}
    scheme = scheme_for("tool", "https://example.org/some/tool", tags)
    by_group, by_name = scheme.tag("rel_7_3"), scheme.tag("jammy-22.04.1")
    assert by_group is not None
    assert by_name is not None
    assert (by_group.line, by_group.tag) == ("seven-7", "rel_7_3")
    assert (by_name.line, by_name.rank) == ("jammy", (22, 4, 1))
    assert scheme.tag("v7.3") is None


def test_an_expression_that_never_ends_is_given_up() -> None:
    scheme = scheme_for("tool", "https://example.org/some/tool", {"(?:a|a)+(?:b|b)+$": "x"})
    with pytest.raises(SeriesError, match="takes too long to match the tag"):
        scheme.tag("a" * 90 + "!")


@pytest.mark.parametrize("tags", [{"(": "x"}, {"v.*": r"\1"}, {"v.*": r"\g<line>"}])
def test_a_wrong_expression_is_named(tags: dict[str, str]) -> None:
    with pytest.raises(SeriesError, match="releases: "):
        scheme_for("tool", "https://example.org/some/tool", tags)


def test_lines_in_the_order_of_their_first_releases() -> None:
    tags = {r"(?P<line>[a-z]+)-(?P<version>[\d.]+)": r"\g<line>"}
    names = ["zed-1.0", "zed-3.1", "alpha-2.0", "alpha-2.1", "misc"]
    refs = {f"refs/tags/{name}": bit for bit, name in enumerate(names)}
    refs |= {"refs/heads/main": 5, "refs/heads/feature": 6}
    lines = lines_of(scheme_for("tool", "https://example.org/some/tool", tags), refs)
    assert [(line.name, [p.tag for p in line.points]) for line in lines] == [
        ("zed", ["zed-1.0", "zed-3.1"]),
        ("alpha", ["alpha-2.0", "alpha-2.1"]),
        ("unreleased", [None]),
    ]
    assert lines.main == 1 << 5


versions = st.tuples(
    st.integers(0, 3), st.integers(0, 12), st.sampled_from(["a1", "b2", "rc1", ""])
)


@given(st.lists(versions, unique=True))
def test_common_tags_are_ordered_as_versions_are(found: list[tuple[int, int, str]]) -> None:
    scheme = Patterns()

    def key(version: tuple[int, int, str]) -> tuple[object, ...]:
        place = scheme.tag(f"v1.{version[0]}.{version[1]}{version[2]}")
        assert isinstance(place, ReleasePlace)
        return (place.rank, place.key)

    stages = ["a1", "b2", "rc1", ""]
    assert sorted(found, key=key) == sorted(found, key=lambda v: (*v[:2], stages.index(v[2])))
