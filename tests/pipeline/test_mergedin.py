"""The first release that has a commit: in the order of the project's releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.git import Repository
from patchseries.landed.builder import open_index
from patchseries.landed.releases import scheme_for
from patchseries.model import CommitId
from patchseries.pipeline.mergedin import first_release
from support.upstreams import Upstream

NOVA = "https://opendev.org/openstack/nova.git"


@pytest.mark.parametrize(
    ("url", "tags", "first"),
    [
        (NOVA, ["2012.2", "2013.1", "12.0.0"], "2012.2"),  # the numbers began anew with 12
        ("https://upstream.invalid/oven.git", ["1.9rc1", "1.9", "1.10"], "1.9"),
        ("https://upstream.invalid/oven.git", ["1.9rc1"], "1.9rc1"),  # no release has it yet
        ("https://upstream.invalid/oven.git", ["nightly"], None),
    ],
)
def test_the_first_release(tmp_path: Path, url: str, tags: list[str], first: str | None) -> None:
    with Upstream(tmp_path / "oven.git") as upstream:
        commit = upstream.commit({"a": b"1"}, "fix")
        for number, tag in enumerate(tags):
            upstream.commit({"b": b"%d" % number}, tag)
            upstream.tag(tag)
        with (
            Repository(upstream.path) as repository,
            open_index(tmp_path / "index.sqlite", repository) as index,
        ):
            scheme = scheme_for("nova" if url == NOVA else "oven", url)
            assert first_release(index, scheme, commit) == first
            assert first_release(index, scheme, CommitId("1" * 40)) is None
