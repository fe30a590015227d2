"""A packager's patches on another release: what is left out, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.debian.dsc import read_debian_tar
from patchseries.errors import SeriesError
from support.packages import HOTTER, Upstream, packaging
from support.tools import need

LONG = b"".join(b"line %d\n" % n for n in range(1, 30))
CVE = "CVE-2026-1234_lock-the-door.patch"
DECIDED = f'{{ patch = "{CVE}", reason = "the door is gone", by = "Ann <ann@test.invalid>" }}'
_MAIL = b"From: Ada <ada@example.org>\nSubject: Lock\n\n"


@dataclass
class Oven:
    """A project folder: the oven's release 1.0 is packaged, with patches; 1.1 is built."""

    root: Path
    upstream: Upstream

    def theirs(self, patches: Mapping[str, bytes]) -> None:
        """Make *patches* (name → bytes, in order) the packager's."""
        names = "".join(f"{name}\n" for name in patches).encode()
        files = {f"patches/{name}": data for name, data in patches.items()}
        for name, file in packaging({**files, "patches/series": names}).debian.items():
            path = self.root / "oven-debian" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)

    def patch(self, path: str, new: bytes, head: bytes = b"Description: no more\n\n") -> bytes:
        """The packager's patch that makes the file *path* of 1.0 *new*."""
        base = self.upstream.base({"long": LONG}).tree
        data = self.upstream.patch(base, self.upstream.tree({path: new}, base)).data
        return head + data[data.index(b"\ndiff --git") + 1 :]

    def release(self, files: Mapping[str, bytes]) -> None:
        """Make 1.1 be 1.0 with *files*."""
        base = self.upstream.base({"long": LONG, **files})
        self.upstream.repository.run("update-ref", "refs/tags/1.1", base.commit)

    def history(self, *steps: tuple[str, Mapping[str, bytes]]) -> list[str]:
        """Make 1.1 be 1.0 with a commit for each of *steps* (message, files); their ids."""
        base = self.upstream.base({"long": LONG})
        commits, tree = [str(base.commit)], str(base.tree)
        for message, files in steps:
            tree = self.upstream.tree(files, tree)
            words = ["commit-tree", tree, "-p", commits[-1], "-m", message]
            env = {
                f"GIT_{role}_{key}": value
                for role in ("AUTHOR", "COMMITTER")
                for key, value in (
                    ("NAME", "Ann"),
                    ("EMAIL", "ann@test.invalid"),
                    ("DATE", f"{1378000000 + len(commits)} +0000"),
                )
            }
            done = self.upstream.repository.run(*words, env=env)
            commits.append(done.stdout.decode().strip())
        for ref in ("refs/tags/1.1", "refs/heads/master"):
            self.upstream.repository.run("update-ref", ref, commits[-1])
        return commits[1:]

    def manifest(self, drop: str = "", packaging: str = "", project: str = "") -> None:
        """Write the manifest, with *drop* in the list of that name, and more keys."""
        packaging = packaging or f", drop = [{drop}]"
        (self.root / "series/fast.toml").write_text(
            f"""schema = 1
[series]
name = "fast"
[project.oven]
repository = "{self.upstream.repository.git_dir}"
bases = ["1.1"]
packaging = {{ folder = "oven-debian"{packaging} }}
{project}
[[patch]]
name = "hotter"
project = "oven"
source = {{ file = "own/hotter.patch" }}
"""
        )

    def build(self) -> tuple[str, str]:
        """Build; the newest entry of the package's changelog on one line, and its series file."""
        done = CliRunner().invoke(group, ["build", "--json"])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        (row,) = json.loads(done.stdout)["packages"]
        made = read_debian_tar(next(Path(row["dsc"]).parent.glob("*.debian.tar.xz")))
        entry = made["changelog"].data.decode().partition("\n -- ")[0]
        return " ".join(entry.split()), made["patches/series"].data.decode()


