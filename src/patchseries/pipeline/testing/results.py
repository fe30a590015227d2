"""What test runs gave, remembered in the cache: nothing runs twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from patchseries.files import DamagedError, read_sealed, sha256, write_sealed
from patchseries.model import TreeId
from patchseries.testing.outcomes import TestRun
from patchseries.testing.records import from_json, to_json


@dataclass(frozen=True, slots=True)
class Results:
    """The remembered runs, below *home*."""

    home: Path

    def run(self, key: Sequence[str], make: Callable[[], TestRun]) -> TestRun:
        """The run with this *key*: the remembered one, else what *make* gives, remembered."""
        kept = self.kept(key)
        if kept is None:
            kept = make()
            write_sealed(self._path(key), to_json(kept))
        return kept

    def kept(self, key: Sequence[str]) -> TestRun | None:
        """The remembered run; None when there is none, or it is damaged."""
        try:
            return from_json(read_sealed(self._path(key)))
        except (OSError, DamagedError, ValueError):
            return None

    def _path(self, key: Sequence[str]) -> Path:
        name = sha256(json.dumps(list(key)).encode())
        return self.home / name[:2] / f"{name}.json"


def key_of(suite: str, tree: TreeId, tests: str, again: int) -> tuple[str, ...]:
    """What a run is remembered by.

    :param suite: the suite's digest
    :param again: 0, or which of the repetitions it is
    """
    return (suite, tree, tests, str(again))
