"""A pipe, a device, a directory or a file without end where a file should be: exit 3, at once."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from patchseries.errors import SeriesError
from patchseries.files import read_file
from support.project import Project, demo_project

SOURCE = '\n[[patch]]\nname = "extra"\nproject = "nova"\nsource = { file = "own/extra.patch" }\n'


def huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(20 << 30)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "directory": Path.mkdir,
    "device": device,
    "huge": huge,
}
WORDS = ("not a regular file", "is larger than", "Is a directory")


@pytest.fixture(scope="module")
def ported(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = demo_project(tmp_path_factory.mktemp("odd") / "p")
    assert project.run("rebase", "--onto", "2013.1.3").status in (0, 1)
    return project


@pytest.fixture
def project(ported: Project, tmp_path: Path) -> Project:
    for name in ("series", "patches"):
        shutil.copytree(ported.root / name, tmp_path / "p" / name)
    world = {
        "SERIES_CACHE": str(ported.root / "cache"),
        "SERIES_MIRRORS": str(ported.root / "mirrors"),
    }
    return Project(tmp_path / "p", world)


def put(kind: str, path: Path) -> None:
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    KINDS[kind](path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("series/demo.toml", "rebase"),
        ("series/demo.toml", "check"),
        ("series/demo.lock", "rebase"),
        ("series/demo.lock", "status"),
        ("series/resolutions/demo/x.toml", "rebase"),
        ("series/resolutions/demo/x.toml", "check"),
        ("patches/own/extra.patch", "rebase"),
    ],
)
def test_it_is_refused(project: Project, place: str, command: str, kind: str) -> None:
    if place.startswith("patches/"):
        manifest = project.root / "series/demo.toml"
        manifest.write_text(manifest.read_text() + SOURCE)
    put(kind, project.root / place)
    before = time.monotonic()
    done = project.run(command, *(["--onto", "2013.1.3"] if command == "rebase" else []))
    assert done.status == 3, done
    assert len(done.err.splitlines()) == 1
    assert any(words in done.err for words in WORDS), done.err
    assert Path(place).name in done.err
    assert time.monotonic() - before < 60


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", ["rebase", "test-apply", "check"])
def test_in_the_place_of_a_patch_that_was_made(project: Project, command: str, kind: str) -> None:
    """Those are written again, or told of; nothing waits for them."""
    path = next((project.root / "patches/demo/2013.1.3/nova").glob("0001-*"))
    put(kind, path)
    done = project.run(command, "--onto", "2013.1.3", "--project", "nova")
    assert done.status in ((0, 1, 3, 5) if kind == "directory" else (0, 1, 3)), done
    assert "bug" not in done.err


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_a_regular_file(tmp_path: Path, kind: str) -> None:
    put(kind, tmp_path / "x")
    with pytest.raises((SeriesError, OSError), match="|".join(WORDS)):
        read_file(tmp_path / "x")


def test_a_regular_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"1234")
    assert read_file(tmp_path / "x", 4) == b"1234"
    with pytest.raises(SeriesError, match="is larger than"):
        read_file(tmp_path / "x", 3)
    assert read_file(tmp_path / "x", 1 << 50) == b"1234"  # no room is made for what is not there
    (tmp_path / "link").symlink_to("x")
    assert read_file(tmp_path / "link") == b"1234"
