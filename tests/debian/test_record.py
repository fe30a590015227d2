"""The record of a build: read as it was written, and only while the files are as they were made."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import fields, replace
from pathlib import Path

import pytest

from patchseries.debian.record import RECORD, Record, read_record, remember_files, write_record
from patchseries.debian.request import SourcePackage
from patchseries.errors import MachineError
from patchseries.files import sha256


@pytest.fixture
def record(tmp_path: Path) -> Record:
    files = {"oven.dsc": b"1", "oven.tar.xz": b"2" * 99}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    package = SourcePackage(
        "nova", "1.0", "oven", "1.0-1", "oven.dsc", "oven.changes", tmp_path,
        {name: sha256(data) for name, data in files.items()}, True,
    )  # fmt: skip
    made = Record("d" * 64, 3, "1.0-1", "+0fast", "oven (1.0-1)\n", package)
    write_record(tmp_path, made)
    return made


def test_it_is_read_as_it_was_written(record: Record, tmp_path: Path) -> None:
    assert read_record(tmp_path) == record
    assert record.intact()
    signed = replace(record.package, files={**record.package.files, "oven.dsc": sha256(b"s")})
    remember_files(signed)
    assert read_record(tmp_path) == replace(record, package=signed)


def test_a_package_that_a_killed_build_had_moved_aside_is_found(
    record: Record, tmp_path: Path
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    write_record(package, record)
    before = read_record(package)
    package.rename(tmp_path / ".package.series-old")
    assert read_record(package) == before is not None
    assert package.is_dir()


def test_each_file_counts(record: Record, tmp_path: Path) -> None:
    for name in record.package.files:
        before = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(before + b"x")
        assert not record.intact()
        (tmp_path / name).unlink()
        assert not record.intact()
        (tmp_path / name).mkdir()
        assert not record.intact()
        (tmp_path / name).rmdir()
        (tmp_path / name).write_bytes(before)
    assert record.intact()


def test_one_that_lacks_a_value_is_none(record: Record, tmp_path: Path) -> None:
    told = json.loads((tmp_path / RECORD).read_bytes())
    assert set(told) == {field.name for field in fields(record)}
    damaged: list[object] = [{k: v for k, v in told.items() if k != key} for key in told]
    damaged += [told | {"package": 1}, told | {"other": 1}, [], "x"]
    for document in damaged:
        (tmp_path / RECORD).write_text(json.dumps(document))
        assert read_record(tmp_path) is None
    (tmp_path / RECORD).unlink()
    assert read_record(tmp_path) is None
    remember_files(record.package)
    assert not (tmp_path / RECORD).exists()


def test_what_cannot_be_read_now_is_not_taken_for_changed(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(MachineError, match="Too many open files"):
        record.intact()
