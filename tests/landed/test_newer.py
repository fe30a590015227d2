"""Which releases are new on the line of a series' bases, by the names that projects give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.newer import NewReleases, TriedPatch, new_releases
from patchseries.landed.releases import scheme_for
from patchseries.model import Outcome

NOVA = scheme_for("nova", "https://opendev.org/openstack/nova.git")
OTHER = scheme_for("tool", "https://host.invalid/me/tool.git")


def flat(lines: Mapping[str, Sequence[str]]) -> list[str]:
    return [tag for tags in lines.values() for tag in tags]


@pytest.mark.parametrize(
    ("bases", "tags", "new"),
    [
        (["2013.1", "2013.1.3"], ["2013.1.4", "2013.1.rc3", "2013.2", "grizzly-eol"], ["2013.1.4"]),
        (["26.2.2"], ["26.2.1", "26.3.0", "27.0.0", "26.3.0.0rc1", "yoga-em"], ["26.3.0"]),
        (["26.2.2", "27.5.1"], ["26.3.0", "27.6.0", "28.0.0"], ["26.3.0", "27.6.0"]),
        (["stable/zed"], ["26.3.0"], []),
    ],
)
def test_openstack(bases: list[str], tags: list[str], new: list[str]) -> None:
    assert flat(new_releases(NOVA, bases, [*bases, *tags])) == new


@pytest.mark.parametrize(
    ("bases", "tags", "new"),
    [
        (["5.2.15"], ["5.2.9", "5.2.16", "5.2.17a1", "5.3.0", "6.0"], ["5.2.16"]),
        (["v1.2.0"], ["v1.2.1", "v1.2.1-rc1", "v1.10.0"], ["v1.2.1"]),
        (["tool-1.2.0"], ["tool-1.2.1", "other"], ["tool-1.2.1"]),
        (["1.4"], ["1.4.0", "1.4.1", "v1.4.1"], ["1.4.1"]),
        (["1.0", "1.1"], ["1.2", "1.10", "2.0", "1.1.1", "0.9"], ["1.1.1", "1.2", "1.10"]),
        (["1.1.0", "2.1.0"], ["1.2.0", "3.0.0", "2.1.1"], ["2.1.1"]),
        (["abc"], ["1.0"], []),
        (["v3.6.10"], ["api/v3.6.11", "client/v3.6.12", "v3.6.11"], ["v3.6.11"]),
        (["tool2-1.0", "tool2-1.1"], ["tool2-1.2", "tool2-1.1.1"], ["tool2-1.1.1", "tool2-1.2"]),
        (["1.0.1w", "1.1.1w"], ["1.1.1x", "1.2.0", "2.0"], ["1.1.1x", "1.2.0"]),
        (["1.2.0"], ["debian/1.2.1-1", "upstream/1.2.1"], ["upstream/1.2.1"]),
    ],
)
def test_common_names(bases: list[str], tags: list[str], new: list[str]) -> None:
    assert flat(new_releases(OTHER, bases, [*bases, *tags])) == new


@given(st.lists(st.text(max_size=12)), st.lists(st.text(max_size=12)))
def test_any_names_of_tags(bases: list[str], tags: list[str]) -> None:
    for scheme in (NOVA, OTHER):
        assert set(flat(new_releases(scheme, bases, tags))) <= set(tags) - set(bases)


def test_the_words() -> None:
    def words(*outcomes: str, untried: str | None = None) -> str:
        patches = tuple(TriedPatch(f"p{n}", Outcome(o)) for n, o in enumerate(outcomes))
        return str(NewReleases("oven", ("1.1", "1.2"), patches, untried))

    head = "oven: 1.1, 1.2 appeared after the bases"
    assert words() == head
    assert words("not-applicable") == head
    assert words("clean") == f"{head}; 1 patch applies"
    assert words("clean", "adapted") == f"{head}; 2 patches apply"
    assert words("conflict") == f"{head}; p0 conflicts with 1.2"
    assert words("already-applied", "conflict", "clean", "conflict", "adapted") == (
        f"{head}; 1.2 contains p0; p1, p3 conflict with 1.2; 2 other patches apply"
    )
    assert "p9 and 2 more" in words(*["already-applied"] * 12)
    assert words(untried="no source") == (f"{head}; the patches were not tried on 1.2: no source")
