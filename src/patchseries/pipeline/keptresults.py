"""Results in the cache, each in a file under the digest of all that it is a function of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from patchseries.errors import SeriesError
from patchseries.files import DamagedError, read_sealed, write_sealed
from patchseries.parsing import parse_json
from patchseries.progress import ProgressCallback

T = TypeVar("T")

_MOST_KEPT = 1000
"""Files that are kept in one directory, of all series that share the cache."""


@dataclass(frozen=True)
class KeptResults(Generic[T]):
    """Results of one kind.

    :ivar directory: where they are, in the cache
    :ivar form: what such a result is made of; what is kept is refused where it is something else
    :ivar warn: hears of damage
    """

    directory: Path
    form: TypeAdapter[T]
    warn: ProgressCallback

    def get(self, digest: str) -> T | None:
        """What is kept under *digest*; None when that is nothing, or damaged."""
        try:
            return self.form.validate_python(parse_json(read_sealed(self._path(digest))))
        except DamagedError as error:
            self.warn(f"{error}: it is worked out again")
            return None
        except (OSError, ValueError):
            return None

    def keep(self, digest: str, result: T) -> None:
        """Keep *result*, and drop the oldest when there are many; a full disk is no matter."""
        # in ASCII: a path that is not UTF-8 is a text with surrogates
        data = json.dumps(self.form.dump_python(result, mode="json")).encode()
        try:
            write_sealed(self._path(digest), data)
        except SeriesError:
            return
        kept = sorted(self.directory.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-_MOST_KEPT]:
            path.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self.directory / f"{digest}.json"
