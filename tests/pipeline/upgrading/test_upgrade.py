"""``series upgrade``: from a package to the next upstream release, in a project and in place."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.errors import SeriesError, UsageError
from patchseries.files import directory_contents
from patchseries.git.environment import ISOLATED
from support.packagetree import (
    CHANGELOG,
    CLASH,
    DEBIAN,
    HEADER,
    PATCHES,
    add_releases,
    commit_tree,
    make_tree,
    make_upstream,
    patch,
)
from support.tools import need
from support.upstreams import Upstream

ENTRY = """\
oven (1:2.0-1) UNRELEASED; urgency=medium

  * New upstream release.
  * d/p/near.diff: refresh.
  * d/p/merged.patch: drop, applied upstream in 1.1 (commit {commit}).

 -- Ann Packager <ann@test.invalid>  Thu, 04 Apr 2013 00:00:00 +0000
"""


class World:
    def __init__(self, top: Path) -> None:
        self.top = top
        self.upstream = make_upstream(top / "mirrors" / "org" / "oven.git")
        self.merged = self.upstream.repository.resolve("refs/tags/1.1") or ""
        self.entry = ENTRY.format(commit=self.merged[:12])

    def run(self, *words: str, status: int = 0) -> dict[str, Any]:
        """The JSON document of ``series WORDS``; errors are raised."""
        done = CliRunner().invoke(group, [*words, "--json"], standalone_mode=False)
        if done.exception:
            raise done.exception
        assert done.return_value == status, done.output
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def tree(self, patches: dict[str, bytes], **debian: bytes) -> Path:
        """A packaging repository, which is where commands run from now on."""
        return make_tree(self.top / "oven", patches, {**DEBIAN, **debian})


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    need("dpkg-source", "xz", "gzip")
    made = World(tmp_path)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    for name, value in {
        "SERIES_MIRRORS": str(tmp_path / "mirrors"),
        "SERIES_CACHE": str(tmp_path / "cache"),
        "SERIES_STATE": str(tmp_path / "state"),
        "DEBFULLNAME": "Ann Packager",
        "DEBEMAIL": "ann@test.invalid",
        "SOURCE_DATE_EPOCH": "1365033600",
    }.items():
        monkeypatch.setenv(name, value)
    return made


def states(document: dict[str, Any]) -> dict[str, str]:
    return {row["file"]: row["status"] for row in document["patches"]}


def test_a_package_comes_to_the_next_release(world: World, tmp_path: Path) -> None:
    world.run("import", str(world.tree(PATCHES)))
    made = world.run("upgrade", "v2.0")
    assert states(made) == {
        "shift.patch": "unchanged",
        "near.diff": "refreshed",
        "merged.patch": "merged",
    }
    assert (made["base"], made["version"], made["entry"]) == ("2.0", "1:2.0-1", world.entry)
    assert made["package"]["verified"]
    assert made["orig"] == "made from the tree of 2.0"
    unpacked = tmp_path / "unpacked"
    dsc = made["package"]["dsc"]
    subprocess.run(["dpkg-source", "-x", dsc, unpacked], check=True, capture_output=True)
    assert (unpacked / "debian/changelog").read_bytes() == world.entry.encode() + b"\n" + CHANGELOG
    there = directory_contents(unpacked / "debian/patches")
    assert there.keys() == {"series", "shift.patch", "near.diff", "README"}
    assert there["series"] == b"# the packager's order\nshift.patch\nnear.diff\n"
    assert there["shift.patch"] == PATCHES["shift.patch"]
    assert b" near 4\n-near 5\n+five\n" in there["near.diff"]
    assert (unpacked / "near").read_bytes().splitlines()[2:5] == [b"three", b"near 4", b"five"]
    assert "2.0" in (Path("series/oven.toml")).read_text()


def leveled(name: str, number: int, old: str, new: str) -> bytes:
    """A patch with the names *old* and *new* of its file."""
    data = patch(name, number, "five")
    return data.replace(f"a/{name}".encode(), old.encode()).replace(
        f"b/{name}".encode(), new.encode()
    )


BYTES = b"--- /dev/null\n+++ bytes\n@@ -0,0 +1 @@\n+\0\xff\n"
LEVELS = {
    "series": b"# made by hand\nshift.patch -p0  # fits\nnear.diff -p 2\n"
    b"bytes -p0\none.patch -p1\n",
    "shift.patch": leveled("shift", 5, "shift", "shift"),
    "near.diff": leveled("near", 5, "oven/a/near", "oven/b/near"),
    "bytes": (HEADER % "bytes").encode() + BYTES,
    "one.patch": patch("clash", 9, "nine"),
}


def level_tree(world: World) -> Path:
    """A packaging repository with LEVELS; dpkg-source wants to be told of what is no text."""
    return world.tree(LEVELS, **{"source/include-binaries": b"debian/patches/bytes\n"})


def test_what_has_another_strip_level_is_written_with_the_one_dpkg_source_knows(
    world: World, tmp_path: Path
) -> None:
    world.run("import", str(level_tree(world)))
    world.run("export", str(tmp_path / "back"))
    assert directory_contents(tmp_path / "back") == LEVELS
    made = world.run("upgrade", "2.0")
    assert states(made) == {
        "shift.patch": "refreshed",
        "near.diff": "refreshed",
        "bytes": "refreshed",
        "one.patch": "unchanged",
    }
    assert "  * d/p/shift.patch: refresh.\n" in made["entry"]
    assert made["package"]["verified"]
    there = check_levels(Path(made["package"]["dsc"]), tmp_path / "unpacked")
    assert (there / "shift").read_bytes().splitlines()[6] == b"five"
    assert (there / "near").read_bytes().splitlines()[2:5] == [b"three", b"near 4", b"five"]


def check_levels(dsc: Path, unpacked: Path) -> Path:
    """Unpack a package of LEVELS, and look at its patches; the tree."""
    done = subprocess.run(
        ["dpkg-source", "-x", dsc, unpacked], check=True, capture_output=True, text=True
    )
    assert "unsupported options" not in done.stderr
    patches = directory_contents(unpacked / "debian/patches")
    assert (
        patches["series"]
        == b"# made by hand\nshift.patch # fits\nnear.diff\nbytes\none.patch -p1\n"
    )
    for name in ("shift.patch", "near.diff", "bytes"):
        header = LEVELS[name].partition(b"--- ")[0]
        assert patches[name].startswith(header + b"diff --git a/")
    assert patches["one.patch"] == LEVELS["one.patch"]
    assert (unpacked / "bytes").read_bytes() == b"\0\xff\n"
    return unpacked


def test_a_package_with_strip_levels_is_built_on_its_own_release(
    world: World, tmp_path: Path
) -> None:
    world.run("import", str(level_tree(world)))
    made = world.run("build", "oven", "--onto", "1.0", "--allow-unreviewed")
    [target] = made["packages"]
    there = check_levels(Path(target["dsc"]), tmp_path / "unpacked")
    assert (there / "shift").read_bytes().splitlines()[4] == b"five"


def test_strip_levels_are_gone_from_a_packaging_repository(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = level_tree(world)
    monkeypatch.chdir(top)
    made = world.run("upgrade", "2.0", "--in-place")
    assert "debian/patches/series" in made["written"]
    assert b"-p0" not in (top / "debian/patches/series").read_bytes()
    written = directory_contents(top / "debian")
    commit_tree(top)
    again = world.run("upgrade", "2.0", "--in-place", "--no-build")
    assert set(states(again).values()) == {"unchanged"}
    assert directory_contents(top / "debian") == written


def test_a_dry_run_tells_it_all_and_writes_nothing(world: World) -> None:
    world.run("import", str(world.tree(PATCHES)))
    before = directory_contents(Path.cwd())
    made = world.run("upgrade", "2.0", "--dry-run")
    assert made["entry"] == world.entry
    assert made["package"] is None
    assert "series/oven.toml" in made["changed"]
    assert directory_contents(Path.cwd()) == before


def test_a_dry_run_names_no_command_that_needs_the_release_in_the_series(world: World) -> None:
    world.run("import", str(world.tree(CLASH)))
    said = CliRunner().invoke(group, ["upgrade", "2.0", "--dry-run"], standalone_mode=False).stderr
    assert "without --dry-run" in said
    assert "series why" not in said
    said = CliRunner().invoke(group, ["upgrade", "2.0"], standalone_mode=False).stderr
    assert "series why clash oven --onto 2.0" in said


def test_after_a_conflict_is_resolved_the_same_command_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = world.tree(CLASH)
    monkeypatch.chdir(top)
    debian = directory_contents(top / "debian")
    made = world.run("upgrade", "2.0", "--in-place", status=1)
    assert states(made)["clash.patch"] == "conflict"
    assert (made["entry"], made["package"], made["written"]) == (None, None, [])
    assert directory_contents(top / "debian") == debian
    assert world.run("why", "clash", "--onto", "2.0", status=1)
    take = ("resolve", "clash", "--onto", "2.0", "--take", "theirs", "-m", "five is right")
    world.run(*take)
    made = world.run("upgrade", "2.0", "--in-place")
    assert states(made)["clash.patch"] == "adapted"
    assert "  * d/p/clash.patch: adapt to 2.0 (resolution" in made["entry"]
    assert b"+five" in (top / "debian/patches/clash.patch").read_bytes()


def test_a_resolution_that_takes_nothing_of_the_patch_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not asked for once more, as if it had not been made."""
    monkeypatch.chdir(world.tree(CLASH))
    world.run("upgrade", "2.0", "--in-place", status=1)
    take = ["resolve", "clash", "--onto", "2.0", "--take", "ours", "-m", "not needed"]
    done = CliRunner().invoke(group, take, standalone_mode=False)
    assert "then: the `series upgrade` again" in done.stdout
    again = ["upgrade", "2.0", "--in-place"]
    said = CliRunner().invoke(group, again, standalone_mode=False).stderr
    assert "→ clash: the resolution leaves nothing of this patch" in said


