"""The cache: one bare repository for each upstream, and scratch space, under one directory."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from patchseries.errors import ExitCode, SeriesError, UpstreamError
from patchseries.files import clear_place, explained
from patchseries.git import Repository
from patchseries.progress import ProgressCallback, no_progress
from patchseries.sources.mirrors import repository_path
from patchseries.sources.seal import damage, sealing


@dataclass(frozen=True, slots=True)
class Cache:
    """The cache below *root*; it can be deleted at any time, and is then fetched anew.

    So can any part of it that is damaged: ``warn`` hears of it. ``filled_by`` is the command that
    fetches what is kept here.
    """

    root: Path
    warn: ProgressCallback = no_progress
    filled_by: str = "series fetch"
    _whole: set[Path] = field(default_factory=set, init=False, repr=False, compare=False)

    @property
    def scratch(self) -> Path:
        """Where throw-away repositories go."""
        return self.root / "scratch"

    def repository_directory(self, url: str) -> Path:
        """Where the upstream *url* is kept; the digest keeps equal paths of two hosts apart."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", str(repository_path(url))).strip("-.")
        return self.root / "repositories" / f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"

    @contextmanager
    def locked(
        self, url: str, *, offline: bool = False, timeout: float = 600.0
    ) -> Iterator[Repository]:
        """The repository of *url*, made when missing or damaged, held against other runs.

        :param offline: nothing can be fetched again: damage is an error
        :param timeout: seconds to wait for another run
        :raises UpstreamError: it is damaged, and nothing can be fetched
        :raises SeriesError: the other run does not end, or the cache cannot be written
        """
        directory = self.repository_directory(url)
        with explained("write the cache"):
            directory.parent.mkdir(parents=True, exist_ok=True)
        lock = Path(f"{directory}.lock")
        clear_place(lock)
        try:
            with (
                FileLock(lock, timeout=timeout),
                self._opened(directory, url, offline=offline) as repository,
                sealing(directory),
            ):
                yield repository
        except Timeout as error:
            raise SeriesError(
                f"another command has been using {directory} for more than {timeout:.0f} s",
                hint="wait for it, or end it",
                exit_code=ExitCode.UPSTREAM,
            ) from error

    def has(self, url: str) -> bool:
        """Whether anything of *url* was fetched before."""
        return (self.repository_directory(url) / "HEAD").exists()

    def is_damaged(self, url: str) -> bool:
        """Whether the repository of *url* is there and not as it was left; compared once."""
        directory = self.repository_directory(url)
        if directory in self._whole or not os.path.lexists(directory):
            return False
        if damage(directory):
            return True
        self._whole.add(directory)
        return False

    def _opened(self, directory: Path, url: str, *, offline: bool) -> Repository:
        """The repository there: as it was left (compared once in a command), or a new one."""
        if not os.path.lexists(directory):
            return Repository.init(directory)
        if directory not in self._whole and (place := damage(directory)):
            if offline:
                raise UpstreamError(
                    f"{directory} cannot be used ({place})",
                    hint=f"run `{self.filled_by}`: it fetches {url} again",
                )
            self.warn(f"{directory} is fetched again: {place}")
            return Repository.init(directory)
        self._whole.add(directory)
        return Repository(directory, intact=True)
