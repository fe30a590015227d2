"""Patch files are ported like commits: from the release that they were made for, with the engine.

The upstream: 1.0, which the packager's patches were made for; 2.0, where lines moved, one patch was
merged as it is, one in another form, and the lines of one were rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from patchseries import process
from patchseries.model import Conflict, Outcome
from patchseries.patches.compose import PatchFile
from patchseries.patches.parse import parse_patch
from patchseries.pipeline.fileport import FilePorting, _has_lines
from patchseries.port import Change, PortResult
from support.small_series import SmallSeries, enter
from support.upstreams import Upstream

MANIFEST = """\
schema = 1
[series]
name = "small"
[project.project]
repository = "https://upstream.invalid/org/project.git"
bases = ["1.0", "2.0"]
quilt = "imported/project"
{made_for}
"""
ENTRY = """
[[patch]]
name = "{name}"
project = "project"
source = {{ file = "imported/project/{file}" }}
"""


def lines(*names: str) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()


def numbered(word: str, count: int = 9) -> list[str]:
    return [f"{word} {n}" for n in range(1, count + 1)]


def diff(path: str, start: int, *body: str, prefix: tuple[str, str] = ("a/", "b/")) -> bytes:
    old = sum(line[0] != "+" for line in body)
    new = sum(line[0] != "-" for line in body)
    head = f"--- {prefix[0]}{path}\n+++ {prefix[1]}{path}\n@@ -{start},{old} +{start},{new} @@\n"
    return (head + "".join(f"{line}\n" for line in body)).encode()


HEADER = b"Description: %s\nAuthor: Ann <ann@test.invalid>\nForwarded: no\n\n"
A, B, C, D = (numbered(word) for word in ("alpha", "beta", "gamma", "delta"))
PATCHES = {
    # moved by 2 lines in 2.0: applies with an offset
    "Same_1.patch": HEADER % b"same" + diff("a", 4, f" {A[3]}", f"-{A[4]}", "+five", f" {A[5]}"),
    # a line of its context is another in 2.0: no fuzz
    "near.diff": HEADER % b"near"
    + diff("b", 3, *(f" {x}" for x in B[2:5]), f"-{B[5]}", "+six", *(f" {x}" for x in B[6:])),
    # 2.0 has it
    "sub/dir/Merged+1.patch": HEADER % b"merged"
    + diff("c", 3, f" {C[2]}", f" {C[3]}", "+new", f" {C[4]}", f" {C[5]}"),
    # 2.0 rewrote the very line
    "clash": HEADER % b"clash" + diff("d", 4, f" {D[3]}", f"-{D[4]}", "+ours", f" {D[5]}"),
    # on top of the first, made with -p0
    "zero.patch": HEADER % b"zero"
    + diff("a", 5, " five", f"-{A[5]}", "+zero", f" {A[6]}", prefix=("", "")),
}
SERIES = """\
# the packager's order
Same_1.patch
near.diff   # see #123

sub/dir/Merged+1.patch
clash
# made by hand
zero.patch -p0
# disabled.patch
"""
BESIDE = {"README": b"how these are kept\n", "disabled.patch": b"not used\n"}
FILES_10 = {"a": lines(*A), "b": lines(*B), "c": lines(*C), "d": lines(*D)}
FILES_20 = {
    "a": lines("0", "0.5", *A),
    "b": lines(*B[:3], "other", *B[4:]),
    "c": lines(*C[:4], "new", *C[4:]),
    "d": lines(*D[:4], "theirs", *D[5:]),
}
BLOCK = ["one", "two", "three", "four", "five"]
E = [*numbered("eps"), *BLOCK, *numbered("zeta"), *BLOCK, *numbered("eta")]
FILES_10["e"] = lines(*E)
FILES_20["e"] = lines(*E[:11], "theirs", *E[12:])  # in the first block
NAMES = ("same", "near", "merged", "clash", "zero")


@dataclass
class Packaged:
    """The project directory with a packager's patches."""

    small: SmallSeries

    @property
    def root(self) -> Path:
        return self.small.root

    def statuses(self, base: str, *options: str) -> dict[str, str]:
        cells = self.small.json("rebase", *options)["cells"]
        return {cell["patch"]: cell["status"] for cell in cells if cell["base"] == base}

    def made(self, base: str) -> dict[str, bytes]:
        top = self.root / "patches/small" / base / "project"
        found = (path for path in top.rglob("*") if path.is_file())
        return {path.relative_to(top).as_posix(): path.read_bytes() for path in found}

    def write_manifest(
        self, made_for: str = 'made-for = "1.0"', names: tuple[str, ...] = NAMES
    ) -> None:
        entries = (
            ENTRY.format(name=name, file=file)
            for name, file in zip(NAMES, PATCHES, strict=True)
            if name in names
        )
        text = MANIFEST.format(made_for=made_for) + "".join(entries)
        (self.root / "series/small.toml").write_text(text)


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packaged]:
    with Upstream(tmp_path / "mirrors/org/project.git") as upstream:
        start = upstream.commit(FILES_10)
        upstream.tag("1.0")
        end = upstream.commit(FILES_20, "Rewrite")
        upstream.tag("2.0")
        root = tmp_path / "project"
        (root / "series").mkdir(parents=True)
        quilt = root / "patches/imported/project"
        for name, data in {**PATCHES, **BESIDE, "series": SERIES.encode()}.items():
            (quilt / name).parent.mkdir(parents=True, exist_ok=True)
            (quilt / name).write_bytes(data)
        made = Packaged(SmallSeries(root, upstream, start, end))
        made.write_manifest()
        enter(made.small, monkeypatch, tmp_path)
        yield made


