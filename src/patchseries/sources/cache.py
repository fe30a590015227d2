"""The cache: one bare repository for each upstream, and scratch space, under one directory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from patchseries.errors import ExitCode, SeriesError
from patchseries.files import explained
from patchseries.git import Repository
from patchseries.sources.mirrors import repository_path


@dataclass(frozen=True, slots=True)
class Cache:
    """The cache below *root*; it can be deleted at any time, and is then fetched anew."""

    root: Path

    @property
    def scratch(self) -> Path:
        """Where throw-away repositories go."""
        return self.root / "scratch"

    def repository_directory(self, url: str) -> Path:
        """Where the upstream *url* is kept; the digest keeps equal paths of two hosts apart."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", str(repository_path(url))).strip("-.")
        return self.root / "repositories" / f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"

    @contextmanager
    def locked(self, url: str, timeout: float = 600.0) -> Iterator[Repository]:
        """The repository of *url*, made when missing, held against other runs.

        :param timeout: seconds to wait for another run
        :raises SeriesError: the other run does not end, or the cache cannot be written
        """
        directory = self.repository_directory(url)
        with explained("write the cache"):
            directory.parent.mkdir(parents=True, exist_ok=True)
        try:
            with (
                FileLock(f"{directory}.lock", timeout=timeout),
                self._opened(directory) as repository,
            ):
                yield repository
        except Timeout as error:
            raise SeriesError(
                f"another run holds {directory} for more than {timeout:.0f} s",
                hint="wait for it, or end it",
                exit_code=ExitCode.UPSTREAM,
            ) from error

    def has(self, url: str) -> bool:
        """Whether anything of *url* was fetched before."""
        return (self.repository_directory(url) / "HEAD").exists()

    def _opened(self, directory: Path) -> Repository:
        if (directory / "HEAD").exists():
            return Repository(directory)
        return Repository.init(directory)
