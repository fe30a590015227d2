"""A request: what a package depends on is in its digest, and whose tarball it takes."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from patchseries.debian.request import (
    BuildRequest,
    Dropped,
    Maintainer,
    Orig,
    OrigUpload,
    PackagedFile,
    SourcePackage,
    directory_digest,
)
from patchseries.debian.settingspackage import SettingsPackage
from patchseries.model import Base, CommitId, TreeId
from patchseries.patches.compose import PatchFile
from patchseries.patches.dpkg import Profile
from support.packages import Upstream, packaging

ORIG = Orig(Path("oven-1.0.tar.gz"), "1" * 64)
SETTINGS = SettingsPackage("fast", "", {"x": b"1"}, {}, b"", (), (), ())
OTHER: dict[str, Any] = {
    "project": "stove",
    "source": "stove",
    "patches": (PatchFile("0001-step-1.patch", b"other"),),
    "expected_tree": TreeId("2" * 40),
    "series_name": "slow",
    "maintainer": Maintainer("Bob", "ada@example.org"),
    "timestamp": 1,
    "left_out": ("x",),
    "unreviewed": ("x",),
    "dropped": (Dropped("x"),),
    "distribution": "precise",
    "urgency": "low",
    "version_suffix": "x",
    "packaging": packaging(),
    "orig": ORIG,
    "orig_upload": OrigUpload.NEVER,
    "profile": Profile.PRECISE,
    "options": ("x",),
    "homepage": None,
    "patches_directory": {},
    "notes": ("x",),
    "has_entry": True,
    "vendor": "ubuntu",
    "settings": SETTINGS,
}


def test_whatever_the_package_depends_on_makes_another_digest(upstream: Upstream) -> None:
    request = upstream.request()
    base = request.base
    bases = [
        Base("1.1", base.commit, base.tree),
        Base("1.0", CommitId("3" * 40), base.tree),
        Base("1.0", base.commit, TreeId("3" * 40)),
    ]
    others = [replace(request, **{name: value}) for name, value in OTHER.items()]
    others += [replace(request, base=one) for one in bases]
    directory = replace(request, patches_directory={"series": b"a\n"})
    others += [directory, replace(directory, patches_directory={"series": b"b\n"})]
    others += [replace(request, settings=replace(SETTINGS, files={"x": b"2"}))]
    (patch,) = request.patches
    others += [replace(request, patches=(replace(patch, name="x.patch"),))]
    others += [replace(request, dropped=(Dropped("x", asked=True),))]
    others += [replace(request, packaging=packaging({"rules": b"other\n"}))]
    digests = {one.digest() for one in (request, *others)}
    assert len(digests) == len(others) + 1
    beside = {"repository", "out", "base"}
    assert {field.name for field in fields(BuildRequest)} == OTHER.keys() | beside


def test_where_it_is_built_makes_no_other_digest(upstream: Upstream, tmp_path: Path) -> None:
    request = upstream.request(orig=ORIG)
    elsewhere = replace(ORIG, path=tmp_path / "oven-1.0.tar.gz")
    assert replace(request, out=tmp_path, orig=elsewhere).digest() == request.digest()


def test_the_digest_of_a_directory_is_of_names_modes_and_content() -> None:
    one = {"a": PackagedFile("100644", b"1"), "b": PackagedFile("100644", b"2")}
    others = [
        {"a": PackagedFile("100755", b"1"), "b": one["b"]},
        {"a": PackagedFile("100644", b"2"), "b": one["b"]},
        {"c": one["a"], "b": one["b"]},
        {"a": one["a"]},
    ]
    assert len({directory_digest(d) for d in (one, *others)}) == 5
    assert directory_digest(dict(reversed(one.items()))) == directory_digest(one)


@pytest.mark.parametrize(
    ("version", "taken"),
    [("1:1.0-1", True), ("1:1.0+dfsg-1", True), ("1:0.9-1", False)],
)
def test_the_packagings_own_tarball_is_of_its_own_release(
    upstream: Upstream, version: str, taken: bool
) -> None:
    theirs = Orig(Path("theirs.tar.gz"), "2" * 64)
    given = replace(packaging(), version=version, orig=theirs)
    assert upstream.request(packaging=given).given_orig == (theirs if taken else None)
    assert upstream.request(packaging=given, orig=ORIG).given_orig == ORIG
    assert upstream.request(orig=ORIG).given_orig == ORIG
    assert upstream.request().given_orig is None


def test_a_package_is_verified_and_reused_only_where_that_is_said() -> None:
    package = SourcePackage("oven", "1.0", "oven", "1.0-1", "x.dsc", "x.changes", Path("x"))
    assert (package.verified, package.reused) == (False, False)