def test_on_its_own_release_the_directory_is_what_it_was(packaged: Packaged) -> None:
    """All but the patch with a strip level that dpkg-source does not know."""
    found = packaged.statuses("1.0")
    assert found.pop("zero") == "refreshed"
    assert set(found.values()) == {"unchanged"}
    made = packaged.made("1.0")
    header, _, body = made.pop("zero.patch").partition(b"diff --git ")
    assert header == HEADER % b"zero"
    assert b"\n--- a/a\n+++ b/a\n" in body
    before = {**PATCHES, **BESIDE, "series": SERIES.replace(" -p0", "").encode()}
    del before["zero.patch"]
    assert made == before


def test_on_the_next_release_each_patch_is_what_became_of_it(packaged: Packaged) -> None:
    assert packaged.statuses("2.0") == {
        "same": "unchanged",
        "near": "refreshed",
        "merged": "merged",
        "clash": "conflict",
        "zero": "refreshed",
    }
    made = packaged.made("2.0")
    assert made["series"].decode() == SERIES.replace("sub/dir/Merged+1.patch\n", "").replace(
        "clash\n", ""
    ).replace(" -p0", "")
    assert {name: made[name] for name in BESIDE} == BESIDE
    assert made["Same_1.patch"] == PATCHES["Same_1.patch"]
    header, _, body = made["near.diff"].partition(b"diff --git ")
    assert header == HEADER % b"near"
    assert b"-beta 6\n+six\n" in body
    assert "clash" not in made


def test_what_is_merged_names_its_commit_and_the_first_release(packaged: Packaged) -> None:
    cells = packaged.small.json("rebase")["cells"]
    found = {(c["patch"], c["base"]): c["merged"] for c in cells if c["merged"]}
    assert found == {
        ("merged", "2.0"): {
            "commit": packaged.small.log,
            "tag": "2.0",
            "evidence": "it brought 1 of the 1 lines that the patch adds",
        }
    }
    line = f"merged: merged on 2.0: {packaged.small.log[:12]}, first in 2.0 (it brought 1 of the 1"
    assert line in packaged.small.run("rebase")[1]


def test_the_files_apply_as_they_lie_there(packaged: Packaged) -> None:
    packaged.small.run("rebase")
    cells = packaged.small.json("test-apply")["cells"]
    assert {(c["patch"], c["base"], c["result"]) for c in cells if c["result"] != "applies"} == {
        ("merged", "2.0", "already-applied"),
        ("clash", "2.0", "fails"),
    }


def test_a_second_rebase_changes_nothing(packaged: Packaged) -> None:
    packaged.small.run("rebase")
    before = packaged.small.tracked()
    packaged.small.run("rebase", "--locked")
    assert packaged.small.tracked() == before


def test_the_release_is_searched_for_where_nobody_names_it(packaged: Packaged) -> None:
    packaged.write_manifest(made_for="")
    assert packaged.statuses("2.0")["near"] == "refreshed"
    lock = (packaged.root / "series/small.lock").read_text()
    assert 'tag = "1.0"' in lock.partition("made-for")[2]
    before = packaged.small.tracked()
    packaged.small.run("rebase", "--locked", "--offline")
    assert packaged.small.tracked() == before


