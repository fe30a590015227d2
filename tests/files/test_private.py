"""A directory of the user alone: made, closed to others, or refused."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from patchseries.errors import ExitCode, SeriesError
from patchseries.files.private import check_private, private_directory, private_fault


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_with_those_above_it_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "cache"
    for _ in range(2):
        private_directory(path, "the cache", "CACHE")
        assert mode(path) == 0o700
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_it_is_closed_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchseries.files.private.check_private", lambda *_: None)
    private_directory(tmp_path / "cache", "the cache", "CACHE")
    assert mode(tmp_path / "cache") == 0o700


@pytest.mark.parametrize("others", [0o001, 0o004, 0o010, 0o040, 0o055])
def test_one_that_others_may_read_is_closed_to_them(tmp_path: Path, others: int) -> None:
    tmp_path.chmod(0o700 | others)
    check_private(tmp_path, "the cache", "CACHE")
    assert mode(tmp_path) == 0o700


def test_one_that_is_the_users_alone_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    check_private(tmp_path, "the cache", "CACHE")
    assert mode(tmp_path) == 0o500


@pytest.mark.parametrize("others", [0o002, 0o020, 0o777])
def test_one_that_others_may_write_is_refused_and_stays(tmp_path: Path, others: int) -> None:
    tmp_path.chmod(0o700 | others)
    with pytest.raises(SeriesError, match="can be written by other users") as caught:
        private_directory(tmp_path, "the cache", "CACHE")
    assert caught.value.exit_code == ExitCode.INVALID
    assert mode(tmp_path) == 0o700 | others


def test_a_file_is_none_and_what_is_missing_cannot_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    fault = private_fault(tmp_path / "file", "the cache", "CACHE")
    assert fault is not None
    assert "set CACHE to a directory of your own" in str(fault)
    with pytest.raises(FileNotFoundError):
        private_fault(tmp_path / "none", "the cache", "CACHE")
    with pytest.raises(SeriesError, match="cannot use the cache") as caught:
        check_private(tmp_path / "none", "the cache", "CACHE")
    assert caught.value.exit_code == ExitCode.PROGRAM


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_one_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(SeriesError, match="belongs to another user"):
        private_directory(tmp_path, "the cache", "CACHE")
