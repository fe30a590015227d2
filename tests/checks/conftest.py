"""One oven for all tests of this folder, and copies of it to break."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import ovens
from support.ovens import Oven


@pytest.fixture(scope="session")
def whole_oven(tmp_path_factory: pytest.TempPathFactory) -> Oven:
    """The series that is all well. Not to be changed."""
    return ovens.build(tmp_path_factory.mktemp("ovens") / "whole")


@pytest.fixture
def oven(whole_oven: Oven, monkeypatch: pytest.MonkeyPatch) -> Oven:
    """A copy to break; the working folder, the cache and the mirrors are its own."""
    number = len(list(whole_oven.folder.parent.iterdir()))
    copy = whole_oven.copy(whole_oven.folder.parent / f"copy{number}")
    monkeypatch.chdir(copy.root)
    monkeypatch.setenv("SERIES_CACHE", str(copy.cache))
    monkeypatch.setenv("SERIES_STATE", str(copy.folder / "state"))
    monkeypatch.setenv("SERIES_MIRRORS", str(copy.mirrors))
    return copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for outputs."""
    return tmp_path