def test_a_wrong_release_is_said(packaged: Packaged) -> None:
    packaged.write_manifest(made_for='made-for = "2.0"')
    cells = packaged.small.json("rebase", "--onto", "1.0")["cells"]
    near = next(cell for cell in cells if cell["patch"] == "near")
    assert near["status"] == "unchanged"  # it applies as it is: nothing more is asked
    conflicts = {
        c["patch"]
        for c in packaged.small.json("rebase", "--onto", "2.0")["cells"]
        if c["conflicts"]
    }
    assert conflicts == {"near", "clash"}


def test_a_conflict_is_explained_and_resolved_as_for_a_commit(packaged: Packaged) -> None:
    status, words = packaged.small.run("why", "clash")
    assert (status, "Rewrite" in words) == (1, True)
    assert "theirs" in words
    packaged.small.run("resolve", "clash", "--take", "theirs", "-m", "ours stays")
    assert packaged.statuses("2.0")["clash"] == "adapted"
    made = packaged.made("2.0")["clash"]
    assert made.startswith(HEADER % b"clash")
    assert b"-theirs\n+ours\n" in made


def test_an_edited_branch_comes_back_as_a_resolution_or_a_file(packaged: Packaged) -> None:
    packaged.small.run("resolve", "clash", "--take", "theirs", "-m", "ours stays")
    work = Path(packaged.small.json("checkout", "project", "--onto", "2.0", "work")["folder"])
    assert packaged.small.run("refresh", "work", "--yes") == (0, "nothing changed\n")
    (work / "d").write_bytes((work / "d").read_bytes().replace(b"ours", b"ours, edited"))
    fix_up(work, "clash")
    assert "changed clash: 1 resolution" in packaged.small.run("refresh", "work", "--yes")[1]
    (work / "a").write_bytes((work / "a").read_bytes().replace(b"zero", b"nought"))
    fix_up(work, "zero")
    assert "patches/own/zero-2.0.patch" in packaged.small.run("refresh", "work", "--yes")[1]
    assert packaged.statuses("2.0")["zero"] == "unchanged"  # the file that it is there now
    made = packaged.made("2.0")
    assert b"+ours, edited\n" in made["clash"]
    assert b"+nought\n" in made["zero.patch"]
    assert made["series"].endswith(b"zero.patch\n# disabled.patch\n")
    assert packaged.statuses("1.0")["zero"] == "refreshed"  # its -p0 is gone with the diff


def fix_up(work: Path, patch: str) -> None:
    """Put what was edited in *work* into the commit of *patch*."""
    env = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Ann"), ("EMAIL", "ann@test.invalid"))
    } | {"GIT_SEQUENCE_EDITOR": "true"}
    found = process.run(["git", "-C", work, "log", "--format=%H", f"--grep=Series-Patch: {patch}$"])
    commit = found.stdout.decode().strip()
    for words in (
        ["commit", "--quiet", "--all", f"--fixup={commit}"],
        ["rebase", "--quiet", "--interactive", "--autosquash", "--root"],
    ):
        process.run(["git", "-C", work, *words], env=env)


def test_a_new_patch_comes_after_its_predecessor(packaged: Packaged) -> None:
    manifest = packaged.root / "series/small.toml"
    own = packaged.root / "patches/own"
    own.mkdir()
    (own / "more.patch").write_bytes(
        HEADER % b"more" + diff("c", 9, f" {C[7]}", f"-{C[8]}", "+end")
    )
    entry = ENTRY.format(name="more", file="x").replace("imported/project/x", "own/more.patch")
    text = manifest.read_text()
    at = text.index('\n[[patch]]\nname = "clash"')
    manifest.write_text(text[:at] + entry + text[at:])
    packaged.small.run("rebase", "--onto", "1.0")
    assert "sub/dir/Merged+1.patch\nmore.patch\nclash\n" in packaged.made("1.0")["series"].decode()


def test_a_patch_that_left_the_manifest_leaves_the_directory(packaged: Packaged) -> None:
    packaged.write_manifest(names=tuple(name for name in NAMES if name != "clash"))
    packaged.small.run("rebase", "--onto", "1.0")
    made = packaged.made("1.0")
    assert "clash" not in made
    assert made["series"].decode() == SERIES.replace("clash\n", "").replace(" -p0", "")