def test_a_packaging_repository_is_written_and_not_committed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = world.tree(PATCHES)
    (top / "shift").write_text("not ours\n")
    monkeypatch.chdir(top / "debian")
    made = world.run("upgrade", "2.0", "--in-place")
    assert made["written"] == [
        "debian/changelog",
        "debian/patches/merged.patch",
        "debian/patches/near.diff",
        "debian/patches/series",
    ]
    assert (top / "debian/changelog").read_text().startswith(world.entry)
    assert directory_contents(top / "debian/patches").keys() == {
        "README",
        "near.diff",
        "series",
        "shift.patch",
    }
    assert sorted(path.name for path in top.iterdir()) == [".git", "debian", "shift"]
    with Upstream(top / ".git") as repository:
        log = repository.repository.run("rev-list", "--count", "master").stdout
    assert log == b"1\n"
    with pytest.raises(UsageError, match="not committed"):
        world.run("upgrade", "2.0", "--in-place")


def test_its_own_tags_are_asked_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    top = world.tree(PATCHES)
    with Upstream(top / ".git") as own:
        add_releases(own, "upstream", "upstream/")
    monkeypatch.chdir(top)
    made = world.run("upgrade", "2.0", "--in-place", "--no-build")
    assert made["base"] == "upstream/2.0"
    assert made["entry"] == world.entry
    assert made["version"] == "1:2.0-1"
    assert made["package"] is None


