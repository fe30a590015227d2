"""What the libraries' list and a program's words say, without a machine."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.pipeline.machine import directory, is_older, libraries, version_in

NUMBERS = st.lists(st.integers(0, 999), min_size=2, max_size=4)


def dotted(numbers: list[int]) -> str:
    return ".".join(map(str, numbers))


def listing(monkeypatch: pytest.MonkeyPatch, *wanted: str) -> list[tuple[str, str, str | None]]:
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: list(wanted))
    return [(check.name, check.state, check.hint) for check in libraries()[1:]]


def test_a_library_is_missing_or_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    found = listing(monkeypatch, "no-such-library>=1", "click>=8.1", "click>=9999")
    assert found == [
        ("no-such-library", "missing", "pip install 'no-such-library>=1'"),
        ("click", "missing", "pip install 'click>=9999'"),
    ]


def test_what_only_developers_need_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert listing(monkeypatch, 'no-such-library; extra == "dev"') == []


def test_a_source_tree_without_metadata_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", nowhere)
    assert [check.state for check in libraries()] == ["note"]


@given(NUMBERS, NUMBERS)
def test_versions_are_numbers(one: list[int], other: list[int]) -> None:
    assert is_older(dotted(one), dotted(other)) == (one < other)


@given(st.text(max_size=60))
def test_any_words_are_read(words: str) -> None:
    found = version_in(words)
    assert found is None or (found in words and not is_older(found, found))


@given(NUMBERS)
def test_the_version_is_found(numbers: list[int]) -> None:
    assert version_in(f"program (of x) v{dotted(numbers)}-1+b2, at no charge") == dotted(numbers)


@pytest.mark.parametrize(
    ("free", "name", "state", "words"),
    [
        (1 << 30, "", "ok", ", 1.0 GiB free"),
        (1 << 30, "new/er", "ok", ": made when it is needed"),
        ((1 << 30) - 1, "", "note", ": only 1023 MiB free"),
        ((1 << 30) - 1, "new", "note", ": only 1023 MiB free"),
    ],
)
def test_a_directory_needs_room(
    free: int, name: str, state: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    check = directory(tmp_path / name, "cache", "SERIES_CACHE")
    assert (check.state, check.words) == (state, f"{tmp_path / name}{words}")