@pytest.fixture
def oven(upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Oven:
    need("dpkg-source", "xz")
    root = tmp_path / "project"
    (root / "series").mkdir(parents=True)
    (root / "patches/own").mkdir(parents=True)
    base = upstream.base().tree
    patch = upstream.patch(base, upstream.tree(HOTTER, base))
    (root / "patches/own/hotter.patch").write_bytes(patch.data)
    monkeypatch.chdir(root)
    monkeypatch.setenv("DEBFULLNAME", "Ada Baker")
    monkeypatch.setenv("DEBEMAIL", "ada@example.org")
    made = Oven(root, upstream)
    made.manifest()
    return made


def test_a_security_fix_is_not_dropped_because_its_name_is_in_the_list(oven: Oven) -> None:
    oven.theirs({CVE: oven.patch("README", b"Locked.\n")})
    oven.release({"README": b"Another oven.\n"})
    with pytest.raises(
        SeriesError, match=rf"(?s)1 .* not apply on 1\.1.*{CVE}.*CVE-2026-1234"
    ) as e:
        oven.build()
    assert e.value.hint is not None
    assert "'drop'. A security fix goes there only as" in e.value.hint
    oven.manifest(f'"{CVE}"')
    with pytest.raises(SeriesError, match=rf"(?s){CVE}.*needs 'reason' and 'by'"):
        oven.build()


def test_a_security_fix_left_out_by_name_is_never_said_to_be_in_the_release(oven: Oven) -> None:
    oven.theirs({CVE: oven.patch("README", b"Locked.\n")})
    oven.release({"README": b"Another oven.\n"})
    oven.manifest(DECIDED)
    entry, series = oven.build()
    assert (
        "* Left out of the packaging, as they do not apply on 1.1 (there is no evidence that it has"
        f" their changes): - {CVE} (security fix: CVE-2026-1234): decided by Ann"
        " <ann@test.invalid>: the door is gone"
    ) in entry
    assert "has them" not in entry
    assert "in this release" not in entry + series
    assert f"# left out, as it does not apply on 1.1: {CVE}\n" in series


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("x-cve-2026-1234.patch", b"Description: no more\n\n"),
        ("lock.patch", b"Description: Lock it\n as CVE-2026-1234 asks\n\n"),
        ("lock.patch", b"From: A <a@b.c>\nSubject: [PATCH] Lock\n it (CVE-2026-1234)\n\n"),
        ("lock.patch", b"Bug: https://example.org/CVE-2026-1234\n\n"),
        ("lock.patch", b"Description: Lock, OSSA-2026-005\n\n"),
    ],
)
def test_a_security_fix_is_known_by_its_name_and_all_of_its_head(
    oven: Oven, name: str, head: bytes
) -> None:
    oven.theirs({name: oven.patch("README", b"Locked.\n", head)})
    oven.release({"README": b"Another oven.\n"})
    oven.manifest(f'"{name}"')
    with pytest.raises(SeriesError, match="needs 'reason' and 'by'"):
        oven.build()


def test_a_security_fix_is_known_by_the_packagers_changelog(oven: Oven) -> None:
    oven.theirs({"0001-Lock.patch": oven.patch("README", b"Locked.\n", _MAIL)})
    path = oven.root / "oven-debian/changelog"
    text = path.read_text().replace("New upstream release.", "CVE-2026-1: 0001-Lock.patch")
    path.write_text(text.replace("CVE-2026-1:", "CVE-2026-1234:\n    -"))
    oven.release({"README": b"Another oven.\n"})
    oven.manifest('"0001-Lock.patch"')
    with pytest.raises(SeriesError, match=r"CVE-2026-1234"):
        oven.build()


def test_what_a_person_leaves_out_is_not_said_to_be_in_the_release(oven: Oven) -> None:
    oven.theirs({"a.patch": oven.patch("README", b"Ours.\n")})
    oven.release({"README": b"Another oven.\n"})
    oven.manifest('"a.patch"')
    entry, _ = oven.build()
    assert "- a.patch: named in the packaging's 'drop'" in entry
    assert "has them" not in entry
    assert "in this release" not in entry


