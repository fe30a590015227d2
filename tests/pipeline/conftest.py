from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.small_series import SmallSeries, enter, small_series


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    """A small series whose patch conflicts on two of three bases, as the current folder."""
    with small_series(tmp_path) as made:
        enter(made, monkeypatch, tmp_path)
        yield made
