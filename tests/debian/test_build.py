"""From a request to a verified package, through the real dpkg tools."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
from dataclasses import replace
from pathlib import Path

import pytest

from patchseries import process
from patchseries.debian import build as module
from patchseries.debian.build import build, build_stock
from patchseries.debian.changelog import read_date, read_versions
from patchseries.debian.orig import make_orig
from patchseries.debian.record import Record
from patchseries.debian.request import (
    BuildRequest,
    Orig,
    OrigUpload,
    PackagedFile,
    SourcePackage,
)
from patchseries.errors import ExitCode, SeriesError
from patchseries.files import directory_contents, sha256
from patchseries.patches.dpkg import Profile
from support.packages import HOTTER, Upstream, packaging
from support.tools import need

COLDER = {"oven/bake.py": b"def bake(bread):\n    heat = 90\n    return bread, heat\n"}


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


# What is decided before anything is written ------------------------------------------------------


def planned(request: BuildRequest, earlier: Record | None = None) -> Record:
    """What is decided for *request* as the record that the build leaves."""
    plan = module._plan(request, earlier, request.digest())
    package = SourcePackage("oven", "1.0", plan.source, plan.version, "", "", request.out)
    return Record(plan.digest, plan.number, plan.stock, plan.stem, plan.entries, package)


def test_each_change_of_a_series_counts_one_up(upstream: Upstream) -> None:
    request = upstream.request()
    first = planned(request)
    assert (first.number, first.stock, first.stem) == (1, "1.0-0", "+0fast")
    assert (first.package.source, first.package.version) == ("oven", "1.0-0+0fast1")
    assert planned(request, first) == first  # the same again
    second = planned(upstream.request(COLDER), first)
    assert (second.number, second.package.version) == (2, "1.0-0+0fast2")
    assert second.entries.endswith("\n\n" + first.entries)
    assert read_date(first.entries) == request.timestamp
    assert read_date(second.entries) == request.timestamp + 1  # no two entries of one moment
    later = planned(upstream.request(COLDER, timestamp=request.timestamp + 9), first)
    assert read_date(later.entries) == request.timestamp + 9


def test_another_stock_version_or_suffix_counts_anew(upstream: Upstream) -> None:
    first = planned(upstream.request())
    for changes in ({"version_suffix": "slow"}, {"packaging": packaging()}):
        other = planned(upstream.request(COLDER, **changes), first)
        assert other.number == 1
        assert read_versions(other.entries) == [other.package.version]
    assert planned(upstream.request(version_suffix="+0fast4")).package.version == "1.0-0+0fast4"
    assert planned(upstream.request(packaging=packaging())).package.version == "1:1.0-1+0fast1"
    with pytest.raises(SeriesError, match="sorts below the stock"):
        planned(upstream.request(version_suffix="~x"))


def test_an_entry_that_is_there_already_is_the_packages(upstream: Upstream) -> None:
    made = planned(upstream.request(packaging=packaging(), has_entry=True))
    assert (made.package.version, made.stock, made.number) == ("1:1.0-1", "1:1.0-1", 1)
    assert (made.stem, made.entries, made.package.source) == ("", "", "oven")


def test_what_dpkg_source_takes_wrongly_is_refused_with_its_name(upstream: Upstream) -> None:
    request = upstream.request({"new": ("100644", b"\0binary\n" * 9)})
    with pytest.raises(SeriesError, match=r"0001-step-1\.patch, new: .*\(dpkg-binary\)"):
        module._refuse_traps(request)
    module._refuse_traps(upstream.request(HOTTER, COLDER))
    (patch,) = upstream.request(COLDER).patches
    with pytest.raises(SeriesError, match=r"does not apply: .*\(dpkg-fuzz\)"):
        module._refuse_traps(upstream.request(HOTTER, patches=(patch, patch)))


def test_a_series_is_put_on_the_packagers_patches(upstream: Upstream) -> None:
    base = upstream.base()
    theirs = upstream.tree(HOTTER, base.tree)
    patch = upstream.patch(base.tree, theirs)
    given = packaging({"patches/series": b"theirs.patch\n", "patches/theirs.patch": patch.data})
    ours = upstream.tree({"oven/bake.py": b"def bake(bread):\n    heat = 9\n"}, theirs)
    request = upstream.request(packaging=given, patches=(upstream.patch(theirs, ours),))
    module._refuse_traps(request)
    with pytest.raises(SeriesError, match="does not apply"):
        module._refuse_traps(replace(request, packaging=packaging()))
    directory = {"series": b"theirs.patch\n", "theirs.patch": patch.data}
    own = replace(request, patches=(patch,), patches_directory=directory)
    module._refuse_traps(own)  # the packager's own are put on the release itself


def test_of_a_packagers_own_patch_only_where_it_leads_is_a_trap(upstream: Upstream) -> None:
    base = upstream.base()
    empty = upstream.patch(base.tree, upstream.tree({"new": b""}, base.tree))
    own = upstream.request(packaging=packaging(), patches=(empty,), patches_directory={})
    module._refuse_traps(own)
    with pytest.raises(SeriesError, match="dpkg-"):
        module._refuse_traps(replace(own, patches_directory=None))
    hidden = upstream.patch(base.tree, upstream.tree({"debian/x": b"1\n"}, base.tree))
    with pytest.raises(SeriesError, match="dpkg-path-debian"):
        module._refuse_traps(replace(own, patches=(hidden,)))


def test_the_room_of_a_tree_is_counted_in_whole_blocks(upstream: Upstream) -> None:
    sizes = (0, 1, 8191, 8192, 20000)
    tree = upstream.tree({f"d/{size}": b"x" * size for size in sizes})
    request = replace(upstream.request(), expected_tree=tree)
    assert module._room_of(request) == (1 + 1 + 1 + 2 + 3) * 8192


@pytest.mark.parametrize("ending", ["gz", "xz", "bz2", "lzma"])
def test_a_given_tarball_has_the_name_that_dpkg_source_wants(
    upstream: Upstream, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"v1.0.tar.{ending}"
    data = make_orig(upstream.repository, upstream.base().commit, "oven", "1.0", tmp_path)
    pack = {"gz": gzip, "xz": lzma, "bz2": bz2}.get(ending)
    raw = gzip.decompress(data.read_bytes())
    path.write_bytes(pack.compress(raw) if pack else lzma.compress(raw, lzma.FORMAT_ALONE))
    signature = tmp_path / "x.asc"
    signature.write_bytes(b"signed")
    given = Orig(path, sha256(path.read_bytes()), signature)
    for profile, signed in ((Profile.CURRENT, True), (Profile.PRECISE, False)):
        out = tmp_path / profile
        out.mkdir()
        request = upstream.request(orig=given, profile=profile)
        made = module._orig(request, "oven", "1:1.0-1", out)
        assert made == out / f"oven_1.0.orig.tar.{ending}"
        assert made.read_bytes() == path.read_bytes()
        assert (out / f"{made.name}.asc").exists() == signed
    with pytest.raises(SeriesError, match=r"not an upstream tarball for dpkg-source: x\.zip"):
        module._orig(upstream.request(orig=replace(given, path=Path("x.zip"))), "o", "1-1", out)


def test_the_stock_package_is_built_only_of_given_packaging(
    upstream: Upstream, tmp_path: Path
) -> None:
    for request in (
        upstream.request(),
        upstream.request(packaging=packaging(), patches_directory={}),
    ):
        assert build_stock(request, tmp_path) is None
    assert list(tmp_path.glob("oven*")) == []


@pytest.mark.parametrize(("count", "more"), [(12, ""), (13, " and 1 more")])
def test_a_package_that_is_not_the_tree_is_told_with_some_of_its_files(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, count: int, more: str
) -> None:
    monkeypatch.setattr("patchseries.debian.source.unpack", lambda *_: None)
    monkeypatch.setattr(
        "patchseries.debian.unpacked.compare", lambda *_: [f"{n}:" for n in range(count - 1)]
    )
    monkeypatch.setattr("patchseries.debian.unpacked.compare_debian", lambda *_: ["debian/x:"])
    shown = "; ".join([*(f"{n}:" for n in range(count - 1)), "debian/x:"][:12])
    with pytest.raises(SeriesError, match=r"^x\.dsc does not unpack to the tree") as caught:
        module._compare(upstream.request(), {}, Path("x.dsc"), Path("none"), {})
    assert caught.value.message.endswith(f": {shown}{more}")
    assert caught.value.exit_code == ExitCode.PROGRAM
    monkeypatch.setattr("patchseries.debian.unpacked.compare", lambda *_: [])
    monkeypatch.setattr("patchseries.debian.unpacked.compare_debian", lambda *_: [])
    module._compare(upstream.request(), {}, Path("x.dsc"), Path("none"), {})