def test_all_patches_that_do_not_apply_are_told_at_once(oven: Oven) -> None:
    oven.theirs(
        {
            "a.patch": oven.patch("README", b"Ours.\n"),
            "b.patch": oven.patch("bin/oven", b"#!/bin/sh\n"),
            "c.patch": oven.patch("long", LONG + b"more\n"),
        }
    )
    oven.release({"README": b"Another oven.\n", "bin/oven": b"#!/bin/true\n"})
    with pytest.raises(SeriesError, match=r"(?s)2 .*\n  a\.patch.*\n  b\.patch") as error:
        oven.build()
    first, *patches, hint = error.value.lines
    assert first.startswith("2 of the packager's patches do not apply on 1.1")
    assert [line.split(":")[0] for line in patches] == ["  a.patch", "  b.patch"]
    assert hint.startswith("use packaging that was made for 1.1")
    assert "security" not in hint


def test_a_change_found_in_the_tree_is_told_with_how_it_was_found(oven: Oven) -> None:
    oven.theirs({"a.patch": oven.patch("README", b"Ours.\n")})
    oven.release({"README": b"Ours.\n"})
    entry, series = oven.build()
    assert (
        "* Not applied again, as 1.1 has their changes: - a.patch: found in the tree (its hunks can"
        " be reversed and applied again, and none applies as it is)"
    ) in entry
    assert "# left out, as its change is in 1.1: a.patch\n" in series


def test_a_likeness_elsewhere_is_not_the_change(oven: Oven) -> None:
    """The lines that one hunk makes stand in another place as well; its own place lacks them."""
    twice = [
        b"def a():\n",
        b"    go()\n",
        b"    end()\n",
        b"\n",
        b"def b():\n",
        b"    go()\n",
        b"    end()\n",
        b"\n",
    ]
    pad = [b"pad %d\n" % n for n in range(20)]
    block = [b"# one\n", b"# two\n", b"# three\n"]
    tail = [b"# four\n", b"# five\n", b"# six\n"]

    def text(first: list[bytes], second: list[bytes]) -> bytes:
        return b"".join([*block, *first, *tail, *pad, *block, *second, *tail, *twice])

    check = [b"check()\n"]
    base = text([], check)
    fixed = text(check, check)
    before = oven.upstream.base({"long": LONG, "guard": base})
    after = oven.upstream.tree({"guard": fixed, "README": b"Safe.\n"}, before.tree)
    data = oven.upstream.patch(before.tree, after).data
    oven.theirs({CVE: data})
    oven.release({"guard": base, "README": b"Safe.\n"})
    with pytest.raises(SeriesError, match=rf"(?s)there is no evidence that it has.*{CVE}"):
        oven.build()


def test_a_name_in_the_list_that_the_packaging_does_not_have_is_told(oven: Oven) -> None:
    oven.theirs({"a.patch": oven.patch("long", LONG + b"more\n")})
    oven.release({})
    oven.manifest('"b.patch"')
    with pytest.raises(SeriesError, match=r"'drop' names b\.patch"):
        oven.build()


def test_the_release_is_named_for_what_it_is(oven: Oven) -> None:
    oven.theirs({"a.patch": oven.patch("long", LONG + b"more\n")})
    oven.release({})
    entry, _ = oven.build()
    assert "New upstream release" not in entry
    assert "* Upstream is 1.1; the packaging was made for 1:1.0-1." in entry


def test_the_release_that_the_packaging_was_made_for_keeps_all_its_patches(oven: Oven) -> None:
    oven.theirs({"a.patch": oven.patch("README", b"Ours.\n")})
    base = oven.upstream.base({"README": b"Ours.\n"})
    oven.upstream.repository.run("update-ref", "refs/tags/v1.0", base.commit)
    oven.manifest()
    path = oven.root / "series/fast.toml"
    path.write_text(path.read_text().replace('"1.1"', '"v1.0"'))
    with pytest.raises(SeriesError, match=r"which 1:1\.0-1 is made for"):
        oven.build()


CHANGE = "I" + "1" * 40
OTHER = "I" + "2" * 40
FIX = (f"Lock the door\n\nChange-Id: {CHANGE}", {"README": b"Locked.\n"})
MOVED_ON = ("Another door", {"README": b"Locked twice.\n"})


