"""Our own debian/: what it says with and without Python, a homepage, and the tools of today."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from debian.deb822 import Deb822

from patchseries.debian.own import OwnPackaging, own_debian, standards_version
from patchseries.debian.request import Maintainer
from patchseries.patches.dpkg import Profile

WHO = Maintainer("Ada Baker", "ada@example.org")


@pytest.mark.parametrize(
    ("precise", "python", "homepage"),
    list(itertools.product([False, True], [False, True], [None, "https://oven.invalid/"])),
)
def test_each_kind_of_project(precise: bool, python: bool, homepage: str | None) -> None:
    profile = Profile.PRECISE if precise else Profile.CURRENT
    made = own_debian(
        OwnPackaging("oven", "1.0", "fast", WHO, profile, homepage, python, 1600000000)
    )
    source, binary = Deb822.iter_paragraphs(made["control"].data.decode())
    assert source.get("Homepage") == homepage
    assert source.get("Rules-Requires-Root") == (None if precise else "no")
    assert source["Maintainer"] == "Ada Baker <ada@example.org>"
    assert source["Standards-Version"] == standards_version(1600000000) == "4.5.0"
    needed = {word.split()[0] for word in source["Build-Depends"].split(",")}
    pythons = {"python-all", "python-setuptools"} if precise else {"dh-python", "python3-all"}
    assert needed == {"debhelper" if precise else "debhelper-compat"} | (
        pythons if python else set()
    )
    assert ("python" in binary["Depends"]) is python
    assert ("python3" in binary["Depends"]) is (python and not precise)
    assert binary["Depends"].endswith("${misc:Depends}")
    assert (f"Source: {homepage}" in made["copyright"].data.decode()) is (homepage is not None)
    assert ("compat" in made) is precise
    assert made["rules"].mode == "100755"
    rules = made["rules"].data.decode()
    assert ("--with python2" in rules) is (python and precise)
    assert ("--buildsystem=pybuild" in rules) is (python and not precise)
    assert {made[name].mode for name in made if name != "rules"} == {"100644"}


@pytest.mark.parametrize(
    ("year", "month", "policy"),
    [
        (2016, 3, "3.9.6"),
        (2016, 5, "3.9.8"),
        (2018, 1, "4.1.3"),
        (2022, 11, "4.6.0"),
        (2023, 1, "4.6.2"),
    ],
)
def test_the_policy_is_the_newest_of_its_time(year: int, month: int, policy: str) -> None:
    assert standards_version(int(datetime(year, month, 1, tzinfo=UTC).timestamp())) == policy
