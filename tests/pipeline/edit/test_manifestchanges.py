"""New commits of a branch in a series with a packager's directory: they name their files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries import process
from patchseries.cli import group
from patchseries.errors import DeclinedError, SeriesError
from patchseries.files import directory_contents
from support.packagetree import PATCHES, make_tree, make_upstream, text

GIT = {
    f"GIT_{role}_{key}": "a@test.invalid"
    for role in ("AUTHOR", "COMMITTER")
    for key in ("NAME", "EMAIL")
}
SERIES = PATCHES["series"].decode()


def series(*words: str) -> dict[str, Any]:
    """The JSON document of ``series WORDS``; errors are raised."""
    done = CliRunner().invoke(group, [*words, "--json"], standalone_mode=False)
    if done.exception:
        raise done.exception
    assert done.return_value == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A branch of the imported package on 1.0."""
    make_upstream(tmp_path / "mirrors" / "org" / "oven.git")
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    for name in ("mirrors", "cache", "state"):
        monkeypatch.setenv(f"SERIES_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("DEBFULLNAME", "Ada Baker")
    monkeypatch.setenv("DEBEMAIL", "ada@test.invalid")
    series("import", str(make_tree(tmp_path / "oven", PATCHES)))
    return check_out(tmp_path / "work")


def check_out(directory: Path) -> Path:
    series("checkout", "oven", str(directory), "--onto", "1.0")
    return directory


def add(work: Path, file: str, *trailers: str) -> None:
    """A new commit on top, which makes *file*."""
    (work / file).write_bytes(text(file))
    words = "\n".join((f"Add {file}", "", "Because.", "", *trailers))
    process.run(["git", "-C", work, "add", file])
    process.run(["git", "-C", work, "commit", "--quiet", "-m", words], env=GIT)


def test_its_file_lies_in_the_packagers_directory_under_its_name(
    work: Path, tmp_path: Path
) -> None:
    add(work, "bell", "Gbp-Pq: Name Ring_1.diff")
    add(work, "lamp", "Gbp-Pq: Topic light", "Gbp-Pq: Name lamp.patch")
    add(work, "door")
    assert series("refresh", str(work), "--yes")["plan"] == [
        "new ring-1: patches/imported/oven/Ring_1.diff on 1.0",
        "new lamp: patches/imported/oven/light/lamp.patch on 1.0",
        "new add-door: patches/own/add-door.patch on 1.0",
    ]
    series("rebase")
    series("export", str(tmp_path / "back"), "--onto", "1.0")
    made = directory_contents(tmp_path / "back")
    new = ("Ring_1.diff", "light/lamp.patch", "add-door.patch")
    assert made["series"].decode() == SERIES + "".join(f"{name}\n" for name in new)
    assert {name: made[name] for name in PATCHES if name != "series"} == {
        name: data for name, data in PATCHES.items() if name != "series"
    }
    assert b"Gbp-Pq" not in b"".join(made.values())
    assert b"\n+bell\n" in made["Ring_1.diff"]
    again = check_out(tmp_path / "again")
    assert series("refresh", str(again))["plan"] == []


@pytest.mark.parametrize("name", [*PATCHES, "shift.patch/new", "light"])
def test_a_name_that_is_taken_is_refused(work: Path, name: str) -> None:
    before = directory_contents(Path.cwd())
    add(work, "lamp", "Gbp-Pq: Name light/lamp.patch")
    add(work, "bell", f"Gbp-Pq: Name {name}")
    error = SeriesError if name == "series" else DeclinedError
    with pytest.raises(error, match=r"would take the place of|no series file can name"):
        series("refresh", str(work), "--yes")
    assert directory_contents(Path.cwd()) == before


@pytest.mark.parametrize(
    "trailers",
    [
        ("Gbp-Pq: Name ../../own/x.patch",),
        ("Gbp-Pq: Name /etc/passwd",),
        ("Gbp-Pq: Topic ../..", "Gbp-Pq: Name x.patch"),
        ("Gbp-Pq: Name ..",),
        ("Gbp-Pq: Name .git/config",),
        ("Gbp-Pq: Topic .pc", "Gbp-Pq: Name x.patch"),
        ("Gbp-Pq: Name two words.patch",),
        ("Gbp-Pq: Name -p0",),
        ("Gbp-Pq: Name #x",),
        ("Gbp-Pq: Name debian.series",),
        ("Gbp-Pq: Name a\x01b",),
    ],
)
def test_a_name_that_leads_out_or_is_none_is_refused(work: Path, trailers: tuple[str, ...]) -> None:
    before = directory_contents(Path.cwd())
    add(work, "bell", *trailers)
    with pytest.raises(SeriesError, match=r"unsafe path|no series file can name"):
        series("refresh", str(work), "--yes")
    assert directory_contents(Path.cwd()) == before