def head(*change_ids: str) -> bytes:
    """The head of a packager's patch that carries *change_ids*."""
    named = "".join(f"Change-Id: {one}\n" for one in change_ids)
    return f"Description: CVE-2026-1234: lock\n{named}\n".encode()


def test_a_change_that_the_history_has_is_told_with_its_commit(oven: Oven) -> None:
    fix, _ = oven.history(FIX, MOVED_ON)
    oven.theirs({CVE: oven.patch("README", b"Locked.\n", head(CHANGE))})
    entry, _ = oven.build()
    assert f"1.1 has their changes: - {CVE}: commit {fix[:12]} (the same Change-Id)" in entry


def test_a_change_that_was_reverted_is_not_in_the_release(oven: Oven) -> None:
    fix, _ = oven.history(FIX, MOVED_ON)
    oven.history(FIX, (f"Revert\n\nThis reverts commit {fix}.", {"README": b"Open.\n"}))
    oven.theirs({CVE: oven.patch("README", b"Locked.\n", head(CHANGE))})
    with pytest.raises(SeriesError, match="there is no evidence that it has its change"):
        oven.build()


def test_of_several_changes_in_one_patch_the_release_must_have_all(oven: Oven) -> None:
    oven.history(FIX, MOVED_ON)
    first = oven.patch("README", b"Locked.\n", head(CHANGE))
    second = oven.patch("long", LONG + b"safe\n", head(OTHER))
    oven.theirs({CVE: first + b"-- \n2.1\n\n" + second})
    with pytest.raises(SeriesError, match="there is no evidence that it has its change"):
        oven.build()
    oven.theirs({CVE: oven.patch("README", b"Locked.\n", head(CHANGE, OTHER))})
    with pytest.raises(SeriesError, match="there is no evidence that it has its change"):
        oven.build()


def test_a_patch_that_does_more_than_its_commit_is_not_that_commit(oven: Oven) -> None:
    oven.history(FIX, MOVED_ON)
    lock = oven.patch("README", b"Locked.\n", head(CHANGE))
    oven.theirs({CVE: lock + oven.patch("bin/oven", b"#!/bin/sh\n", b"")})
    with pytest.raises(SeriesError, match=r"1\.1 has commit .*, which does not touch bin/oven"):
        oven.build()


def test_what_a_person_says_a_patch_is_upstream_is_looked_for_in_the_history(oven: Oven) -> None:
    fix, _ = oven.history(FIX, MOVED_ON)
    oven.theirs({CVE: oven.patch("README", b"Locked.\n")})
    oven.manifest(f'{{ patch = "{CVE}", upstream = "{fix}" }}')
    entry, _ = oven.build()
    assert f"{CVE}: commit {fix[:12]} (the same Change-Id), which the manifest names" in entry
    oven.manifest(f'{{ patch = "{CVE}", upstream = "{OTHER}" }}')
    with pytest.raises(SeriesError, match="there is no evidence that it has its change"):
        oven.build()


def _changed(line: int, word: bytes) -> bytes:
    """LONG with another word on *line* (from 1)."""
    return LONG.replace(b"line %d\n" % line, word + b"\n")


def test_what_is_dropped_for_a_base_is_left_out_there_though_it_applies(oven: Oven) -> None:
    oven.theirs({"ten.patch": oven.patch("long", _changed(10, b"ten"))})
    oven.release({})
    oven.manifest('{ patch = "ten.patch", bases = "==1.1", reason = "no ten", by = "Ann <a@b.c>" }')
    entry, series = oven.build()
    assert (
        "Left out of the packaging on 1.1, as the series decides: - ten.patch: decided by" in entry
    )
    assert "# left out on 1.1, as decided: ten.patch\n" in series
    oven.manifest('{ patch = "ten.patch", bases = "==1.2", reason = "no ten", by = "Ann <a@b.c>" }')
    entry, series = oven.build()
    assert ("ten.patch\n" in series, "Left out" in entry) == (True, False)


