"""Which repository of a mirror folder stands for a URL, and what lies in such a folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries.sources.mirrors import mirror_of, repositories_in


def repository(folder: Path) -> Path:
    (folder / "objects").mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/master\n")
    return folder


@pytest.mark.parametrize(
    "url",
    [
        "https://host.invalid/org/oven.git",
        "https://host.invalid:8443/deep/org/oven",
        "ssh://git@host.invalid/org/oven",
        "git@host.invalid:org/oven.git",
    ],
)
@pytest.mark.parametrize("name", ["org/oven", "org/oven.git"])
def test_the_last_two_parts_name_it(tmp_path: Path, url: str, name: str) -> None:
    assert mirror_of(url, [tmp_path / "none", tmp_path]) is None
    there = repository(tmp_path / name)
    assert mirror_of(url, [tmp_path / "none", tmp_path]) == there


@pytest.mark.parametrize("part", ["HEAD", "objects"])
def test_a_directory_with_a_part_of_a_repository_is_none(tmp_path: Path, part: str) -> None:
    there = repository(tmp_path / "org/oven")
    shutil.move(there / part, tmp_path / part)
    assert mirror_of("https://host.invalid/org/oven", [tmp_path]) is None


def test_hosts_are_kept_apart(tmp_path: Path) -> None:
    one = repository(tmp_path / "one.invalid/org/oven")
    assert mirror_of("https://one.invalid/org/oven", [tmp_path]) == one
    assert mirror_of("https://two.invalid/org/oven", [tmp_path]) is None


@pytest.mark.parametrize("url", ["https://h.invalid/oven", "https://h.invalid/../oven", ""])
def test_a_path_that_could_lead_out_has_no_mirror(tmp_path: Path, url: str) -> None:
    repository(tmp_path / "oven")
    repository(tmp_path / "in" / "oven")
    assert mirror_of(url, [tmp_path / "in"]) is None


def test_the_repositories_of_a_folder(tmp_path: Path) -> None:
    bare = repository(tmp_path / "org/bare.git")
    repository(tmp_path / "org/work/.git")
    by_host = repository(tmp_path / "host.invalid/org/deep")
    repository(tmp_path / "a/b/c/too-deep")
    repository(tmp_path / "top")
    (tmp_path / "org/empty").mkdir()
    (tmp_path / "file").write_text("")
    found = set(repositories_in(tmp_path, 100))
    assert found == {bare, tmp_path / "org/work", by_host}


def test_a_directory_that_may_not_be_read_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = repository(tmp_path / "org/oven")
    (tmp_path / "locked").mkdir()
    listed = Path.iterdir

    def iterdir(directory: Path) -> Iterator[Path]:
        if directory.name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(directory)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert list(repositories_in(tmp_path, 100)) == [there]


def test_no_more_is_looked_at_than_asked_for(tmp_path: Path) -> None:
    for n in range(6):
        repository(tmp_path / f"org/r{n}")
    assert len(list(repositories_in(tmp_path, 4))) == 4
