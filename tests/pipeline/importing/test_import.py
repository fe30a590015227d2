"""``series import`` and ``export``: any source becomes a series, and comes back as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.packages import CHANGELOG, PATCH, debian, new_file_diff, package, write_dsc
from patchseries import manifest
from patchseries.cli import group
from patchseries.errors import SeriesError, UsageError
from patchseries.files import directory_contents
from patchseries.imports.recognise import SourceForm
from patchseries.pipeline.importing.reading import _directory
from support.upstreams import Upstream

URL = "https://upstream.invalid/org/oven.git"
CHANGE = "I0123456789abcdef0123456789abcdef01234567"
BAKE = b"def bake(bread):\n    heat = 180\n    return bread, heat\n"
HOTTER = BAKE.replace(b"180", b"220")
PATCHES = {
    "series": b"# the packager's\n\nCVE-1_hot.patch\n",
    "CVE-1_hot.patch": f"Subject: x\n\nChange-Id: {CHANGE}\n\n".encode()
    + PATCH[PATCH.index(b"--- a/") :],
    "README": b"\xff\r\n",
    "old.patch": PATCH,
    "ubuntu.series": b"old.patch -p1\n",
}
METADATA = f"Repository: {URL}\n".encode()


class World:
    """A project directory, and mirrors with an upstream that took the patch in after 1.0."""

    def __init__(self, top: Path) -> None:
        self.project = top / "project"
        self.project.mkdir()
        self.upstream = Upstream(top / "mirrors" / "org" / "oven.git")
        self.base = self.upstream.commit({"oven/bake.py": BAKE}, "Start")
        self.upstream.tag("v1.0")
        self.fix = self.upstream.commit({"oven/bake.py": HOTTER}, f"Hot\n\nChange-Id: {CHANGE}\n")

    def run(self, *words: str) -> dict[str, Any]:
        """The JSON document of ``series WORDS``; errors are raised."""
        done = CliRunner().invoke(group, [*words, "--json"])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def back(self, *words: str) -> Mapping[str, bytes]:
        """What ``series export`` writes."""
        target = self.project.parent / "back"
        self.run("export", str(target), *words, "--replace")
        return directory_contents(target)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    monkeypatch.chdir(made.project)
    monkeypatch.setenv("SERIES_MIRRORS", str(tmp_path / "mirrors"))
    monkeypatch.setenv("SERIES_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SERIES_STATE", str(tmp_path / "state"))
    return made


def test_a_package_becomes_a_series_and_comes_back(world: World, tmp_path: Path) -> None:
    dsc = package(tmp_path, PATCHES, **{"upstream/metadata": METADATA})
    made = world.run("import", str(dsc))
    assert (made["series"], made["base"], made["version"]) == ("oven", "v1.0", "1:1.0-2")
    [patch] = made["patches"]
    assert (patch["name"], patch["shown"]) == ("cve-1-hot", "CVE-1_hot.patch")
    assert patch["origin"] == {
        "change_id": CHANGE,
        "commit": world.fix,
        "evidence": "Change-Id in its header; 100 % of its lines",
        "doubtful": False,
    }
    assert made["unlisted"] == ["README", "old.patch"]
    assert any("ubuntu.series is kept" in one for one in made["problems"])
    project = manifest.load(Path("series/oven.toml")).projects["oven"]
    assert (project.repository, project.made_for, project.quilt) == (URL, "v1.0", "imported/oven")
    assert project.packaging is not None
    assert (project.packaging.dsc, project.packaging.patches) == (str(dsc), "series")
    assert directory_contents(Path("patches/imported/oven")) == PATCHES
    assert world.back() == PATCHES


def test_a_package_whose_upstream_is_not_known_stands_on_its_tarball(
    world: World, tmp_path: Path
) -> None:
    made = world.run("import", str(package(tmp_path, PATCHES)), "kiln", "--offline")
    assert (made["series"], made["base"]) == ("kiln", "1.0")
    project = manifest.load(Path("series/kiln.toml")).projects["oven"]
    assert not project.has_history
    assert project.orig["1.0"].file == str(tmp_path / "oven_1.0.orig.tar.gz")
    assert any("not here: put it there" in one for one in made["problems"])
    assert made["patches"][0]["origin"]["evidence"] == "Change-Id in its header, not looked up"
    assert world.back("kiln") == PATCHES


def test_format_1_has_no_packaging_to_build_on(world: World, tmp_path: Path) -> None:
    files = debian(PATCHES, **{"upstream/metadata": METADATA})
    parts = [new_file_diff(f"debian/{n}", d) for n, d in files.items() if isinstance(d, bytes)]
    world.run("import", str(write_dsc(tmp_path, b"".join(parts), "diff.gz", "1.0")))
    assert manifest.load(Path("series/oven.toml")).projects["oven"].packaging is None
    assert world.back() == PATCHES


@pytest.mark.parametrize("below", ["debian/patches", "patches", "."])
def test_directories(world: World, tmp_path: Path, below: str) -> None:
    for name, data in PATCHES.items():
        path = tmp_path / "there" / below / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if below == "debian/patches":
        (tmp_path / "there" / "debian" / "changelog").write_bytes(CHANGELOG)
    made = world.run("import", str(tmp_path / "there"), "--repository", URL)
    assert made["series"] == ("oven" if below == "debian/patches" else "there")
    assert made["base"] == "v1.0"
    assert world.back("--onto", "v1.0") == PATCHES if below == "debian/patches" else True
    assert directory_contents(Path(f"patches/imported/{made['series']}")) == PATCHES


def test_a_branch_with_debian_patches(world: World) -> None:
    files = {f"debian/patches/{name}": data for name, data in PATCHES.items()}
    files |= {"debian/changelog": CHANGELOG, "debian/source/format": b"3.0 (quilt)\n"}
    world.upstream.commit(files, branch="debian/sid")
    made = world.run("import", f"{world.upstream.path}#debian/sid", "--repository", URL)
    assert made["source"] == "branch"
    project = manifest.load(Path("series/oven.toml")).projects["oven"]
    assert project.packaging is not None
    assert project.packaging.branch == "debian/sid"
    assert world.back() == PATCHES


def test_a_range_of_commits(world: World) -> None:
    one = world.upstream.commit({"a": b"1\n"}, "One: two", branch="work", parent=world.base)
    two = world.upstream.commit({"a": b"2\n"}, "One: two", branch="work")
    made = world.run("import", f"{URL}#v1.0..work")
    assert [p["name"] for p in made["patches"]] == ["one-two", "one-two-2"]
    chosen = manifest.load(Path("series/oven.toml"))
    assert chosen.projects["oven"].bases == ("v1.0",)
    assert [p.sources[0].commit for p in chosen.patches] == [one, two]
    world.run("rebase", "oven")
    written = Path("patches/oven/v1.0/oven")
    assert len(list(written.glob("*.patch"))) == 2
    assert world.back() == directory_contents(written)


def test_mail(world: World, tmp_path: Path) -> None:
    head = b"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
    message = head + b"From: A <a@x.invalid>\nSubject: [PATCH] Hot\n\n---\n" + PATCH
    (tmp_path / "hot.mbox").write_bytes(message)
    made = world.run("import", str(tmp_path / "hot.mbox"), "--repository", URL, "--base", "v1.0")
    assert (made["series"], made["source"]) == ("hot", "mail")
    assert world.back() == {"series": b"0001-Hot.patch\n", "0001-Hot.patch": message}


def test_a_spec(world: World, tmp_path: Path) -> None:
    (tmp_path / "hot.patch").write_bytes(PATCH)
    (tmp_path / "oven.spec").write_text(
        f"Name: oven\nVersion: 1.0\nVCS: git:{URL}\nURL: {URL}\nPatch1: hot.patch\n%autosetup -p1\n"
    )
    made = world.run("import", str(tmp_path / "oven.spec"))
    assert (made["series"], made["base"]) == ("oven", "v1.0")
    assert world.back() == {"series": b"# from oven.spec\nhot.patch\n", "hot.patch": PATCH}


def test_series_conf(world: World, tmp_path: Path) -> None:
    (tmp_path / "kernel" / "patches.suse").mkdir(parents=True)
    (tmp_path / "kernel" / "patches.suse" / "hot").write_bytes(PATCH)
    (tmp_path / "kernel" / "series.conf").write_text("\tpatches.suse/hot\n")
    options = ("--repository", URL, "--base", "v1.0")
    made = world.run("import", str(tmp_path / "kernel"), *options)
    assert made["source"] == "series.conf"
    expected = {"series": b"# from series.conf\npatches.suse/hot\n", "patches.suse/hot": PATCH}
    assert world.back() == expected


def test_nothing_is_overwritten(world: World, tmp_path: Path) -> None:
    dsc = package(tmp_path, PATCHES)
    world.run("import", str(dsc), "--offline")
    before = directory_contents(world.project)
    with pytest.raises(UsageError, match=r"series/oven\.toml is there already"):
        world.run("import", str(dsc), "--offline")
    Path("series/oven.toml").unlink()
    with pytest.raises(UsageError, match="patches/imported/oven is there already"):
        world.run("import", str(dsc), "--offline")
    Path("there").mkdir()
    Path("there/precious").touch()
    with pytest.raises(UsageError, match="no series/NAME"):
        world.run("export", "elsewhere")
    Path("series/oven.toml").write_bytes(before["series/oven.toml"])
    with pytest.raises(UsageError, match="has files already"):
        world.run("export", "there")
    assert Path("there/precious").exists()


def test_a_dry_run_writes_nothing_and_undo_takes_all_back(world: World, tmp_path: Path) -> None:
    dsc = package(tmp_path, PATCHES)
    made = world.run("import", str(dsc), "--offline", "-n")
    assert "series/oven.toml" in made["changed"]
    assert directory_contents(world.project) == {}
    world.run("import", str(dsc), "--offline")
    done = CliRunner().invoke(group, ["undo"])
    assert done.exit_code == 0, done.output
    assert directory_contents(world.project) == {}


def test_what_was_changed_must_be_rebased_before_it_is_exported(
    world: World, tmp_path: Path
) -> None:
    world.run("import", str(package(tmp_path, PATCHES, **{"upstream/metadata": METADATA})))
    text = Path("series/oven.toml").read_text()
    Path("series/oven.toml").write_text(text[: text.index("[[patch]]")])
    with pytest.raises(SeriesError, match="not written yet"):
        world.back()


def test_an_unknown_upstream_is_asked_for(world: World, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "series").write_bytes(b"")
    with pytest.raises(UsageError, match="the upstream of these patches is not known"):
        world.run("import", str(tmp_path / "there"))
    with pytest.raises(UsageError, match="has no revision 'v9'"):
        world.run("import", str(tmp_path / "there"), "--repository", URL, "--base", "v9")


@pytest.mark.usefixtures("world")
def test_for_people(tmp_path: Path) -> None:
    dsc = package(tmp_path, PATCHES, **{"upstream/metadata": METADATA})
    done = CliRunner().invoke(group, ["import", str(dsc)])
    assert done.exit_code == 0, done.output
    assert "CVE-1_hot.patch" in done.stdout
    assert CHANGE[:9] in done.stdout
    counts = "1 patch on v1.0, 1 origin found, 0 doubtful, 2 files that no series file names"
    assert f"oven 1:1.0-2: {counts}" in done.stdout
    assert "then: series rebase oven" in done.stderr


def test_a_vendors_series(world: World, tmp_path: Path) -> None:
    made = world.run("import", str(package(tmp_path, PATCHES)), "--offline", "--vendor", "ubuntu")
    assert [patch["shown"] for patch in made["patches"]] == ["old.patch"]


NAMES = st.from_regex(r"[A-Za-z0-9_+(=~][A-Za-z0-9_+.()=~,-]{0,12}", fullmatch=True)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    files=st.dictionaries(NAMES, st.binary(max_size=60), min_size=1, max_size=5),
    noise=st.lists(st.sampled_from(["", "# words", "   ", "#x.patch"]), max_size=3),
    ending=st.sampled_from(["\n", "\r\n", " -p1\n", "  # why\n"]),
)
def test_any_directory_comes_back(
    world: World, files: dict[str, bytes], noise: list[str], ending: str
) -> None:
    names = [name for name in files if name != "series" and not name.endswith(".series")]
    files = {name: files[name] for name in names}
    number = len(list(world.project.glob("series/*.toml")))
    source = world.project.parent / f"d{number}"
    source.mkdir()
    text = "".join(f"{line}\n" for line in noise) + "".join(f"{name}{ending}" for name in names)
    files["series"] = text.encode()
    for name, data in files.items():
        (source / name).write_bytes(data)
    made = world.run("import", str(source), "--repository", URL, "--base", "v1.0")
    assert [patch["shown"] for patch in made["patches"]] == names
    assert world.back(f"d{number}") == files


def test_a_package_without_patches_comes_back_without_any(world: World, tmp_path: Path) -> None:
    made = world.run("import", str(package(tmp_path, {})), "--offline")
    assert made["patches"] == []
    assert "there is no debian/patches" in made["problems"]
    assert world.back() == {}


def test_of_a_directory_of_patches_only_the_patches_are_read(tmp_path: Path) -> None:
    for name in ("a.patch", "b.diff", "README"):
        (tmp_path / name).write_bytes(PATCH)
    found = _directory(tmp_path, SourceForm.MAIL, "debian")
    assert [line.name for line in found.lines] == ["a.patch", "b.diff"]
