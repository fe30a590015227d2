"""The trap table: each row refused by name, and what the real dpkg-source does without the guard.

With SERIES_PRECISE_TOOLS naming a folder that has dpkg-source 1.16.1 and patch 2.6.1, the rows of
the ``precise`` profile are shown with those too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries import process
from patchseries.debian import build as building
from patchseries.debian import unpacked
from patchseries.errors import SeriesError
from patchseries.patches.compose import PatchFile
from patchseries.patches.dpkg import Profile, guard
from support.packages import Upstream
from support.tools import need

TOOLS = os.environ.get("SERIES_PRECISE_TOOLS")
HEAD = b"""\
From: Ada Baker <ada@example.org>
Date: Mon, 1 Jul 2013 10:00:00 +0000
Subject: a trap

Why it is so.
---
"""
BAKE = b"def bake(bread):\n    heat = 180\n    return bread, heat\n"
HOT = BAKE.replace(b"180", b"220")
HUNK = b"""\
@@ -1,3 +1,3 @@
 def bake(bread):
-    heat = 180
+    heat = 220
     return bread, heat
"""
EDIT = b"--- a/oven/bake.py\n+++ b/oven/bake.py\n" + HUNK
EXTRA: dict[str, Any] = {
    "empty": b"",
    "bin/oven": ("100755", b"#!/bin/sh\n"),
    "wide": ("120000", b"oven"),
}
NEW = b"@@ -0,0 +1 @@\n+x\n"
LINE = b"@@ -1 +1 @@\n-a\n+b\n"


_ID, _NONE = b"1" * 40, b"0" * 40
_EMPTY = b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
ADDED = b"index %s..%s\n" % (_NONE, _ID)
GONE = b"index %s..%s\n" % (_ID, _NONE)
CHANGED = b"index %s..%s" % (_ID, b"2" * 40)


def new(path: bytes) -> bytes:
    """A diff that adds the file *path*, in the plainest form."""
    return b"--- /dev/null\n+++ b/" + path + b"\n" + NEW


EDIT_GIT = b"diff --git a/oven/bake.py b/oven/bake.py\n" + EDIT
BINARY = (
    b"diff --git a/n b/n\nnew file mode 100644\n" + ADDED + b"GIT binary patch\n"
    b"literal 1\nIcmZPo000310RR91\n\nliteral 0\nHcmV?d00001\n\n"
)
DIFFERS = (
    b"diff --git a/README b/README\n" + CHANGED + b" 100644\n"
    b"Binary files a/README and b/README differ\n"
)


@dataclass(frozen=True)
class Row:
    """A row of the table: a diff, the tree it means, and what becomes of it without the guard.

    ``outcome`` is ``refused`` or ``wrong`` (an exit status 0 and another tree) or ``ok``, by
    ``dpkg-source -b`` and ``-x`` of today; ``precise`` by ``-x`` of Ubuntu 12.04's alone.
    """

    name: str
    code: str
    diff: bytes
    means: dict[str, Any] = field(default_factory=dict)
    outcome: str = "refused"
    precise: str = "refused"
    head: bytes = HEAD


ROWS = [
    Row("fuzz", "dpkg-fuzz", EDIT.replace(b" def bake(bread)", b" def bake(loaf)"),
        {"oven/bake.py": HOT}),
    Row("empty-new", "dpkg-empty-file", b"diff --git a/n/e b/n/e\nnew file mode 100644\n"
        + ADDED,
        {"n/e": b""}, "wrong", "refused"),
    Row("empty-new-beside-others", "dpkg-empty-file",
        b"diff --git a/n/e b/n/e\nnew file mode 100644\n"
        + ADDED +
        b"diff --git a/oven/bake.py b/oven/bake.py\n" + EDIT,
        {"n/e": b"", "oven/bake.py": HOT}, "wrong", "wrong"),
    Row("emptied", "dpkg-empty-file", b"diff --git a/README b/README\n--- a/README\n+++ b/README\n"
        b"@@ -1 +0,0 @@\n-An oven.\n", {"README": b""}, "wrong", "wrong"),
    Row("git-binary", "dpkg-binary", BINARY, {"n": b"\0"}),
    Row("git-binary-beside-others", "dpkg-binary", BINARY + EDIT_GIT,
        {"n": b"\0", "oven/bake.py": HOT}, "refused", "wrong"),
    Row("binary-differs", "dpkg-binary-differs", DIFFERS, {"README": b"\0"}, "wrong"),
    Row("binary-differs-beside-others", "dpkg-binary-differs", DIFFERS + EDIT_GIT,
        {"README": b"\0", "oven/bake.py": HOT}, "wrong", "wrong"),
    Row("link-changed", "dpkg-symlink-change", b"diff --git a/latest b/latest\n"
        + CHANGED + b" 120000\n--- a/latest\n+++ b/latest\n@@ -1 +1 @@\n-oven/bake.py\n"
        b"\\ No newline at end of file\n+README\n\\ No newline at end of file\n",
        {"latest": ("120000", b"README")}),
    Row("link-deleted", "dpkg-symlink-change", b"diff --git a/latest b/latest\n"
        b"deleted file mode 120000\n"
        + GONE +
        b"--- a/latest\n+++ /dev/null\n@@ -1 +0,0 @@\n-oven/bake.py\n"
        b"\\ No newline at end of file\n", {"latest": None}),
    Row("link-to-file", "dpkg-symlink-change", b"diff --git a/latest b/latest\n"
        b"old mode 120000\nnew mode 100644\n", {"latest": ("100644", b"oven/bake.py")}),
    Row("file-to-link", "dpkg-symlink-change", b"diff --git a/README b/README\n"
        b"old mode 100644\nnew mode 120000\n", {"README": ("120000", b"An oven.\n")}),
    Row("through-a-link", "dpkg-through-symlink", EDIT.replace(b"oven/bake.py", b"latest"),
        {"oven/bake.py": HOT}),
    Row("through-a-linked-folder", "dpkg-through-symlink", EDIT.replace(b"oven/", b"wide/"),
        {"oven/bake.py": HOT}),
    Row("crlf", "dpkg-crlf", EDIT.replace(b"\n", b"\r\n"), {"oven/bake.py": HOT}, "ok", "ok"),
    Row("dot-dot", "dpkg-path-outside", new(b"../../outside"), {"x": b"x\n"}),
    Row("dot-dot-inside", "dpkg-path-outside", new(b"oven/../x"), {"x": b"x\n"}),
    Row("absolute", "dpkg-path-absolute", b"--- /dev/null\n+++ /tmp/x\n" + NEW,
        {}, "wrong", "wrong"),
    Row("absolute-after-prefix", "dpkg-path-absolute", b"--- /dev/null\n+++ b//tmp/x\n" + NEW,
        {}, "wrong", "wrong"),
    Row("git-folder", "dpkg-path-hidden", new(b".git/hooks/post-checkout"), {}, "wrong", "wrong"),
    Row("git-folder-below", "dpkg-path-hidden", new(b"oven/.GIT/config"), {}, "wrong", "wrong"),
    Row("quilt-folder", "dpkg-path-hidden", new(b".pc/x"), {}, "ok", "ok"),
    Row("debian-folder", "dpkg-path-debian", new(b"debian/x"), {}, "refused", "ok"),
    Row("twice", "dpkg-file-twice", EDIT + EDIT.replace(b"180", b"221").replace(b"220", b"222")
        .replace(b"221", b"220"), {"oven/bake.py": BAKE.replace(b"180", b"222")}, "refused", "ok"),
    Row("header-minus", "dpkg-header-line", EDIT, {"oven/bake.py": HOT},
        head=HEAD.replace(b"Why it is so.", b"--- because of the crust")),
    Row("header-hunk", "dpkg-header-line", EDIT, {"oven/bake.py": HOT},
        head=HEAD.replace(b"Why it is so.", b"@@ -1,2 +1,2 @@"), outcome="refused", precise="ok"),
    Row("header-plus", "dpkg-header-line", EDIT, {"oven/bake.py": HOT},
        head=HEAD.replace(b"Why it is so.", b"+++ more crust"), outcome="refused", precise="ok"),
    Row("header-diff", "dpkg-header-line", EDIT, {"oven/bake.py": HOT},
        head=HEAD.replace(b"Why it is so.", b"--- crust\n+++ crumb")),
    Row("header-prereq", "dpkg-header-line", EDIT, {"oven/bake.py": HOT},
        head=HEAD.replace(b"Why it is so.", b"Prereq: 9.9")),
    Row("quoted-name", "dpkg-quoted-name",
        b'--- /dev/null\n+++ "b/caf\\303\\251"\n' + NEW, {"café": b"x\n"}, "refused", "wrong"),
    Row("malformed", "dpkg-malformed", EDIT.replace(b"-1,3 +1,3", b"-1,4 +1,4"),
        {"oven/bake.py": HOT}),
    Row("nothing", "dpkg-no-diff", b"Nothing to see.\n"),
]  # fmt: skip

PRECISE_ROWS = [
    Row("mode", "dpkg-mode", b"diff --git a/README b/README\nold mode 100644\nnew mode 100755\n",
        {"README": ("100755", b"An oven.\n")}, "ok"),
    Row("mode-and-edit", "dpkg-mode", b"diff --git a/oven/bake.py b/oven/bake.py\n"
        b"old mode 100644\nnew mode 100755\n" + EDIT, {"oven/bake.py": ("100755", HOT)},
        "ok", "wrong"),
    Row("new-executable", "dpkg-mode", b"diff --git a/n b/n\nnew file mode 100755\n"
        + ADDED +
        b"--- /dev/null\n+++ b/n\n" + NEW, {"n": ("100755", b"x\n")}, "ok", "wrong"),
    Row("rename", "dpkg-rename", b"diff --git a/README b/READ\nsimilarity index 100%\n"
        b"rename from README\nrename to READ\n", {"README": None, "READ": b"An oven.\n"}, "ok"),
    Row("copy", "dpkg-rename", b"diff --git a/README b/READ\nsimilarity index 100%\n"
        b"copy from README\ncopy to READ\n", {"READ": b"An oven.\n"}, "ok"),
    Row("rename-and-edit", "dpkg-rename-edit",
        b"diff --git a/oven/bake.py b/oven/roast.py\nsimilarity index 66%\n"
        b"rename from oven/bake.py\nrename to oven/roast.py\n"
        + CHANGED + b" 100644\n--- a/oven/bake.py\n+++ b/oven/roast.py\n" + HUNK,
        {"oven/bake.py": None, "oven/roast.py": HOT}, "ok", "wrong"),
    Row("delete-empty", "dpkg-delete-empty", b"diff --git a/empty b/empty\n"
        b"deleted file mode 100644\n"
        + GONE.replace(_ID, _EMPTY),
        {"empty": None}, "ok"),
    Row("new-link", "dpkg-new-symlink", b"diff --git a/n b/n\nnew file mode 120000\n"
        + ADDED +
        b"--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+README\n\\ No newline at end of file\n",
        {"n": ("120000", b"README")}, "ok", "wrong"),
]  # fmt: skip


def rows(table: list[Row]) -> Callable[[Any], Any]:
    return pytest.mark.parametrize("row", table, ids=[row.name for row in table])


def request(upstream: Upstream, row: Row, profile: Profile = Profile.CURRENT) -> Any:
    """A request whose only patch is that of *row*."""
    base = upstream.base(EXTRA)
    return upstream.request(
        base=base,
        expected_tree=upstream.tree(row.means, base.tree),
        patches=(PatchFile("0001-trap.patch", row.head + row.diff),),
        profile=profile,
    )


@rows(ROWS)
@pytest.mark.parametrize("profile", list(Profile))
def test_each_trap_is_refused_by_name(upstream: Upstream, row: Row, profile: Profile) -> None:
    with pytest.raises(SeriesError, match=rf"\({row.code}\)"):
        building.build(request(upstream, row, profile))


@pytest.mark.parametrize(("path", "link"), [("latest", "latest"), ("wide/bake.py", "wide")])
def test_the_link_that_a_patch_goes_through_is_named(
    upstream: Upstream, path: str, link: str
) -> None:
    row = Row("link", "", EDIT.replace(b"oven/bake.py", path.encode()), {"oven/bake.py": HOT})
    with pytest.raises(SeriesError) as caught:
        building.build(request(upstream, row, Profile.CURRENT))
    assert f"through the symbolic link {link} " in f"{caught.value} "


@rows(PRECISE_ROWS)
def test_each_trap_of_precise_is_refused_by_name_there_alone(upstream: Upstream, row: Row) -> None:
    with pytest.raises(SeriesError, match=rf"\({row.code}\)"):
        building.build(request(upstream, row, Profile.PRECISE))
    assert guard("p", row.head + row.diff, Profile.CURRENT) == ()


@rows(ROWS + PRECISE_ROWS)
def test_what_dpkg_source_does_without_the_guard(
    upstream: Upstream, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("dpkg-source", "xz")
    monkeypatch.setattr(building, "_refuse_traps", lambda _: None)
    try:
        building.build(request(upstream, row))
        outcome = "ok"
    except SeriesError as error:
        outcome = "wrong" if "does not unpack to the tree" in error.message else "refused"
    assert outcome == row.outcome


@rows(ROWS + PRECISE_ROWS)
def test_what_the_tools_of_precise_do_without_the_guard(
    upstream: Upstream, row: Row, tmp_path: Path
) -> None:
    if not TOOLS:
        pytest.skip("SERIES_PRECISE_TOOLS names no folder with dpkg-source 1.16.1 and patch 2.6.1")
    dsc = _made_by_hand(upstream, row, tmp_path)
    done = process.run(
        [Path(TOOLS, "dpkg-source"), "-x", dsc, tmp_path / "x"], accept=range(256), cwd=tmp_path
    )
    wanted = request(upstream, row).expected_tree
    if done.status:
        outcome = "refused"
    else:
        same = not unpacked.compare(upstream.repository, wanted, tmp_path / "x")
        outcome = "ok" if same else "wrong"
    assert outcome == row.precise


@pytest.mark.parametrize("profile", list(Profile))
def test_renames_are_rewritten_by_our_own_diff(upstream: Upstream, profile: Profile) -> None:
    """Between trees, a rename with an edit is a file that goes and one that comes."""
    need("dpkg-source", "xz")
    made = upstream.request({"oven/bake.py": None, "oven/roast.py": HOT}, profile=profile)
    assert building.build(made).verified


@pytest.mark.parametrize("index", [b"oven.orig/oven/bake.py", b"README"])
@pytest.mark.parametrize("profile", list(Profile))
def test_the_index_line_of_quilt_and_svn_is_no_trap(
    upstream: Upstream, index: bytes, profile: Profile
) -> None:
    need("dpkg-source", "xz")
    head = HEAD + b"Index: " + index + b"\n" + b"=" * 67 + b"\n"
    row = Row("index", "", EDIT, {"oven/bake.py": HOT}, head=head)
    assert building.build(request(upstream, row, profile)).verified


def test_names_in_raw_utf8_and_with_spaces_are_fine(upstream: Upstream) -> None:
    need("dpkg-source", "xz")
    made = upstream.request({"café": b"x\n", "with space": b"y\n"})
    assert building.build(made).verified


@given(st.binary(max_size=400))
def test_the_guard_never_raises(data: bytes) -> None:
    for profile in Profile:
        guard("p", data, profile)
        guard("p", EDIT + data, profile)


def test_how_a_file_becomes_empty_is_said() -> None:
    head = b"diff --git a/f b/f\n"
    for diff, words in (
        (b"new file mode 100644\nindex 0..1\n", "creates an empty file"),
        (b"--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-a\n", "leaves a file empty"),
    ):
        (finding,) = guard("p", HEAD + head + diff)
        assert words in finding.message


def test_each_name_of_a_file_is_looked_at() -> None:
    diff = b"--- /etc/oven\n+++ b/debian/oven\n@@ -1 +1 @@\n-a\n+b\n"
    found = {finding.code for finding in guard("p", HEAD + diff)}
    assert found == {"dpkg-path-absolute", "dpkg-path-debian"}


@pytest.mark.parametrize("what", ["rename", "copy"])
@pytest.mark.parametrize("quoted", ["from", "to", ""])
def test_a_quoted_name_of_a_rename_is_refused_too(what: str, quoted: str) -> None:
    """It has no lines ``---`` and ``+++`` when the content stays."""
    names = {"from": "a", "to": "b"} | ({quoted: '"caf\\303\\251"'} if quoted else {})
    lines = [f"{what} {way} {name}" for way, name in names.items()]
    diff = "\n".join(["diff --git a/x b/x", 'similarity index "100%"', *lines, ""])
    found = {finding.code for finding in guard("p", HEAD + diff.encode(), Profile.CURRENT)}
    assert ("dpkg-quoted-name" in found) == bool(quoted)


@given(
    st.lists(
        st.sampled_from([b"--- a\n", b"+++ b\n", b"@@ -1 +1 @@\n", b"diff --git a/x b/x\n", b"x\n"])
    )
)
def test_content_that_looks_like_a_diff_is_no_trap(lines: list[bytes]) -> None:
    added = b"".join(b"+" + line for line in lines) + b"+x\n"
    diff = b"--- /dev/null\n+++ b/new\n@@ -0,0 +1,%d @@\n" % (len(lines) + 1) + added
    assert guard("p", HEAD + diff) == ()


def _made_by_hand(upstream: Upstream, row: Row, folder: Path) -> Path:
    """A .dsc with the row's patch that no dpkg-source -b has seen."""
    harmless = replace(row, diff=EDIT, head=HEAD, means={"oven/bake.py": HOT})
    package = building.build(request(upstream, harmless))
    made = folder / "made"
    made.mkdir()
    for name in package.files:
        (made / name).write_bytes((package.directory / name).read_bytes())
    tar = next(made.glob("*.debian.tar.xz"))
    process.run(["tar", "-xf", tar], cwd=made)
    (made / "debian/patches/0001-trap.patch").write_bytes(row.head + row.diff)
    process.run(["tar", "-cJf", tar, "debian"], cwd=made)
    data = tar.read_bytes()
    return _signed_again(made / package.dsc, tar.name, data)


def _signed_again(dsc: Path, name: str, data: bytes) -> Path:
    """The .dsc with the sums of *data* for *name*."""
    import hashlib

    lines = []
    for line in dsc.read_text().splitlines():
        if line.endswith(" " + name):
            kind = {40: "sha1", 64: "sha256", 32: "md5"}[len(line.split()[0])]
            line = f" {hashlib.new(kind, data).hexdigest()} {len(data)} {name}"
        lines.append(line)
    dsc.write_text("\n".join(lines) + "\n")
    return dsc
