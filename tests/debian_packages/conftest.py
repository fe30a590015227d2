"""A small upstream, and requests to package it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries.git import Repository
from support.packages import Upstream


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    """A project with some files, a script and a link, in a bare repository."""
    with Repository.init(tmp_path / "upstream.git") as repository:
        yield Upstream(repository, tmp_path / "build" / "1.0" / "oven")
