"""Writing objects: git finds them under the ids that git itself gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries import process
from patchseries.git import Repository
from patchseries.git.loose import write_object


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("data", [b"", b"text\n", bytes(range(256)) * 300])
def test_git_reads_what_was_written(tmp_path: Path, algorithm: str, data: bytes) -> None:
    repo = tmp_path / "repo.git"
    process.run(["git", "init", "-q", "--bare", f"--object-format={algorithm}", repo])
    oid = write_object(repo / "objects", "blob", data, algorithm)
    hashed = process.run(["git", "hash-object", "--stdin"], cwd=repo, stdin=data)
    assert hashed.stdout.decode().strip() == oid
    assert process.run(["git", "cat-file", "blob", oid], cwd=repo).stdout == data
    process.run(["git", "fsck", "--strict"], cwd=repo)


def test_an_object_that_is_there_is_left_alone(tmp_path: Path) -> None:
    oid = write_object(tmp_path, "blob", b"text\n")
    (stored,) = (path for path in tmp_path.rglob("*") if path.is_file())
    before = stored.stat()
    assert write_object(tmp_path, "blob", b"text\n") == oid
    assert stored.stat().st_mtime_ns == before.st_mtime_ns
    assert not list(tmp_path.glob("tmp_obj_*"))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_object_format_is_the_repository_s_whatever_else_is_called_so(
    tmp_path: Path, algorithm: str
) -> None:
    repo = tmp_path / "repo.git"
    process.run(["git", "init", "-q", "--bare", f"--object-format={algorithm}", repo])
    with (repo / "config").open("a") as config:
        config.write('[branch "sha256"]\n\tremote = sha1\n')
    with Repository(repo) as repository:
        oid = repository.write_blob(b"text\n")
    assert process.run(["git", "cat-file", "blob", oid], cwd=repo).stdout == b"text\n"
