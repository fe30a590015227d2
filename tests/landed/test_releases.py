"""Which scheme a project has: by its repository, its name, and its manifest."""

from __future__ import annotations

import pytest

from patchseries.landed.numbered import Numbered
from patchseries.landed.openstack import OpenStack
from patchseries.landed.releases import scheme_for
from patchseries.manifest.releases import ReleasesTable


@pytest.mark.parametrize(
    ("project", "repository"),
    [
        ("oven", "https://opendev.org/openstack/oven.git"),
        ("quantum", "https://github.com/someone/quantum.git"),
        ("nova", "/srv/clones/nova/"),
    ],
)
def test_openstack_by_repository_or_name(project: str, repository: str) -> None:
    scheme = scheme_for(project, repository)
    assert isinstance(scheme, OpenStack)
    place = scheme.tag("2013.1.2")
    assert place is not None
    assert place.line == "grizzly"


@pytest.mark.parametrize(
    ("tag", "line"), [("v1.4.2", "1.4"), ("1.4.0rc1", "1.4"), ("tool-2.0.1", "2.0"), ("v3", "3")]
)
def test_any_other_by_numbers(tag: str, line: str) -> None:
    scheme = scheme_for("tool", "https://example.org/some/tool")
    assert isinstance(scheme, Numbered)
    place = scheme.tag(tag)
    assert place is not None
    assert place.line == line


def test_what_the_manifest_says_comes_first() -> None:
    table = ReleasesTable(tags=("rel_{line}_{version}",), names={"Neptune": "7"})
    scheme = scheme_for("tool", "https://example.org/some/tool", table)
    place = scheme.tag("rel_7_3")
    assert place is not None
    assert place.line == scheme.line_named("neptune") == "7"
    assert scheme.tag("v7.3") is None
