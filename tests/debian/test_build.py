"""From a request to a verified package, through the real dpkg tools."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from patchseries import process
from patchseries.debian.assemble import change, entry
from patchseries.debian.build import build
from patchseries.debian.changelog import ChangelogItem, read_date
from patchseries.debian.request import OrigUpload, PackagedFile
from patchseries.errors import SeriesError
from patchseries.files import directory_contents
from patchseries.patches.compose import PatchFile
from patchseries.patches.dpkg import Profile
from support.packages import HOTTER, Upstream, packaging
from support.tools import need


@pytest.fixture(autouse=True)
def _tools() -> None:
    need("dpkg-source", "dpkg-genbuildinfo", "dpkg-genchanges", "xz", "gzip")


def test_a_package_is_built_and_verified(upstream: Upstream) -> None:
    package = build(upstream.request())
    assert package.verified
    assert package.version == "1.0-0+0fast1"
    assert package.dsc == "oven_1.0-0+0fast1.dsc"
    found = directory_contents(upstream.out)
    assert {n: hashlib.sha256(d).hexdigest() for n, d in found.items()} == {
        **package.files,
        "series-build.json": hashlib.sha256(found["series-build.json"]).hexdigest(),
    }
    assert {Path(name).suffix for name in package.files} == {
        ".gz",
        ".xz",
        ".dsc",
        ".changes",
        ".buildinfo",
    }


def test_modes_links_new_and_removed_files_survive(upstream: Upstream) -> None:
    edits = {
        "README": None,
        "new/tool": ("100755", b"#!/bin/sh\n"),
        "oven/bake.py": ("100755", b"print()\n"),
        "alias": ("120000", b"bin/oven"),
    }
    assert build(upstream.request(edits)).verified


def test_a_patch_that_is_not_the_tree_is_found_and_nothing_is_published(
    upstream: Upstream,
) -> None:
    request = upstream.request()
    other = upstream.tree({"oven/bake.py": b"cold\n", "extra": b"x\n"}, request.expected_tree)
    with pytest.raises(SeriesError, match=r"extra: missing; oven/bake\.py: other content"):
        build(replace(request, expected_tree=other))
    assert not upstream.out.exists()
    assert list(upstream.out.parent.iterdir()) == []


def test_attributes_of_upstream_do_not_change_the_orig(upstream: Upstream) -> None:
    """export-ignore and export-subst would drop or rewrite files of the tree."""
    tree = upstream.tree(
        {
            ".gitattributes": b"secret export-ignore\nREADME export-subst\n*.py text eol=crlf\n",
            "secret": b"kept\n",
            "README": b"$Format:%H$\n",
        },
        upstream.base().tree,
    )
    base = replace(upstream.base(), commit=upstream.repository.write_commit(tree), tree=tree)
    after = upstream.tree(HOTTER, tree)
    request = upstream.request(base=base, expected_tree=after)
    assert build(replace(request, patches=(upstream.patch(tree, after),))).verified


def test_a_second_build_of_the_same_makes_nothing(upstream: Upstream) -> None:
    first = build(upstream.request())
    before = {p.name: p.stat().st_mtime_ns for p in upstream.out.iterdir()}
    second = build(upstream.request())
    assert second == replace(first, reused=True)
    assert {p.name: p.stat().st_mtime_ns for p in upstream.out.iterdir()} == before


def test_a_build_for_another_vendor(upstream: Upstream) -> None:
    first = build(replace(upstream.request(), vendor="ubuntu"))
    buildinfo = next(upstream.out.glob("*.buildinfo")).read_text()
    assert "Build-Origin: Ubuntu\n" in buildinfo
    assert "DPKG_ORIGINS_DIR" not in buildinfo
    assert build(replace(upstream.request(), vendor="ubuntu")).files == first.files


def test_a_damaged_output_is_built_again(upstream: Upstream) -> None:
    first = build(upstream.request())
    (upstream.out / first.dsc).write_text("broken")
    second = build(upstream.request())
    assert not second.reused
    assert second.files == first.files


def test_a_changed_series_counts_up_and_keeps_the_earlier_entry(upstream: Upstream) -> None:
    build(upstream.request())
    package = build(upstream.request({"README": b"Hot.\n"}))
    assert package.version == "1.0-0+0fast2"
    text = _changelog(upstream.out / package.dsc)
    assert text.index("(1.0-0+0fast2)") < text.index("(1.0-0+0fast1)")
    newer, older = map(read_date, text.split("\n\noven (1.0-0+0fast1)"))
    assert newer == older + 1  # lintian: latest-debian-changelog-entry-without-new-date


def test_a_changed_series_without_the_orig(upstream: Upstream) -> None:
    package = build(upstream.request(orig_upload=OrigUpload.NEVER))
    assert "orig" not in (upstream.out / package.changes).read_text()


def test_what_is_left_out_is_in_the_changelog(upstream: Upstream) -> None:
    package = build(upstream.request(left_out=("cooler", "colder")))
    text = _changelog(upstream.out / package.dsc)
    assert "step-1: step 1 (LP: #1157261)" in text
    assert "* Not in this package, as they conflict with 1.0:\n    - cooler\n    - colder\n" in text


def test_the_same_bytes_in_another_place_zone_locale_and_umask(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    first = build(upstream.request())
    for name, value in {
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "LANG": "de_DE.UTF-8",
        "XZ_OPT": "-0",
        "GZIP": "-1",
        "DEB_BUILD_OPTIONS": "parallel=9",
        "DEB_VENDOR": "Ubuntu",
        "TAR_OPTIONS": "--verbose",
        "SOURCE_DATE_EPOCH": "1",
    }.items():
        monkeypatch.setenv(name, value)
    mask = os.umask(0o077)
    try:
        second = build(upstream.request(out=tmp_path / "else where" / "deep" / "oven"))
    finally:
        os.umask(mask)
    assert second.files == first.files


def test_rules_are_never_run(upstream: Upstream, tmp_path: Path) -> None:
    mark = tmp_path / "rules-ran"
    given = packaging({"rules": f"#!/bin/sh\ntouch '{mark}'\n".encode()})
    package = build(upstream.request(packaging=given))
    assert package.version == "1:1.0-1+0fast1"
    assert package.dsc == "oven_1.0-1+0fast1.dsc"
    assert not mark.exists()


def _changelog(dsc: Path) -> str:
    archive = dsc.with_name(dsc.name.removesuffix(".dsc") + ".debian.tar.xz")
    done = process.run(["tar", "--extract", "--to-stdout", "--file", archive, "debian/changelog"])
    return done.stdout.decode()


def test_a_file_where_the_patches_go_is_refused(upstream: Upstream) -> None:
    given = packaging()
    files = {path: file for path, file in given.debian.items() if not path.startswith("patches/")}
    blocked = replace(given, debian=files | {"patches": PackagedFile("100644", b"x")})
    with pytest.raises(SeriesError, match="lies below debian/patches, which is no directory"):
        build(upstream.request(packaging=blocked))


@pytest.mark.parametrize(
    ("name", "head", "item"),
    [
        ("0001-hot.patch", b"Subject: [PATCH 1/2] hotter\n", ChangelogItem("hot", "hotter")),
        ("2.1-a-b.diff", b"Description: b\n c\n", ChangelogItem("a-b", "b")),
        ("x.patch", b"Origin: other\n", ChangelogItem("x", "x")),
        (
            "x.patch",
            b"Subject: y\nBug: https://bugs.debian.org/7\n"
            b"Bug-Ubuntu: https://bugs.launchpad.net/bugs/8\nOrigin: https://bugs.debian.org/9\n",
            ChangelogItem("x", "y", ("Closes: #7", "LP: #8")),
        ),
    ],
)
def test_what_the_changelog_says_of_a_patch(name: str, head: bytes, item: ChangelogItem) -> None:
    diff = b"---\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
    assert change(PatchFile(name, head + diff)) == item


def test_which_distribution_an_entry_names(upstream: Upstream) -> None:
    request = upstream.request(packaging=packaging())
    for profile, name in ((Profile.CURRENT, "unstable"), (Profile.PRECISE, "precise")):
        for given, named in ((None, name), ("hardy", "hardy")):
            asked = replace(request, profile=profile, distribution=given, packaging=None)
            assert entry(asked, "oven", "1.0-1").distribution == named