def test_a_part_that_is_there_is_not_merged(packaged: Packaged) -> None:
    """2.0 has the first half of it; the other half is still to be made."""
    both = (
        PATCHES["sub/dir/Merged+1.patch"]
        + diff("c", 8, f" {C[6]}", f"-{C[7]}", "+eight", f" {C[8]}")
        .partition(b"\n+++ ")[2]
        .partition(b"\n")[2]
    )
    (packaged.root / "patches/imported/project/sub/dir/Merged+1.patch").write_bytes(both)
    assert packaged.statuses("2.0")["merged"] in ("refreshed", "adapted", "conflict")
    made = packaged.made("2.0").get("sub/dir/Merged+1.patch", b"+eight\n")
    assert b"+eight\n" in made


def test_a_hunk_that_fits_elsewhere_is_not_taken_unread(packaged: Packaged) -> None:
    """The lines that it changes were rewritten, and stand in another place as well."""
    twin = diff("e", 10, " one", " two", "-three", "+ours", " four", " five")
    (packaged.root / "patches/imported/project/clash").write_bytes(HEADER % b"twin" + twin)
    cells = packaged.small.json("rebase", "--onto", "2.0")["cells"]
    (cell,) = (one for one in cells if one["patch"] == "clash")
    assert (cell["status"], cell["accepted"]) == ("adapted", None)
    mine = [f for f in packaged.small.json("check")["findings"] if f["patch"] == "clash"]
    codes = {found["code"] for found in mine if found["base"] == "2.0"}
    assert "not-signed-off" in codes
    assert "review-header" not in codes


class _Known:
    def __init__(self, change: Change) -> None:
        self.change = change

    def declared(self) -> Change:
        return self.change

    def searched(self) -> None:
        return None


def test_a_file_that_applies_where_the_merge_conflicts_is_to_be_read(packaged: Packaged) -> None:
    repository = packaged.small.upstream.repository
    before, after = (repository.commit(c).tree for c in (packaged.small.retry, packaged.small.log))
    conflict = PortResult(Outcome.CONFLICT, None, conflicts=(Conflict("a", 1, "both changed"),))
    file = PatchFile("x", PATCHES["Same_1.patch"])
    porting = FilePorting(
        repository, before, file, _Known(Change(before, after)), lambda _: conflict
    )
    ported = porting.port_file()
    assert (ported.result.outcome, ported.result.strategies) == (Outcome.ADAPTED, ("as-it-is",))
    assert (ported.kept, ported.result.review) == (True, True)
    assert [found.code for found in ported.result.findings] == ["port-as-it-is"]


def test_what_the_engine_calls_applied_is_not_where_a_line_is_missing(packaged: Packaged) -> None:
    repository = packaged.small.upstream.repository
    tree = repository.commit(packaged.small.retry).tree
    applied = PortResult(Outcome.ALREADY_APPLIED, tree, ("paths",), True)
    file = PatchFile("x", PATCHES["clash"].replace(b" delta 4", b" delta four"))
    porting = FilePorting(repository, tree, file, _Known(Change(tree, tree)), lambda _: applied)
    result = porting.port_file().result
    assert result.outcome is Outcome.CONFLICT
    assert result.conflicts == (Conflict("d", 1, "the base has only a part of this patch"),)


def test_a_resolution_that_takes_nothing_of_a_patch_says_so(packaged: Packaged) -> None:
    repository = packaged.small.upstream.repository
    tree = repository.commit(packaged.small.retry).tree
    kept = PortResult(Outcome.ALREADY_APPLIED, tree, ("resolution",), True, resolutions=("k",))
    file = PatchFile("x", PATCHES["clash"].replace(b" delta 4", b" delta four"))
    porting = FilePorting(repository, tree, file, _Known(Change(tree, tree)), lambda _: kept)
    result = porting.port_file().result
    assert result.outcome is Outcome.CONFLICT
    assert "leaves nothing of this patch" in result.conflicts[0].reason


def test_a_file_that_is_gone_has_all_that_its_removal_asks_for(tmp_path: Path) -> None:
    removal, change = parse_patch(
        b"--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        b"--- a/other\n+++ b/other\n@@ -1 +1 @@\n-x\n+y\n"
    )
    with Upstream(tmp_path / "r.git") as upstream:
        git = upstream.repository
        tree = git.commit(upstream.commit({"kept": b"y\n"}, "Start")).tree
        assert [_has_lines(git, tree, one) for one in (removal, change)] == [True, False]
