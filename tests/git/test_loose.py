"""Objects that we write: git reads them, and they are what git would have written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.git.loose import object_format, write_object


def git(folder: Path, *words: str, stdin: bytes = b"") -> bytes:
    done = subprocess.run(
        ["git", f"--git-dir={folder}", *words], input=stdin, capture_output=True, check=True
    )
    return done.stdout


@pytest.fixture(params=["sha1", "sha256"])
def git_dir(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / "r.git"
    words = ["git", "init", "-q", "--bare", f"--object-format={request.param}", str(folder)]
    subprocess.run(words, check=True)
    return folder


@pytest.mark.parametrize("data", [b"", b"text\n", bytes(range(256)) * 300])
def test_git_reads_it_under_the_same_id(git_dir: Path, data: bytes) -> None:
    oid = write_object(git_dir / "objects", "blob", data, object_format(git_dir))
    assert git(git_dir, "hash-object", "--stdin", stdin=data).decode().strip() == oid
    assert git(git_dir, "cat-file", "blob", oid) == data
    git(git_dir, "fsck", "--strict")


def test_it_is_written_once_and_nothing_else_is_left(git_dir: Path) -> None:
    for _ in range(2):
        oid = write_object(git_dir / "objects", "blob", b"x")
    files = [p for p in (git_dir / "objects").rglob("*") if p.is_file()]
    assert files == [git_dir / "objects" / oid[:2] / oid[2:]]
    assert files[0].stat().st_mode & 0o777 == 0o444


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_object(tmp_path / "none", "blob", b"x")


@given(st.text(max_size=60))
def test_any_configuration_is_read(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config").write_text(text, "utf-8", newline="")
        assert object_format(Path(folder))
