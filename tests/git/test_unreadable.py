"""An object that git cannot read while it merges is an error, never an empty tree."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchseries.errors import ProgramError
from patchseries.git import Repository
from patchseries.git.objects import TreeEntry


@pytest.mark.parametrize("how", ["missing", "damaged"])
@pytest.mark.parametrize("which", ["base", "theirs"])
def test_merge(tmp_path: Path, how: str, which: str) -> None:
    with Repository.init(tmp_path / "r.git") as repository:

        def tree(text: bytes) -> str:
            inner = repository.write_tree(
                {
                    b"f": TreeEntry("100644", repository.write_blob(text)),
                    b"g": TreeEntry("100644", repository.write_blob(b"same\n")),
                }
            )
            return repository.write_tree({b"d": TreeEntry("40000", inner)})

        base, ours = tree(b"a\n"), tree(b"a\nb\n")
        theirs = tree(b"0\na\n")
        victim = {"base": base, "theirs": theirs}[which]
        path = tmp_path / "r.git/objects" / victim[:2] / victim[2:]
        if how == "missing":
            path.unlink()
        else:
            os.chmod(path, 0o644)
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        with pytest.raises(ProgramError) as failed:
            repository.merge(base, ours, theirs)
        assert "\n" not in str(failed.value)


def test_a_configuration_that_is_not_text(tmp_path: Path) -> None:
    Repository.init(tmp_path / "r.git").close()
    with open(tmp_path / "r.git/config", "ab") as config:
        config.write(b"[x]\n\ty = \xff\n")
    with pytest.raises(ProgramError, match="is damaged"):
        Repository(tmp_path / "r.git")


def test_a_work_tree_that_cannot_be_read_is_not_called_missing(tmp_path: Path) -> None:
    (tmp_path / "w/.git").mkdir(parents=True)
    (tmp_path / "w/.git/HEAD").write_text("ref: refs/heads/x\n")  # and nothing else
    with pytest.raises(ProgramError, match="is damaged, or cannot be read now"):
        Repository(tmp_path / "w")


def test_alternates_that_cannot_be_read_are_not_taken_for_missing_objects(tmp_path: Path) -> None:
    """Git only warns, and goes on without what they have."""
    with Repository.init(tmp_path / "r.git") as lender:
        blob = lender.write_blob(b"x")
        lent = lender.objects_directory
    with Repository.init(tmp_path / "s.git", [lent]) as repository:
        alternates = tmp_path / "s.git/objects/info/alternates"
        alternates.unlink()
        alternates.mkdir()  # what root cannot read either
        with pytest.raises(ProgramError, match="could not read what it needs"):
            repository.has(blob)
        alternates.rmdir()
        alternates.write_text(f"{lent}\n")
        assert repository.has(blob)


def test_a_git_that_ended_is_not_taken_for_a_missing_object(tmp_path: Path) -> None:
    with Repository.init(tmp_path / "r.git") as repository:
        blob = repository.write_blob(b"x")
        assert repository.has(blob)
        assert not repository.has("1" * 40)
    with Repository.init(tmp_path / "s.git") as repository:
        (tmp_path / "s.git/HEAD").unlink()  # git then takes it for no repository
        with pytest.raises(ProgramError, match="ended unexpectedly"):
            repository.has(blob)


def test_alternates_are_exchanged_whole_and_left_alone_where_they_are_the_same(
    tmp_path: Path,
) -> None:
    """Another command's git may read them at any moment: it would miss what they have."""
    one, two = tmp_path / "one", tmp_path / "two"
    with Repository.init(tmp_path / "r.git", [one]) as repository:
        alternates = tmp_path / "r.git/objects/info/alternates"
        with alternates.open() as read_by_another:
            before = alternates.stat()
            repository.set_alternates([one])
            assert alternates.stat() == before
            repository.set_alternates([two])
            assert alternates.read_text() == f"{two}\n"
            assert read_by_another.read() == f"{one}\n"
