"""Reading objects: alone, together, missing, damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.errors import UpstreamError
from patchseries.git import Repository, reader

NOWHERE = "0" * 40


def _object_file(store: Repository, oid: str) -> Path:
    return store.git_dir / "objects" / oid[:2] / oid[2:]


def test_objects_read_together_are_those_read_alone(tmp_path: Path) -> None:
    with Repository.init(tmp_path / "repo.git") as store:
        written = {store.write_blob(b"%d\n" % n * n): b"%d\n" % n * n for n in range(600)}
    with Repository(tmp_path / "repo.git") as store:
        store.prefetch([*written, NOWHERE, "--batch-check"])
        for oid in written:  # so that an answer comes from what was read together
            _object_file(store, oid).unlink()
        assert {oid: store.blob(oid) for oid in written} == written


def test_so_much_is_kept_and_the_oldest_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_KEPT_BYTES", 30)
    with Repository.init(tmp_path / "repo.git") as store:
        written = [store.write_blob(b"%d" % n * 10) for n in range(7)]
    with Repository(tmp_path / "repo.git") as store:
        for oid in written:
            store.read(oid)
            _object_file(store, oid).unlink()
        assert [oid for oid in written if store.has(oid)] == []
        for oid in written[-3:]:
            assert store.read(oid)[0] == "blob"
        with pytest.raises(UpstreamError):
            store.read(written[-4])


@pytest.mark.parametrize("name", [NOWHERE, "", "HEAD", "a\nb", "é"])
def test_what_is_not_there_is_said_and_the_next_answer_is_right(tmp_path: Path, name: str) -> None:
    with Repository.init(tmp_path / "repo.git") as store:
        oid = store.write_blob(b"here\n")
    with Repository(tmp_path / "repo.git") as store:
        with pytest.raises(UpstreamError):
            store.blob(name)
        assert store.read(oid) == ("blob", b"here\n")


def test_a_damaged_object_is_said_and_the_next_answer_is_right(tmp_path: Path) -> None:
    with Repository.init(tmp_path / "repo.git") as store:
        bad, good = store.write_blob(b"bad\n"), store.write_blob(b"good\n")
        _object_file(store, bad).chmod(0o644)
        _object_file(store, bad).write_bytes(b"no zlib")
    with Repository(tmp_path / "repo.git") as store:
        with pytest.raises(UpstreamError):
            store.blob(bad)
        assert store.blob(good) == b"good\n"
