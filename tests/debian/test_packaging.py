"""Packaging that is handed in: taken, kept byte for byte, or refused with a reason."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from patchseries.debian.basetree import Decision, HistoryEvidence, apply_packaging
from patchseries.debian.build import build
from patchseries.debian.dsc import read_debian_tar
from patchseries.debian.packaging import (
    make_packaging,
    packaging_from_directory,
    packaging_from_git,
    refuse_strip_levels,
    refuse_vendor_series,
    with_patches,
)
from patchseries.debian.request import Dropped, PackagedFile
from patchseries.errors import SeriesError
from patchseries.patches.compose import PatchFile
from patchseries.patches.dpkg import Profile
from support.packages import HOTTER, Upstream, packaged, packaging
from support.tools import need

SERIES = b"# theirs come first\n\nreadme.patch\n#off.patch\n"


def theirs(upstream: Upstream) -> dict[str, bytes | None]:
    """Packaging whose patch changes README."""
    base = upstream.base().tree
    after = upstream.tree({"README": b"Debian's oven.\n"}, base)
    return {
        "patches/readme.patch": upstream.patch(base, after).data,
        "patches/series": SERIES,
    }


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"control": None}, "has no control"),
        ({"changelog": None}, "has no changelog"),
        ({"rules": None}, "has no rules"),
        ({"source/format": None}, r"source format 1\.0 \(no debian/source/format\)"),
        ({"source/format": b"1.0\n"}, "one diff, not a series"),
        ({"source/format": b"3.0 (native)\n"}, "upstream and packaging in one"),
        ({"source/format": b"3.0 (git)\n"}, "no series of patches"),
        ({"patches/series": b"gone.patch\n"}, "not there"),
        ({"patches/series": b"a.patch -R\n", "patches/a.patch": b""}, "options"),
        ({"patches/series": b"a.patch -p0 -R\n", "patches/a.patch": b""}, "options"),
        ({"patches/series": b"../../x\n"}, "unsafe path"),
        ({"changelog": b"nothing\n"}, "does not begin with an entry"),
        ({"control": b"Package: oven\n"}, "names no source package"),
        ({"control": b"Source: Oven\n"}, "control names no source package: 'Oven'"),
        ({"control": b"Source: stove\n"}, "about stove, debian/changelog about oven"),
        ({"../evil": b""}, "unsafe path"),
        ({"a//b": b""}, "unsafe path"),
        ({"/etc/passwd": b""}, "unsafe path"),
        ({"a\nb": b""}, "unsafe path"),
    ],
)
def test_packaging_that_cannot_be_used_says_why(files: dict[str, bytes], why: str) -> None:
    with pytest.raises(SeriesError, match=why):
        packaging(files)


def test_nothing_is_added_under_a_vendor_s_series() -> None:
    there = packaging({"patches/ubuntu.series": b""})
    with pytest.raises(SeriesError, match="series file for one vendor"):
        refuse_vendor_series(there)
    refuse_vendor_series(packaging())


def test_a_strip_level_is_taken_only_where_the_patches_are_written_anew() -> None:
    patches = {"patches/a.patch": b"", "patches/b.patch": b""}
    there = packaging({**patches, "patches/series": b"a.patch -p1\nb.patch -p0\n"})
    with pytest.raises(SeriesError, match=r"dpkg-source ignores the options of b\.patch -p0"):
        refuse_strip_levels(there)
    refuse_strip_levels(packaging({**patches, "patches/series": b"a.patch -p1\nb.patch\n"}))


@pytest.mark.parametrize("target", [b"/etc/passwd", b"../../x", b"../.."])
def test_a_link_out_of_the_tree_is_refused(target: bytes) -> None:
    files = dict(packaging().debian) | {"docs": PackagedFile("120000", target)}
    with pytest.raises(SeriesError, match="leads out of the tree"):
        make_packaging(files, "a test")


def test_a_native_version_is_refused() -> None:
    text = b"oven (1.0) unstable; urgency=low\n\n  * x\n\n -- A <a@b.c>  Mon, 01 Jul 2013 10:00:00 +0000\n"  # noqa: E501
    with pytest.raises(SeriesError, match="native"):
        packaging({"changelog": text})


def test_what_dpkg_source_leaves_out_is_left_out() -> None:
    found = packaging({".gitignore": b"x", "source/local-options": b"x", "docs": b"README\n"})
    assert "docs" in found.debian
    assert not {".gitignore", "source/local-options"} & found.debian.keys()


def test_a_git_tree_and_a_folder_give_the_same(upstream: Upstream, tmp_path: Path) -> None:
    debian = {
        **packaging({"patches/.pc/x": b""}).debian,
        "link": PackagedFile("120000", b"control"),
        "folder": PackagedFile("120000", b"patches"),
    }
    tree = upstream.tree(
        {f"debian/{n}": (f.mode, f.data) for n, f in debian.items()}
        | {".pc/applied": b"x\n", "oven/bake.py": b"applied already\n"}
    )
    for name, file in debian.items():
        path = tmp_path / "debian" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.mode == "120000":
            path.symlink_to(file.data.decode())
        else:
            path.write_bytes(file.data)
            path.chmod(0o755 if file.mode == "100755" else 0o644)
    from_git = packaging_from_git(upstream.repository, tree, "x")
    assert from_git.debian == debian
    assert from_git == replace(packaging_from_directory(tmp_path), origin="x")
    assert from_git == replace(packaging_from_directory(tmp_path / "debian"), origin="x")
    with pytest.raises(SeriesError, match="has no debian/"):
        packaging_from_git(upstream.repository, upstream.base().tree, "x")


def test_a_folder_without_control_is_not_walked(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secret")  # reading it would be refused in other words, or wait
    with pytest.raises(SeriesError, match="has no control"):
        packaging_from_directory(tmp_path)
    with pytest.raises(SeriesError, match=r"no directory .*/none"):
        packaging_from_directory(tmp_path / "none")


def test_a_pipe_in_a_folder_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "control")
    with pytest.raises(SeriesError, match="not a regular file"):
        packaging_from_directory(tmp_path)


def test_the_series_goes_on_top_of_the_packagers(upstream: Upstream) -> None:
    need("dpkg-source", "xz")
    given = packaging(theirs(upstream))
    request = upstream.request(packaging=given)
    packaged = apply_packaging(upstream.repository, request.base, given)
    expected = upstream.tree(HOTTER, packaged.tree)
    package = build(replace(request, expected_tree=expected))
    made = read_debian_tar(next(package.directory.glob("*.debian.tar.xz")))
    assert made["patches/series"].data == (
        SERIES + b"# The patch series fast on 1.0\n0001-step-1.patch\n"
    )
    assert made["changelog"].data.endswith(given.debian["changelog"].data)
    kept = {n: f for n, f in made.items() if n in given.debian}
    for name in ("changelog", "patches/series"):
        kept[name] = given.debian[name]
    assert kept == given.debian


def test_a_patch_with_a_name_that_is_taken_is_refused(upstream: Upstream) -> None:
    files = theirs(upstream)
    files["patches/0001-step-1.patch"] = b"x\n"
    with pytest.raises(SeriesError, match=r"cannot be called 0001-step-1\.patch"):
        build(upstream.request(packaging=packaging(files)))


@pytest.mark.parametrize("name", ["../x.patch", "a b.patch", "-x.patch", "#x.patch"])
def test_a_patch_with_an_unsafe_name_is_refused(upstream: Upstream, name: str) -> None:
    request = upstream.request()
    patch = PatchFile(name, request.patches[0].data)
    with pytest.raises(SeriesError, match="cannot be called"):
        build(replace(request, patches=(patch,)))


def test_their_patch_that_does_not_apply_is_told(upstream: Upstream) -> None:
    other = upstream.base({"README": b"Another oven.\n"})
    with pytest.raises(SeriesError, match=r"(?s)does not apply on 1\.0.*\n  readme\.patch: README"):
        apply_packaging(upstream.repository, other, packaging(theirs(upstream)))


def test_their_patch_that_a_later_release_has_is_dropped_and_told(upstream: Upstream) -> None:
    need("dpkg-source", "xz")
    given = packaging(theirs(upstream))
    tree = upstream.tree({"README": b"Debian's oven.\n"}, upstream.base().tree)
    base = replace(
        upstream.base(), name="1.1", tree=tree, commit=upstream.repository.write_commit(tree)
    )
    packaged = apply_packaging(upstream.repository, base, given)
    assert [(one.name, bool(one.evidence)) for one in packaged.dropped] == [("readme.patch", True)]
    package = build(
        upstream.request(
            base=base,
            packaging=packaged.packaging,
            dropped=packaged.dropped,
            expected_tree=upstream.tree(HOTTER, tree),
        )
    )
    assert package.version == "1:1.1-0+0fast1"
    made = read_debian_tar(next(package.directory.glob("*.debian.tar.xz")))
    assert b"# left out, as its change is in 1.1: readme.patch\n" in made["patches/series"].data
    assert "patches/readme.patch" not in made
    assert b"* Upstream is 1.1; the packaging was made for 1:1.0-1." in made["changelog"].data
    assert b"    - readme.patch: found in the tree" in made["changelog"].data


def test_their_patch_is_dropped_where_a_person_said_so(upstream: Upstream) -> None:
    other = upstream.base({"README": b"Another oven.\n"})
    given = packaging(theirs(upstream))
    packaged = apply_packaging(upstream.repository, other, given, {"readme.patch": Decision()})
    assert (packaged.tree, packaged.dropped) == (other.tree, (Dropped("readme.patch"),))


def test_their_patch_that_applies_stays_unless_it_is_named_for_the_base(
    upstream: Upstream,
) -> None:
    base, given = upstream.base(), packaging(theirs(upstream))
    for decision in (Decision(), Decision(reason="no more", by="Ann <a@b.c>")):
        packaged = apply_packaging(upstream.repository, base, given, {"readme.patch": decision})
        assert (packaged.packaging, packaged.dropped) == (given, ())
        named = replace(decision, always=True)
        packaged = apply_packaging(upstream.repository, base, given, {"readme.patch": named})
        assert [one.asked for one in packaged.dropped] == [True]


@pytest.mark.parametrize("path", [b".git/hooks/x", b"../x", b".pc/x", b"debian/x"])
def test_their_patch_that_leaves_the_tree_is_refused(upstream: Upstream, path: bytes) -> None:
    files = theirs(upstream)
    files["patches/readme.patch"] = b"--- /dev/null\n+++ b/" + path + b"\n@@ -0,0 +1 @@\n+x\n"
    with pytest.raises(SeriesError, match=r"the packager's patch readme\.patch"):
        apply_packaging(upstream.repository, upstream.base(), packaging(files))


def test_their_news_is_kept_below_ours(upstream: Upstream) -> None:
    need("dpkg-source", "xz")
    news = packaging().debian["changelog"].data
    given = packaging({"NEWS": news})
    package = build(upstream.request(packaging=given, options=("oven.conf: workers",)))
    made = read_debian_tar(next(package.directory.glob("*.debian.tar.xz")))["NEWS"].data
    assert made.endswith(b"\n" + news)
    assert b"    - oven.conf: workers\n" in made


def test_own_packaging_for_precise_has_what_its_tools_know(upstream: Upstream) -> None:
    need("dpkg-source", "xz")
    package = build(upstream.request(profile=Profile.PRECISE))
    made = read_debian_tar(next(package.directory.glob("*.debian.tar.xz")))
    assert made["compat"].data == b"9\n"
    assert b"debhelper-compat" not in made["control"].data
    assert b"Rules-Requires-Root" not in made["control"].data
    assert b"precise; urgency" in made["changelog"].data


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchseries.debian.packaging._LARGEST", 100)
    with pytest.raises(SeriesError, match="larger than"):
        make_packaging(packaged({"x": b"y" * 101}), "a test")
    monkeypatch.undo()
    there = packaging().debian
    monkeypatch.setattr("patchseries.debian.paths._MOST", len(there))
    assert make_packaging(there, "a test").debian == there
    with pytest.raises(SeriesError, match="a test has more than"):
        packaging({"x": b""})


def test_a_file_below_another_is_refused() -> None:
    with pytest.raises(SeriesError, match="debian/control/x lies below debian/control"):
        packaging({"control/x": b""})


def test_other_patches_take_the_place_of_all_that_were_there() -> None:
    before = packaging({"patches/old.patch": b"x", "patches/series": b"old.patch\n"})
    made = with_patches(before, {"a/b.patch": b"1", "series": b"a/b.patch\n"}).debian
    patches = {path: file.data for path, file in made.items() if path.startswith("patches/")}
    assert patches == {"patches/a/b.patch": b"1", "patches/series": b"a/b.patch\n"}
    rest = {path: file for path, file in before.debian.items() if not path.startswith("patches/")}
    assert {path: file for path, file in made.items() if path not in patches} == rest


def test_a_decision_is_about_a_patch_that_is_there(upstream: Upstream) -> None:
    other = upstream.base({"README": b"Another oven.\n"})
    given = packaging(theirs(upstream))
    with pytest.raises(SeriesError, match=r"'drop' names gone\.patch"):
        apply_packaging(upstream.repository, other, given, {"gone.patch": Decision()})
    what_it_is = {"readme.patch": Decision(upstream=("I" + "1" * 40,))}
    with pytest.raises(SeriesError, match=r"does not apply on 1\.0"):
        apply_packaging(upstream.repository, other, given, what_it_is)


@pytest.mark.parametrize(
    ("evidence", "proves", "proves_a_security_fix"),
    [
        (HistoryEvidence("x"), True, False),
        (HistoryEvidence("x", missing=()), True, True),
        (HistoryEvidence("x", missing=("a",)), False, False),
        (HistoryEvidence("x", missing=("a",), vouched=True), True, True),
    ],
)
def test_what_the_history_proves(
    evidence: HistoryEvidence, proves: bool, proves_a_security_fix: bool
) -> None:
    assert (evidence.proves(False), evidence.proves(True)) == (proves, proves_a_security_fix)


@pytest.mark.parametrize(
    ("decision", "leaves_out"),
    [
        (Decision(), True),
        (Decision(reason="no more"), True),
        (Decision(upstream=("I1",)), False),
        (Decision(reason="no more", upstream=("I1",)), True),
    ],
)
def test_what_only_says_what_a_patch_is_leaves_none_out(
    decision: Decision, leaves_out: bool
) -> None:
    assert decision.leaves_out is leaves_out


def test_a_file_named_debian_is_no_packaging(upstream: Upstream) -> None:
    with pytest.raises(SeriesError, match="has no debian/"):
        packaging_from_git(upstream.repository, upstream.tree({"debian": b""}), "x")


@pytest.mark.parametrize("name", ["control", "changelog", "rules", "patches/a.patch"])
def test_what_is_needed_may_be_no_link(name: str) -> None:
    there = packaging({"patches/a.patch": b"", "patches/series": b"a.patch\n"}).debian
    assert make_packaging(there, "a test").debian == there
    files = {**there, "x": there[name], name: PackagedFile("120000", b"x")}
    with pytest.raises(SeriesError, match=rf"has no {name}|names debian/{name}, not there"):
        make_packaging(files, "a test")


def test_a_series_that_is_a_link_is_refused() -> None:
    files = dict(packaging().debian) | {"patches/series": PackagedFile("120000", b"../control")}
    with pytest.raises(SeriesError, match="debian/patches/series is a link"):
        make_packaging(files, "a test")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The packaging, and an empty file that is read after all others."""
    for name, file in {**packaging().debian, "source/last/x": PackagedFile("", b"")}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return tmp_path


@pytest.mark.parametrize(
    ("limit", "most", "why"),
    [
        (
            "packaging._LARGEST",
            max(len(file.data) for file in packaging().debian.values()),
            "larger",
        ),
        ("paths._MOST", 1, "more than 1 files"),
    ],
)
def test_a_directory_is_read_up_to_a_limit(
    directory: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, why: str
) -> None:
    os.mkfifo(directory / "source/last/pipe")  # reading it would be refused in other words
    monkeypatch.setattr(f"patchseries.debian.{limit}", most)
    with pytest.raises(SeriesError, match=why):
        packaging_from_directory(directory)


def test_a_directory_may_be_as_large_as_the_limit(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sum(len(file.data) for file in packaging().debian.values())
    monkeypatch.setattr("patchseries.debian.packaging._LARGEST", size)
    assert "source/last/x" in packaging_from_directory(directory).debian