def test_a_drop_for_another_base_leaves_nothing_out(oven: Oven) -> None:
    oven.theirs({"ten.patch": oven.patch("long", _changed(10, b"ten"))})
    oven.release({"long": _changed(10, b"other")})
    oven.manifest('{ patch = "ten.patch", bases = "==1.2" }')
    with pytest.raises(SeriesError, match=r"(?s)1 of the packager's patches.*ten\.patch"):
        oven.build()
    oven.manifest('{ patch = "ten.patch", bases = "<=1.1" }')
    assert "left out on 1.1, as decided: ten.patch" in oven.build()[1]
    oven.manifest('{ patch = "none.patch", bases = "==1.2" }')
    with pytest.raises(SeriesError, match=r"'drop' names none\.patch"):
        oven.build()


def test_a_security_fix_dropped_for_a_base_needs_a_reason_too(oven: Oven) -> None:
    oven.theirs({CVE: oven.patch("long", _changed(10, b"ten"))})
    oven.release({})
    oven.manifest(f'{{ patch = "{CVE}", bases = "==1.1" }}')
    with pytest.raises(SeriesError, match="needs 'reason' and 'by'"):
        oven.build()


PORT = ", port = true"


def test_the_packagers_patches_are_ported_when_asked(oven: Oven) -> None:
    """A line of the context is another: no fuzz, but git's merge has no question."""
    patches = {
        "near.patch": oven.patch("long", _changed(10, b"ten")),
        "clash.patch": oven.patch("long", _changed(20, b"twenty")),
    }
    oven.theirs(patches)
    oven.upstream.repository.run(
        "update-ref", "refs/tags/1.0", oven.upstream.base({"long": LONG}).commit
    )
    moved = _changed(7, b"other").replace(b"line 20\n", b"theirs\n")
    oven.release({"long": moved})
    with pytest.raises(SeriesError, match=r"(?s)2 of .*near\.patch.*clash\.patch"):
        oven.build()
    oven.manifest(packaging=PORT)
    with pytest.raises(SeriesError, match="name the release: `made-for`"):
        oven.build()
    oven.manifest(packaging=PORT, project='made-for = "1.0"')
    with pytest.raises(SeriesError, match=r"(?s)1 of .*clash\.patch"):
        oven.build()
    oven.manifest(packaging=f'{PORT}, drop = ["clash.patch"]', project='made-for = "1.0"')
    _, series = oven.build()
    assert series.startswith("near.patch\n# left out, as it does not apply on 1.1: clash.patch\n")
    made = next((oven.root / "build").rglob("*.debian.tar.xz"))
    ported = read_debian_tar(made)["patches/near.patch"].data
    assert b" other\n line 8\n line 9\n-line 10\n+ten\n" in ported


def test_a_series_that_is_the_packagings_own_replaces_its_patches(oven: Oven) -> None:
    data = oven.patch("long", _changed(10, b"ten"))
    oven.theirs({"Old_Ten.diff": data, "gone.patch": data})
    quilt = oven.root / "patches/imported/oven"
    quilt.mkdir(parents=True)
    (quilt / "Old_Ten.diff").write_bytes(data)
    (quilt / "series").write_text("# the packager's\nOld_Ten.diff # 10\n")
    (quilt / "README").write_bytes(b"how\n")
    oven.release({})
    oven.manifest(packaging=', patches = "series"', project='quilt = "imported/oven"')
    manifest = oven.root / "series/fast.toml"
    more = (
        '[[patch]]\nname = "ten"\nproject = "oven"\n'
        'source = { file = "imported/oven/Old_Ten.diff" }\n'
    )
    text = manifest.read_text()
    manifest.write_text(text.replace("[[patch]]", more + "[[patch]]", 1))
    _, series = oven.build()
    assert series == "# the packager's\nOld_Ten.diff # 10\nhotter.patch\n"
    made = read_debian_tar(next((oven.root / "build").rglob("*.debian.tar.xz")))
    assert sorted(name for name in made if name.startswith("patches/")) == [
        "patches/Old_Ten.diff",
        "patches/README",
        "patches/hotter.patch",
        "patches/series",
    ]
    assert made["patches/Old_Ten.diff"].data == data
