"""What another version of the program, or of what it parses with, worked out does not count."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from patchseries.pipeline.programdigest import package_digest, program_digest


def test_another_version_of_what_parses_remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    program_digest.cache_clear()
    before = program_digest()
    # importlib_metadata, once anything imports it, puts its own class in the place of Python's
    kind = type(metadata.distribution("pydantic"))
    monkeypatch.setattr(kind, "read_text", lambda *_: "Metadata-Version: 2.1\nVersion: 999\n")
    program_digest.cache_clear()
    assert program_digest() != before
    monkeypatch.undo()
    program_digest.cache_clear()


def test_every_file_of_the_program_counts(tmp_path: Path) -> None:
    root = tmp_path / "program"
    (root / "checks" / "__pycache__").mkdir(parents=True)
    (root / "checks" / "rule.py").write_text("A = 1")
    (root / "releases.toml").write_text("")
    seen = [package_digest(root, "1")]
    (root / "checks" / "__pycache__" / "rule.pyc").write_bytes(b"made by Python")
    assert package_digest(root, "1") == seen[0]
    (root / "checks" / "rule.py").write_text("A = 2")
    seen.append(package_digest(root, "1"))
    (root / "releases.toml").rename(root / "other.toml")
    seen += [package_digest(root, "1"), package_digest(root, "2")]
    assert len(set(seen)) == 4