SERIES = PATCHES["series"]
VENDORS = {
    **{name: data for name, data in PATCHES.items() if name != "series"},
    "series": b"nothing.patch\n",
    "nothing.patch": patch("near", 9, "nine"),
    "debian.series": SERIES,
    "ubuntu.series": b"# theirs\nshift.patch\nmerged.patch\norange.patch\n",
    "orange.patch": patch("clash", 5, "orange"),
}


@pytest.mark.parametrize("place", ["project", "tree"])
def test_the_vendor_s_series_counts(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    top = world.tree(VENDORS)
    if place == "project":
        world.run("import", str(top))
        made = world.run("upgrade", "2.0")
    else:
        monkeypatch.chdir(top)
        made = world.run("upgrade", "2.0", "--in-place")
    assert made["package"]["verified"]
    assert states(made) == {
        "shift.patch": "unchanged",
        "near.diff": "refreshed",
        "merged.patch": "merged",
    }
    assert made["entry"] == world.entry
    assert made["unported"] == ["nothing.patch", "orange.patch"]
    unpacked = world.top / "unpacked"
    dsc = made["package"]["dsc"]
    subprocess.run(["dpkg-source", "-x", dsc, unpacked], check=True, capture_output=True)
    there = directory_contents(unpacked / "debian/patches")
    assert there.keys() == VENDORS.keys() - {"merged.patch"}
    assert there["debian.series"] == b"# the packager's order\nshift.patch\nnear.diff\n"
    assert there["ubuntu.series"] == b"# theirs\nshift.patch\norange.patch\n"
    assert there["series"] == VENDORS["series"]
    assert there["orange.patch"] == VENDORS["orange.patch"]
    assert (unpacked / "near").read_bytes().splitlines()[4] == b"five"
    if place == "tree":
        assert directory_contents(top / "debian/patches") == there
        return
    world.run("export", str(world.top / "back"), "--onto", "2.0")
    assert directory_contents(world.top / "back") == there


def test_a_package_for_another_vendor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    patches = {**VENDORS, "ubuntu.series": b"shift.patch\nmerged.patch\n"}
    top = world.tree(patches)
    monkeypatch.chdir(top)
    made = world.run("upgrade", "2.0", "--in-place", "--vendor", "ubuntu")
    assert states(made) == {"shift.patch": "unchanged", "merged.patch": "merged"}
    assert made["unported"] == ["near.diff", "nothing.patch"]
    assert made["package"]["verified"]  # dpkg-source, told to be Ubuntu's, applied shift alone
    assert (top / "debian/patches/ubuntu.series").read_bytes() == b"shift.patch\n"


def test_an_entry_that_is_begun_is_continued(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = (
        b"oven (1:2.0-1) UNRELEASED; urgency=medium\n\n  * New upstream release. (Closes: #1)\n\n"
        b" -- Ada Baker <ada@test.invalid>  Tue, 02 Jul 2013 12:00:00 +0000\n\n"
    )
    top = world.tree(PATCHES, changelog=begun + CHANGELOG)
    monkeypatch.chdir(top)
    made = world.run("upgrade", "2.0", "--in-place", "--no-build")
    assert made["entry"] == (
        "oven (1:2.0-1) UNRELEASED; urgency=medium\n\n"
        "  [ Ada Baker ]\n  * New upstream release. (Closes: #1)\n\n"
        "  [ Ann Packager ]\n  * d/p/near.diff: refresh.\n"
        f"  * d/p/merged.patch: drop, applied upstream in 1.1 (commit {world.merged[:12]}).\n\n"
        " -- Ann Packager <ann@test.invalid>  Thu, 04 Apr 2013 00:00:00 +0000\n"
    )
    assert (top / "debian/changelog").read_bytes() == made["entry"].encode() + b"\n" + CHANGELOG


def test_what_cannot_be_upgraded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError) as outside:
        world.run("upgrade", "2.0")
    assert "--in-place" in (outside.value.hint or "")
    with pytest.raises(UsageError, match="no debian/control"):
        world.run("upgrade", "2.0", "--in-place")
    top = world.tree(PATCHES)
    world.run("import", str(top))
    with pytest.raises(UsageError, match=r"has no tag for '2\.9'"):
        world.run("upgrade", "2.9")
    with pytest.raises(UsageError, match=r"1:1\.0-2\+deb12u1 is of this release already"):
        world.run("upgrade", "1.0")
    world.upstream.tag("nightly")
    with pytest.raises(UsageError, match="says no version"):
        world.run("upgrade", "nightly")
    monkeypatch.chdir(top)
    (top / "debian/patches/new.patch").write_bytes(b"x")
    with pytest.raises(UsageError, match="not committed"):
        world.run("upgrade", "2.0", "--in-place")


@pytest.mark.parametrize("name", ["patches", "changelog"])
def test_nothing_is_written_through_a_link(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    top = world.tree(PATCHES)
    (top / "debian" / name).rename(world.top / "outside")
    (top / "debian" / name).symlink_to(world.top / "outside")
    monkeypatch.chdir(top)
    with pytest.raises(SeriesError, match="is a symbolic link"):
        world.run("upgrade", "2.0", "--in-place")


def test_the_tarball_beside_the_tree_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = world.tree(PATCHES)
    git = world.upstream.repository
    tar = git.run("archive", "--prefix=oven-2.0/", "2.0").stdout
    (top.parent / "oven_2.0+dfsg1.orig.tar.xz").write_bytes(lzma.compress(tar))
    monkeypatch.chdir(top)
    made = world.run("upgrade", "2.0", "--in-place")
    assert made["orig"] == str(top.parent / "oven_2.0+dfsg1.orig.tar.xz")
    assert made["version"] == "1:2.0+dfsg1-1"
    assert made["package"]["verified"]


def test_the_tarball_of_the_pristine_tar_branch_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("pristine-tar")
    top = world.tree(PATCHES)
    with Upstream(top / ".git") as own:
        add_releases(own, "upstream", "upstream/")
        tar = own.repository.run("archive", "--prefix=bread/", "upstream/2.0").stdout
    given = world.top / "oven_2.0.orig.tar.xz"
    given.write_bytes(lzma.compress(tar, preset=3))
    words = ("pristine-tar", "commit", f"../{given.name}", "upstream")  # it quotes no path
    subprocess.run(words, cwd=top, env=committing(top), check=True, capture_output=True)
    wanted = given.read_bytes()
    given.unlink()
    monkeypatch.chdir(top)
    made = world.run("upgrade", "2.0", "--in-place")
    kept = top / ".git/patchseries/origs/oven_2.0.orig.tar.xz"
    assert made["orig"] == str(kept)
    assert kept.read_bytes() == wanted
    assert made["package"]["verified"]
    dsc = Path(made["package"]["dsc"])
    assert (dsc.parent / "oven_2.0.orig.tar.xz").read_bytes() == wanted


def committing(top: Path) -> dict[str, str]:
    people = {
        f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    here = {"GIT_DIR": str(top / ".git"), "TMPDIR": "/var/tmp"}  # pristine-tar quotes no path
    return {**os.environ, **ISOLATED, **people, **here}


def test_uscan_finds_the_tarball_when_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    need("uscan")
    tar = world.upstream.repository.run("archive", "--prefix=oven-2.0/", "2.0").stdout
    (world.top / "www").mkdir()
    (world.top / "www" / "oven-2.0.tar.gz").write_bytes(gzip.compress(tar))
    handler = partial(SimpleHTTPRequestHandler, directory=str(world.top / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        line = f"version=4\nhttp://127.0.0.1:{server.server_port}/ oven-(.*)\\.tar\\.gz\n"
        top = world.tree(PATCHES, watch=line.encode())
        monkeypatch.chdir(top)
        made = world.run("upgrade", "2.0", "--in-place", "--uscan")
        server.shutdown()
    assert made["orig"] == str(top / ".git/patchseries/origs/oven_2.0.orig.tar.gz")
    assert made["package"]["verified"]
    with pytest.raises(UsageError, match="--uscan has no effect without --in-place"):
        world.run("upgrade", "2.0", "--uscan")
    with pytest.raises(UsageError, match="contacts servers"):
        world.run("upgrade", "2.0", "--in-place", "--uscan", "--offline")


def test_once_more_after_a_commit_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = world.tree(PATCHES)
    monkeypatch.chdir(top)
    world.run("upgrade", "2.0", "--in-place", "--no-build")
    written = directory_contents(top / "debian")
    commit_tree(top, gone=["patches/merged.patch"])
    made = world.run("upgrade", "2.0", "--in-place", "--no-build")
    assert set(states(made).values()) == {"unchanged"}
    assert directory_contents(top / "debian") == written


def test_what_was_added_and_removed_is_told(world: World) -> None:
    world.run("import", str(world.tree(PATCHES)))
    world.run("remove", "shift")
    bug = b"Bug-Debian: https://bugs.debian.org/42\n"
    Path("new.patch").write_bytes(b"Subject: Sharper.\n" + bug + patch("clash", 9, "nine"))
    world.run("add", "new.patch", "--as", "sharper")
    made = world.run("upgrade", "2.0", "--no-build")
    assert states(made)["sharper.patch"] == "new"
    assert "  * d/p/sharper.patch: new patch: Sharper (Closes: #42).\n" in made["entry"]
    assert "  * d/p/shift.patch: drop.\n" in made["entry"]


def test_a_link_among_the_patches_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = world.tree(PATCHES)
    (top / "debian/patches/link").symlink_to("series")
    monkeypatch.chdir(top)
    with pytest.raises(SeriesError, match="debian/patches/link is a symbolic link"):
        world.run("upgrade", "2.0", "--in-place")


def test_a_line_stands_for_its_newest_release(world: World) -> None:
    world.run("import", str(world.tree({"near.diff": PATCHES["near.diff"]})))
    made = world.run("upgrade", "stable/2.0", "--no-build", "--dry-run")
    assert (made["base"], made["version"].partition(":")[2]) == ("2.0", "2.0-1")
