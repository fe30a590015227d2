"""A repository to merge in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries.git import Repository, scratch


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Repository]:
    with scratch(tmp_path, []) as store:
        yield store
